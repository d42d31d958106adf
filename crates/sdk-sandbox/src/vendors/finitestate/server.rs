//! The routes: token endpoint and GraphQL endpoint.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use bytes::Bytes;
use serde_json::json;

use super::{GRAPHQL_PATH, ORGANIZATION_CONTEXT, Server, TOKEN_PATH, resolve};
use crate::back_door;
use crate::front;
use crate::graphql::NotARequest;
use crate::identity::{Refusal, Standing, TokenRequest};
use crate::record::Endpoint;

pub(super) fn routes(server: &Arc<Server>) -> Router {
    Router::new()
        .route(TOKEN_PATH, post(token))
        .route(GRAPHQL_PATH, post(execute))
        .with_state(server.clone())
        .merge(back_door::routes(server.front.clone()))
}

async fn token(State(server): State<Arc<Server>>, request: Request) -> Response {
    let answer = async |parts: Parts, body: Bytes| server.token(&parts, &body);
    server.front.pass(Endpoint::Token, request, answer).await
}

async fn execute(State(server): State<Arc<Server>>, request: Request) -> Response {
    let answer = async |parts: Parts, body: Bytes| server.clone().execute(parts, body).await;
    server.front.pass(Endpoint::Api, request, answer).await
}

impl Server {
    fn token(&self, parts: &Parts, body: &[u8]) -> Response {
        if !is_json(&parts.headers) {
            let description = "the body must be application/json";
            return oauth_error(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "invalid_request",
                description,
            );
        }
        let Some(request) = TokenRequest::from_json(body) else {
            let description = "the body is not a JSON object of strings";
            return oauth_error(StatusCode::BAD_REQUEST, "invalid_request", description);
        };
        match self.front.issuer.issue(&request) {
            Ok(token) => self.front.bearer(&token),
            Err(Refusal::UnsupportedGrantType) => {
                let description = "grant_type must be client_credentials";
                oauth_error(
                    StatusCode::BAD_REQUEST,
                    "unsupported_grant_type",
                    description,
                )
            }
            Err(Refusal::InvalidClient) => {
                oauth_error(StatusCode::UNAUTHORIZED, "access_denied", "Unauthorized")
            }
            Err(Refusal::InvalidAudience) => {
                let description =
                    "audience must be the documented one or the URL of the GraphQL endpoint";
                oauth_error(StatusCode::BAD_REQUEST, "invalid_request", description)
            }
        }
    }

    async fn execute(self: Arc<Self>, parts: Parts, body: Bytes) -> Response {
        if let Some(refused) = self.refuse(&parts.headers) {
            return refused;
        }
        // Execution may take long, and never waits: it does not belong on the reactor's threads.
        let answered = tokio::task::spawn_blocking(move || resolve::answer(&self, &body));
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

    /// The answer to a request without a good token or without the organization.
    fn refuse(&self, headers: &HeaderMap) -> Option<Response> {
        let unauthorized = |reason: &str| {
            // The vendor's page "Authentication" shows a stack trace in the message; its wording is
            // not reproduced here beyond the first line.
            let trace =
                format!("UnauthorizedError: {reason}\n    at verify (sandbox/token.js:1:1)");
            Some(message(StatusCode::UNAUTHORIZED, &trace))
        };
        let authorization = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let Some(authorization) = authorization else {
            return unauthorized("No authorization token was found");
        };
        let Some(token) = authorization.strip_prefix("Bearer ") else {
            return unauthorized("Format is Authorization: Bearer [token]");
        };
        match self.front.issuer.standing(token) {
            Standing::Valid => {}
            Standing::Expired => return unauthorized("jwt expired"),
            Standing::Revoked => return unauthorized("The token has been revoked."),
            Standing::Unknown => return unauthorized("invalid token"),
        }
        let forbidden = |reason: &str| {
            Some(message(
                StatusCode::FORBIDDEN,
                &format!("ForbiddenError: {reason}"),
            ))
        };
        match headers.get("organization-context") {
            Some(context) if context == ORGANIZATION_CONTEXT => None,
            Some(_) => forbidden("not a member of this organization"),
            None => forbidden("Organization-Context is missing"),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = value
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

fn message(status: StatusCode, message: &str) -> Response {
    front::json(status, json!({"message": message}).to_string())
}

fn oauth_error(status: StatusCode, error: &str, description: &str) -> Response {
    let body = json!({"error": error, "error_description": description});
    front::json(status, body.to_string())
}
