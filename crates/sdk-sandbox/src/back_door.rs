//! The back door: what a test does to a vendor behind its client's back, as methods and over HTTP.
//!
//! The methods are a macro, so that each vendor has them as its own and callers import no trait.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::front::{self, Front};
use crate::record::Endpoint;

/// The back door's methods, the same on every vendor.
macro_rules! methods {
    () => {
        /// The URL of the back door, for tests in other processes. It has no slash at its end.
        #[must_use]
        pub fn back_door_url(&self) -> String {
            let token_url = self.token_url();
            let host = token_url.splitn(4, '/').nth(2).unwrap_or_default();
            format!("http://{host}/__sandbox")
        }

        /// Lets the next request to an endpoint meet a fault.
        pub fn fail_next(&self, endpoint: $crate::Endpoint, fault: $crate::Fault) {
            self.fail_times(endpoint, fault, 1);
        }

        /// Lets the next `times` requests to an endpoint meet a fault, after those that already wait.
        pub fn fail_times(&self, endpoint: $crate::Endpoint, fault: $crate::Fault, times: u32) {
            self.server.front.faults.add(endpoint, fault, times);
        }

        /// Lets so many of 100 requests to an endpoint meet one of these faults, until they are cleared.
        ///
        /// Which ones is the same for the same seed. Faults that are ordered for the next request come first.
        pub fn fail_at_random(
            &self,
            endpoint: $crate::Endpoint,
            percent: u8,
            faults: Vec<$crate::Fault>,
            seed: u64,
        ) {
            let random = $crate::fault::RandomFaults::new(percent, faults, seed);
            self.server.front.faults.add_random(endpoint, random);
        }

        /// Forgets the faults that have not happened yet, and those that come at random.
        pub fn clear_faults(&self) {
            self.server.front.faults.clear();
        }

        /// Holds back every request to an endpoint this long from now on, at most five minutes.
        pub fn set_latency(&self, endpoint: $crate::Endpoint, latency: ::std::time::Duration) {
            self.server.front.faults.set_latency(endpoint, latency);
        }

        /// Gives tokens from now on another lifetime, in whole seconds on the wire.
        pub fn set_token_ttl(&self, token_ttl: ::std::time::Duration) {
            self.server.front.issuer.set_lifetime(token_ttl);
        }

        /// Lets every token issued so far expire now.
        pub fn expire_tokens(&self) {
            self.server.front.issuer.expire_all();
        }

        /// Revokes every token issued so far.
        pub fn revoke_tokens(&self) {
            self.server.front.issuer.revoke_all();
        }

        /// Lets somebody else get a token, which ends all others where the vendor keeps only the newest.
        ///
        /// It is no request, and so it is not counted.
        pub fn mint_token(&self) {
            self.server.front.issuer.mint();
        }

        /// What has been counted since the start, or since [`reset_records`](Self::reset_records).
        #[must_use]
        pub fn counts(&self) -> $crate::Counts {
            self.server.front.recorder.counts()
        }

        /// The last 1024 requests, oldest first, with secrets masked.
        #[must_use]
        pub fn requests(&self) -> Vec<$crate::Recorded> {
            self.server.front.recorder.requests()
        }

        /// Sets all counts to zero and forgets the recorded requests.
        pub fn reset_records(&self) {
            self.server.front.recorder.reset();
        }
    };
}
pub(crate) use methods;

/// The same over HTTP, but for faults at random.
pub(crate) fn routes(front: Arc<Front>) -> Router {
    Router::new()
        .route("/__sandbox/counts", get(counts))
        .route("/__sandbox/requests", get(requests))
        .route("/__sandbox/reset-records", post(reset_records))
        .route("/__sandbox/fault", post(fault))
        .route("/__sandbox/clear-faults", post(clear_faults))
        .route("/__sandbox/latency", post(latency))
        .route("/__sandbox/token-ttl", post(token_ttl))
        .route("/__sandbox/expire-tokens", post(expire_tokens))
        .route("/__sandbox/revoke-tokens", post(revoke_tokens))
        .route("/__sandbox/mint-token", post(mint_token))
        .with_state(front)
}

/// Does what a request's body orders, or says why it is no order.
pub(crate) fn obey<T: DeserializeOwned>(body: &[u8], act: impl FnOnce(T)) -> Response {
    match serde_json::from_slice(body) {
        Ok(order) => {
            act(order);
            done()
        }
        Err(error) => {
            let body = serde_json::json!({"message": error.to_string()});
            front::json(StatusCode::BAD_REQUEST, body.to_string())
        }
    }
}

/// The answer to an order without a result.
pub(crate) fn done() -> Response {
    front::json(StatusCode::OK, "{}")
}

/// An answer in JSON.
pub(crate) fn answer(body: &impl Serialize) -> Response {
    front::json(StatusCode::OK, serde_json::to_vec(body).unwrap_or_default())
}

async fn counts(State(front): State<Arc<Front>>) -> Response {
    answer(&front.recorder.counts())
}

async fn requests(State(front): State<Arc<Front>>) -> Response {
    answer(&front.recorder.requests())
}

async fn reset_records(State(front): State<Arc<Front>>) -> Response {
    front.recorder.reset();
    done()
}

/// The body of `POST /__sandbox/fault`.
#[derive(Deserialize)]
struct FaultOrder {
    endpoint: Endpoint,
    #[serde(default = "once")]
    times: u32,
    fault: Fault,
}

fn once() -> u32 {
    1
}

async fn fault(State(front): State<Arc<Front>>, body: Bytes) -> Response {
    obey(&body, |order: FaultOrder| {
        front.faults.add(order.endpoint, order.fault, order.times);
    })
}

async fn clear_faults(State(front): State<Arc<Front>>) -> Response {
    front.faults.clear();
    done()
}

/// The body of `POST /__sandbox/latency`.
#[derive(Deserialize)]
struct Latency {
    endpoint: Endpoint,
    milliseconds: u64,
}

async fn latency(State(front): State<Arc<Front>>, body: Bytes) -> Response {
    obey(&body, |order: Latency| {
        let latency = Duration::from_millis(order.milliseconds);
        front.faults.set_latency(order.endpoint, latency);
    })
}

/// The body of `POST /__sandbox/token-ttl`.
#[derive(Deserialize)]
struct TokenTtl {
    seconds: u64,
}

async fn token_ttl(State(front): State<Arc<Front>>, body: Bytes) -> Response {
    obey(&body, |order: TokenTtl| {
        front
            .issuer
            .set_lifetime(Duration::from_secs(order.seconds));
    })
}

async fn expire_tokens(State(front): State<Arc<Front>>) -> Response {
    front.issuer.expire_all();
    done()
}

async fn revoke_tokens(State(front): State<Arc<Front>>) -> Response {
    front.issuer.revoke_all();
    done()
}

async fn mint_token(State(front): State<Arc<Front>>) -> Response {
    front.issuer.mint();
    done()
}
