//! Tokens that a service rejects inside a GraphQL response.

use sdk_graphql::Error;
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::{Create, FirstGroup, Setup};

const CODES: &[&str] = &["UNAUTHENTICATED"];

/// An answer with status 200 whose body is this text.
fn answer(body: &str) -> Fault {
    Fault::Status {
        status: 200,
        retry_after: None,
        body: Some(body.to_owned()),
    }
}

const REJECTED: &str = r#"{"errors":[{"message":"who?","extensions":{"code":"UNAUTHENTICATED"}}]}"#;

#[tokio::test]
async fn a_code_that_the_service_names_costs_a_new_token_and_no_failed_call() {
    let setup = Setup::with(|service| service.token_rejection_codes(CODES)).await;
    setup.client.execute(FirstGroup).await.unwrap();
    setup.vendor().revoke_tokens();
    setup.vendor().fail_next(Endpoint::Api, answer(REJECTED));
    setup.client.execute(FirstGroup).await.unwrap();
    assert_eq!(setup.client.token_stats().rejected, 1);
}

#[tokio::test]
async fn even_a_mutation_is_sent_again_since_nothing_was_executed() {
    let setup = Setup::with(|service| service.token_rejection_codes(CODES)).await;
    setup.client.execute(FirstGroup).await.unwrap();
    setup.vendor().fail_next(Endpoint::Api, answer(REJECTED));
    let created = setup.client.execute(Create).await.unwrap();
    assert!(!created.product.id.is_empty());
    assert_eq!(setup.client.call_stats().replays, 1);
}

#[tokio::test]
async fn the_code_means_nothing_to_a_service_that_does_not_name_it() {
    let setup = Setup::start().await;
    setup.client.execute(FirstGroup).await.unwrap();
    setup.vendor().fail_next(Endpoint::Api, answer(REJECTED));
    let error = setup.client.execute(FirstGroup).await.unwrap_err();
    assert!(error.is_unauthorized(), "{error:?}");
    assert_eq!(setup.client.call_stats().replays, 0);
}

#[tokio::test]
async fn the_code_means_nothing_beside_data_or_at_a_field() {
    for body in [
        r#"{"data":{"allGroups":[]},"errors":[{"message":"m","extensions":{"code":"UNAUTHENTICATED"}}]}"#,
        r#"{"data":{"allGroups":7},"errors":[{"message":"m","extensions":{"code":"UNAUTHENTICATED"}}]}"#,
        r#"{"data":null,"errors":[{"message":"m","path":["a"],"extensions":{"code":"UNAUTHENTICATED"}}]}"#,
    ] {
        let setup = Setup::with(|service| service.token_rejection_codes(CODES)).await;
        setup.client.execute(FirstGroup).await.unwrap();
        setup.vendor().fail_next(Endpoint::Api, answer(body));
        let error = setup.client.execute(FirstGroup).await.unwrap_err();
        assert!(matches!(error, Error::Graphql(_)), "{body}: {error:?}");
        assert_eq!(setup.client.call_stats().replays, 0, "{body}");
    }
}

#[tokio::test]
async fn a_code_of_the_vendors_own_means_unauthorized() {
    let setup = Setup::with(|service| service.token_rejection_codes(&["AUTH_7"])).await;
    let body = r#"{"errors":[{"message":"m","extensions":{"code":"AUTH_7"}}]}"#;
    setup.vendor().fail_times(Endpoint::Api, answer(body), 9);
    let error = setup.client.execute(FirstGroup).await.unwrap_err();
    assert!(error.is_unauthorized(), "{error:?}");
}

#[tokio::test]
async fn a_service_that_keeps_rejecting_is_asked_three_times_at_most() {
    let setup = Setup::with(|service| service.token_rejection_codes(CODES)).await;
    setup.client.execute(FirstGroup).await.unwrap();
    setup.vendor().reset_records();
    setup
        .vendor()
        .fail_times(Endpoint::Api, answer(REJECTED), 9);
    let error = setup.client.execute(Create).await.unwrap_err();
    assert!(error.is_unauthorized(), "{error:?}");
    let counts = setup.vendor().counts();
    assert!(counts.api_requests <= 3, "{counts:?}");
    assert!(counts.token_requests <= 1, "{counts:?}");
}
