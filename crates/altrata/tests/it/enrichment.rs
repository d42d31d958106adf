//! Profiles of many ids.

use altrata::{Enriched, EnrichmentError, error_type};
use futures_util::StreamExt;
use sdk_sandbox::{Endpoint, Fault, Sandbox};
use serde_json::json;

use crate::setup::{Setup, beside};

/// Ids of people who are there, but for every hundredth.
fn ids(count: usize) -> impl Iterator<Item = String> + Send + 'static {
    (0..count).map(|i| match i % 100 {
        50 => format!("1-per-{i}"),
        _ => format!("1-per-{}", 4_000_000 + i),
    })
}

fn kind(person: &Enriched) -> char {
    match &person.profile {
        Ok(profile) => {
            assert_eq!(profile.id.as_ref(), Some(&person.id));
            'p'
        }
        Err(EnrichmentError::NotFound) => '-',
        Err(_) => 'e',
    }
}

/// How many of each kind there are among each hundred.
async fn hundreds(setup: &Setup, count: usize) -> Vec<[usize; 3]> {
    let people: Vec<Enriched> = setup.client.enrich(ids(count)).collect().await;
    assert!(
        people
            .iter()
            .map(|person| &person.id)
            .eq(&ids(count).collect::<Vec<_>>())
    );
    let kinds: Vec<char> = people.iter().map(kind).collect();
    let count =
        |kinds: &[char]| ['p', '-', 'e'].map(|it| kinds.iter().filter(|kind| **kind == it).count());
    kinds.chunks(100).map(count).collect()
}

#[tokio::test]
async fn every_id_has_its_profile_in_order_a_hundred_a_request() {
    let setup = Setup::with(Sandbox::builder().items(300)).await;
    assert_eq!(
        hundreds(&setup, 250).await,
        [[99, 1, 0], [99, 1, 0], [50, 0, 0]]
    );
    assert_eq!(setup.vendor().counts().api_requests, 3);
}

#[tokio::test]
async fn a_request_that_fails_costs_its_own_ids_and_no_others() {
    let setup = Setup::with(Sandbox::builder().items(300)).await;
    setup.vendor().fail_next(Endpoint::Api, Fault::status(400));
    assert_eq!(hundreds(&setup, 200).await, [[0, 0, 100], [99, 1, 0]]);
}

#[tokio::test]
async fn a_quota_that_is_used_up_ends_the_asking_and_every_id_left_says_so() {
    let setup = Setup::with(Sandbox::builder().items(300)).await;
    setup.vendor().spend_quota(true);
    let people: Vec<Enriched> = setup.client.enrich(ids(250)).collect().await;
    for person in &people {
        let Err(EnrichmentError::Request(error)) = &person.profile else {
            panic!("{person:?}");
        };
        assert!(error.is_quota_exceeded());
    }
    assert_eq!(
        (people.len(), setup.vendor().counts().api_requests),
        (250, 1)
    );
}

#[tokio::test]
async fn an_id_that_is_given_twice_has_its_profile_twice() {
    let setup = Setup::with(Sandbox::builder().items(10)).await;
    let id = setup.vendor().first_person_id();
    let people: Vec<Enriched> = setup.client.enrich([id.clone(), id]).collect().await;
    assert_eq!(people.iter().map(kind).collect::<String>(), "pp");
}

#[tokio::test]
async fn a_field_outside_of_the_subscription_costs_no_profile() {
    let setup = Setup::start().await;
    for kind in ["unauthorized", "DEPRECATED"] {
        setup.vendor().reset_records();
        let items = json!([{"id": "1-per-1", "name": "Ada"}, {"id": "1-per-2", "name": null}]);
        let page = json!({"__typename": "PersonPagedResult", "items": items});
        let data = json!({"personBulkIdSearch": page});
        setup.vendor().fail_next(Endpoint::Api, beside(&data, kind));
        let ids = ["1-per-1", "1-per-2", "1-per-3"];
        let people: Vec<Enriched> = setup.client.enrich(ids).collect().await;
        let [ada, other, missing] = &people[..] else {
            panic!("{people:?}");
        };
        let name = |person: &Enriched| person.profile.as_ref().unwrap().name.clone();
        assert_eq!(
            (name(ada).as_deref(), name(other)),
            (Some("Ada"), None),
            "{kind}"
        );
        assert!(
            matches!(missing.profile, Err(EnrichmentError::NotFound)),
            "{kind}"
        );
        for person in &people {
            assert_eq!(error_type(&person.notes[0]), Some(kind));
        }
        assert_eq!(setup.vendor().counts().api_requests, 1, "{kind}");
    }
}
