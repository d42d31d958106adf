//! The four services: their schemas, and how each turns a caller away.

use std::sync::OnceLock;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::error::StartError;
use crate::front;
use crate::graphql::Engine;

/// One of the four services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    Profile,
    Matching,
    Events,
    Relationships,
}

/// One engine of each for all sandboxes of a process: it knows the schema and no data.
static ENGINES: [OnceLock<Result<Engine, String>>; 4] = [const { OnceLock::new() }; 4];

impl Service {
    pub(super) const ALL: [Self; 4] = [
        Self::Profile,
        Self::Matching,
        Self::Events,
        Self::Relationships,
    ];

    /// The service's schema, ready to answer.
    pub(super) fn engine(self) -> Result<&'static Engine, StartError> {
        let (cell, sdl, file) = match self {
            Self::Profile => (
                &ENGINES[0],
                include_str!("../../../schemas/altrata/profile.graphql"),
                "altrata/profile.graphql",
            ),
            Self::Matching => (
                &ENGINES[1],
                include_str!("../../../schemas/altrata/matching.graphql"),
                "altrata/matching.graphql",
            ),
            Self::Events => (
                &ENGINES[2],
                include_str!("../../../schemas/altrata/events.graphql"),
                "altrata/events.graphql",
            ),
            Self::Relationships => (
                &ENGINES[3],
                include_str!("../../../schemas/altrata/relationships.graphql"),
                "altrata/relationships.graphql",
            ),
        };
        let engine = cell.get_or_init(|| Engine::new(sdl, file));
        engine
            .as_ref()
            .map_err(|report| StartError::schema("altrata", report))
    }

    /// The answer to a request without a token.
    pub(super) fn anonymous(self) -> Response {
        match self {
            Self::Profile | Self::Relationships => self.ended(),
            Self::Matching | Self::Events => front::json(
                StatusCode::FORBIDDEN,
                json!({"message": "Forbidden"}).to_string(),
            ),
        }
    }

    /// The answer to a request whose token is not, or no longer, good.
    pub(super) fn ended(self) -> Response {
        let exception =
            |message: &str| json!({"errorType": "UnauthorizedException", "message": message});
        let (status, body) = match self {
            Self::Profile => (StatusCode::UNAUTHORIZED, json!({"message": "Unauthorized"})),
            Self::Relationships => (
                StatusCode::UNAUTHORIZED,
                exception("Valid authorization header not provided."),
            ),
            Self::Matching => (
                StatusCode::UNAUTHORIZED,
                json!({"errors": [exception("Token has expired.")]}),
            ),
            Self::Events => (
                StatusCode::OK,
                json!({"data": null, "errors": [exception("Token has expired.")]}),
            ),
        };
        front::json(status, body.to_string())
    }
}
