//! The back door over HTTP, the same on every vendor.

use reqwest::StatusCode;
use sdk_sandbox::{Endpoint, Sandbox};
use serde_json::{Value, json};

/// A vendor's back door, as another process sees it.
struct BackDoor {
    http: reqwest::Client,
    url: String,
}

impl BackDoor {
    fn new(url: String) -> Self {
        let http = reqwest::Client::new();
        Self { http, url }
    }

    async fn get(&self, path: &str) -> Value {
        let response = self.http.get(format!("{}{path}", self.url)).send().await;
        response.unwrap().json().await.unwrap()
    }

    async fn order(&self, path: &str, body: Value) -> StatusCode {
        let request = self.http.post(format!("{}{path}", self.url)).json(&body);
        request.send().await.unwrap().status()
    }
}

/// The back door and the token URL of every vendor.
fn vendors(sandbox: &Sandbox) -> Vec<(BackDoor, String)> {
    let vendors = [
        (
            sandbox.finitestate().back_door_url(),
            sandbox.finitestate().token_url(),
        ),
        (
            sandbox.altrata().back_door_url(),
            sandbox.altrata().token_url().to_owned(),
        ),
        (sandbox.ion().back_door_url(), sandbox.ion().token_url()),
        (
            sandbox.finlex().back_door_url(),
            sandbox.finlex().token_url(),
        ),
        (
            sandbox.oauth2_basic().back_door_url(),
            sandbox.oauth2_basic().token_url(),
        ),
    ];
    let vendors = vendors.map(|(back_door, token_url)| (BackDoor::new(back_door), token_url));
    vendors.into()
}

#[tokio::test]
async fn every_vendor_takes_the_same_orders_over_http() {
    let sandbox = Sandbox::builder().items(5).start().await.unwrap();
    for (back_door, token_url) in vendors(&sandbox) {
        let ask = async || {
            let request = back_door.http.post(&token_url);
            request.send().await.unwrap().status().as_u16()
        };
        let fault =
            json!({"endpoint": "token", "times": 2, "fault": {"kind": "status", "status": 599}});
        assert_eq!(back_door.order("/fault", fault).await, 200, "{token_url}");
        assert_eq!(ask().await, 599);
        assert_eq!(back_door.order("/clear-faults", json!(null)).await, 200);
        assert_ne!(ask().await, 599);
        let counts = back_door.get("/counts").await;
        assert_eq!(counts["token_requests"], 2, "{token_url}");
        assert_eq!(counts["faults"], 1, "{token_url}");
        let requests = back_door.get("/requests").await;
        assert_eq!(requests.as_array().unwrap().len(), 2, "{token_url}");
        assert_eq!(back_door.order("/reset-records", json!(null)).await, 200);
        assert_eq!(back_door.get("/counts").await["token_requests"], 0);
        for path in ["/expire-tokens", "/revoke-tokens", "/mint-token"] {
            assert_eq!(back_door.order(path, json!(null)).await, 200, "{path}");
        }
    }
}

#[tokio::test]
async fn an_order_that_cannot_be_read_is_refused() {
    let sandbox = Sandbox::builder().items(5).start().await.unwrap();
    let back_door = BackDoor::new(sandbox.ion().back_door_url());
    for path in ["/fault", "/latency", "/token-ttl"] {
        let status = back_door.order(path, json!({"endpoint": "moon"})).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
    }
}

/// Asks Altrata for a token, and gives it with its lifetime in seconds.
async fn token(sandbox: &Sandbox) -> (String, u64) {
    let altrata = sandbox.altrata();
    let url = format!("{}?grant_type=client_credentials", altrata.token_url());
    let request = reqwest::Client::new()
        .post(url)
        .basic_auth(altrata.username(), Some(altrata.password()))
        .header("x-api-key", altrata.api_key());
    let body: Value = request.send().await.unwrap().json().await.unwrap();
    let token = body["access_token"].as_str().unwrap().to_owned();
    (token, body["expires_in"].as_u64().unwrap())
}

async fn status(sandbox: &Sandbox, token: &str) -> StatusCode {
    let altrata = sandbox.altrata();
    let request = reqwest::Client::new()
        .post(altrata.profile_url())
        .bearer_auth(token)
        .header("x-api-key", altrata.api_key())
        .json(&json!({"query": "{__typename}"}));
    request.send().await.unwrap().status()
}

#[tokio::test]
async fn a_token_that_somebody_else_gets_ends_ours_only_where_the_newest_counts() {
    let sandbox = Sandbox::builder().items(5).start().await.unwrap();
    let back_door = BackDoor::new(sandbox.altrata().back_door_url());
    let (ours, _) = token(&sandbox).await;
    assert_eq!(status(&sandbox, &ours).await, StatusCode::OK);
    assert_eq!(back_door.order("/mint-token", json!(null)).await, 200);
    assert_eq!(status(&sandbox, &ours).await, StatusCode::UNAUTHORIZED);
    let counts = sandbox.altrata().counts();
    assert_eq!((counts.token_requests, counts.unauthorized), (1, 1));

    let client = crate::client::Client::start(5).await;
    client.finitestate().mint_token();
    let response = client.post(&json!({"query": "{__typename}"})).await;
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn lifetime_and_latency_of_tokens_can_be_set_while_running() {
    let sandbox = Sandbox::builder().items(5).start().await.unwrap();
    let back_door = BackDoor::new(sandbox.altrata().back_door_url());
    assert_eq!(token(&sandbox).await.1, 28_800);
    let order = json!({"seconds": 7});
    assert_eq!(back_door.order("/token-ttl", order).await, 200);
    let order = json!({"endpoint": "token", "milliseconds": 50});
    assert_eq!(back_door.order("/latency", order).await, 200);
    let started = std::time::Instant::now();
    assert_eq!(token(&sandbox).await.1, 7);
    assert!(started.elapsed().as_millis() >= 50);
    sandbox
        .altrata()
        .set_latency(Endpoint::Token, std::time::Duration::ZERO);
    assert_eq!(sandbox.altrata().counts().faults, 0);
}
