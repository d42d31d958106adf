//! Refusals by the server: a bare status, or GraphQL errors.

use std::{fmt, time::Duration};

use http::StatusCode;
use serde_json::{Map, Value};

use crate::{ErrorClass, GraphqlError};

/// A status without a GraphQL response.
#[derive(Clone)]
pub struct StatusError(pub(crate) Box<StatusDetails>);

#[derive(Debug, Clone)]
pub(crate) struct StatusDetails {
    pub(crate) operation: &'static str,
    pub(crate) host: String,
    pub(crate) status: StatusCode,
    pub(crate) class: ErrorClass,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) request_id: Option<String>,
    pub(crate) body: String,
}

/// How much of an unexpected body is kept, in bytes.
pub(crate) const MAX_BODY_EXCERPT_BYTES: usize = 2 * 1024;

impl StatusError {
    /// The operation's name.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// What the status means for this vendor.
    pub fn class(&self) -> ErrorClass {
        self.0.class
    }

    /// The server's `Retry-After`.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The server's id of the request, to quote to the vendor's support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The first 2 KiB of the body as the server sent it; not part of any message, because a server
    /// may put anything there.
    pub fn body(&self) -> &str {
        &self.0.body
    }
}

impl fmt::Debug for StatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusError")
            .field("operation", &self.0.operation)
            .field("host", &self.0.host)
            .field("status", &self.0.status)
            .field("class", &self.0.class)
            .field("retry_after", &self.0.retry_after)
            .field("request_id", &self.0.request_id)
            .field("body_bytes", &self.0.body.len())
            .finish()
    }
}

impl fmt::Display for StatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} answered {}",
            self.0.operation, self.0.host, self.0.status
        )?;
        if let Some(id) = &self.0.request_id {
            write!(f, " (request {id})")?;
        }
        if let Some(wait) = self.0.retry_after {
            write!(f, ", retry after {} s", wait.as_secs())?;
        }
        advise(f, self.0.class)
    }
}

impl std::error::Error for StatusError {}

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
        advise(f, self.0.class)
    }
}

impl std::error::Error for GraphqlErrors {}

fn advise(f: &mut fmt::Formatter<'_>, class: ErrorClass) -> fmt::Result {
    class
        .advice()
        .map_or(Ok(()), |advice| write!(f, "; {advice}"))
}
