//! What the vendor's refusals mean.

use ion::{
    Credentials, Error,
    queries::{GetMe, GetPart},
};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::{Setup, builder};

fn message(text: &str) -> Fault {
    Fault::GraphqlError {
        message: text.to_owned(),
        code: None,
    }
}

#[tokio::test]
async fn a_request_that_took_too_long_advises_a_smaller_page() {
    let setup = Setup::start().await;
    setup
        .vendor()
        .fail_times(Endpoint::Api, Fault::Html { status: 502 }, 10);
    let error = setup.client.execute(GetMe::new()).await.unwrap_err();
    assert!(
        error.to_string().ends_with("; ask for a smaller page"),
        "{error}"
    );
    assert!(error.is_retryable());
}

#[tokio::test]
async fn conflicts_and_permissions_are_told_by_their_message() {
    let setup = Setup::start().await;
    let refusal = message("User does not have permission to update this resource.");
    setup.vendor().fail_next(Endpoint::Api, refusal);
    let error = setup.client.execute(GetMe::new()).await.unwrap_err();
    assert!(error.is_forbidden(), "{error}");

    for fault in [message("CONCURRENCY_ERROR"), Fault::status(409)] {
        setup.vendor().fail_next(Endpoint::Api, fault);
        let error = setup.client.execute(GetMe::new()).await.unwrap_err();
        assert!(error.is_conflict(), "{error}");
    }
}

#[tokio::test]
async fn an_id_that_names_nothing_gives_nothing() {
    let setup = Setup::start().await;
    let data = setup.client.execute(GetPart::new("999")).await.unwrap();
    assert!(data.part.is_none());
}

#[tokio::test]
async fn a_token_request_to_the_wrong_path_names_the_path_and_is_no_outage() {
    let setup = Setup::start().await;
    let wrong = setup
        .vendor()
        .token_url()
        .replace("/auth/realms/", "/nowhere/");
    let client = builder(setup.vendor())
        .token_url(wrong.parse().unwrap())
        .build()
        .unwrap();
    let error = client.execute(GetMe::new()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Auth(_)) && !error.is_retryable(),
        "{error:?}"
    );
    let text = format!("{:#}", anyhow::Error::from(error));
    assert!(
        text.contains("/nowhere/api-keys") && text.contains("404"),
        "{text}"
    );
}

#[tokio::test]
async fn wrong_credentials_are_refused_without_showing_them() {
    let setup = Setup::start().await;
    let credentials = Credentials::client("nobody", "secret-canary");
    let client = builder(setup.vendor())
        .credentials(credentials)
        .build()
        .unwrap();
    let error = client.execute(GetMe::new()).await.unwrap_err();
    let debug = format!("{error:?}");
    let text = format!("{debug} {:#}", anyhow::Error::from(error));
    assert!(text.contains("400") && !text.contains("canary"), "{text}");
}
