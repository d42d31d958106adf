//! One token for everyone, and what a rejected one costs.

use finitestate::{Client, Error, queries::CountFindings};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::{Setup, builder};

/// Runs `count` operations at once and gives their outcomes.
async fn at_once(client: &Client, count: usize) -> Vec<Result<(), Error>> {
    let calls = (0..count).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.execute(CountFindings::new()).await.map(|_| ()) })
    });
    let mut outcomes = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        outcomes.push(call.await.unwrap());
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_cold_callers_make_one_token_request() {
    let setup = Setup::start().await;
    let outcomes = at_once(&setup.client, 100).await;
    assert!(outcomes.iter().all(Result::is_ok));
    let counts = setup.vendor().counts();
    assert_eq!((counts.token_requests, counts.api_requests), (1, 100));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_callers_share_one_refusal_of_the_token_endpoint() {
    let setup = Setup::start().await;
    let client = builder(setup.vendor())
        .credentials(finitestate::Credentials::client("nobody", "wrong"))
        .build()
        .unwrap();
    let outcomes = at_once(&client, 100).await;
    assert!(
        outcomes
            .iter()
            .all(|outcome| outcome.as_ref().is_err_and(Error::is_unauthorized))
    );
    let counts = setup.vendor().counts();
    assert_eq!((counts.token_requests, counts.api_requests), (1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_rejected_at_once_share_one_new_token() {
    let setup = Setup::start().await;
    setup.client.execute(CountFindings::new()).await.unwrap();
    setup.vendor().revoke_tokens();
    let outcomes = at_once(&setup.client, 10).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(setup.vendor().counts().token_requests, 2);
}

#[tokio::test]
async fn a_mutation_is_replayed_after_its_token_was_rejected_and_runs_once() {
    use finitestate::{queries::CreateProduct, types::CreateProductInput};

    let setup = Setup::start().await;
    setup.client.execute(CountFindings::new()).await.unwrap();
    setup.vendor().revoke_tokens();
    let input = CreateProductInput::new().name("Replayed");
    let created = setup
        .client
        .execute(CreateProduct::new(input))
        .await
        .unwrap();
    assert_eq!(
        created.create_product.unwrap().name.as_deref(),
        Some("Replayed")
    );
    assert_eq!(setup.vendor().counts().token_requests, 2);
}

#[tokio::test]
async fn the_vendors_expired_token_answer_costs_one_new_token() {
    let setup = Setup::start().await;
    setup.client.execute(CountFindings::new()).await.unwrap();
    setup.vendor().fail_next(Endpoint::Api, Fault::ExpireTokens);
    setup.client.execute(CountFindings::new()).await.unwrap();
    let counts = setup.vendor().counts();
    assert_eq!(counts.token_requests, 2);
    assert_eq!(setup.client.token_stats().requests, 2);
}
