//! No secret and no token in anything that a program may print or log.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::TryStreamExt;
use ion::{
    Credentials,
    queries::{GetMe, ListParts, UpdatePart},
    types::{PartsInputFilters, StringFilter, UpdatePartInput},
    webhooks::Receiver,
};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::{Setup, builder};

/// A sink that keeps what is written.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn logs_and_errors_of_a_whole_session_hold_no_secret() {
    let log = Log::default();
    let sink = log.clone();
    // For the whole process: connections and prefetched pages live in tasks of their own.
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || sink.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let (secret, printed) = session().await;

    let logged = String::from_utf8_lossy(&log.bytes()).into_owned();
    for expected in ["graphql.request", "token.refresh"] {
        assert!(logged.contains(expected), "no {expected} was logged");
    }
    for text in [logged, printed] {
        assert!(!text.contains(&secret), "the client secret leaked");
        // The sandbox's tokens are three parts of base64, as the vendor's are.
        assert!(!text.contains("eyJ"), "a token leaked");
        assert!(!text.contains("variable-canary"), "a variable leaked");
    }
}

/// Calls that succeed, fail and are replayed; gives the secret, and all that was printable.
async fn session() -> (String, String) {
    let setup = Setup::start().await;
    let (vendor, client) = (setup.vendor(), &setup.client);
    let receiver = Receiver::new(vendor.client_secret());
    let mut printed = format!("{client:?}{:?}{receiver:?}", builder(vendor));

    let parts: Vec<_> = client
        .items(ListParts::new().first(100))
        .try_collect()
        .await
        .unwrap();
    assert!(parts.len() > 200);
    for fault in [
        Fault::status(403),
        Fault::status(409),
        Fault::Html { status: 200 },
        Fault::Truncate,
        Fault::RevokeTokens,
    ] {
        vendor.fail_next(Endpoint::Api, fault);
        let number = StringFilter::new().eq("variable-canary");
        let filters = PartsInputFilters::new().part_number(number);
        let outcome = client.execute(ListParts::new().filters(filters)).await;
        printed += &format!("{outcome:?}");
        if let Err(error) = outcome {
            let chain = anyhow::Error::from(error);
            printed += &chain.chain().map(ToString::to_string).collect::<String>();
        }
    }
    let stale = UpdatePartInput::new(parts[0].id.clone(), "stale").description("variable-canary");
    let conflict = client.execute(UpdatePart::new(stale)).await.unwrap_err();
    printed += &format!("{conflict}{conflict:?}");

    let refused = builder(vendor)
        .credentials(Credentials::client("nobody", vendor.client_secret()))
        .build()
        .unwrap();
    let error = refused.execute(GetMe::new()).await.unwrap_err();
    printed += &format!("{error}{error:?}");
    (vendor.client_secret().to_owned(), printed)
}
