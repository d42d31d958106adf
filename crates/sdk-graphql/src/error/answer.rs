//! Refusals by the server, as GraphQL errors.

use std::{fmt, time::Duration};

use http::StatusCode;
use serde_json::{Map, Value};

use crate::{ErrorClass, GraphqlError};

/// The errors of a GraphQL response, all of them, as the server sent them.
#[derive(Debug, Clone)]
pub struct GraphqlErrors(pub(crate) Box<GraphqlErrorsDetails>);

#[derive(Debug, Clone)]
pub(crate) struct GraphqlErrorsDetails {
    pub(crate) operation: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) class: ErrorClass,
    pub(crate) errors: Vec<GraphqlError>,
    pub(crate) extensions: Map<String, Value>,
    pub(crate) retry_after: Option<Duration>,
}

impl GraphqlErrors {
    /// The operation's name.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// The HTTP status that came with the errors; most servers use 200.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The class of the first error that makes the data unusable, or else of the first error.
    pub fn class(&self) -> ErrorClass {
        self.0.class
    }

    /// Every error, in the server's order.
    pub fn errors(&self) -> &[GraphqlError] {
        &self.0.errors
    }

    /// The response's own `extensions`.
    pub fn extensions(&self) -> &Map<String, Value> {
        &self.0.extensions
    }

    /// The server's `Retry-After`.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }
}

impl fmt::Display for GraphqlErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the server reports ", self.0.operation)?;
        match self.0.errors.as_slice() {
            [] => f.write_str("an empty list of errors")?,
            [error] => write!(f, "`{error}`")?,
            [first, rest @ ..] => write!(f, "`{first}` and {} more", rest.len())?,
        }
        self.0
            .class
            .advice()
            .map_or(Ok(()), |advice| write!(f, "; {advice}"))
    }
}

impl std::error::Error for GraphqlErrors {}
