//! Lists of several pages, empty lists, and lists that go wrong.

use std::collections::BTreeSet;

use finitestate::{
    Cursor, Error, Operation, Page, PageFault, Paged,
    queries::{self, ListFindings},
    types::FindingFilter,
};
use futures_util::{StreamExt, TryStreamExt};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::Setup;

/// The operation over as many pages as it has, one item each, against the operation in one page.
async fn pages_alike<O>(setup: &Setup, operation: O, by_one: O) -> usize
where
    O: Paged + Unpin,
    O::Item: Unpin + std::fmt::Debug + PartialEq,
{
    let name = operation.name();
    let at_once: Vec<_> = setup.client.items(operation).try_collect().await.unwrap();
    let one_by_one: Vec<_> = setup.client.items(by_one).try_collect().await.unwrap();
    assert_eq!(at_once, one_by_one, "{name}");
    at_once.len()
}

#[tokio::test]
async fn every_list_gives_the_same_items_in_pages_of_any_size() {
    let setup = Setup::start().await;
    macro_rules! lists {
        ($($list:ident)+) => {$({
            let list = queries::$list::new();
            let length =
                pages_alike(&setup, list.clone().first(1000), list.first(7)).await;
            assert!(length > 0, stringify!($list));
        })+};
    }
    lists! {
        ListArtifacts ListAssetSummaries ListAssetVersionArtifacts ListAssetVersions ListAssets
        ListFindingFiles ListFindingSummaries ListFindings ListGroupProducts ListGroups
        ListLicenseExceptions ListLicenses ListOrganizations ListProductAssetVersions ListProducts
        ListSoftwareComponentInstanceFiles ListSoftwareComponentInstanceMetadata
        ListSoftwareComponentInstances ListSoftwareComponents ListTests ListUsers
        SearchSbomAcrossAssetVersions SearchSbomInAssetVersion
    }
}

#[tokio::test]
async fn pages_have_the_size_asked_for_and_end_with_an_empty_one() {
    let setup = Setup::start().await;
    let filter = FindingFilter::new()
        .asset_version_ref_id(setup.vendor().main_asset_version_id())
        .merged_finding_ref_id(None)
        .deleted_at(None);
    let sizes: Vec<usize> = setup
        .client
        .pages(ListFindings::new().filter(filter).first(100))
        .map_ok(|page| page.items.len())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(sizes, [100, 100, 50, 0]);
}

#[tokio::test]
async fn an_empty_list_is_one_empty_page() {
    let setup = Setup::start().await;
    let nothing = ListFindings::new().filter(FindingFilter::new().id("no-such-id"));
    let pages: Vec<_> = setup
        .client
        .pages(nothing.clone())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(pages.len(), 1);
    assert!(pages[0].items.is_empty() && pages[0].next.is_none());
    assert_eq!(setup.client.items(nothing).count().await, 0);
}

#[tokio::test]
async fn a_list_goes_on_from_a_cursor_that_was_kept() {
    let setup = Setup::start().await;
    let list = ListFindings::new().first(20);
    let all: Vec<_> = setup
        .client
        .items(list.clone())
        .try_collect()
        .await
        .unwrap();

    let mut pages = setup.client.pages(list.clone());
    let first = pages.try_next().await.unwrap().unwrap();
    drop(pages);
    let kept: String = first.next.unwrap().into_string();

    let rest: Vec<_> = setup
        .client
        .items(list.after(kept))
        .try_collect()
        .await
        .unwrap();
    assert_eq!(rest, all[20..]);
}

#[tokio::test]
async fn a_stream_of_items_tells_where_its_page_began() {
    let setup = Setup::start().await;
    let list = ListFindings::new().first(5);
    let mut items = setup.client.items(list.clone());
    for _ in 0..7 {
        items.try_next().await.unwrap().unwrap();
    }
    let cursor = items.page_cursor().unwrap().clone().into_string();
    let again = setup
        .client
        .items(list.clone().after(cursor))
        .try_next()
        .await
        .unwrap()
        .unwrap();
    let sixth = setup
        .client
        .items(list)
        .skip(5)
        .next()
        .await
        .unwrap()
        .unwrap();
    assert_eq!(again, sixth);
}

