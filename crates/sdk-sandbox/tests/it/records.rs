//! What the sandbox remembers of its requests, and that it stops.

use sdk_sandbox::Endpoint;
use serde_json::json;

use crate::client::{Client, ask_token, token_request};

#[tokio::test]
async fn recorded_token_request_shows_its_shape_and_no_secret() {
    let client = Client::start(5).await;
    let requests = client.finitestate().requests();
    let mut request = serde_json::to_value(&requests[0]).unwrap();
    request["body"]["audience"] = json!("<api url>");
    insta::assert_json_snapshot!(request);
}

#[tokio::test]
async fn recorded_requests_hold_no_token_and_no_secret() {
    let client = Client::start(5).await;
    client.data("{ allProducts { id } }", json!({})).await;
    let finitestate = client.finitestate();
    let form = format!("client_id=a&client_secret={}", finitestate.client_secret());
    let request = client.http.post(finitestate.token_url());
    let request = request
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form);
    request.send().await.unwrap();
    let text = serde_json::to_string(&finitestate.requests()).unwrap();
    assert!(!text.contains(client.token()), "{text}");
    assert!(!text.contains(finitestate.client_secret()), "{text}");
    let debug = format!("{:?}", client.sandbox);
    assert!(
        !debug.contains(finitestate.client_secret()) && !debug.contains(client.token()),
        "{debug}"
    );
}

#[tokio::test]
async fn counts_start_again_after_a_reset() {
    let client = Client::start(5).await;
    let finitestate = client.finitestate();
    client.data("{ allProducts { id } }", json!({})).await;
    assert_eq!(
        (
            finitestate.counts().token_requests,
            finitestate.counts().api_requests
        ),
        (1, 1)
    );
    assert_eq!(finitestate.requests()[1].endpoint, Endpoint::Api);
    finitestate.reset_records();
    assert_eq!(finitestate.counts(), sdk_sandbox::Counts::default());
    assert!(finitestate.requests().is_empty());
}

#[tokio::test]
async fn variables_point_an_sdk_at_the_sandbox() {
    let client = Client::start(5).await;
    let finitestate = client.finitestate();
    let names: Vec<_> = finitestate
        .variables()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let expected = [
        "CLIENT_ID",
        "CLIENT_SECRET",
        "ORGANIZATION_CONTEXT",
        "TOKEN_URL",
        "API_URL",
    ];
    assert_eq!(names, expected.map(|name| format!("FINITESTATE_{name}")));
    let values: Vec<_> = finitestate
        .variables()
        .into_iter()
        .map(|(_, value)| value)
        .collect();
    assert_eq!(values[3], finitestate.token_url());
    assert_eq!(values[4], finitestate.api_url());
}

#[tokio::test]
async fn stopped_sandbox_no_longer_listens() {
    let client = Client::start(5).await;
    let url = client.finitestate().api_url().to_owned();
    client.sandbox.stop().await;
    let error = client.http.post(url).send().await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
}

#[tokio::test]
async fn dropped_sandbox_frees_its_address() {
    let sandbox = sdk_sandbox::Sandbox::start().await.unwrap();
    let url = sandbox.finitestate().api_url().to_owned();
    let address = url
        .trim_start_matches("http://")
        .trim_end_matches("/api/v1/graphql");
    let address: std::net::SocketAddr = address.parse().unwrap();
    drop(sandbox);
    let mut again = Err(());
    for _ in 0..50 {
        tokio::task::yield_now().await;
        let sandbox = sdk_sandbox::Sandbox::builder()
            .listen(address)
            .start()
            .await;
        again = sandbox.map_err(drop);
        if again.is_ok() {
            break;
        }
    }
    let again = again.unwrap();
    let finitestate = again.finitestate();
    assert_eq!(finitestate.api_url(), url);
    let http = reqwest::Client::new();
    assert!(
        ask_token(&http, finitestate, token_request(finitestate))
            .await
            .status()
            .is_success()
    );
}

#[tokio::test]
async fn taken_address_is_named_in_the_error() {
    let sandbox = sdk_sandbox::Sandbox::start().await.unwrap();
    let url = sandbox.finitestate().api_url().to_owned();
    let address = url
        .trim_start_matches("http://")
        .trim_end_matches("/api/v1/graphql");
    let error = sdk_sandbox::Sandbox::builder()
        .listen(address.parse().unwrap())
        .start()
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), format!("cannot listen on {address}"));
}
