//! What can go wrong with an operation, and what to do about it.

use std::{fmt, time::Duration};

use http::StatusCode;
use serde_json::{Map, Value};

use crate::{ErrorClass, GraphqlError, json_path};

/// Why an operation did not give its data.
///
/// Every variant names the operation. The predicates answer what a caller decides on; the variants
/// hold the details. No message contains a token, a secret, a variable or a value of the response.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No token could be had, or no answer came: configuration, token request, transport, deadline.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// The operation cannot be sent as it is.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The server answered with a status and without a GraphQL response.
    #[error(transparent)]
    Status(#[from] StatusError),
    /// The server answered with GraphQL errors.
    #[error(transparent)]
    Graphql(#[from] GraphqlErrors),
    /// The answer does not have the operation's shape.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A list could not be continued.
    #[error(transparent)]
    Paging(#[from] PagingError),
}

impl Error {
    /// The operation that failed; empty when the client itself could not be set up.
    pub fn operation(&self) -> &str {
        match self {
            Self::Auth(error) => error.operation(),
            Self::Request(error) => error.operation(),
            Self::Status(error) => error.operation(),
            Self::Graphql(error) => error.operation(),
            Self::Decode(error) => error.operation(),
            Self::Paging(error) => error.operation(),
        }
    }

    /// The class of a refusal by the server; `None` when no answer could be read.
    pub fn class(&self) -> Option<ErrorClass> {
        match self {
            Self::Status(error) => Some(error.class()),
            Self::Graphql(error) => Some(error.class()),
            Self::Auth(_) | Self::Request(_) | Self::Decode(_) | Self::Paging(_) => None,
        }
    }

    /// True when the same query may succeed if it is sent again later.
    ///
    /// That is: a transport failure or a deadline, a transient failure of the token endpoint, status
    /// 408, 429, 500, 502, 503 or 504, and GraphQL errors of class [`ErrorClass::RateLimited`] or
    /// [`ErrorClass::Internal`]. A mutation may have taken effect although its answer was lost, so
    /// read before you repeat one.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Auth(error) => error.cause().is_transient(),
            Self::Status(error) => {
                matches!(error.status().as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
            }
            Self::Graphql(error) => {
                matches!(
                    error.class(),
                    ErrorClass::RateLimited | ErrorClass::Internal
                )
            }
            Self::Request(_) | Self::Decode(_) | Self::Paging(_) => false,
        }
    }

    /// True when the token or the credentials were refused.
    pub fn is_unauthorized(&self) -> bool {
        match self {
            Self::Auth(error) => error.cause().is_unauthorized(),
            _ => self.class() == Some(ErrorClass::Unauthorized),
        }
    }

    /// True when the account lacks a permission.
    pub fn is_forbidden(&self) -> bool {
        self.class() == Some(ErrorClass::Forbidden)
    }

    /// True when a thing named by an id was not found.
    pub fn is_not_found(&self) -> bool {
        self.class() == Some(ErrorClass::NotFound)
    }

    /// True when someone else changed the thing meanwhile.
    pub fn is_conflict(&self) -> bool {
        self.class() == Some(ErrorClass::Conflict)
    }

    /// True when the server asks to slow down.
    pub fn is_rate_limited(&self) -> bool {
        self.class() == Some(ErrorClass::RateLimited)
    }

    /// True when a deadline passed.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Auth(error) if error.cause().is_timeout())
    }

    /// How long the server asks to wait before the next try, where it said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Auth(error) => error.cause().retry_after(),
            Self::Status(error) => error.retry_after(),
            Self::Graphql(error) => error.retry_after(),
            Self::Request(_) | Self::Decode(_) | Self::Paging(_) => None,
        }
    }

    /// The errors of the GraphQL response; empty for any other failure.
    pub fn graphql_errors(&self) -> &[GraphqlError] {
        match self {
            Self::Graphql(error) => error.errors(),
            _ => &[],
        }
    }
}

/// No token could be had, or no answer came.
#[derive(Debug, Clone)]
pub struct AuthError {
    operation: &'static str,
    cause: Box<sdk_auth::Error>,
}

impl AuthError {
    pub(crate) fn new(operation: &'static str, cause: sdk_auth::Error) -> Self {
        let cause = Box::new(cause);
        Self { operation, cause }
    }

    /// The operation's name; empty when the client itself could not be set up.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// What went wrong, with its own predicates.
    pub fn cause(&self) -> &sdk_auth::Error {
        &self.cause
    }
}

/// An error while a client is set up, before there is any operation.
impl From<sdk_auth::Error> for Error {
    fn from(cause: sdk_auth::Error) -> Self {
        Self::Auth(AuthError::new("", cause))
    }
}

