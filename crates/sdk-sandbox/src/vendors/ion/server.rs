//! The routes: the realm's token endpoint under both of its paths, and the GraphQL endpoint.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use bytes::Bytes;
use serde_json::json;

use super::{GRAPHQL_PATH, Server, TOKEN_PATH, TOKEN_PATH_OF_SCRIPTS, resolve};
use crate::back_door;
use crate::front;
use crate::graphql::NotARequest;
use crate::identity::{Refusal, Standing, TokenRequest};
use crate::record::Endpoint;

pub(super) fn routes(server: &Arc<Server>) -> Router {
    Router::new()
        .route(TOKEN_PATH, post(token))
        .route(TOKEN_PATH_OF_SCRIPTS, post(token))
        .route(GRAPHQL_PATH, post(execute))
        .with_state(server.clone())
        .merge(back_door::routes(server.front.clone()))
}

async fn token(State(server): State<Arc<Server>>, request: Request) -> Response {
    let answer = async |_: Parts, body: Bytes| server.token(&body);
    server.front.pass(Endpoint::Token, request, answer).await
}

async fn execute(State(server): State<Arc<Server>>, request: Request) -> Response {
    let answer = async |parts: Parts, body: Bytes| server.clone().execute(parts, body).await;
    server.front.pass(Endpoint::Api, request, answer).await
}

impl Server {
    /// Wrong credentials are a 400, as the vendor's scripts see them.
    fn token(&self, body: &[u8]) -> Response {
        let Some(request) = TokenRequest::from_form(body) else {
            return refused("invalid_request", "the body is not a form");
        };
        let audience = request.audience.as_ref();
        if audience.is_some_and(|audience| *audience != self.audience) {
            return refused("invalid_request", "the audience is not this API");
        }
        match self.front.issuer.issue(&request) {
            Ok(token) => self.front.bearer(&token),
            Err(Refusal::UnsupportedGrantType) => refused(
                "unsupported_grant_type",
                "grant_type must be client_credentials",
            ),
            Err(_) => refused(
                "unauthorized_client",
                "Invalid client or client credentials",
            ),
        }
    }

    async fn execute(self: Arc<Self>, parts: Parts, body: Bytes) -> Response {
        if let Some(message) = self.refusal(&parts.headers) {
            return errors(StatusCode::UNAUTHORIZED, message);
        }
        // Execution may take long, and never waits: it does not belong on the reactor's threads.
        let answered = tokio::task::spawn_blocking(move || resolve::answer(&self, &body));
        match answered.await {
            Ok(Ok(body)) => front::json(StatusCode::OK, body),
            Ok(Err(NotARequest)) => {
                errors(StatusCode::BAD_REQUEST, "the body is no GraphQL request")
            }
            Err(_) => errors(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the request could not be executed",
            ),
        }
    }

    /// Why a request has no good token, in the words of the vendor's page "Error codes".
    fn refusal(&self, headers: &HeaderMap) -> Option<&'static str> {
        let given = headers.get(AUTHORIZATION);
        let Some(given) = given.and_then(|value| value.to_str().ok()) else {
            return Some("Please provide proper credentials");
        };
        let schemes = ["Bearer ", "Token "];
        let token = schemes.iter().find_map(|scheme| given.strip_prefix(scheme));
        match self.front.issuer.standing(token.unwrap_or(given)) {
            Standing::Valid => None,
            Standing::Expired => Some("Token is expired."),
            Standing::Revoked => Some("Unable to validate authentication token"),
            Standing::Unknown => Some("Unable to parse authentication token"),
        }
    }
}

fn errors(status: StatusCode, message: &str) -> Response {
    let body = json!({"errors": [{"message": message}]});
    front::json(status, body.to_string())
}

fn refused(error: &str, description: &str) -> Response {
    let body = json!({"error": error, "error_description": description});
    front::json(StatusCode::BAD_REQUEST, body.to_string())
}
