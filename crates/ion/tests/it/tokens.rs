//! One token for everyone, and what a rejected one costs.

use ion::{
    Credentials, Error,
    queries::{CreateLabel, GetMe},
    types::CreateLabelInput,
};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::{Setup, builder};

#[tokio::test]
async fn two_clients_with_the_same_credentials_make_one_token_request() {
    let setup = Setup::start().await;
    let other = builder(setup.vendor()).build().unwrap();
    for client in [&setup.client, &other, &setup.client] {
        client.execute(GetMe::new()).await.unwrap();
    }
    let counts = setup.vendor().counts();
    assert_eq!((counts.token_requests, counts.unauthorized), (1, 0));
}

#[tokio::test]
async fn clients_for_different_audiences_have_a_token_each() {
    let setup = Setup::start().await;
    let other = builder(setup.vendor())
        .audience(setup.vendor().audience())
        .build()
        .unwrap();
    for client in [&setup.client, &other, &setup.client] {
        client.execute(GetMe::new()).await.unwrap();
    }
    assert_eq!(setup.vendor().counts().token_requests, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_calls_at_once_share_one_token_request() {
    let setup = Setup::start().await;
    let calls = (0..40).map(|_| {
        let client = setup.client.clone();
        tokio::spawn(async move { client.execute(GetMe::new()).await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    let counts = setup.vendor().counts();
    assert_eq!((counts.token_requests, counts.api_requests), (1, 40));
}

#[tokio::test]
async fn callers_share_one_refusal_of_the_realm() {
    let setup = Setup::start().await;
    let client = builder(setup.vendor())
        .credentials(Credentials::client("nobody", "wrong"))
        .build()
        .unwrap();
    for _ in 0..3 {
        let error = client.execute(GetMe::new()).await.unwrap_err();
        assert!(matches!(error, Error::Auth(_)), "{error:?}");
    }
    let counts = setup.vendor().counts();
    assert_eq!((counts.token_requests, counts.api_requests), (1, 0));
}

#[tokio::test]
async fn every_way_in_which_a_token_ends_costs_one_new_token_and_no_failed_call() {
    for fault in [Fault::ExpireTokens, Fault::RevokeTokens] {
        let setup = Setup::start().await;
        setup.client.execute(GetMe::new()).await.unwrap();
        setup.vendor().fail_next(Endpoint::Api, fault);
        setup.client.execute(GetMe::new()).await.unwrap();
        assert_eq!(setup.vendor().counts().token_requests, 2);
    }
}

#[tokio::test]
async fn a_mutation_is_replayed_after_its_token_was_rejected_and_runs_once() {
    let setup = Setup::start().await;
    setup.client.execute(GetMe::new()).await.unwrap();
    setup.vendor().revoke_tokens();
    let create = || CreateLabel::new(CreateLabelInput::new("replayed"));
    let id = async || {
        let made = setup.client.execute(create()).await.unwrap();
        let label = made.create_label.unwrap().label.unwrap();
        label.id.as_str().parse::<u64>().unwrap()
    };
    let (first, second) = (id().await, id().await);
    // Ids are given out in order: nothing was made between the two.
    assert_eq!(second, first + 1);
    assert_eq!(setup.vendor().counts().token_requests, 2);
}
