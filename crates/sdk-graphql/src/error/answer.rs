//! Refusals by the server, as GraphQL errors.

use std::{fmt, time::Duration};

use http::StatusCode;
use serde_json::{Map, Value};

use crate::{ErrorClass, GraphqlError};

/// The errors of a GraphQL response, all of them, as the server sent them.
///
/// `Display` and `Debug` show the first message, on one line and at most 300 characters of it. It is
/// the server's own text, which may repeat what it was sent.
#[derive(Clone)]
pub struct GraphqlErrors(pub(crate) Box<GraphqlErrorsDetails>);

#[derive(Clone)]
pub(crate) struct GraphqlErrorsDetails {
    pub(crate) operation: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) class: ErrorClass,
    pub(crate) had_data: bool,
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

    /// True if data other than null came with the errors, of whatever shape: something was executed.
    pub fn had_data(&self) -> bool {
        self.0.had_data
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
            [error] => write!(f, "`{}`", shown(error))?,
            [first, rest @ ..] => write!(f, "`{}` and {} more", shown(first), rest.len())?,
        }
        self.0
            .class
            .advice()
            .map_or(Ok(()), |advice| write!(f, "; {advice}"))
    }
}

impl fmt::Debug for GraphqlErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphqlErrors")
            .field("operation", &self.0.operation)
            .field("status", &self.0.status)
            .field("class", &self.0.class)
            .field("first", &self.0.errors.first().map(shown))
            .field("count", &self.0.errors.len())
            .field("retry_after", &self.0.retry_after)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for GraphqlErrors {}

/// How much of a server's text goes into a message, in characters.
const MAX_SHOWN_CHARS: usize = 300;

/// An error's text on one line, shortened: a server may send anything, of any length.
fn shown(error: &GraphqlError) -> String {
    let text = error.to_string();
    let mut line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MAX_SHOWN_CHARS)
        .collect();
    if text.chars().nth(MAX_SHOWN_CHARS).is_some() {
        line.push('…');
    }
    line
}
