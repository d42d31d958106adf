//! The token endpoint and the rules of the API about tokens.

use std::time::Duration;

use reqwest::StatusCode;
use sdk_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::client::{Client, ask_token, token_request};

const PRODUCTS: &str = "{ allProducts(first: 1) { id } }";

#[tokio::test]
async fn token_response_has_the_documented_members() {
    let sandbox = Sandbox::start().await.unwrap();
    let finitestate = sandbox.finitestate();
    let response = ask_token(
        &reqwest::Client::new(),
        finitestate,
        token_request(finitestate),
    )
    .await;
    assert_eq!(response.status(), StatusCode::OK);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["expires_in"], 86_400);
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["access_token"].as_str().unwrap().split('.').count(), 3);
    assert_eq!(finitestate.counts().token_requests, 1);
    assert_eq!(finitestate.counts().tokens_issued, 1);
}

#[tokio::test]
async fn token_request_is_refused_unless_every_member_is_right() {
    let sandbox = Sandbox::start().await.unwrap();
    let finitestate = sandbox.finitestate();
    let http = reqwest::Client::new();
    let cases = [
        ("client_secret", json!("wrong"), 401, "access_denied"),
        ("client_id", json!("wrong"), 401, "access_denied"),
        ("client_secret", json!(null), 401, "access_denied"),
        (
            "audience",
            json!("https://elsewhere.example"),
            400,
            "invalid_request",
        ),
        ("audience", json!(null), 400, "invalid_request"),
        (
            "grant_type",
            json!("password"),
            400,
            "unsupported_grant_type",
        ),
        ("client_id", json!(7), 400, "invalid_request"),
    ];
    for (member, value, status, error) in cases {
        let mut request = token_request(finitestate);
        request[member] = value;
        let response = ask_token(&http, finitestate, request).await;
        assert_eq!(response.status(), status, "{member}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"], error, "{member}");
    }
    assert_eq!(finitestate.counts().token_requests, 7);
    assert_eq!(finitestate.counts().tokens_issued, 0);
}

#[tokio::test]
async fn token_request_as_a_form_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let finitestate = sandbox.finitestate();
    let body = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        finitestate.client_id(),
        finitestate.client_secret()
    );
    let response = reqwest::Client::new()
        .post(finitestate.token_url())
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn expired_token_is_answered_as_documented() {
    let client = Client::start(1).await;
    client.finitestate().expire_tokens();
    let response = client.post(&json!({"query": PRODUCTS})).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let body: Value = response.json().await.unwrap();
    let message = body["message"].as_str().unwrap();
    assert!(
        message.starts_with("UnauthorizedError: jwt expired\n    at "),
        "{message}"
    );
    assert_eq!(client.finitestate().counts().unauthorized, 1);
}

#[tokio::test]
async fn token_lifetime_is_the_one_asked_for() {
    let sandbox = Sandbox::builder()
        .token_ttl(Duration::ZERO)
        .start()
        .await
        .unwrap();
    let client = Client::connect(sandbox).await;
    let response = client.post(&json!({"query": PRODUCTS})).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn api_needs_a_token_of_this_sandbox_and_the_organization() {
    let client = Client::start(1).await;
    let other = Client::start(1).await;
    let finitestate = client.finitestate();
    let organization = finitestate.organization_context();
    let good = format!("Bearer {}", client.token());
    let foreign = format!("Bearer {}", other.token());
    let cases = [
        (Some(good.as_str()), Some(organization), 200),
        (Some(foreign.as_str()), Some(organization), 401),
        (Some(client.token()), Some(organization), 401),
        (Some("Bearer nonsense"), Some(organization), 401),
        (None, Some(organization), 401),
        (
            Some(good.as_str()),
            Some("00000000-0000-0000-0000-000000000000"),
            403,
        ),
        (Some(good.as_str()), None, 403),
    ];
    for (authorization, organization, status) in cases {
        let mut request = client
            .http
            .post(finitestate.api_url())
            .json(&json!({"query": PRODUCTS}));
        if let Some(authorization) = authorization {
            request = request.header("Authorization", authorization);
        }
        if let Some(organization) = organization {
            request = request.header("Organization-Context", organization);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status);
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["message"].is_string(), status != 200);
    }
    assert_eq!(finitestate.counts().api_requests, 7);
    assert_eq!(finitestate.counts().unauthorized, 4);
}

#[tokio::test]
async fn revoked_token_is_refused_until_a_new_one_is_asked_for() {
    let client = Client::start(1).await;
    client.finitestate().revoke_tokens();
    let response = client.post(&json!({"query": PRODUCTS})).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let again = Client::connect(client.sandbox).await;
    again.data(PRODUCTS, json!({})).await;
}

#[tokio::test]
async fn the_documented_audience_is_as_good_as_the_sandboxs_own() {
    let sandbox = Sandbox::start().await.unwrap();
    let finitestate = sandbox.finitestate();
    let mut request = token_request(finitestate);
    request["audience"] = json!("https://platform.finitestate.io/api/v1/graphql");
    let response = ask_token(&reqwest::Client::new(), finitestate, request).await;
    assert_eq!(response.status(), StatusCode::OK);
}
