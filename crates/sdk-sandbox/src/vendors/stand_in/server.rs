//! The routes: the token endpoint, and the API.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};

use super::made_up;
use super::{Server, TokenShape};
use crate::back_door;
use crate::front;
use crate::identity::{Refusal, Standing, TokenRequest, form_decoded};
use crate::record::Endpoint;

pub(super) const TOKEN_PATH: &str = "/token";
pub(super) const GRAPHQL_PATH: &str = "/graphql";

pub(super) fn routes(server: &Arc<Server>) -> Router {
    Router::new()
        .route(TOKEN_PATH, post(token))
        .route(GRAPHQL_PATH, post(call))
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

impl Server {
    fn token(&self, parts: &Parts, body: &[u8]) -> Response {
        let request = self.read(parts, body).unwrap_or_default();
        match self.front.issuer.issue(&request) {
            Ok(token) => self.front.bearer(&token),
            Err(Refusal::UnsupportedGrantType) => {
                oauth_error(StatusCode::BAD_REQUEST, "unsupported_grant_type")
            }
            Err(Refusal::InvalidClient | Refusal::InvalidAudience) => {
                oauth_error(StatusCode::UNAUTHORIZED, "invalid_client")
            }
        }
    }

    /// The fields of a token request; `None` when it does not have the expected shape.
    fn read(&self, parts: &Parts, body: &[u8]) -> Option<TokenRequest> {
        let media_type = match self.shape {
            TokenShape::Basic | TokenShape::Form => "application/x-www-form-urlencoded",
            TokenShape::Json | TokenShape::App => "application/json",
            TokenShape::Query => return without_body(parts, body),
        };
        let given = parts.headers.get(CONTENT_TYPE)?.to_str().ok()?;
        if !given.starts_with(media_type) {
            return None;
        }
        match self.shape {
            TokenShape::Form => TokenRequest::from_form(body),
            TokenShape::Json => TokenRequest::from_json(body),
            TokenShape::App => of_app(body),
            TokenShape::Basic => {
                let (id, secret) = basic(parts)?;
                Some(TokenRequest {
                    client_id: form_decoded(&id),
                    client_secret: form_decoded(&secret),
                    ..TokenRequest::from_form(body)?
                })
            }
            TokenShape::Query => None,
        }
    }

    fn call(&self, parts: &Parts, body: &Bytes) -> Response {
        let header = parts.headers.get(AUTHORIZATION);
        let token = header.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        if !token.is_some_and(|token| self.front.issuer.standing(token) == Standing::Valid) {
            return front::json(StatusCode::UNAUTHORIZED, "{}");
        }
        match made_up::answer(&self.engine, body) {
            Ok(body) => front::json(StatusCode::OK, body),
            Err(_) => {
                let message = json!({"message": "the body is not a GraphQL request in JSON"});
                front::json(StatusCode::BAD_REQUEST, message.to_string())
            }
        }
    }
}

/// The two halves of a Basic header, as they are.
fn basic(parts: &Parts) -> Option<(String, String)> {
    let header = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let pair = STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
    let (id, secret) = std::str::from_utf8(&pair).ok()?.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

fn without_body(parts: &Parts, body: &[u8]) -> Option<TokenRequest> {
    if !body.is_empty() {
        return None;
    }
    let (id, secret) = basic(parts)?;
    Some(TokenRequest {
        client_id: Some(id),
        client_secret: Some(secret),
        ..TokenRequest::from_form(parts.uri.query()?.as_bytes())?
    })
}

fn of_app(body: &[u8]) -> Option<TokenRequest> {
    let fields: Value = serde_json::from_slice(body).ok()?;
    let text = |name: &str| fields.get(name)?.as_str().map(str::to_owned);
    Some(TokenRequest {
        // The endpoint knows no other grant, and is asked for none.
        grant_type: Some("client_credentials".to_owned()),
        client_id: text("app_id"),
        client_secret: text("secret"),
        ..TokenRequest::default()
    })
}

fn oauth_error(status: StatusCode, error: &str) -> Response {
    front::json(status, json!({"error": error}).to_string())
}
