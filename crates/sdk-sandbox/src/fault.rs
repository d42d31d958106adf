//! Faults on demand: what the next requests to an endpoint meet instead of, or on top of, an answer.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::random::Random;
use crate::record::Endpoint;

/// The longest a fault may hold a request back.
const MAX_DELAY: Duration = Duration::from_secs(300);

/// Between the part of a body that is sent and the break of the connection.
const CUT_PAUSE: Duration = Duration::from_millis(10);

/// One thing that goes wrong with one request.
///
/// In JSON, for `POST /__sandbox/fault`, a fault is an object with its `kind` in snake case beside its
/// members: `{"kind": "status", "status": 429, "retry_after": "2"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fault {
    /// An answer with this status, and a body that is JSON unless another is given.
    Status {
        /// The HTTP status, 100 to 599.
        status: u16,
        /// The `Retry-After` header as it is sent: seconds, or an HTTP date.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<String>,
        /// The body; by default `{"message": "injected fault"}`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
    },
    /// The true answer, late.
    Delay {
        /// Milliseconds, at most 300 000.
        milliseconds: u64,
    },
    /// The true answer, announced in full, cut off in the middle.
    Truncate,
    /// A page of HTML with this status, such as a proxy would send.
    Html {
        /// The HTTP status, 100 to 599.
        status: u16,
    },
    /// The true answer of the API with an error beside its data.
    PartialErrors {
        /// The error's message.
        message: String,
        /// The error's `extensions.code`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// An answer of the API that holds one error and no data.
    GraphqlError {
        /// The error's message.
        message: String,
        /// The error's `extensions.code`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// All tokens issued so far expire, then the request is answered as usual.
    ExpireTokens,
    /// All tokens issued so far are revoked, then the request is answered as usual.
    RevokeTokens,
    /// Somebody else gets a token, which ends all others where the vendor keeps only the newest; then the
    /// request is answered as usual.
    MintToken,
    /// The connection breaks after the headers, before the first byte of the body.
    Disconnect,
    /// The request has its effect at once, and its true answer comes late: time to kill who waits for it.
    HoldAnswer {
        /// Milliseconds, at most 300 000.
        milliseconds: u64,
    },
    /// The connection breaks in the middle of the request's body. Of the storage alone.
    CutUpload,
}

impl Fault {
    /// An answer with this status, 100 to 599, and a short JSON body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::Status {
            status,
            retry_after: None,
            body: None,
        }
    }

    /// 429 with a `Retry-After` header: seconds such as `"2"`, or an HTTP date.
    #[must_use]
    pub fn too_many_requests(retry_after: impl Into<String>) -> Self {
        Self::Status {
            status: 429,
            retry_after: Some(retry_after.into()),
            body: None,
        }
    }

    /// The true effect at once, the true answer this much later; at most five minutes.
    #[must_use]
    pub fn hold_answer(hold: Duration) -> Self {
        let milliseconds = u64::try_from(hold.as_millis()).unwrap_or(u64::MAX);
        Self::HoldAnswer { milliseconds }
    }

    /// The true answer, this much later; at most five minutes.
    #[must_use]
    pub fn delay(delay: Duration) -> Self {
        let milliseconds = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        Self::Delay { milliseconds }
    }
}

/// The faults that wait, by endpoint, first in first out, those that come at random, and how slow each
/// endpoint is.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    waiting: Mutex<HashMap<Endpoint, VecDeque<(Fault, u32)>>>,
    random: Mutex<HashMap<Endpoint, RandomFaults>>,
    latencies: Mutex<HashMap<Endpoint, Duration>>,
}

impl Faults {
    pub(crate) fn add(&self, endpoint: Endpoint, fault: Fault, times: u32) {
        if times == 0 {
            return;
        }
        if let Ok(mut waiting) = self.waiting.lock() {
            waiting
                .entry(endpoint)
                .or_default()
                .push_back((fault, times));
        }
    }

    pub(crate) fn add_random(&self, endpoint: Endpoint, faults: RandomFaults) {
        if let Ok(mut random) = self.random.lock() {
            random.insert(endpoint, faults);
        }
    }

    pub(crate) fn take(&self, endpoint: Endpoint) -> Option<Fault> {
        self.take_waiting(endpoint)
            .or_else(|| self.random.lock().ok()?.get_mut(&endpoint)?.take())
    }

    fn take_waiting(&self, endpoint: Endpoint) -> Option<Fault> {
        let mut waiting = self.waiting.lock().ok()?;
        let queue = waiting.get_mut(&endpoint)?;
        let (fault, times) = queue.front_mut()?;
        *times -= 1;
        if *times > 0 {
            return Some(fault.clone());
        }
        queue.pop_front().map(|(fault, _)| fault)
    }

    pub(crate) fn clear(&self) {
        if let Ok(mut waiting) = self.waiting.lock() {
            waiting.clear();
        }
        if let Ok(mut random) = self.random.lock() {
            random.clear();
        }
    }

