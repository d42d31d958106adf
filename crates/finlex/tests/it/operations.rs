//! Every documented call has its operation, and every operation gives what the sandbox holds.

use std::collections::BTreeSet;

use finlex::{
    AcceptCovernote, DeclineCovernote, IssuePolicy, LinkHours, ListBrokerTenders, ListCovernotes,
    ListInsurerTenders, ListOpenTenders, ListSuccessfulTenders, Operation, Prefix, Tender,
    TenderStatus,
};
use futures_util::TryStreamExt;
use sdk_sandbox::Endpoint;

use crate::setup::Setup;

/// Operation and path of every call of the API in the checked-in description.
fn documented() -> BTreeSet<(String, String)> {
    let mut calls = BTreeSet::new();
    let mut path = "";
    for line in include_str!("../../openapi.yaml").lines() {
        if let Some(key) = line.strip_prefix("  /") {
            path = key.trim_end_matches(':');
        } else if let Some(id) = line.strip_prefix("      operationId: ") {
            calls.insert((id.to_owned(), format!("/{path}")));
        }
    }
    calls
}

#[test]
fn the_table_of_operations_has_every_documented_call_and_no_other() {
    let rows = include_str!("../../src/docs/operations.md").lines();
    let table: BTreeSet<(String, String)> = rows
        .filter_map(|row| {
            let (name, rest) = row.strip_prefix("| [`")?.split_once("`] | `")?;
            Some((name.to_owned(), rest.split_once('`')?.0.to_owned()))
        })
        .collect();
    let mut calls = documented();
    assert!(calls.remove(&("IssueToken".to_owned(), "/token".to_owned())));
    assert!(calls.remove(&("RevokeToken".to_owned(), "/token-revoke".to_owned())));
    assert_eq!(calls.len(), 8);
    assert_eq!(table, calls);
}

/// Executes an operation for its request alone, and gives its name and path with `id` made general.
async fn sent<O: Operation>(setup: &Setup, operation: O, id: &str) -> (String, String) {
    let name = operation.name().to_owned();
    setup.vendor().reset_records();
    let _outcome = setup.client.execute(operation).await;
    let mut requests = setup.vendor().requests();
    requests.retain(|request| request.endpoint == Endpoint::Api);
    assert_eq!(requests.len(), 1, "{name}");
    assert_eq!(requests[0].method, "GET", "{name}");
    (name, requests[0].path.replace("the-id", id))
}

#[tokio::test]
async fn every_operation_goes_to_the_documented_path() {
    let setup = Setup::start().await;
    let (covernote, tender) = ("{covernote_id}", "{tender_id}");
    let mut calls = documented();
    calls.retain(|(_, path)| !path.starts_with("/token"));
    let found = BTreeSet::from([
        sent(&setup, ListBrokerTenders::new(), "").await,
        sent(&setup, ListInsurerTenders::new(), "").await,
        sent(&setup, ListOpenTenders::new(), "").await,
        sent(&setup, ListSuccessfulTenders::new(), "").await,
        sent(&setup, ListCovernotes::new(), "").await,
        sent(&setup, AcceptCovernote::new("the-id"), covernote).await,
        sent(&setup, DeclineCovernote::new("the-id"), covernote).await,
        sent(&setup, IssuePolicy::new("the-id"), tender).await,
        sent(
            &setup,
            IssuePolicy::new("the-id").as_link(LinkHours::MAX),
            tender,
        )
        .await,
    ]);
    assert_eq!(found, calls);
}

#[tokio::test]
async fn an_operation_takes_another_prefix() {
    let setup = Setup::start().await;
    let list = ListOpenTenders::new().prefix(Prefix::Other("/api/v2".to_owned()));
    let (_, path) = sent(&setup, list, "").await;
    assert_eq!(path, "/api/v2/tenders/open");
    let list = ListInsurerTenders::new().prefix(Prefix::Api);
    let (_, path) = sent(&setup, list, "").await;
    assert_eq!(path, "/api/v1/tenders");
}

async fn all<O: finlex::Paged<Item = Tender>>(setup: &Setup, list: O) -> Vec<Tender> {
    setup.client.items(list).try_collect().await.unwrap()
}

