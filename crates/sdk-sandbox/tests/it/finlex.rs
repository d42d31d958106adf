//! Finlex, by a plain client that follows the pages of developer.finlex.io.

use reqwest::{Response, StatusCode};
use sdk_sandbox::{Finlex, Sandbox};
use serde_json::{Value, json};

struct Client {
    sandbox: Sandbox,
    http: reqwest::Client,
    token: String,
}

impl Client {
    async fn start() -> Self {
        let sandbox = Sandbox::builder().items(60).start().await.unwrap();
        let http = reqwest::Client::new();
        let body = request_body(sandbox.finlex());
        let response = ask_token(&http, sandbox.finlex(), &body).await;
        assert_eq!(response.status(), StatusCode::OK);
        let body: Value = response.json().await.unwrap();
        let token = body["token"].as_str().unwrap().to_owned();
        Self {
            sandbox,
            http,
            token,
        }
    }

    fn vendor(&self) -> &Finlex {
        self.sandbox.finlex()
    }

    async fn get(&self, path: &str) -> Response {
        let url = format!("{}{path}", self.vendor().api_url());
        let request = self.http.get(url).bearer_auth(&self.token);
        request.send().await.unwrap()
    }

    async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    async fn status(&self, path: &str) -> u16 {
        self.get(path).await.status().as_u16()
    }

    async fn revoke(&self) -> u16 {
        let request = self.http.post(self.vendor().revoke_url());
        let response = request.bearer_auth(&self.token).send().await.unwrap();
        response.status().as_u16()
    }
}

fn request_body(vendor: &Finlex) -> Value {
    json!({"app_id": vendor.app_id(), "secret": vendor.secret()})
}

async fn ask_token(http: &reqwest::Client, vendor: &Finlex, body: &Value) -> Response {
    let request = http.post(vendor.token_url()).json(body);
    request.send().await.unwrap()
}

/// The seconds between issue and end that a token shows.
fn lifetime(token: &str) -> i64 {
    use base64::Engine as _;
    let claims = token.split('.').nth(1).unwrap();
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims);
    let claims: Value = serde_json::from_slice(&claims.unwrap()).unwrap();
    claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap()
}

#[tokio::test]
async fn a_token_lives_an_hour_or_until_the_time_asked_for() {
    let client = Client::start().await;
    assert_eq!(lifetime(&client.token), 3_600);

    let mut body = request_body(client.vendor());
    body["expiry"] = json!("2090-01-01T00:00:00.000000Z");
    let response = ask_token(&client.http, client.vendor(), &body).await;
    let answer: Value = response.json().await.unwrap();
    assert!(lifetime(answer["token"].as_str().unwrap()) > 365 * 86_400);

    for (expiry, status) in [("2001-01-01T00:00:00.000000Z", 400), ("tomorrow", 400)] {
        body["expiry"] = json!(expiry);
        let response = ask_token(&client.http, client.vendor(), &body).await;
        assert_eq!(response.status(), status, "{expiry}");
    }
}

#[tokio::test]
async fn a_token_is_refused_to_a_wrong_app_or_secret() {
    let client = Client::start().await;
    for (member, value, status) in [
        ("app_id", json!("other"), 401),
        ("secret", json!("wrong"), 401),
        ("secret", json!(null), 400),
    ] {
        let mut body = request_body(client.vendor());
        body[member] = value;
        let response = ask_token(&client.http, client.vendor(), &body).await;
        assert_eq!(response.status(), status, "{member}");
    }
    assert_eq!(client.vendor().counts().tokens_issued, 1);
}

#[tokio::test]
async fn a_revoked_token_is_refused_everywhere() {
    let client = Client::start().await;
    assert_eq!(client.status("/public/v1/tenders").await, 200);
    assert_eq!(client.revoke().await, 200);
    assert_eq!(client.status("/public/v1/tenders").await, 401);
    assert_eq!(client.revoke().await, 401);
    assert_eq!(client.vendor().counts().revocation_requests, 2);
}

#[tokio::test]
async fn tokens_end_with_their_secret() {
    let client = Client::start().await;
    let old = request_body(client.vendor());
    client.vendor().replace_secret();
    assert_eq!(client.status("/api/v1/tenders").await, 401);
    let response = ask_token(&client.http, client.vendor(), &old).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let new = request_body(client.vendor());
    let response = ask_token(&client.http, client.vendor(), &new).await;
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_token_may_stand_in_the_query_and_is_masked_there() {
    let client = Client::start().await;
    let url = format!(
        "{}/api/v1/tenders?limit=1&token={}",
        client.vendor().api_url(),
        client.token
    );
    let response = client.http.get(url).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let recorded = client.vendor().requests().pop().unwrap();
    assert_eq!(recorded.query.as_deref(), Some("limit=1&token=***"));
}

#[tokio::test]
async fn lists_have_an_envelope_whose_numbers_are_text() {
    let client = Client::start().await;
    let list = client.json("/api/v1/tenders").await;
    assert_eq!(
        list["metadata"],
        json!({"count": "60", "sort": {}, "skip": "0", "limit": "50"})
    );
    assert_eq!(list["payload"].as_array().unwrap().len(), 50);
    let rest = client.json("/public/v1/tenders?skip=55&limit=10").await;
    assert_eq!(rest["metadata"]["skip"], "55");
    assert_eq!(rest["payload"].as_array().unwrap().len(), 5);
    for query in ["skip=-1", "skip=x", "limit=0", "limit=many"] {
        let path = format!("/api/v1/tenders?{query}");
        assert_eq!(client.status(&path).await, 400, "{query}");
    }
}

#[tokio::test]
async fn accepting_makes_a_tender_successful_and_its_policy_can_be_issued() {
    let client = Client::start().await;
    let notes = client.json("/api/v1/covernotes").await;
    let id = notes["payload"][0]["_id"].as_str().unwrap();
    let policy = format!("/api/v1/tenders/{id}/issue-policy");
    assert_eq!(client.status(&policy).await, 409);

    let accept = format!("/public/v1/covernotes/{id}/accept");
    assert_eq!(client.status(&accept).await, 200);
    assert_eq!(client.status(&accept).await, 409);
    assert_eq!(client.status("/public/v1/covernotes/x/accept").await, 404);

    let document = client.json(&policy).await;
    assert!(document["payload"].as_str().unwrap().starts_with("JVBERi0"));
    let link = client
        .json(&format!("{policy}?format=url&expiry=18h"))
        .await;
    let response = client.http.get(link["payload"].as_str().unwrap()).send();
    let pdf = response.await.unwrap().bytes().await.unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    for query in [
        "format=pdf",
        "format=url&expiry=37h",
        "format=url&expiry=18",
    ] {
        assert_eq!(
            client.status(&format!("{policy}?{query}")).await,
            400,
            "{query}"
        );
    }
}
