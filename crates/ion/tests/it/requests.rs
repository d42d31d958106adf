//! Requests as they leave.

use ion::queries::GetMe;
use sdk_sandbox::{Endpoint, Recorded};

use crate::setup::{Setup, builder};

fn first(requests: &[Recorded], endpoint: Endpoint) -> Recorded {
    let found = requests.iter().find(|request| request.endpoint == endpoint);
    found.unwrap().clone()
}

#[tokio::test]
async fn a_token_is_asked_for_with_a_form_and_sent_as_a_bearer() {
    let setup = Setup::start().await;
    setup.client.execute(GetMe::new()).await.unwrap();
    let requests = setup.vendor().requests();
    let token = first(&requests, Endpoint::Token);
    assert_eq!(
        token.path,
        "/auth/realms/api-keys/protocol/openid-connect/token"
    );
    let body = token.body.as_str().unwrap();
    for field in [
        "grant_type=client_credentials",
        "client_id=sandbox-key",
        "client_secret=***",
    ] {
        assert!(body.split('&').any(|pair| pair == field), "{body}");
    }
    assert!(!body.contains("audience"), "{body}");
    let call = first(&requests, Endpoint::Api);
    assert_eq!(call.headers["authorization"], "Bearer ***");
}

#[tokio::test]
async fn audience_and_a_bare_token_are_sent_on_request() {
    let setup = Setup::start().await;
    let vendor = setup.vendor();
    let realm = vendor.token_url().replace("/auth/realms/", "/realms/");
    let client = builder(vendor)
        .token_url(realm.parse().unwrap())
        .audience(vendor.audience())
        .raw_token()
        .build()
        .unwrap();
    client.execute(GetMe::new()).await.unwrap();
    let requests = vendor.requests();
    let token = first(&requests, Endpoint::Token);
    assert!(token.body.as_str().unwrap().contains("audience=http"));
    assert_eq!(token.path, "/realms/api-keys/protocol/openid-connect/token");
    assert_eq!(
        first(&requests, Endpoint::Api).headers["authorization"],
        "***"
    );
}