    pub(crate) fn set_latency(&self, endpoint: Endpoint, latency: Duration) {
        if let Ok(mut latencies) = self.latencies.lock() {
            latencies.insert(endpoint, latency.min(MAX_DELAY));
        }
    }

    pub(crate) fn latency(&self, endpoint: Endpoint) -> Duration {
        let latencies = self.latencies.lock().ok();
        let latency = latencies.and_then(|latencies| latencies.get(&endpoint).copied());
        latency.unwrap_or_default()
    }
}

/// Faults that come at random.
#[derive(Debug)]
pub(crate) struct RandomFaults {
    percent: u8,
    faults: Vec<Fault>,
    random: Random,
}

impl RandomFaults {
    pub(crate) fn new(percent: u8, faults: Vec<Fault>, seed: u64) -> Self {
        Self {
            percent,
            faults,
            random: Random::new(seed, 0),
        }
    }

    fn take(&mut self) -> Option<Fault> {
        let meets_one = self.random.below(100) < usize::from(self.percent);
        let fault = self.random.pick(&self.faults);
        fault.filter(|_| meets_one).cloned()
    }
}

impl Fault {
    /// The answer that takes the place of the true one, for the faults that have one.
    pub(crate) fn answer(&self) -> Option<Response> {
        match self {
            Self::Status {
                status,
                retry_after,
                body,
            } => {
                let body = body.clone();
                let body = body.unwrap_or_else(|| json!({"message": "injected fault"}).to_string());
                let mut response = respond(*status, "application/json", body);
                let retry_after = retry_after.as_deref().map(HeaderValue::from_str);
                if let Some(Ok(value)) = retry_after {
                    response.headers_mut().insert(RETRY_AFTER, value);
                }
                Some(response)
            }
            Self::Html { status } => {
                let page = "<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>";
                Some(respond(
                    *status,
                    "text/html; charset=utf-8",
                    page.to_owned(),
                ))
            }
            Self::GraphqlError { message, code } => {
                let body = json!({"errors": [error(message, code.as_deref())], "data": null});
                Some(respond(200, "application/json", body.to_string()))
            }
            Self::Disconnect => Some(cut(Response::new(Body::empty()), Bytes::new(), 1)),
            _ => None,
        }
    }

    /// How long the request has to wait.
    pub(crate) fn wait(&self) -> Duration {
        match self {
            Self::Delay { milliseconds } => Duration::from_millis(*milliseconds).min(MAX_DELAY),
            _ => Duration::ZERO,
        }
    }

    /// How long the true answer is held back.
    pub(crate) fn hold(&self) -> Duration {
        match self {
            Self::HoldAnswer { milliseconds } => {
                Duration::from_millis(*milliseconds).min(MAX_DELAY)
            }
            _ => Duration::ZERO,
        }
    }

    /// Whether the true answer is changed afterwards.
    pub(crate) fn spoils(&self) -> bool {
        matches!(self, Self::Truncate | Self::PartialErrors { .. })
    }

    /// Changes the true answer.
    pub(crate) fn spoil(&self, response: Response, body: Bytes) -> Response {
        match self {
            Self::Truncate => {
                let half = body.slice(..body.len() / 2);
                cut(response, half, body.len().max(1))
            }
            Self::PartialErrors { message, code } => {
                let (mut parts, _) = response.into_parts();
                parts.headers.remove(CONTENT_LENGTH);
                let spoiled = with_error(&body, error(message, code.as_deref()));
                Response::from_parts(parts, Body::from(spoiled.map_or(body, Bytes::from)))
            }
            _ => Response::new(Body::from(body)),
        }
    }
}

fn respond(status: u16, content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn error(message: &str, code: Option<&str>) -> Value {
    match code {
        Some(code) => json!({"message": message, "extensions": {"code": code}}),
        None => json!({"message": message}),
    }
}

/// A GraphQL response with one error more; `None` when the body is no JSON object.
fn with_error(body: &[u8], error: Value) -> Option<String> {
    let mut json = serde_json::from_slice::<Value>(body).ok()?;
    let errors = json
        .as_object_mut()?
        .entry("errors")
        .or_insert_with(|| json!([]));
    errors.as_array_mut()?.push(error);
    Some(json.to_string())
}

/// Promises `length` bytes, sends `part`, and breaks the connection. The pause lets the part leave first.
fn cut(response: Response, part: Bytes, length: usize) -> Response {
    let chunks = stream::iter([Ok(part)]).chain(stream::once(async {
        tokio::time::sleep(CUT_PAUSE).await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    }));
    let (mut parts, _) = response.into_parts();
    parts
        .headers
        .insert(CONTENT_LENGTH, HeaderValue::from(length));
    Response::from_parts(parts, Body::from_stream(chunks))
}
