//! What the errors of jobs say about themselves, whoever found out first: the job or the server.

use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::TryStreamExt;
use ion::{
    Client, JobError, ValueError,
    edit::{self, Editable},
    files::Source,
    queries::{ListParts, ListRuns},
};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::Setup;

#[tokio::test]
async fn what_the_server_does_not_find_is_not_found() {
    let setup = Setup::start().await;
    for fault in [
        Fault::status(404),
        Fault::GraphqlError {
            message: "no such thing".to_owned(),
            code: Some("NOT_FOUND".to_owned()),
        },
    ] {
        setup.vendor().fail_next(Endpoint::Api, fault);
        let edit = setup.client.edit(edit::part("1"));
        let error = edit.apply(|_, change| change).await.unwrap_err();
        assert!(matches!(error, JobError::Call(_)), "{error:?}");
        assert!(error.is_not_found() && !error.is_retryable(), "{error}");
    }
    let edit = setup.client.edit(edit::part("999"));
    let error = edit.apply(|_, change| change).await.unwrap_err();
    assert!(matches!(error, JobError::NotFound(_)), "{error:?}");
    assert!(error.is_not_found() && !error.is_retryable(), "{error}");
}

#[tokio::test]
async fn what_passes_by_itself_is_retryable_and_what_does_not_is_not() {
    let setup = Setup::start().await;
    let (vendor, client) = (setup.vendor(), &setup.client);
    vendor.fail_times(Endpoint::Api, Fault::status(503), 20);
    let edit = client.edit(edit::part("1"));
    let error = edit.apply(|_, change| change).await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
    vendor.clear_faults();

    let run = client.items(ListRuns::new().first(1)).try_next().await;
    let entity = run.unwrap().unwrap().entity_id.unwrap();
    for (status, is_retryable) in [(503, true), (403, true), (400, false)] {
        vendor.fail_next(Endpoint::Storage, Fault::status(status));
        let attach = client.attach_file(&entity, "a.pdf", Source::bytes("a"));
        let error = attach.registered_first().send().await.unwrap_err();
        assert_eq!(error.is_retryable(), is_retryable, "{error}");
    }
    // One link, and so one try each.
    assert_eq!(vendor.counts().storage_requests, 3);

    let parts = client.items(ListParts::new().first(1)).try_next().await;
    vendor.race_writes(1);
    let edit = client.edit(edit::part(parts.unwrap().unwrap().id));
    let error = edit.attempts(1).apply(|_, change| change).await;
    let error = error.unwrap_err();
    assert!(error.is_conflict() && error.is_retryable(), "{error}");
}

/// A row of the caller's own, which somebody else has always just written.
#[derive(Debug)]
struct Contested {
    writes: AtomicU32,
}

impl Editable for Contested {
    type Row = ();
    type Change = ();
    type Written = ();

    fn key(&self) -> String {
        "contested".to_owned()
    }

    async fn read(&self, _: &Client) -> Result<(), JobError> {
        Ok(())
    }

    fn change(&self, (): &()) -> Result<(), JobError> {
        Ok(())
    }

    async fn write(&self, _: &Client, (): &(), (): ()) -> Result<(), JobError> {
        let writes = self.writes.fetch_add(1, Ordering::Relaxed);
        assert!(writes < 2, "the edit goes on for ever");
        Err(ValueError::Taken.into())
    }
}

#[tokio::test]
async fn an_edit_ends_with_its_attempts_whatever_the_conflict_looks_like() {
    let setup = Setup::start().await;
    let writes = AtomicU32::new(0);
    let edit = setup.client.edit(Contested { writes }).attempts(2);
    let error = edit.apply(|(), ()| Some(())).await.unwrap_err();
    let JobError::Contended(contended) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(contended.attempts(), 2);
    let text = format!("{:#}", anyhow::Error::from(error));
    assert!(
        text.ends_with(": somebody else has submitted another value meanwhile"),
        "{text}"
    );
}
