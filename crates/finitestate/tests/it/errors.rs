//! What a caller sees when something goes wrong, and what is sent again.

use std::time::{Duration, Instant};

use finitestate::{
    Error, ErrorClass,
    queries::{CountFindings, CreateProduct, ListFindings},
    types::CreateProductInput,
};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::{Setup, builder};

/// Meets one fault after a token is there, and gives the error and the requests it took.
async fn query_meets(fault: Fault, times: u32) -> (Error, u64) {
    let setup = Setup::start().await;
    setup.client.execute(CountFindings::new()).await.unwrap();
    setup.vendor().reset_records();
    setup.vendor().fail_times(Endpoint::Api, fault, times);
    let error = setup
        .client
        .execute(CountFindings::new())
        .await
        .unwrap_err();
    assert_eq!(error.operation(), "CountFindings");
    (error, setup.vendor().counts().api_requests)
}

#[tokio::test]
async fn a_forbidden_query_is_not_sent_again() {
    let (error, requests) = query_meets(Fault::status(403), 1).await;
    assert!(error.is_forbidden() && !error.is_retryable(), "{error:?}");
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn a_query_survives_one_unavailable_answer() {
    let setup = Setup::start().await;
    setup.vendor().fail_next(Endpoint::Api, Fault::status(503));
    setup.client.execute(CountFindings::new()).await.unwrap();
    assert_eq!(setup.vendor().counts().api_requests, 2);
}

#[tokio::test]
async fn a_server_that_stays_down_is_tried_three_times() {
    let (error, requests) = query_meets(Fault::status(503), 9).await;
    assert_eq!(error.class(), Some(ErrorClass::Internal));
    assert!(error.is_retryable());
    assert_eq!(requests, 3);
}

#[tokio::test]
async fn a_mutation_is_never_sent_again_after_it_may_have_arrived() {
    for fault in [
        Fault::status(503),
        Fault::Truncate,
        Fault::Disconnect,
        Fault::too_many_requests("1"),
    ] {
        let setup = Setup::start().await;
        setup.vendor().fail_next(Endpoint::Api, fault.clone());
        let input = CreateProductInput::new().name("Once");
        setup
            .client
            .execute(CreateProduct::new(input))
            .await
            .unwrap_err();
        assert_eq!(setup.vendor().counts().api_requests, 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_long_wait_that_the_server_asks_for_is_left_to_the_caller() {
    let (error, requests) = query_meets(Fault::too_many_requests("3600"), 1).await;
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn html_instead_of_json_is_a_decode_error_that_shows_no_html() {
    let (error, _) = query_meets(Fault::Html { status: 200 }, 9).await;
    let Error::Decode(details) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(details.position().0, 1);
    assert!(!error.to_string().contains('<'), "{error}");
}

#[tokio::test]
async fn html_with_a_status_is_that_status() {
    let (error, _) = query_meets(Fault::Html { status: 404 }, 1).await;
    assert!(error.is_not_found());
    let Error::Status(details) = &error else {
        panic!("{error:?}")
    };
    assert!(details.body().contains('<'));
}

#[tokio::test]
async fn a_body_that_stays_cut_off_is_a_transport_error() {
    let (error, requests) = query_meets(Fault::Truncate, 9).await;
    assert!(matches!(error, Error::Auth(_)), "{error:?}");
    assert!(error.is_retryable());
    assert_eq!(requests, 3);
}

#[tokio::test]
async fn a_graphql_error_keeps_its_code_and_class() {
    let fault = Fault::GraphqlError {
        message: "no such cursor".to_owned(),
        code: Some("INVALID_CURSOR".to_owned()),
    };
    let (error, requests) = query_meets(fault, 1).await;
    assert_eq!(error.class(), Some(ErrorClass::InvalidInput));
    assert_eq!(error.graphql_errors()[0].code(), Some("INVALID_CURSOR"));
    assert_eq!(
        error.to_string(),
        "CountFindings: the server reports `no such cursor`"
    );
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn partial_data_comes_with_its_errors_or_not_at_all() {
    let setup = Setup::start().await;
    let fault = Fault::PartialErrors {
        message: "one field is missing".to_owned(),
        code: None,
    };
    let list = ListFindings::new().first(2);

    setup.vendor().fail_next(Endpoint::Api, fault.clone());
    let partial = setup.client.execute_partial(list.clone()).await.unwrap();
    assert_eq!(partial.data.all_findings.unwrap().len(), 2);
    assert_eq!(partial.errors[0].message, "one field is missing");

    setup.vendor().fail_next(Endpoint::Api, fault);
    let error = setup.client.execute(list).await.unwrap_err();
    assert_eq!(error.graphql_errors()[0].message, "one field is missing");
}

#[tokio::test]
async fn a_refused_document_tells_the_servers_reason() {
    let setup = Setup::start().await;
    let list = ListFindings::new().after("not a cursor");
    let error = setup.client.execute(list).await.unwrap_err();
    assert_eq!(error.class(), Some(ErrorClass::InvalidInput), "{error:?}");
}

#[tokio::test]
async fn wrong_credentials_name_the_operation_and_the_token_endpoint() {
    let setup = Setup::start().await;
    let client = builder(setup.vendor())
        .credentials(finitestate::Credentials::client("sandbox", "secret-canary"))
        .build()
        .unwrap();
    let error = client.execute(CountFindings::new()).await.unwrap_err();
    assert!(
        error.is_unauthorized() && !error.is_retryable(),
        "{error:?}"
    );
    let text = error.to_string();
    assert!(
        text.starts_with("CountFindings: token request to 127.0.0.1"),
        "{text}"
    );
    assert!(!format!("{error:?}{text}").contains("canary"));
}

#[tokio::test]
async fn a_wrong_organization_is_refused_and_does_not_loop() {
    let setup = Setup::start().await;
    let client = builder(setup.vendor())
        .organization_context("00000000-0000-0000-0000-000000000000")
        .build()
        .unwrap();
    let error = client.execute(CountFindings::new()).await.unwrap_err();
    assert!(error.is_forbidden(), "{error:?}");
    let counts = setup.vendor().counts();
    assert_eq!((counts.token_requests, counts.api_requests), (1, 1));
}

#[tokio::test]
async fn a_call_ends_with_its_deadline_and_says_what_it_waited_for() {
    let setup = Setup::start().await;
    setup.client.execute(CountFindings::new()).await.unwrap();
    let slow = Fault::delay(Duration::from_secs(20));
    setup.vendor().fail_next(Endpoint::Api, slow);
    let started = Instant::now();
    let call = setup.client.execute(CountFindings::new());
    let error = call.timeout(Duration::from_millis(150)).await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(
        error.to_string().contains("waiting for the answer"),
        "{error}"
    );
}

#[test]
fn plain_http_is_for_loopback_alone() {
    let error = finitestate::Client::builder()
        .credentials(finitestate::Credentials::client("id", "secret"))
        .organization_context("00000000-0000-0000-0000-000000000000")
        .api_url("http://vendor.example/graphql".parse().unwrap())
        .token_url("https://vendor.example/token".parse().unwrap())
        .build()
        .unwrap_err();
    assert!(error.to_string().contains("https"), "{error}");
}

#[test]
fn a_builder_names_what_is_missing() {
    let error = finitestate::Client::builder().build().unwrap_err();
    assert!(error.to_string().contains("credentials"), "{error}");
}
