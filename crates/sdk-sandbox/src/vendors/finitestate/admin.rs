//! The back door of the program: faults, counts and requests over HTTP.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::Server;
use crate::fault::Fault;
use crate::front;
use crate::record::Endpoint;

/// The body of `POST /__sandbox/fault`.
#[derive(Debug, Deserialize)]
struct FaultOrder {
    endpoint: Endpoint,
    #[serde(default = "once")]
    times: u32,
    fault: Fault,
}

fn once() -> u32 {
    1
}

pub(super) async fn fault(State(server): State<Arc<Server>>, body: Bytes) -> Response {
    match serde_json::from_slice::<FaultOrder>(&body) {
        Ok(FaultOrder {
            endpoint,
            times,
            fault,
        }) => {
            server.front.faults.add(endpoint, fault, times);
            front::json(StatusCode::OK, "{}")
        }
        Err(error) => {
            let body = serde_json::json!({"message": error.to_string()});
            front::json(StatusCode::BAD_REQUEST, body.to_string())
        }
    }
}

pub(super) async fn counts(State(server): State<Arc<Server>>) -> Response {
    answer(&server.front.recorder.counts())
}

pub(super) async fn requests(State(server): State<Arc<Server>>) -> Response {
    answer(&server.front.recorder.requests())
}

fn answer(body: &impl Serialize) -> Response {
    front::json(StatusCode::OK, serde_json::to_vec(body).unwrap_or_default())
}