#[tokio::test]
async fn ids_are_unique_over_all_pages() {
    let setup = Setup::start().await;
    let findings: Vec<_> = setup
        .client
        .items(ListFindings::new().first(50))
        .try_collect()
        .await
        .unwrap();
    let ids: BTreeSet<_> = findings.iter().map(|finding| finding.id.clone()).collect();
    assert_eq!(ids.len(), findings.len());
}

#[tokio::test]
async fn the_next_page_is_asked_for_before_the_caller_wants_it() {
    let setup = Setup::start().await;
    let mut pages = setup.client.pages(ListFindings::new().first(10));
    pages.try_next().await.unwrap().unwrap();
    let asked = async {
        while setup.vendor().counts().api_requests < 2 {
            tokio::task::yield_now().await;
        }
    };
    let patience = std::time::Duration::from_secs(10);
    tokio::time::timeout(patience, asked).await.unwrap();
    drop(pages);
}

#[tokio::test]
async fn an_error_on_a_later_page_ends_the_stream_after_the_pages_before_it() {
    let setup = Setup::start().await;
    let mut items = setup.client.items(ListFindings::new().first(10));
    for _ in 0..10 {
        items.try_next().await.unwrap().unwrap();
    }
    // The second page is on its way already; the fault meets the third.
    while setup.vendor().counts().api_requests < 2 {
        tokio::task::yield_now().await;
    }
    let refusal = Fault::GraphqlError {
        message: "broken".to_owned(),
        code: Some("INVALID_CURSOR".to_owned()),
    };
    setup.vendor().fail_next(Endpoint::Api, refusal);
    for _ in 10..20 {
        items.try_next().await.unwrap().unwrap();
    }
    let error = items.try_next().await.unwrap_err();
    assert!(matches!(&error, Error::Graphql(_)), "{error:?}");
    assert_eq!(error.operation(), "ListFindings");
    assert!(items.try_next().await.unwrap().is_none());
}

/// A list whose server forgets that it was asked to go on.
#[derive(Clone)]
struct Stuck(ListFindings);

impl Operation for Stuck {
    type Data = <ListFindings as Operation>::Data;

    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn document(&self) -> &str {
        self.0.document()
    }

    fn kind(&self) -> finitestate::OperationKind {
        self.0.kind()
    }

    fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        self.0.encode()
    }

    fn decode(body: &[u8]) -> Result<finitestate::Response<Self::Data>, serde_json::Error> {
        ListFindings::decode(body)
    }
}

impl Paged for Stuck {
    type Item = <ListFindings as Paged>::Item;

    fn cursor(&self) -> Option<Cursor> {
        None
    }

    fn set_cursor(&mut self, _: Cursor) {}

    fn page(&self, data: Self::Data) -> Result<Page<Self::Item>, PageFault> {
        self.0.page(data)
    }
}

#[tokio::test]
async fn a_cursor_that_comes_back_is_an_error_and_no_endless_list() {
    let setup = Setup::start().await;
    let mut pages = setup.client.pages(Stuck(ListFindings::new().first(3)));
    pages.try_next().await.unwrap().unwrap();
    let error = pages.try_next().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "ListFindings: page 2 repeats a cursor, so the list would never end"
    );
    assert!(pages.try_next().await.unwrap().is_none());
    assert_eq!(setup.vendor().counts().api_requests, 2);
}

#[test]
fn a_page_with_items_and_without_a_cursor_is_a_fault_and_no_end() {
    let body = br#"{"data":{"allGroups":[{"_cursor":null,"id":"1","name":"n"}]}}"#;
    let data = queries::ListGroups::decode(body).unwrap().data.unwrap();
    assert!(queries::ListGroups::new().page(data).is_err());
}

#[test]
fn skip_belongs_to_the_first_page_alone() {
    let mut list = ListFindings::new().skip(5);
    list.prepare();
    assert_eq!(
        list.first,
        finitestate::Input::Value(finitestate::DEFAULT_PAGE_SIZE)
    );
    list.set_cursor(Cursor::from("c".to_owned()));
    assert!(list.skip.is_unset());
}
