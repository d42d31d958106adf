//! No secret and no token in anything that a program may print or log.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use finlex::{AcceptCovernote, Credentials, ListOpenTenders};
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
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || sink.clone())
        .finish();

    // For the whole program: what other tests log must hold no secret either.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let (secret, printed) = session().await;

    let logged = String::from_utf8_lossy(&log.bytes()).into_owned();
    assert!(logged.contains("http.request"), "nothing was logged");
    for text in [logged, printed] {
        assert!(!text.contains(&secret), "the client secret leaked");
        // The sandbox's tokens are three parts of base64, as the vendor's are.
        assert!(!text.contains("eyJ"), "a token leaked");
        assert!(!text.contains("body-canary"), "a body leaked");
    }
}

/// Calls that succeed, fail and are replayed; gives the secret, and all that was printable.
async fn session() -> (String, String) {
    let setup = Setup::start().await;
    let (vendor, client) = (setup.vendor(), &setup.client);
    let mut printed = format!("{client:?}{:?}", builder(vendor));

    client.execute(ListOpenTenders::new()).await.unwrap();
    let told = |status| Fault::Status {
        status,
        retry_after: None,
        body: Some("body-canary".to_owned()),
    };
    for fault in [told(403), told(200), Fault::Truncate, Fault::RevokeTokens] {
        vendor.fail_next(Endpoint::Api, fault);
        let outcome = client.execute(ListOpenTenders::new().limit(1)).await;
        if let Err(error) = outcome {
            printed += &format!("{error:?}");
            printed += &anyhow::Error::from(error)
                .chain()
                .map(|e| e.to_string())
                .collect::<String>();
        }
    }
    vendor.fail_next(Endpoint::Api, told(200));
    let answer = client.execute(AcceptCovernote::new("x")).await;
    printed += &format!("{answer:?}");
    vendor.fail_next(Endpoint::Revocation, told(500));
    printed += &format!("{:?}", client.revoke_token().await);
    printed += &format!("{:?}", client.revoke_token().await);

    let refused = builder(vendor)
        .credentials(Credentials::client("nobody", vendor.secret()))
        .build()
        .unwrap();
    let error = refused.execute(ListOpenTenders::new()).await.unwrap_err();
    printed += &format!("{error}{error:?}");
    (vendor.secret(), printed)
}
