//! What the sandbox was asked: counts, and the requests themselves with secrets masked.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::Mutex;

use axum::http::{HeaderMap, Method, Uri};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Requests kept; older ones are forgotten.
const MAX_REQUESTS: usize = 1024;

/// Bytes of a body kept.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// What stands where a secret was.
const MASK: &str = "***";

/// Headers whose value is a secret.
const SECRET_HEADERS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
];

/// Members of JSON and form bodies, and of queries, whose value is a secret.
const SECRET_MEMBERS: &[&str] = &[
    "client_secret",
    "secret",
    "password",
    "access_token",
    "token",
    "signature",
];

/// One of the places a vendor answers at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Endpoint {
    /// Where tokens are asked for.
    Token,
    /// Where tokens are revoked.
    Revocation,
    /// Where the API is: GraphQL documents, or REST calls.
    Api,
    /// Where presigned links lead: uploads and downloads.
    Storage,
}

/// How often each thing happened since the sandbox started, or since its counts were reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// Requests that reached the token endpoint, whatever the answer.
    pub token_requests: u64,
    /// Tokens given out.
    pub tokens_issued: u64,
    /// Requests that reached the revocation endpoint, whatever the answer.
    pub revocation_requests: u64,
    /// Requests that reached the API, whatever the answer.
    pub api_requests: u64,
    /// API requests answered with 401.
    pub unauthorized: u64,
    /// Requests that reached the storage origin, whatever the answer.
    pub storage_requests: u64,
    /// Requests to the storage origin that carried an `Authorization` header, which it refuses.
    pub storage_authorizations: u64,
    /// Answers that were held back after their request had its effect.
    pub answers_held: u64,
    /// Faults that were injected.
    pub faults: u64,
}

/// One request as it arrived, with every secret masked.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Recorded {
    /// Where it arrived.
    pub endpoint: Endpoint,
    /// The HTTP method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// The headers by name; `host` and `content-length` are left out, because they differ between runs.
    pub headers: BTreeMap<String, String>,
    /// The body.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub body: Value,
}

/// Counts and keeps requests.
#[derive(Default)]
pub(crate) struct Recorder {
    counts: Mutex<Counts>,
    requests: Mutex<VecDeque<Raw>>,
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

/// A request before masking, which is done only for those that are looked at. It holds secrets, and so
/// has no `Debug`.
struct Raw {
    endpoint: Endpoint,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl Recorder {
    pub(crate) fn arrived(
        &self,
        endpoint: Endpoint,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &Bytes,
    ) {
        self.count(|counts| match endpoint {
            Endpoint::Token => counts.token_requests += 1,
            Endpoint::Revocation => counts.revocation_requests += 1,
            Endpoint::Api => counts.api_requests += 1,
            Endpoint::Storage => counts.storage_requests += 1,
        });
        let raw = Raw {
            endpoint,
            method: method.clone(),
            uri: uri.clone(),
            headers: headers.clone(),
            body: Bytes::copy_from_slice(body.get(..MAX_BODY_BYTES).unwrap_or(body)),
        };
        if let Ok(mut requests) = self.requests.lock() {
            if requests.len() >= MAX_REQUESTS {
                requests.pop_front();
            }
            requests.push_back(raw);
        }
    }

    pub(crate) fn count(&self, change: impl FnOnce(&mut Counts)) {
        if let Ok(mut counts) = self.counts.lock() {
            change(&mut counts);
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        self.counts.lock().map(|counts| *counts).unwrap_or_default()
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        let requests = self.requests.lock();
        requests
            .map(|requests| requests.iter().map(Raw::mask).collect())
            .unwrap_or_default()
    }

    pub(crate) fn reset(&self) {
        self.count(|counts| *counts = Counts::default());
        if let Ok(mut requests) = self.requests.lock() {
            requests.clear();
        }
    }
}

impl Raw {
    fn mask(&self) -> Recorded {
        let header = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), mask_header(name.as_str(), &value))
        };
        let kept = |(name, _): &(&axum::http::HeaderName, _)| {
            !matches!(name.as_str(), "host" | "content-length")
        };
        Recorded {
            endpoint: self.endpoint,
            method: self.method.to_string(),
            path: self.uri.path().to_owned(),
            query: self.uri.query().map(mask_pairs),
            headers: self.headers.iter().filter(kept).map(header).collect(),
            body: self.mask_body(),
        }
    }

    fn mask_body(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        if let Ok(mut json) = serde_json::from_slice::<Value>(&self.body) {
            mask_json(&mut json);
            return json;
        }
        match std::str::from_utf8(&self.body) {
            Ok(text) if self.is_form() => Value::String(mask_pairs(text)),
            // Neither JSON nor a form: nobody can tell where a secret may be.
            _ => Value::String(format!("{} bytes", self.body.len())),
        }
    }

    fn is_form(&self) -> bool {
        let content_type = self.headers.get("content-type");
        content_type.is_some_and(|value| {
            value
                .as_bytes()
                .starts_with(b"application/x-www-form-urlencoded")
        })
    }
}

/// Keeps the scheme of an `authorization` header, since it is part of a vendor's protocol.
fn mask_header(name: &str, value: &str) -> String {
    if !SECRET_HEADERS.contains(&name) {
        return value.to_owned();
    }
    match value.split_once(' ') {
        Some((scheme, _)) => format!("{scheme} {MASK}"),
        None => MASK.to_owned(),
    }
}

fn mask_pairs(pairs: &str) -> String {
    let masked = pairs.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if SECRET_MEMBERS.contains(&name) => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    });
    masked.collect::<Vec<_>>().join("&")
}

fn mask_json(json: &mut Value) {
    match json {
        Value::Object(members) => {
            for (name, value) in members {
                if SECRET_MEMBERS.contains(&name.as_str()) {
                    *value = Value::String(MASK.to_owned());
                } else {
                    mask_json(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask_json),
        _ => {}
    }
}
