//! Calls with a token: attached, replayed, retried.

use http::StatusCode;

use crate::server::{Server, json};
use crate::setup::{by_status, client, manual_clock, read, tokens_and};

#[tokio::test]
async fn a_call_carries_a_token_and_returns_the_answer() {
    let server = Server::start(tokens_and(3600, |_| json(200, r#"{"data":1}"#))).await;
    let reply = client(&server, &manual_clock())
        .send(read(&server), by_status)
        .await
        .unwrap();
    assert_eq!((reply.status(), reply.attempts()), (StatusCode::OK, 1));
    assert_eq!(reply.body(), r#"{"data":1}"#);
    let heard = server.heard();
    assert_eq!(heard.len(), 2);
    assert_eq!(heard[1].header("authorization"), Some("Bearer token-1"));
    assert_eq!(heard[1].body, r#"{"query":"{things}"}"#);
}
