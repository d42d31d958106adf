//! The routes: the token endpoint, and one GraphQL endpoint for each service.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::json;

use super::admin;
use super::service::Service;
use super::{GRAPHQL_PATH, Server, TOKEN_PATH, USERNAME, resolve};
use crate::front;
use crate::graphql::NotARequest;
use crate::identity::{Standing, TokenRequest};
use crate::record::Endpoint;

/// The largest request of the Matching API ("Getting Started" on docs.altrata.com: 6 MB).
const MAX_MATCHING_BYTES: usize = 6_000_000;

pub(super) fn token_routes(server: &Arc<Server>) -> Router {
    Router::new()
        .route(TOKEN_PATH, post(token))
        .with_state(server.clone())
        .merge(admin::routes(server))
}

pub(super) fn service_routes(server: &Arc<Server>, service: Service) -> Router {
    Router::new()
        .route(GRAPHQL_PATH, post(execute))
        .with_state((server.clone(), service))
        .merge(admin::routes(server))
}

async fn token(State(server): State<Arc<Server>>, request: Request) -> Response {
    let answer = async |parts: Parts, body: Bytes| server.token(&parts, &body);
    server.front.pass(Endpoint::Token, request, answer).await
}

async fn execute(
    State((server, service)): State<(Arc<Server>, Service)>,
    request: Request,
) -> Response {
    let answer =
        async |parts: Parts, body: Bytes| server.clone().execute(service, parts, body).await;
    server.front.pass(Endpoint::Api, request, answer).await
}

impl Server {
    fn token(&self, parts: &Parts, body: &[u8]) -> Response {
        if !self.has_key(&parts.headers) {
            return message(StatusCode::FORBIDDEN, "Forbidden");
        }
        let pairs = parts.uri.query().unwrap_or_default().split('&');
        let grant_type = pairs
            .filter_map(|pair| pair.split_once('='))
            .find_map(|(name, value)| (name == "grant_type").then(|| value.to_owned()));
        if grant_type.as_deref() != Some("client_credentials") {
            return oauth_error("unsupported_grant_type");
        }
        if !body.is_empty() {
            return oauth_error("invalid_request");
        }
        if !self.is_service_user(&parts.headers) {
            return message(StatusCode::UNAUTHORIZED, "Unauthorized");
        }
        let request = TokenRequest {
            grant_type,
            client_id: Some(USERNAME.to_owned()),
            client_secret: Some(self.front.issuer.client_secret().to_owned()),
            ..TokenRequest::default()
        };
        match self.front.issuer.issue(&request) {
            Ok(token) => self.front.bearer(&token),
            Err(_) => message(StatusCode::UNAUTHORIZED, "Unauthorized"),
        }
    }

    async fn execute(self: Arc<Self>, service: Service, parts: Parts, body: Bytes) -> Response {
        if let Some(refused) = self.refuse(service, &parts.headers) {
            return refused;
        }
        if service == Service::Matching && body.len() > MAX_MATCHING_BYTES {
            return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long");
        }
        let answered = tokio::task::spawn_blocking(move || resolve::answer(&self, service, &body));
        match answered.await {
            Ok(Ok(body)) => front::json(StatusCode::OK, body),
            Ok(Err(NotARequest)) => message(
                StatusCode::BAD_REQUEST,
                "the body is not a GraphQL request in JSON",
            ),
            Err(_) => message(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the request could not be executed",
            ),
        }
    }

    /// The answer to a request without a key, without a good token, or beyond the quota.
    fn refuse(&self, service: Service, headers: &HeaderMap) -> Option<Response> {
        let Some(authorization) = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
        else {
            return Some(service.anonymous());
        };
        if !self.has_key(headers) {
            return Some(message(StatusCode::FORBIDDEN, "Forbidden"));
        }
        if self.quota_spent.load(Ordering::Relaxed) {
            return Some(message(StatusCode::TOO_MANY_REQUESTS, "Limit Exceeded"));
        }
        if self.rates.exceeded(service, Instant::now()) {
            return Some(message(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests"));
        }
        // One sample of the vendor sends the token without its scheme.
        let token = authorization
            .strip_prefix("Bearer ")
            .unwrap_or(authorization);
        (self.front.issuer.standing(token) != Standing::Valid).then(|| service.ended())
    }

    fn has_key(&self, headers: &HeaderMap) -> bool {
        let key = headers.get("x-api-key");
        key.is_some_and(|key| key == &self.api_key)
    }

    fn is_service_user(&self, headers: &HeaderMap) -> bool {
        let expected = format!("{USERNAME}:{}", self.front.issuer.client_secret());
        headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Basic "))
            .and_then(|pair| STANDARD.decode(pair).ok())
            .is_some_and(|pair| pair == expected.into_bytes())
    }
}

fn message(status: StatusCode, message: &str) -> Response {
    front::json(status, json!({"message": message}).to_string())
}

fn oauth_error(error: &str) -> Response {
    front::json(StatusCode::BAD_REQUEST, json!({"error": error}).to_string())
}
