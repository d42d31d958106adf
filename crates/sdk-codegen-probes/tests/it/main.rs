//! What generated code does with real requests and responses.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests may panic"
)]

mod decode;
mod encode;
mod enums;
mod guesses;
mod properties;
mod variants;
mod world;

use sdk_graphql::Operation;

/// The data of a response whose `data` is the given JSON.
fn decode<O: Operation>(data: &str) -> Result<O::Data, serde_json::Error> {
    let body = format!(r#"{{"data":{data}}}"#);
    Ok(O::decode(body.as_bytes())?
        .data
        .expect("the response has data"))
}

/// The variables of an operation's request body.
fn variables(operation: &impl Operation) -> serde_json::Value {
    let body: serde_json::Value =
        serde_json::from_slice(&operation.encode().unwrap()).expect("a body is JSON");
    body["variables"].clone()
}
