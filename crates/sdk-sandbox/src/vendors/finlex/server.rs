//! The routes: token and revocation on one origin, the API on another.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::data::{Decision, Undecidable, Which};
use super::{APP_ID, Server};
use crate::back_door;
use crate::clock;
use crate::front;
use crate::identity::Standing;
use crate::record::Endpoint;

/// Items of a page unless the request says otherwise ("Responses" on developer.finlex.io).
const DEFAULT_LIMIT: u64 = 50;

/// The longest life of a link to a policy, in hours ("Insurer Policy API").
const MAX_LINK_HOURS: u64 = 36;

pub(super) fn token_routes(server: &Arc<Server>) -> Router {
    Router::new()
        .route("/token", post(token))
        .route("/token-revoke", post(revoke))
        .with_state(server.clone())
        .merge(back_door::routes(server.front.clone()))
}

pub(super) fn api_routes(server: &Arc<Server>) -> Router {
    Router::new()
        .fallback(call)
        .with_state(server.clone())
        .merge(back_door::routes(server.front.clone()))
}

async fn token(State(server): State<Arc<Server>>, request: Request) -> Response {
    let answer = async |parts: Parts, body: Bytes| server.token(&parts, &body);
    let front = &server.front;
    front.pass(Endpoint::Token, request, answer).await
}

async fn revoke(State(server): State<Arc<Server>>, request: Request) -> Response {
    let answer = async |parts: Parts, _| server.revoke(&parts);
    let front = &server.front;
    front.pass(Endpoint::Revocation, request, answer).await
}

async fn call(State(server): State<Arc<Server>>, request: Request) -> Response {
    let answer = async |parts: Parts, _| server.call(&parts);
    let front = &server.front;
    front.pass(Endpoint::Api, request, answer).await
}

/// The body of a token request.
#[derive(Deserialize)]
struct TokenRequest {
    app_id: String,
    secret: String,
    #[serde(default)]
    expiry: Option<DateTime<Utc>>,
}

impl Server {
    fn token(&self, parts: &Parts, body: &[u8]) -> Response {
        let json = parts.headers.get(CONTENT_TYPE).is_some_and(|value| {
            let value = value.to_str().unwrap_or_default();
            value.starts_with("application/json")
        });
        if !json {
            let text = "the body must be application/json";
            return message(StatusCode::UNSUPPORTED_MEDIA_TYPE, text);
        }
        let Ok(request) = serde_json::from_slice::<TokenRequest>(body) else {
            let text =
                "the body needs app_id and secret as strings, and expiry as an ISO 8601 time";
            return message(StatusCode::BAD_REQUEST, text);
        };
        // Held until the token is issued: one issued with a secret that is just being deleted would live on.
        let secret = self.secret();
        if request.app_id != APP_ID || request.secret != secret.text {
            return message(StatusCode::UNAUTHORIZED, "unknown app or secret");
        }
        let lifetime = match request.expiry {
            None => self.front.issuer.lifetime(),
            Some(expiry) => {
                let now = i64::try_from(clock::unix_seconds()).unwrap_or(i64::MAX);
                match u64::try_from(expiry.timestamp().saturating_sub(now)) {
                    Ok(left) if left > 0 => Duration::from_secs(left),
                    _ => return message(StatusCode::BAD_REQUEST, "expiry has passed"),
                }
            }
        };
        let token = self.front.issuer.grant(lifetime);
        drop(secret);
        let recorder = &self.front.recorder;
        recorder.count(|counts| counts.tokens_issued += 1);
        front::json(StatusCode::OK, json!({"token": token}).to_string())
    }

    fn revoke(&self, parts: &Parts) -> Response {
        let Some(token) = self.valid_token(parts) else {
            return message(StatusCode::UNAUTHORIZED, "not authenticated");
        };
        self.front.issuer.revoke(token);
        front::json(StatusCode::OK, "{}")
    }

