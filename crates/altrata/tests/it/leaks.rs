//! No secret and no token in anything that a program may print or log.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use altrata::queries::profile::{GetPerson, SearchOrganizations};
use sdk_sandbox::{Endpoint, Fault};
use tracing::{Dispatch, instrument::WithSubscriber, subscriber::NoSubscriber};

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
    // While there is a single subscriber, tracing asks the current thread alone whether a new callsite is of
    // interest, and keeps the answer; the threads of other tests would say no.
    let _second = Dispatch::new(NoSubscriber::default());
    let log = Log::default();
    let sink = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || sink.clone())
        .finish();

    let setup = Setup::start().await;
    let secrets = [
        setup.vendor().password().to_owned(),
        setup.vendor().api_key().to_owned(),
    ];
    let printed = session(&setup).with_subscriber(subscriber).await;

    let logged = String::from_utf8_lossy(&log.bytes()).into_owned();
    assert!(logged.contains("graphql.request"), "nothing was logged");
    for text in [logged, printed] {
        for secret in &secrets {
            assert!(!text.contains(secret), "a secret leaked");
        }
        // The sandbox's tokens are three parts of base64, as the vendor's are.
        assert!(!text.contains("eyJ"), "a token leaked");
        assert!(!text.contains("variable-canary"), "a variable leaked");
    }
}

/// Calls that succeed, fail and are replayed; gives all that was printable.
async fn session(setup: &Setup) -> String {
    let (vendor, client) = (setup.vendor(), &setup.client);
    let mut printed = format!("{client:?}{:?}", builder(vendor));
    for fault in [
        Fault::status(403),
        Fault::Html { status: 200 },
        Fault::Truncate,
        Fault::RevokeTokens,
    ] {
        vendor.fail_next(Endpoint::Api, fault);
        let outcome = client.execute(GetPerson::new("variable-canary")).await;
        printed += &format!("{outcome:?}");
        if let Err(error) = outcome {
            let chain = anyhow::Error::from(error);
            printed += &chain.chain().map(ToString::to_string).collect::<String>();
        }
    }
    let refused = client
        .execute(SearchOrganizations::new(" "))
        .await
        .unwrap_err();
    printed + &format!("{refused} {refused:?}")
}
