//! What a caller sees when something goes wrong, and what is sent again.

use std::time::Duration;

use finlex::{Client, Credentials, Error, ErrorClass, ListOpenTenders};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::Setup;

/// Meets a fault after a token is there, and gives the error and the requests it took.
async fn read_meets(fault: Fault, times: u32) -> (Error, u64) {
    let setup = Setup::start().await;
    setup.client.execute(ListOpenTenders::new()).await.unwrap();
    setup.vendor().reset_records();
    setup.vendor().fail_times(Endpoint::Api, fault, times);
    let outcome = setup.client.execute(ListOpenTenders::new()).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.operation(), "ListOpenTenders");
    (error, setup.vendor().counts().api_requests)
}

fn answer(status: u16, body: &str) -> Fault {
    Fault::Status {
        status,
        retry_after: None,
        body: Some(body.to_owned()),
    }
}

#[tokio::test]
async fn a_status_has_its_class_and_keeps_the_body_out_of_messages() {
    for (status, class) in [
        (400, ErrorClass::InvalidInput),
        (403, ErrorClass::Forbidden),
        (404, ErrorClass::NotFound),
        (409, ErrorClass::Conflict),
        (500, ErrorClass::Internal),
    ] {
        let (error, requests) = read_meets(answer(status, r#"{"why": "canary"}"#), 1).await;
        assert_eq!((error.class(), requests), (Some(class), 1));
        assert!(!format!("{error}{error:?}").contains("canary"));
        let Error::Status(details) = &error else {
            panic!("{error:?}")
        };
        assert!(details.body().contains("canary"));
    }
}

#[tokio::test]
async fn a_read_survives_one_unavailable_answer_and_is_tried_three_times() {
    let setup = Setup::start().await;
    setup.vendor().fail_next(Endpoint::Api, Fault::status(503));
    setup.client.execute(ListOpenTenders::new()).await.unwrap();
    assert_eq!(setup.vendor().counts().api_requests, 2);

    let (error, requests) = read_meets(Fault::status(503), 9).await;
    assert!(error.is_retryable());
    assert_eq!(requests, 3);
}

#[tokio::test]
async fn a_long_wait_that_the_server_asks_for_is_left_to_the_caller() {
    let (error, requests) = read_meets(Fault::too_many_requests("3600"), 1).await;
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn an_answer_of_another_shape_is_named_by_its_place_and_not_by_its_value() {
    let (error, _) = read_meets(answer(200, r#"{"payload": [{"_id": "a"}, null]}"#), 1).await;
    assert_eq!(
        error.to_string(),
        "ListOpenTenders: cannot read the answer of 127.0.0.1 at `payload[1]`: \
         null, expected struct Tender"
    );
    let (error, _) = read_meets(
        answer(200, r#"{"metadata": {"count": "canary"}, "payload": []}"#),
        1,
    )
    .await;
    assert_eq!(
        error.to_string(),
        "ListOpenTenders: cannot read the answer of 127.0.0.1 at `metadata.count`: \
         string, expected a whole number of zero or more"
    );
    let (error, _) = read_meets(Fault::Html { status: 200 }, 9).await;
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
    assert!(!error.to_string().contains('<'), "{error}");
}

#[tokio::test]
async fn a_body_that_stays_cut_off_is_a_transport_error() {
    let (error, requests) = read_meets(Fault::Truncate, 9).await;
    assert!(matches!(error, Error::Auth(_)), "{error:?}");
    assert!(error.is_retryable());
    assert_eq!(requests, 3);
}

#[test]
fn a_client_needs_credentials_and_the_address_of_the_api() {
    let error = Client::builder().build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "credentials is not set (expected an app id and secret)"
    );
    let credentials = Credentials::client("app", "secret");
    let error = Client::builder().credentials(credentials.clone()).build();
    assert_eq!(
        error.unwrap_err().to_string(),
        "api_url is not set (expected the API's https URL, which no page of the vendor states)"
    );
    // The address that the vendor's page "Access Token" prints is plain http.
    let plain = "http://api.finlex.io".parse().unwrap();
    let error = Client::new(credentials, plain).unwrap_err();
    assert!(error.to_string().contains("an https URL"), "{error}");
}
