//! A vendor whose newest token ends all others.

use altrata::{
    Client,
    queries::{
        events::ListAnnouncements, matching::MatchPerson, profile::SearchPeople,
        relationships::CountMyPathsToPerson,
    },
};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::{Setup, builder, unlimited};

/// Runs `call` with a token that another process has ended, and counts what it took.
async fn after_the_token_has_ended(call: impl AsyncFnOnce(&Client, &str)) {
    let setup = Setup::start().await;
    let id = setup.vendor().first_person_id();
    setup
        .client
        .execute(SearchPeople::new("ada"))
        .await
        .unwrap();
    setup.vendor().revoke_tokens();
    setup.vendor().reset_records();
    call(&setup.client, &id).await;
    let counts = setup.vendor().counts();
    assert_eq!(counts.token_requests, 1);
    // A token that is only just old enough to be refused is tried a second time.
    assert!((2..=3).contains(&counts.api_requests), "{counts:?}");
}

#[tokio::test]
async fn a_token_ended_from_outside_costs_one_new_token_and_no_failed_call() {
    // Each service says in its own way that a token has ended.
    after_the_token_has_ended(async |client, _| {
        client.execute(SearchPeople::new("ada")).await.unwrap();
    })
    .await;
    after_the_token_has_ended(async |client, id| {
        client.execute(ListAnnouncements::new(id)).await.unwrap();
    })
    .await;
    after_the_token_has_ended(async |client, id| {
        client.execute(CountMyPathsToPerson::new(id)).await.unwrap();
    })
    .await;
    after_the_token_has_ended(async |client, id| {
        client
            .execute(MatchPerson::new("row").altrata_id(id))
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn two_clients_with_the_same_credentials_make_one_token_request() {
    let setup = Setup::start().await;
    let other = unlimited(builder(setup.vendor())).build().unwrap();
    for client in [&setup.client, &other, &setup.client] {
        client.execute(SearchPeople::new("ada")).await.unwrap();
    }
    let counts = setup.vendor().counts();
    assert_eq!((counts.token_requests, counts.unauthorized), (1, 0));
}

#[test]
fn a_client_without_the_statement_that_it_is_alone_is_not_built() {
    let credentials = altrata::Credentials::service_user("user", "password", "key");
    let built = Client::builder().credentials(credentials).build();
    let error = built.unwrap_err().to_string();
    assert!(error.contains("token_store"), "{error}");
}

#[tokio::test]
async fn a_token_that_ends_during_a_session_is_replaced_unseen() {
    let setup = Setup::start().await;
    setup
        .client
        .execute(SearchPeople::new("ada"))
        .await
        .unwrap();
    setup.vendor().fail_next(Endpoint::Api, Fault::ExpireTokens);
    setup
        .client
        .execute(SearchPeople::new("ada"))
        .await
        .unwrap();
    assert_eq!(setup.client.token_stats().granted, 2);
}

#[tokio::test]
async fn many_calls_at_once_share_one_token_request() {
    let setup = Setup::start().await;
    let calls = (0..40).map(|_| {
        let client = setup.client.clone();
        tokio::spawn(async move { client.execute(SearchPeople::new("ada")).await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    assert_eq!(setup.vendor().counts().token_requests, 1);
}

#[tokio::test]
async fn a_token_without_its_scheme_is_sent_on_request() {
    let setup = Setup::start().await;
    let client = unlimited(builder(setup.vendor()))
        .raw_token()
        .build()
        .unwrap();
    client.execute(SearchPeople::new("ada")).await.unwrap();
    let requests = setup.vendor().requests();
    assert_eq!(requests.last().unwrap().headers["authorization"], "***");
}
