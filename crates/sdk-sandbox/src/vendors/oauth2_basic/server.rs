//! The routes: the token endpoint, and a small JSON API.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};

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
use serde::Deserialize;
use serde_json::{Value, json};

use super::{CLIENT_ID, Server};
use crate::back_door;
use crate::front;
use crate::identity::{Standing, form_decoded};
use crate::record::Endpoint;

/// The only path that the vendor's page names.
pub(super) const TOKEN_PATH: &str = "/oauth/v2/token";
pub(super) const ITEMS_PATH: &str = "/api/items";

pub(super) fn routes(server: &Arc<Server>) -> Router {
    Router::new()
        .route(TOKEN_PATH, post(token))
        .fallback(call)
        .with_state(server.clone())
        .merge(back_door::routes(server.front.clone()))
}

async fn token(State(server): State<Arc<Server>>, request: Request) -> Response {
    let answer = async |parts: Parts, body: Bytes| server.token(&parts, &body);
    let front = &server.front;
    front.pass(Endpoint::Token, request, answer).await
}

async fn call(State(server): State<Arc<Server>>, request: Request) -> Response {
    let answer = async |parts: Parts, body: Bytes| server.call(&parts, &body);
    let front = &server.front;
    front.pass(Endpoint::Api, request, answer).await
}

/// The body of a new item.
#[derive(Deserialize)]
struct NewItem {
    name: String,
}

impl Server {
    fn token(&self, parts: &Parts, body: &[u8]) -> Response {
        let content_type = parts.headers.get(CONTENT_TYPE);
        let form = content_type.is_some_and(|value| {
            let form = b"application/x-www-form-urlencoded";
            value.as_bytes().starts_with(form)
        });
        if !form || body != b"grant_type=client_credentials" {
            let body = json!({"error": "unsupported_grant_type"});
            return front::json(StatusCode::BAD_REQUEST, body.to_string());
        }
        if !self.knows(parts) {
            let body = json!({"error": "invalid_client"});
            return front::json(StatusCode::UNAUTHORIZED, body.to_string());
        }
        let issuer = &self.front.issuer;
        self.front.bearer(&issuer.grant(issuer.lifetime()))
    }

    /// True if the Basic header holds the client's id and secret in the encoding that is expected.
    fn knows(&self, parts: &Parts) -> bool {
        let header = parts.headers.get(AUTHORIZATION);
        let pair = header
            .and_then(|value| value.to_str().ok()?.strip_prefix("Basic "))
            .and_then(|text| STANDARD.decode(text).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let Some((id, secret)) = pair.as_deref().and_then(|pair| pair.split_once(':')) else {
            return false;
        };
        let expected = self.front.issuer.client_secret();
        if self.form_encoded.load(Ordering::SeqCst) {
            (form_decoded(id), form_decoded(secret))
                == (Some(CLIENT_ID.into()), Some(expected.into()))
        } else {
            (id, secret) == (CLIENT_ID, expected)
        }
    }

    fn call(&self, parts: &Parts, body: &[u8]) -> Response {
        let header = parts.headers.get(AUTHORIZATION);
        let token = header.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        if !token.is_some_and(|token| self.front.issuer.standing(token) == Standing::Valid) {
            return front::json(StatusCode::UNAUTHORIZED, "{}");
        }
        match (&parts.method, parts.uri.path()) {
            (&Method::GET, ITEMS_PATH) => {
                let items: Vec<Value> = self.items().iter().enumerate().map(item).collect();
                front::json(StatusCode::OK, json!({"items": items}).to_string())
            }
            (&Method::POST, ITEMS_PATH) => {
                let Ok(new) = serde_json::from_slice::<NewItem>(body) else {
                    return front::json(StatusCode::BAD_REQUEST, "{}");
                };
                let mut items = self.items();
                items.push(new.name);
                let made = items.iter().enumerate().next_back().map(item);
                front::json(StatusCode::CREATED, json!(made).to_string())
            }
            _ => front::json(StatusCode::NOT_FOUND, "{}"),
        }
    }

    fn items(&self) -> MutexGuard<'_, Vec<String>> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn item((index, name): (usize, &String)) -> Value {
    json!({"id": index + 1, "name": name})
}
