//! What can go wrong with an operation, and what to do about it.

use std::fmt;
use std::time::Duration;

use sdk_auth::answer::{AuthError, DecodeError, ErrorClass, StatusError};

/// Why an operation did not give its data.
///
/// Every variant names the operation. The predicates answer what a caller decides on; the variants hold
/// the details. No message contains a token, a secret, an id or a value of the answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No token could be had, or no answer came: configuration, token request, transport, deadline.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// The operation cannot be sent as it is.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The server refused, with a status.
    #[error(transparent)]
    Status(#[from] StatusError),
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
            Self::Decode(error) => error.operation(),
            Self::Paging(error) => error.operation(),
        }
    }

    /// The class of a refusal by the server; `None` when there was none.
    pub fn class(&self) -> Option<ErrorClass> {
        match self {
            Self::Status(error) => Some(error.class()),
            Self::Auth(_) | Self::Request(_) | Self::Decode(_) | Self::Paging(_) => None,
        }
    }

    /// True when the same read may succeed if it is sent again later.
    ///
    /// That is: a transport failure or a deadline, a transient failure of the token endpoint, and status
    /// 408, 429, 500, 502, 503 or 504. Accepting or declining may have taken effect although its answer
    /// was lost, so list the cover requests before you repeat one.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Auth(error) => error.cause().is_transient(),
            Self::Status(error) => error.is_transient(),
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

    /// True when the user or the account lacks a permission.
    pub fn is_forbidden(&self) -> bool {
        self.class() == Some(ErrorClass::Forbidden)
    }

    /// True when a thing named by an id was not found.
    pub fn is_not_found(&self) -> bool {
        self.class() == Some(ErrorClass::NotFound)
    }

    /// True when the thing is no longer in the state that the operation needs.
    pub fn is_conflict(&self) -> bool {
        self.class() == Some(ErrorClass::Conflict)
    }

    /// True when a usage limit was passed.
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
            Self::Request(_) | Self::Decode(_) | Self::Paging(_) => None,
        }
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

/// An operation that cannot be sent as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestError {
    operation: &'static str,
    reason: &'static str,
}

impl RequestError {
    pub(crate) fn new(operation: &'static str, reason: &'static str) -> Self {
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
    /// The page begins with the item that the page before it began with.
    RepeatedPage,
    /// The page says that it begins elsewhere in the list than where it was asked to.
    WrongOffset,
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
            PageFault::RepeatedPage => "repeats the page before it, so the list would never end",
            PageFault::WrongOffset => "begins elsewhere than asked for, so items would be lost",
        };
        write!(f, "{}: page {} {fault}", self.operation, self.page)
    }
}

impl std::error::Error for PagingError {}