    /// The valid token that a request shows: in the header, or in the query where there is no header.
    fn valid_token<'a>(&self, parts: &'a Parts) -> Option<&'a str> {
        let token = match parts.headers.get(AUTHORIZATION) {
            Some(value) => value.to_str().ok()?.strip_prefix("Bearer "),
            None => parameter(parts, "token"),
        };
        token.filter(|token| self.front.issuer.standing(token) == Standing::Valid)
    }

    fn call(&self, parts: &Parts) -> Response {
        if self.valid_token(parts).is_none() {
            return message(StatusCode::UNAUTHORIZED, "not authenticated");
        }
        if parts.method != Method::GET {
            return message(StatusCode::METHOD_NOT_ALLOWED, "every call is a GET");
        }
        let path: Vec<&str> = parts.uri.path().split('/').skip(1).collect();
        match path.as_slice() {
            ["api" | "public", "v1", "tenders"] => self.list(parts, Which::All),
            ["public", "v1", "tenders", "open"] => self.list(parts, Which::Open),
            ["public", "v1", "tenders", "successful"] => self.list(parts, Which::Successful),
            ["api", "v1", "covernotes"] => self.list(parts, Which::InCovernote),
            ["public", "v1", "covernotes", id, "accept"] => self.decide(id, Decision::Accept),
            ["public", "v1", "covernotes", id, "decline"] => self.decide(id, Decision::Decline),
            ["api", "v1", "tenders", id, "issue-policy"] => self.issue_policy(parts, id),
            _ => message(StatusCode::NOT_FOUND, "no such path"),
        }
    }

    fn list(&self, parts: &Parts, which: Which) -> Response {
        let number = |name, default| match parameter(parts, name) {
            None => Some(default),
            Some(text) => text.parse().ok(),
        };
        let (skip, limit) = (number("skip", 0), number("limit", DEFAULT_LIMIT));
        let (Some(skip), Some(limit @ 1..)) = (skip, limit) else {
            let text = "skip must be a number from 0, limit a number from 1";
            return message(StatusCode::BAD_REQUEST, text);
        };
        let tenders = self.tenders.read().unwrap_or_else(PoisonError::into_inner);
        let list: Value = tenders.list(which, skip, limit);
        front::json(StatusCode::OK, list.to_string())
    }

    fn decide(&self, id: &str, decision: Decision) -> Response {
        let mut tenders = self.tenders.write().unwrap_or_else(PoisonError::into_inner);
        match tenders.decide(id, decision) {
            Ok(()) => front::json(StatusCode::OK, "{}"),
            Err(Undecidable::Unknown) => message(StatusCode::NOT_FOUND, "no such covernote"),
            Err(Undecidable::NotRequested) => {
                message(StatusCode::CONFLICT, "no request for cover is open")
            }
        }
    }

    fn issue_policy(&self, parts: &Parts, id: &str) -> Response {
        let tenders = self.tenders.read().unwrap_or_else(PoisonError::into_inner);
        match tenders.is_successful(id) {
            None => return message(StatusCode::NOT_FOUND, "no such tender"),
            Some(false) => return message(StatusCode::CONFLICT, "the contract is not final"),
            Some(true) => {}
        }
        let hours = match parameter(parts, "expiry") {
            None => Some(1),
            Some(text) => text.strip_suffix('h').and_then(|text| text.parse().ok()),
        };
        if !hours.is_some_and(|hours| (1..=MAX_LINK_HOURS).contains(&hours)) {
            let text = "expiry must be 1h to 36h";
            return message(StatusCode::BAD_REQUEST, text);
        }
        let pdf = pdf(id);
        let payload = match parameter(parts, "format") {
            None | Some("base64") => STANDARD.encode(pdf),
            Some("url") => {
                let key = format!("policies/{id}.pdf");
                self.files.offer(key.clone(), "application/pdf", pdf.into());
                self.files.presign(&Method::GET, &key, &[])
            }
            Some(_) => {
                let text = "format must be base64 or url";
                return message(StatusCode::BAD_REQUEST, text);
            }
        };
        front::json(StatusCode::OK, json!({"payload": payload}).to_string())
    }
}

/// A parameter of the query, as it stands there: none of the documented values needs an escape.
fn parameter<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    let pairs = parts.uri.query()?.split('&');
    pairs
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// An empty document that names the tender in a comment.
fn pdf(id: &str) -> Vec<u8> {
    format!("%PDF-1.7\n% policy of tender {id}\n%%EOF\n").into_bytes()
}

fn message(status: StatusCode, message: &str) -> Response {
    front::json(status, json!({"message": message}).to_string())
}
