//! Lists over many pages, and lists that go wrong.

use finlex::{Error, ListBrokerTenders, ListOpenTenders, PageFault};
use futures_util::{StreamExt, TryStreamExt};
use sdk_sandbox::{Endpoint, Fault, Sandbox};

use crate::setup::Setup;

#[tokio::test]
async fn every_page_size_gives_the_same_items() {
    let setup = Setup::start().await;
    let at_once: Vec<_> = setup
        .client
        .items(ListOpenTenders::new().limit(1000))
        .try_collect()
        .await
        .unwrap();
    for limit in [1, 7, 50] {
        let list = ListOpenTenders::new().limit(limit);
        let paged: Vec<_> = setup.client.items(list).try_collect().await.unwrap();
        assert_eq!(paged, at_once, "{limit}");
    }
    let by_default: Vec<_> = setup
        .client
        .items(ListOpenTenders::new())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(by_default, at_once);
}

/// The sizes of the pages of a list of `count` tenders, and the requests it took.
async fn sizes(count: usize, limit: u64) -> (Vec<usize>, u64) {
    let setup = Setup::with(Sandbox::builder().items(count)).await;
    let pages = setup.client.pages(ListBrokerTenders::new().limit(limit));
    let sizes = pages.map_ok(|page| page.items.len());
    let sizes = sizes.try_collect().await.unwrap();
    (sizes, setup.vendor().counts().api_requests)
}

#[tokio::test]
async fn a_list_ends_where_count_and_limit_agree_or_with_an_empty_page() {
    assert_eq!(sizes(25, 10).await, (vec![10, 10, 5], 3));
    assert_eq!(sizes(20, 10).await, (vec![10, 10, 0], 3));
    assert_eq!(sizes(0, 10).await, (vec![0], 1));
}

#[tokio::test]
async fn a_list_goes_on_from_an_offset_that_was_kept() {
    let setup = Setup::start().await;
    let list = ListBrokerTenders::new().limit(20);
    let all: Vec<_> = setup
        .client
        .items(list.clone())
        .try_collect()
        .await
        .unwrap();
    let first = setup.client.pages(list.clone()).try_next().await.unwrap();
    let next = first.unwrap().next.unwrap();
    let rest = setup.client.items(list.skip(next));
    let rest: Vec<_> = rest.try_collect().await.unwrap();
    assert_eq!(rest, all[20..]);
}

#[tokio::test]
async fn the_next_page_is_asked_for_before_the_caller_wants_it() {
    let setup = Setup::start().await;
    let mut pages = setup.client.pages(ListBrokerTenders::new().limit(10));
    assert_eq!(setup.vendor().counts().api_requests, 0);
    pages.try_next().await.unwrap().unwrap();
    while setup.vendor().counts().api_requests < 2 {
        tokio::task::yield_now().await;
    }
    drop(pages);
}

#[tokio::test]
async fn an_error_on_a_later_page_ends_the_stream_after_the_pages_before_it() {
    let setup = Setup::start().await;
    let mut pages = setup.client.pages(ListBrokerTenders::new().limit(10));
    pages.try_next().await.unwrap().unwrap();
    while setup.vendor().counts().api_requests < 2 {
        tokio::task::yield_now().await;
    }
    setup.vendor().fail_next(Endpoint::Api, Fault::status(403));
    pages.try_next().await.unwrap().unwrap();
    let error = pages.try_next().await.unwrap_err();
    assert!(error.is_forbidden(), "{error:?}");
    assert!(pages.next().await.is_none());
}

/// What a list of a server that gives this page for ever ends with.
async fn fault_of(page: &str) -> (PageFault, String) {
    let setup = Setup::start().await;
    let answer = Fault::Status {
        status: 200,
        retry_after: None,
        body: Some(page.to_owned()),
    };
    setup.vendor().fail_times(Endpoint::Api, answer, 9);
    let mut pages = setup.client.pages(ListOpenTenders::new());
    pages.try_next().await.unwrap().unwrap();
    let error = pages.try_next().await.unwrap_err();
    assert!(pages.next().await.is_none());
    assert_eq!(setup.vendor().counts().api_requests, 2);
    let Error::Paging(details) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(details.page(), 2);
    (details.fault(), error.to_string())
}

#[tokio::test]
async fn a_page_that_begins_elsewhere_is_an_error() {
    assert_eq!(
        fault_of(r#"{"metadata": {"skip": "0"}, "payload": [{"_id": "a"}]}"#).await,
        (
            PageFault::WrongOffset,
            "ListOpenTenders: page 2 begins elsewhere than asked for, so items would be lost"
                .to_owned()
        )
    );
}

#[tokio::test]
async fn a_page_that_comes_back_is_an_error_and_no_endless_list() {
    assert_eq!(
        fault_of(r#"{"payload": [{"_id": "a"}, {"_id": "b"}]}"#).await,
        (
            PageFault::RepeatedPage,
            "ListOpenTenders: page 2 repeats the page before it, so the list would never end"
                .to_owned()
        )
    );
}
