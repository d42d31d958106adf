//! Streams across runtimes, deadlines and drops.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use sdk_graphql::{
    Cursor, Error, Input, Operation, OperationKind, Page, PageFault, Paged, Response,
};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::{Group, Setup};

/// Lists findings, two a page.
#[derive(Clone, Default)]
pub(crate) struct ListFindings {
    after: Input<String>,
}

#[derive(serde::Deserialize)]
pub(crate) struct Findings {
    #[serde(rename = "allFindings")]
    findings: Option<Vec<Finding>>,
}

#[derive(serde::Deserialize)]
struct Finding {
    #[serde(rename = "_cursor")]
    cursor: String,
    #[serde(flatten)]
    finding: Group,
}

impl Operation for ListFindings {
    type Data = Findings;

    fn name(&self) -> &'static str {
        "ListFindings"
    }

    fn document(&self) -> &'static str {
        "query ListFindings($after: String) { allFindings(after: $after, first: 2) { _cursor id } }"
    }

    fn kind(&self) -> OperationKind {
        OperationKind::Query
    }

    fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&serde_json::json!({
            "query": self.document(),
            "operationName": self.name(),
            "variables": {"after": self.after},
        }))
    }

    fn decode(body: &[u8]) -> Result<Response<Findings>, serde_json::Error> {
        serde_json::from_slice(body)
    }
}

impl Paged for ListFindings {
    type Item = Group;

    fn cursor(&self) -> Option<Cursor> {
        self.after.as_value().cloned().map(Cursor::from)
    }

    fn set_cursor(&mut self, cursor: Cursor) {
        self.after = cursor.into();
    }

    fn page(&self, data: Findings) -> Result<Page<Group>, PageFault> {
        let findings = data.findings.ok_or(PageFault::MissingList)?;
        Ok(Page {
            next: findings.last().map(|last| last.cursor.clone().into()),
            items: findings.into_iter().map(|row| row.finding).collect(),
        })
    }
}

/// A runtime of one thread, as a synchronous wrapper makes for a call.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn a_stream_goes_on_in_another_runtime_than_the_one_it_began_in() {
    let servers = tokio::runtime::Runtime::new().unwrap();
    let setup = servers.block_on(Setup::start());
    let mut pages = setup.client.pages(ListFindings::default());
    let first = runtime().block_on(pages.try_next()).unwrap().unwrap();
    let second = runtime().block_on(pages.try_next()).unwrap().unwrap();
    assert_ne!(first.items, second.items);
    assert_eq!(second.items.len(), 2);
}

#[tokio::test]
async fn each_page_has_the_deadline_of_the_stream() {
    let setup = Setup::start().await;
    let late = Fault::delay(Duration::from_secs(20));
    setup.vendor().fail_next(Endpoint::Api, late);
    let pages = setup.client.pages(ListFindings::default());
    let mut pages = pages.timeout(Duration::from_millis(100));
    let error = pages.try_next().await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
}

#[tokio::test]
async fn the_next_page_is_no_longer_wanted_once_the_stream_is_dropped() {
    let setup = Setup::start().await;
    let mut pages = setup.client.pages(ListFindings::default());
    pages.try_next().await.unwrap().unwrap();
    // On this runtime of one thread the task that fetches page two has not run yet.
    drop(pages);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(setup.client.call_stats().sent, 1);
}

#[tokio::test]
async fn a_resumed_stream_tells_where_to_resume_it_again() {
    let setup = Setup::start().await;
    let mut pages = setup.client.pages(ListFindings::default());
    let kept = pages.try_next().await.unwrap().unwrap().next.unwrap();
    let resumed = ListFindings {
        after: (&kept).into(),
    };
    let mut items = setup.client.items(resumed);
    items.try_next().await.unwrap().unwrap();
    assert_eq!(items.page_cursor(), Some(&kept));
}

#[tokio::test]
async fn an_answer_without_its_list_is_an_error_and_no_end() {
    let setup = Setup::start().await;
    for body in [r#"{"data":{"allFindings":null}}"#, r#"{"data":{}}"#] {
        let fault = Fault::Status {
            status: 200,
            retry_after: None,
            body: Some(body.to_owned()),
        };
        setup.vendor().fail_next(Endpoint::Api, fault);
        let mut items = setup.client.items(ListFindings::default());
        let error = items.try_next().await.unwrap_err();
        let Error::Paging(details) = &error else {
            panic!("{error:?}");
        };
        assert_eq!(details.fault(), PageFault::MissingList);
        assert!(items.next().await.is_none());
    }
}
