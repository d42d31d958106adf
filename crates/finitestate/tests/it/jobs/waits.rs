//! Waits: what is told of them, and what the error at their deadline says.

use std::error::Error as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use finitestate::{Backoff, Export, Id, JobError};
use sdk_sandbox::{Endpoint, Fault, Sandbox};

use crate::setup::Setup;

const DEADLINE: Duration = Duration::from_millis(50);

fn backoff() -> Backoff {
    Backoff::new(Duration::from_millis(10))
}

/// A failure of the server that a wait sits out, and that is not asked for again before the next look.
fn failure() -> Fault {
    Fault::GraphqlError {
        message: "down for maintenance".to_owned(),
        code: Some("INTERNAL_SERVER_ERROR".to_owned()),
    }
}

fn assert_shows_the_failure(error: &JobError) {
    let JobError::Deadline(passed) = error else {
        panic!("{error}");
    };
    assert_eq!(passed.last_status(), None);
    let cause = passed.source().unwrap().to_string();
    assert!(cause.contains("down for maintenance"), "{cause}");
    assert!(!error.to_string().contains("maintenance"), "said twice");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_wait_for_a_server_that_only_fails_ends_with_why() {
    let setup = Setup::with(Sandbox::builder().items(5)).await;
    let (client, vendor) = (&setup.client, setup.vendor());
    vendor.fail_times(Endpoint::Api, failure(), 1000);
    let wait = client.wait_for_processing("1").deadline(DEADLINE);
    let error = wait.backoff(backoff()).await.unwrap_err();
    assert_shows_the_failure(&error);

    vendor.clear_faults();
    let pass = Fault::delay(Duration::ZERO);
    vendor.fail_next(Endpoint::Api, pass); // the launch
    vendor.fail_times(Endpoint::Api, failure(), 1000);
    let export = Export::spdx(Id::from(vendor.main_asset_version_id()));
    let export = client.export(export).deadline(DEADLINE);
    let error = export.backoff(backoff()).download().await.unwrap_err();
    assert_shows_the_failure(&error);
}

#[tokio::test]
async fn a_failure_that_has_passed_is_not_why_a_wait_ends() {
    let endless = Sandbox::builder().items(5).looks_until_done(u32::MAX);
    let setup = Setup::with(endless).await;
    let (client, vendor) = (&setup.client, setup.vendor());
    let export = Export::spdx(Id::from(vendor.main_asset_version_id()));
    vendor.fail_next(Endpoint::Api, Fault::delay(Duration::ZERO));
    vendor.fail_next(Endpoint::Api, failure());
    let export = client.export(export).deadline(DEADLINE);
    let error = export.backoff(backoff()).download().await.unwrap_err();
    let JobError::Deadline(passed) = &error else {
        panic!("{error}");
    };
    assert!(passed.source().is_none() && passed.last_status().is_some());
}

#[tokio::test]
async fn a_first_state_without_a_status_is_told_of() {
    let setup = Setup::with(Sandbox::builder().items(5)).await;
    let state = |status: &str| Fault::Status {
        status: 200,
        retry_after: None,
        body: Some(format!(
            r#"{{"data": {{"allTests": [{{"id": "1", "state": {{"status": {status}}}}}]}}}}"#
        )),
    };
    for status in ["null", "null", "\"COMPLETED\""] {
        setup.vendor().fail_next(Endpoint::Api, state(status));
    }
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = seen.clone();
    let wait = setup.client.wait_for_processing("1").backoff(backoff());
    wait.on_change(move |state| kept.lock().unwrap().push(state.status.clone()))
        .await
        .unwrap();
    assert_eq!(*seen.lock().unwrap(), [None, Some("COMPLETED".to_owned())]);
}