#[tokio::test]
async fn lists_hold_the_tenders_that_their_names_say() {
    let setup = Setup::start().await;
    let tenders = all(&setup, ListBrokerTenders::new()).await;
    assert_eq!(tenders.len(), 250);
    assert_eq!(all(&setup, ListInsurerTenders::new()).await, tenders);

    let open = all(&setup, ListOpenTenders::new()).await;
    let is_open = |tender: &Tender| tender.status.as_ref().unwrap().is_open();
    assert!(open.iter().all(is_open));
    assert!(!open.is_empty() && open.len() < tenders.iter().filter(|it| is_open(it)).count());

    let successful = all(&setup, ListSuccessfulTenders::new()).await;
    let expected = tenders
        .iter()
        .filter(|it| it.status == Some(TenderStatus::Successful));
    assert_eq!(successful.len(), expected.count());
}

#[tokio::test]
async fn a_tender_has_typed_fields_and_keeps_a_status_that_is_not_documented() {
    let setup = Setup::start().await;
    let list = setup
        .client
        .execute(ListBrokerTenders::new().limit(10))
        .await
        .unwrap();
    assert_eq!(list.metadata.count, Some(250));
    assert_eq!(
        (list.metadata.skip, list.metadata.limit),
        (Some(0), Some(10))
    );

    let tender = &list.payload[1];
    assert_eq!(tender.product.as_deref(), Some("D&O Classic"));
    assert_eq!(tender.tax_rate, Some(0.19));
    let negotiated = tender
        .changes_metadata
        .status_changed_to(&TenderStatus::InNegotiation);
    assert!(negotiated.unwrap() > tender.created_at.unwrap());
    assert_eq!(negotiated, tender.updated_at);
    let customer = tender.customer.as_ref().unwrap();
    let address = customer.address.as_ref().unwrap();
    assert_eq!(address.street.as_deref(), Some(""));
    assert_eq!(address.country.as_deref(), Some("DE"));
    let line = tender.line_of_business.as_ref().unwrap();
    assert_eq!(line.name.as_deref(), Some("Directors and Officers"));

    let unknown = TenderStatus::Other("WITHDRAWN".to_owned());
    assert_eq!(list.payload[9].status, Some(unknown));
}

#[tokio::test]
async fn a_policy_comes_as_a_document_or_as_a_link_that_needs_no_token() {
    let setup = Setup::start().await;
    let tender = &all(&setup, ListSuccessfulTenders::new()).await[0];

    let policy = IssuePolicy::new(&tender.id);
    let document = setup.client.execute(policy.clone()).await.unwrap();
    assert!(document.as_bytes().starts_with(b"%PDF-"));

    let hours = LinkHours::new(18).unwrap();
    let link = setup.client.execute(policy.as_link(hours)).await.unwrap();
    assert_eq!(link.url().path(), format!("/policies/{}.pdf", tender.id));
    let sent = setup.vendor().requests().pop().unwrap();
    assert_eq!(sent.query.as_deref(), Some("format=url&expiry=18h"));
}

#[test]
fn odd_but_possible_answers_are_read() {
    let body = br#"{
        "metadata": {"count": 2, "sort": {"created_at": -1}, "skip": "0", "limit": ""},
        "payload": [
            {"_id": "a", "line_of_business": "Cyber", "tax_rate": "0.19", "created_at": "",
             "changes_metadata": null, "status": null, "unheard_of": [1]},
            {"_id": "b"}
        ]
    }"#;
    let list = ListCovernotes::decode(body).unwrap();
    assert_eq!((list.metadata.count, list.metadata.limit), (Some(2), None));
    let [odd, bare] = &list.payload[..] else {
        panic!("{list:?}")
    };
    let line = odd.line_of_business.as_ref().unwrap();
    assert_eq!((&line.id, line.name.as_deref()), (&None, Some("Cyber")));
    assert_eq!((odd.tax_rate, odd.created_at), (Some(0.19), None));
    assert_eq!((bare.id.as_str(), &bare.customer), ("b", &None));

    let list = ListOpenTenders::decode(br#"{"payload": []}"#).unwrap();
    assert_eq!(list.metadata, finlex::ListMetadata::default());
}
