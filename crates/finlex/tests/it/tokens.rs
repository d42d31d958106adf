//! Tokens: asked for once, with an end if one is wanted, revoked, and replaced when they are refused.

use std::time::Duration;

use finlex::{Client, Credentials, ListOpenTenders, Revoked};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::{Setup, builder};

async fn read(client: &Client) -> Result<(), finlex::Error> {
    client
        .execute(ListOpenTenders::new().limit(1))
        .await
        .map(|_| ())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_cold_callers_make_one_token_request() {
    let setup = Setup::start().await;
    let calls = (0..100).map(|_| {
        let client = setup.client.clone();
        tokio::spawn(async move { read(&client).await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    let counts = setup.vendor().counts();
    assert_eq!((counts.token_requests, counts.api_requests), (1, 100));
}

#[tokio::test]
async fn a_revoked_token_is_replaced_at_the_next_call() {
    let setup = Setup::start().await;
    read(&setup.client).await.unwrap();
    let revoked = setup.client.revoke_token().await.unwrap();
    assert!(matches!(revoked, Revoked::Token(_)), "{revoked:?}");
    read(&setup.client).await.unwrap();
    let counts = setup.vendor().counts();
    assert_eq!((counts.token_requests, counts.revocation_requests), (2, 1));
    assert_eq!(counts.unauthorized, 0);
}

#[tokio::test]
async fn nothing_is_revoked_where_there_is_no_token() {
    let setup = Setup::start().await;
    let revoked = setup.client.revoke_token().await.unwrap();
    assert_eq!(revoked, Revoked::Nothing);
    assert_eq!(setup.vendor().counts().revocation_requests, 0);
}

#[tokio::test]
async fn a_revocation_goes_beside_another_token_endpoint_or_where_it_is_told_to() {
    let setup = Setup::start().await;
    let elsewhere = setup.vendor().api_url().parse().unwrap();
    let client = builder(setup.vendor())
        .revoke_url(elsewhere)
        .build()
        .unwrap();
    read(&client).await.unwrap();
    client.revoke_token().await.unwrap_err();
    assert_eq!(setup.vendor().counts().revocation_requests, 0);
}

#[tokio::test]
async fn a_token_that_died_with_its_secret_ends_in_an_unauthorized_error() {
    let setup = Setup::start().await;
    read(&setup.client).await.unwrap();
    let new_secret = setup.vendor().replace_secret();
    let error = read(&setup.client).await.unwrap_err();
    assert!(
        error.is_unauthorized() && !error.is_retryable(),
        "{error:?}"
    );
    let counts = setup.vendor().counts();
    assert_eq!((counts.tokens_issued, counts.token_requests), (1, 2));

    let credentials = Credentials::client(setup.vendor().app_id(), new_secret);
    let client = builder(setup.vendor()).credentials(credentials).build();
    read(&client.unwrap()).await.unwrap();
}

#[tokio::test]
async fn a_token_revoked_from_outside_costs_one_new_token_and_no_failed_call() {
    let setup = Setup::start().await;
    read(&setup.client).await.unwrap();
    setup.vendor().fail_next(Endpoint::Api, Fault::RevokeTokens);
    read(&setup.client).await.unwrap();
    assert_eq!(setup.vendor().counts().token_requests, 2);
}

#[tokio::test]
async fn a_lifetime_is_asked_for_as_a_time_in_utc_and_taken_from_the_token() {
    let setup = Setup::start().await;
    let client = builder(setup.vendor())
        .token_lifetime(Duration::from_secs(8 * 3600))
        .build()
        .unwrap();
    read(&client).await.unwrap();
    let requests = setup.vendor().requests();
    let expiry = requests[0].body["expiry"].as_str().unwrap();
    // As in 2026-01-05T16:00:00.000000Z.
    assert_eq!(
        (expiry.len(), &expiry[19..20], &expiry[26..]),
        (27, ".", "Z")
    );
    assert!(expiry.parse::<chrono::DateTime<chrono::Utc>>().is_ok());
}

/// Whether a client takes this answer of the token endpoint for a token, and shows that to the API.
async fn takes(answer: &str) -> bool {
    let setup = Setup::start().await;
    let canned = Fault::Status {
        status: 200,
        retry_after: None,
        body: Some(answer.to_owned()),
    };
    setup.vendor().fail_next(Endpoint::Token, canned);
    // The token is not the sandbox's, so the call is refused; the timeout leaves no room for another one.
    let call = setup.client.execute(ListOpenTenders::new());
    let _refused = call.timeout(Duration::from_millis(900)).await;
    let requests = setup.vendor().requests();
    requests
        .iter()
        .any(|request| request.endpoint == Endpoint::Api)
}

#[tokio::test]
async fn answers_of_the_token_endpoint_are_read_tolerantly() {
    for answer in [
        "a-bare-token.of-enough.length",
        "\"a.b.c\"\n",
        r#"{"token": "a.b.c"}"#,
        r#"{"access_token": "a.b.c", "expires_in": "3600"}"#,
        r#"{"accessToken": "a.b.c"}"#,
        r#"{"jwt": "a.b.c", "expiry": "2100-01-01T00:00:00.000000Z"}"#,
    ] {
        assert!(takes(answer).await, "{answer}");
    }
    for answer in [
        "",
        "{}",
        "[]",
        "null",
        "a token with spaces",
        r#"{"token": 7}"#,
    ] {
        assert!(!takes(answer).await, "{answer}");
    }
}
