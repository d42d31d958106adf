//! What a caller sees when something goes wrong: the four places where this vendor puts errors.

use altrata::{
    Error, ErrorClass, error_type,
    queries::{
        events::ListAnnouncements,
        matching::GetMatchStatus,
        profile::{
            GetPerson, ProbeDeprecated, ProbePermissionDenied, SearchOrganizations, SearchPeople,
        },
        relationships::CountOrganizationPaths,
    },
};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::{Setup, builder, unlimited};

#[tokio::test]
async fn a_field_outside_of_the_subscription_leaves_the_data_beside_its_error() {
    let setup = Setup::start().await;
    let partial = setup
        .client
        .execute_partial(ProbePermissionDenied::new())
        .await
        .unwrap();
    assert!(
        partial
            .data
            .debug
            .unwrap()
            .permission_denied_example
            .is_none()
    );
    assert_eq!(error_type(&partial.errors[0]), Some("unauthorized"));

    let error = setup
        .client
        .execute(ProbePermissionDenied::new())
        .await
        .unwrap_err();
    assert!(error.is_forbidden(), "{error:?}");
}

#[tokio::test]
async fn a_deprecated_field_leaves_the_data_beside_its_error() {
    let setup = Setup::start().await;
    let partial = setup
        .client
        .execute_partial(ProbeDeprecated::new())
        .await
        .unwrap();
    assert!(partial.data.debug.unwrap().deprecated_example.is_some());
    assert_eq!(error_type(&partial.errors[0]), Some("DEPRECATED"));
}

#[tokio::test]
async fn any_other_error_beside_data_spoils_it() {
    let setup = Setup::start().await;
    let fault = Fault::PartialErrors {
        message: "something else".to_owned(),
        code: None,
    };
    setup.vendor().fail_next(Endpoint::Api, fault);
    let error = setup
        .client
        .execute_partial(SearchPeople::new("ada"))
        .await
        .unwrap_err();
    assert_eq!(error.graphql_errors()[0].message, "something else");
}

#[tokio::test]
async fn typed_errors_of_every_service_have_one_shape() {
    let setup = Setup::start().await;
    let client = &setup.client;

    let restricted = GetPerson::new(setup.vendor().restricted_person_id());
    let error = client.execute(restricted).await.unwrap_err();
    let refusal = error.refusal().unwrap();
    assert_eq!(refusal.kind(), "AuthorizationError");
    assert_eq!(refusal.code(), Some("NOT_IN_SUBSCRIPTION"));
    assert!(error.is_forbidden());

    let error = client
        .execute(SearchOrganizations::new(" "))
        .await
        .unwrap_err();
    let refusal = error.refusal().unwrap();
    assert_eq!(refusal.code(), Some("INVALID_INPUT"));
    assert_eq!(refusal.message(), Some("there is nothing to search for"));

    let error = client
        .execute(ListAnnouncements::new("1-per-1"))
        .await
        .unwrap_err();
    let refusal = error.refusal().unwrap();
    assert_eq!(refusal.class(), ErrorClass::InvalidInput);
    assert!(refusal.correlation_id().unwrap().starts_with("sandbox-"));
    assert!(refusal.message().is_some());

    let error = client
        .execute(GetMatchStatus::new("none"))
        .await
        .unwrap_err();
    assert_eq!(error.refusal().unwrap().kind(), "ValidationError");

    let nowhere = CountOrganizationPaths::new("1-org-1", "1-org-3000001");
    let error = client.execute(nowhere).await.unwrap_err();
    assert_eq!(error.refusal().unwrap().kind(), "SourceNotFoundError");
    assert!(error.is_not_found());
}

#[tokio::test]
async fn a_quota_that_is_used_up_is_not_tried_again() {
    let setup = Setup::start().await;
    setup
        .client
        .execute(SearchPeople::new("ada"))
        .await
        .unwrap();
    setup.vendor().reset_records();
    setup.vendor().spend_quota(true);
    let error = setup
        .client
        .execute(SearchPeople::new("ada"))
        .await
        .unwrap_err();
    assert!(
        error.is_quota_exceeded() && !error.is_rate_limited(),
        "{error:?}"
    );
    assert!(!error.is_retryable());
    assert_eq!(setup.vendor().counts().api_requests, 1);
}

#[tokio::test]
async fn a_rate_that_is_too_high_is_tried_again() {
    let setup = Setup::start().await;
    let too_many = Fault::Status {
        status: 429,
        retry_after: None,
        body: Some(r#"{"message":"Too Many Requests"}"#.to_owned()),
    };
    setup.vendor().fail_next(Endpoint::Api, too_many.clone());
    setup
        .client
        .execute(SearchPeople::new("ada"))
        .await
        .unwrap();
    assert_eq!(setup.vendor().counts().api_requests, 2);

    setup.vendor().fail_times(Endpoint::Api, too_many, 3);
    let error = setup
        .client
        .execute(SearchPeople::new("ada"))
        .await
        .unwrap_err();
    assert!(error.is_rate_limited() && error.is_retryable(), "{error:?}");
}

#[tokio::test]
async fn a_wrong_key_is_a_refusal_and_not_a_loop() {
    let setup = Setup::start().await;
    let wrong = altrata::Credentials::service_user(
        setup.vendor().username(),
        setup.vendor().password(),
        "key-canary",
    );
    let client = unlimited(builder(setup.vendor()))
        .credentials(wrong)
        .build()
        .unwrap();
    let error = client.execute(SearchPeople::new("ada")).await.unwrap_err();
    assert!(matches!(error, Error::Auth(_)), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("canary"));
    assert!(setup.vendor().counts().token_requests <= 3);
}

#[test]
fn plain_http_is_for_loopback_alone_and_credentials_are_needed() {
    let error = altrata::Client::builder().build().unwrap_err();
    assert!(error.to_string().contains("credentials"), "{error}");
    let error = altrata::Client::builder()
        .single_process()
        .credentials(altrata::Credentials::service_user("u", "p", "k"))
        .service_url(
            altrata::Service::Events,
            "http://vendor.example/".parse().unwrap(),
        )
        .build()
        .unwrap_err();
    assert!(error.to_string().contains("https"), "{error}");
}
