//! No secret and no token in anything that a program may print or log.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use finitestate::{
    Backoff, Credentials, Export, Source,
    queries::{CountFindings, ListAssets, ListFindings},
    types::FindingFilter,
};
use futures_util::TryStreamExt;
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
        assert!(!text.contains("signature="), "a presigned link leaked");
    }
}

/// An upload and an export, whose links are secrets, with trouble at the storage.
async fn jobs(setup: &Setup) -> String {
    let (vendor, client) = (setup.vendor(), &setup.client);
    let assets = client.execute(ListAssets::new().first(1)).await.unwrap();
    let asset = assets.all_assets.unwrap().remove(0).id;
    vendor.fail_next(Endpoint::Storage, Fault::status(403));
    vendor.fail_next(Endpoint::Storage, Fault::CutUpload);
    let upload = client.upload_binary(asset, "9.9", Source::bytes(vec![7; 2_000_000]));
    let mut printed = format!("{upload:?}");
    printed += &format!("{:?}", upload.await.unwrap());
    vendor.fail_times(Endpoint::Storage, Fault::status(403), 4);
    let quick = Backoff::new(Duration::from_millis(1));
    let export = client.export(Export::spdx(vendor.main_asset_version_id()));
    let error = export.backoff(quick).download().await.unwrap_err();
    printed + &format!("{error}{error:?}")
}

/// Calls that succeed, fail and are replayed; gives the secret, and all that was printable.
async fn session() -> (String, String) {
    let setup = Setup::start().await;
    let (vendor, client) = (setup.vendor(), &setup.client);
    let mut printed = format!("{client:?}{:?}", builder(vendor));

    client.execute(CountFindings::new()).await.unwrap();
    let findings: Vec<_> = client
        .items(ListFindings::new().first(100))
        .try_collect()
        .await
        .unwrap();
    assert!(findings.len() > 200);
    printed += &jobs(&setup).await;
    for fault in [
        Fault::status(403),
        Fault::Html { status: 200 },
        Fault::Truncate,
        Fault::RevokeTokens,
    ] {
        vendor.fail_next(Endpoint::Api, fault);
        let filter = FindingFilter::new().id("variable-canary");
        let outcome = client.execute(CountFindings::new().filter(filter)).await;
        printed += &format!("{outcome:?}");
        if let Err(error) = outcome {
            printed += &anyhow::Error::from(error)
                .chain()
                .map(|e| e.to_string())
                .collect::<String>();
        }
    }

    let refused = builder(vendor)
        .credentials(Credentials::client("nobody", vendor.client_secret()))
        .build()
        .unwrap();
    let error = refused.execute(CountFindings::new()).await.unwrap_err();
    printed += &format!("{error}{error:?}");
    (vendor.client_secret().to_owned(), printed)
}
