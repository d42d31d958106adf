//! Faults on demand.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use sdk_sandbox::{Endpoint, Fault};
use serde_json::json;

use crate::client::{Client, ask_token, token_request};

const PRODUCTS: &str = "{ allProducts { id name } }";

#[tokio::test]
async fn faults_happen_once_in_order_and_per_endpoint() {
    let client = Client::start(5).await;
    let finitestate = client.finitestate();
    finitestate.fail_next(Endpoint::Api, Fault::status(503));
    finitestate.fail_times(Endpoint::Api, Fault::too_many_requests("2"), 2);
    finitestate.fail_next(Endpoint::Token, Fault::status(500));
    let mut seen = Vec::new();
    for _ in 0..4 {
        let response = client.post(&json!({"query": PRODUCTS})).await;
        let retry_after = response
            .headers()
            .get("retry-after")
            .map(|value| value.to_str().unwrap().to_owned());
        seen.push((response.status().as_u16(), retry_after));
    }
    let two = Some("2".to_owned());
    assert_eq!(
        seen,
        [(503, None), (429, two.clone()), (429, two), (200, None)]
    );
    let response = ask_token(&client.http, finitestate, token_request(finitestate)).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(finitestate.counts().faults, 4);
}

#[tokio::test]
async fn cut_body_breaks_the_connection() {
    let client = Client::start(5).await;
    client
        .finitestate()
        .fail_next(Endpoint::Api, Fault::Truncate);
    let response = client.post(&json!({"query": PRODUCTS})).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.content_length().unwrap() > 100);
    assert!(response.bytes().await.is_err());
    client
        .finitestate()
        .fail_next(Endpoint::Api, Fault::Disconnect);
    let response = client
        .request()
        .json(&json!({"query": PRODUCTS}))
        .send()
        .await;
    assert!(match response {
        Ok(response) => response.bytes().await.is_err(),
        Err(_) => true,
    });
    client.data(PRODUCTS, json!({})).await;
}

#[tokio::test]
async fn errors_come_beside_data_or_instead_of_it() {
    let client = Client::start(5).await;
    let finitestate = client.finitestate();
    let code = Some("SLOW_SHARD".to_owned());
    let message = "one shard did not answer".to_owned();
    finitestate.fail_next(
        Endpoint::Api,
        Fault::PartialErrors {
            message: message.clone(),
            code: code.clone(),
        },
    );
    let partial = client.execute(PRODUCTS, json!({})).await;
    assert!(
        !partial["data"]["allProducts"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let error = json!({"message": message, "extensions": {"code": "SLOW_SHARD"}});
    assert_eq!(partial["errors"], json!([error]));
    finitestate.fail_next(Endpoint::Api, Fault::GraphqlError { message, code });
    let none = client.execute(PRODUCTS, json!({})).await;
    assert_eq!(none, json!({"data": null, "errors": [error]}));
}

#[tokio::test]
async fn delay_html_and_ended_tokens() {
    let client = Client::start(5).await;
    let finitestate = client.finitestate();
    finitestate.fail_next(Endpoint::Api, Fault::delay(Duration::from_millis(60)));
    let start = Instant::now();
    client.data(PRODUCTS, json!({})).await;
    assert!(start.elapsed() >= Duration::from_millis(60));
    finitestate.fail_next(Endpoint::Api, Fault::Html { status: 502 });
    let response = client.post(&json!({"query": PRODUCTS})).await;
    assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
    assert!(
        response
            .text()
            .await
            .unwrap()
            .starts_with("<!doctype html>")
    );
    finitestate.fail_next(Endpoint::Api, Fault::ExpireTokens);
    let response = client.post(&json!({"query": PRODUCTS})).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(response.text().await.unwrap().contains("jwt expired"));
}

#[tokio::test]
async fn cleared_faults_do_not_happen() {
    let client = Client::start(5).await;
    client
        .finitestate()
        .fail_times(Endpoint::Api, Fault::status(500), 3);
    client.finitestate().clear_faults();
    client.data(PRODUCTS, json!({})).await;
}
