//! ION's realm endpoint, and the rules of its API about tokens.

use reqwest::StatusCode;
use sdk_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::ion_client::{Client, ask_token, token_form};

const ME: &str = "{ me { name } }";

#[tokio::test]
async fn the_realm_has_both_documented_paths_and_takes_an_audience_or_none() {
    let sandbox = Sandbox::start().await.unwrap();
    let (ion, http) = (sandbox.ion(), reqwest::Client::new());
    let documented = ion.token_url();
    let of_scripts = documented.replace("/auth/realms/", "/realms/");
    assert_ne!(documented, of_scripts);
    for url in [&documented, &of_scripts] {
        for audience in [None, Some(ion.audience())] {
            let mut form = token_form(ion);
            form.extend(audience.map(|audience| ("audience", audience.to_owned())));
            let response = ask_token(&http, url, &form).await;
            assert_eq!(response.status(), StatusCode::OK, "{url} {audience:?}");
            let body: Value = response.json().await.unwrap();
            assert_eq!(body["token_type"], "Bearer");
            assert!(body["expires_in"].as_u64().is_some_and(|it| it > 0));
            let token = body["access_token"].as_str().unwrap();
            assert_eq!(token.split('.').count(), 3, "a JWT has three parts");
        }
    }
    assert_eq!(ion.counts().tokens_issued, 4);
    let elsewhere = documented.replace("/auth/realms/", "/elsewhere/");
    let response = ask_token(&http, &elsewhere, &token_form(ion)).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_token_request_with_anything_wrong_is_a_400() {
    let sandbox = Sandbox::start().await.unwrap();
    let (ion, http) = (sandbox.ion(), reqwest::Client::new());
    for (field, value, error) in [
        ("client_id", "wrong", "unauthorized_client"),
        ("client_secret", "wrong", "unauthorized_client"),
        ("client_secret", "", "unauthorized_client"),
        ("grant_type", "password", "unsupported_grant_type"),
        ("audience", "https://elsewhere.example", "invalid_request"),
    ] {
        let mut form = token_form(ion);
        form.retain(|(name, _)| *name != field);
        form.push((field, value.to_owned()));
        let response = ask_token(&http, &ion.token_url(), &form).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{field}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"], error, "{field}");
    }
    let json = json!({"client_id": ion.client_id(), "client_secret": ion.client_secret()});
    let response = http.post(ion.token_url()).json(&json).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(ion.counts().tokens_issued, 0);
}

#[tokio::test]
async fn a_token_is_taken_with_either_scheme_or_none() {
    let client = Client::start(8).await;
    for scheme in ["Bearer ", "Token ", ""] {
        let authorization = format!("{scheme}{}", client.token());
        let response = client.post_as(&authorization, &json!({"query": ME})).await;
        assert_eq!(response.status(), StatusCode::OK, "{scheme}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["data"]["me"]["name"], "Ada", "{scheme}");
    }
}

#[tokio::test]
async fn each_reason_to_refuse_a_token_has_its_documented_message() {
    let client = Client::start(8).await;
    let other = Client::start(8).await;
    let good = format!("Bearer {}", client.token());
    let refusal = async |authorization: &str| {
        let response = client.post_as(authorization, &json!({"query": ME})).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        let body: Value = response.json().await.unwrap();
        assert_eq!(body.get("data"), None, "{body}");
        body["errors"][0]["message"].as_str().unwrap().to_owned()
    };
    let unparsable = "Unable to parse authentication token";
    assert_eq!(refusal("Bearer nonsense").await, unparsable);
    assert_eq!(
        refusal(&format!("Basic {}", client.token())).await,
        unparsable
    );
    let of_another = format!("Bearer {}", other.token());
    assert_eq!(refusal(&of_another).await, unparsable);

    let bare = client.http.post(client.ion().api_url());
    let response = bare.json(&json!({"query": ME})).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let body: Value = response.json().await.unwrap();
    let message = "Please provide proper credentials";
    assert_eq!(body["errors"][0]["message"], message);

    client.ion().revoke_tokens();
    let revoked = "Unable to validate authentication token";
    assert_eq!(refusal(&good).await, revoked);
    let client = Client::start(8).await;
    client.ion().expire_tokens();
    let authorization = format!("Bearer {}", client.token());
    let response = client.post_as(&authorization, &json!({"query": ME})).await;
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["errors"][0]["message"], "Token is expired.");
    assert_eq!(client.ion().counts().unauthorized, 1);
}