impl From<sdk_auth::ConfigError> for Error {
    fn from(error: sdk_auth::ConfigError) -> Self {
        sdk_auth::Error::from(error).into()
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.cause {
            // These name the operation themselves; the others may be shared by several.
            sdk_auth::Error::Transport(_) | sdk_auth::Error::Deadline(_) => {}
            _ if self.operation.is_empty() => {}
            _ => write!(f, "{}: ", self.operation)?,
        }
        self.cause.fmt(f)
    }
}

/// The cause is part of the message, so the chain goes on with what is behind it.
impl std::error::Error for AuthError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.source()
    }
}

/// An operation that cannot be sent as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestError {
    operation: &'static str,
    reason: String,
}

impl RequestError {
    pub(crate) fn unknown_service(operation: &'static str, service: &str) -> Self {
        let reason = format!("this client has no service named `{service}`");
        Self { operation, reason }
    }

    pub(crate) fn encode(operation: &'static str, error: &serde_json::Error) -> Self {
        let reason = format!(
            "a variable cannot be written as JSON ({})",
            without_values(error)
        );
        Self { operation, reason }
    }

    /// The operation's name.
    pub fn operation(&self) -> &'static str {
        self.operation
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.reason)
    }
}

impl std::error::Error for RequestError {}

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

/// A request that could not be written, or an answer that does not have the operation's shape.
#[derive(Debug, Clone)]
pub struct DecodeError(Box<DecodeDetails>);

#[derive(Debug, Clone)]
struct DecodeDetails {
    operation: &'static str,
    host: String,
    path: String,
    reason: String,
    line: usize,
    column: usize,
}

impl DecodeError {
    pub(crate) fn of_body(
        operation: &'static str,
        host: &str,
        body: &[u8],
        error: &serde_json::Error,
    ) -> Self {
        Self(Box::new(DecodeDetails {
            operation,
            host: host.to_owned(),
            path: json_path::path_at(body, error.line(), error.column()),
            reason: without_values(error),
            line: error.line(),
            column: error.column(),
        }))
    }

    pub(crate) fn without_place(operation: &'static str, host: &str, reason: &str) -> Self {
        Self(Box::new(DecodeDetails {
            operation,
            host: host.to_owned(),
            path: String::new(),
            reason: reason.to_owned(),
            line: 0,
            column: 0,
        }))
    }

    /// The operation's name.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// Where in the response, such as `data.allFindings[3].title`; empty where no place is known.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What was expected there and what kind of value was found, without the value.
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Line and column in the response body, both from 1; zeros where no place is known.
    pub fn position(&self) -> (usize, usize) {
        (self.0.line, self.0.column)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: cannot read the answer of {}",
            self.0.operation, self.0.host
        )?;
        if !self.0.path.is_empty() {
            write!(f, " at `{}`", self.0.path)?;
        }
        write!(f, ": {}", self.0.reason)
    }
}

impl std::error::Error for DecodeError {}

/// serde_json quotes the value it did not expect; a value may be a link or a person, so it goes.
fn without_values(error: &serde_json::Error) -> String {
    let mut text = error.to_string();
    if let Some(place) = text.rfind(" at line ") {
        text.truncate(place);
    }
    if let Some(rest) = text
        .strip_prefix("invalid type: ")
        .or(text.strip_prefix("invalid value: "))
    {
        let kind = rest.split(['"', '`']).next().unwrap_or_default().trim_end();
        let expected = rest.rfind(", expected ").map_or("", |at| &rest[at..]);
        return format!(
            "{}{expected}",
            if kind.is_empty() {
                "a wrong value"
            } else {
                kind
            }
        );
    }
    text
}

/// A list that cannot be continued without losing or repeating items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagingError {
    pub(crate) operation: &'static str,
    pub(crate) fault: PageFault,
    pub(crate) page: u64,
}

/// Why a page does not lead to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageFault {
    /// The server gave a cursor that it gave before, so the list would never end.
    RepeatedCursor,
    /// The page has items and says that more follow, but gives no cursor to go on from.
    MissingCursor,
}

impl PagingError {
    /// The operation's name.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// What is wrong with the page.
    pub fn fault(&self) -> PageFault {
        self.fault
    }

    /// The page at fault, from 1, counted in this stream.
    pub fn page(&self) -> u64 {
        self.page
    }
}

impl fmt::Display for PagingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = match self.fault {
            PageFault::RepeatedCursor => "repeats a cursor, so the list would never end",
            PageFault::MissingCursor => "has items but no cursor to go on from",
        };
        write!(f, "{}: page {} {fault}", self.operation, self.page)
    }
}

impl std::error::Error for PagingError {}

#[cfg(test)]
mod tests;
