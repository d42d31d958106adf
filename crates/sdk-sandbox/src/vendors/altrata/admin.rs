//! The back door over HTTP, with what only this vendor has.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::json;

use super::Server;
use crate::back_door;

pub(super) fn routes(server: &Arc<Server>) -> Router {
    Router::new()
        .route("/__sandbox/quota", post(quota))
        .route("/__sandbox/rates", post(rates))
        .route("/__sandbox/fail-next-job", post(fail_next_job))
        .route("/__sandbox/jobs", get(jobs))
        .with_state(server.clone())
        .merge(back_door::routes(server.front.clone()))
}

#[derive(Deserialize)]
struct Quota {
    spent: bool,
}

async fn quota(State(server): State<Arc<Server>>, body: Bytes) -> Response {
    back_door::obey(&body, |order: Quota| {
        server.quota_spent.store(order.spent, Ordering::Relaxed);
    })
}

#[derive(Deserialize)]
struct Rates {
    enforced: bool,
}

async fn rates(State(server): State<Arc<Server>>, body: Bytes) -> Response {
    back_door::obey(&body, |order: Rates| server.rates.enforce(order.enforced))
}

#[derive(Deserialize)]
struct Failure {
    message: String,
}

async fn fail_next_job(State(server): State<Arc<Server>>, body: Bytes) -> Response {
    back_door::obey(&body, |order: Failure| server.jobs.fail_next(order.message))
}

async fn jobs(State(server): State<Arc<Server>>) -> Response {
    back_door::answer(&json!({"started": server.jobs.count()}))
}
