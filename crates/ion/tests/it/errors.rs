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
async fn a_realm_that_is_not_there_is_no_outage_and_names_both_paths() {
    for (tried, advised) in [
        ("/auth/realms/api-keys/", "choose RealmPath::Realms"),
        ("/realms/api-keys/", "choose RealmPath::AuthRealms"),
    ] {
        let setup = Setup::start().await;
        let vendor = setup.vendor();
        let url = vendor.token_url().replace("/auth/realms/api-keys/", tried);
        let client = builder(vendor)
            .token_url(url.parse().unwrap())
            .build()
            .unwrap();
        vendor.fail_next(Endpoint::Token, Fault::status(404));
        let error = client.execute(GetMe::new()).await.unwrap_err();
        assert!(!error.is_retryable(), "{error:?}");
        let text = format!("{:#}", anyhow::Error::from(error));
        assert!(
            text.contains(tried) && text.contains("404") && text.ends_with(advised),
            "{text}"
        );
        assert_eq!(vendor.counts().token_requests, 1);
    }
}

#[tokio::test]
async fn a_token_endpoint_elsewhere_is_named_without_advice() {
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
    assert!(matches!(&error, Error::Auth(_)), "{error:?}");
    let text = format!("{:#}", anyhow::Error::from(error));
    assert!(
        text.contains("/nowhere/api-keys") && text.contains("404"),
        "{text}"
    );
    assert!(!text.contains("RealmPath"), "{text}");
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
