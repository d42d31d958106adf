//! A vendor with Basic credentials and a form, by a plain client that follows RFC 6749.

use reqwest::{Response, StatusCode};
use sdk_sandbox::{Oauth2Basic, Sandbox};
use serde_json::{Value, json};

async fn ask_token(vendor: &Oauth2Basic, id: &str, secret: &str, body: &'static str) -> Response {
    let request = reqwest::Client::new()
        .post(vendor.token_url())
        .basic_auth(id, Some(secret))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    request.send().await.unwrap()
}

const GRANT: &str = "grant_type=client_credentials";

#[tokio::test]
async fn a_token_opens_a_small_api_that_can_be_read_and_written() {
    let sandbox = Sandbox::start().await.unwrap();
    let vendor = sandbox.oauth2_basic();
    let response = ask_token(vendor, vendor.client_id(), vendor.client_secret(), GRANT).await;
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["expires_in"], 3_600);
    let token = answer["access_token"].as_str().unwrap();

    let http = reqwest::Client::new();
    let made = http.post(vendor.api_url()).bearer_auth(token);
    let made = made.json(&json!({"name": "tongs"})).send().await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    let items = http.get(vendor.api_url()).bearer_auth(token).send();
    let items: Value = items.await.unwrap().json().await.unwrap();
    assert_eq!(items["items"][3], json!({"id": 4, "name": "tongs"}));

    let nobody = http.get(vendor.api_url()).send().await.unwrap();
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn credentials_are_read_in_one_way_at_a_time() {
    let sandbox = Sandbox::start().await.unwrap();
    let vendor = sandbox.oauth2_basic();
    let raw = (vendor.client_id(), vendor.client_secret());
    let encoded = ("sandbox+client%2B1", "sandbox%2Fsecret%2B%253A%3D2c07");
    for (form_encoded, (id, secret), status) in [
        (false, raw, 200),
        (false, encoded, 401),
        (true, raw, 401),
        (true, encoded, 200),
        (true, ("sandbox+client%2B1", "%zz"), 401),
    ] {
        if form_encoded {
            vendor.expect_form_encoded();
        }
        let response = ask_token(vendor, id, secret, GRANT).await;
        assert_eq!(response.status(), status, "{form_encoded} {id}");
    }
    let response = ask_token(vendor, raw.0, raw.1, "grant_type=password").await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
}
