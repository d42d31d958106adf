//! What can go wrong with an operation, and what to do about it.

mod answer;
mod paging;
mod refused;
mod request;

use std::time::Duration;

pub use answer::GraphqlErrors;
pub(crate) use answer::GraphqlErrorsDetails;
pub use paging::{PageFault, PagingError};
pub use refused::RefusedError;
pub use request::RequestError;
pub use sdk_auth::answer::{AuthError, DecodeError, StatusError};
pub use sdk_auth::{CertificateProblem, TransportError, TransportFailure};

use crate::{ErrorClass, GraphqlError, Refusal};

/// Why an operation did not give its data.
///
/// Every variant names the operation. The predicates answer what a caller decides on; the variants
/// hold the details. No message contains a token, a secret, a variable or a value of the response's
/// data; a GraphQL error is shown with the server's own words, shortened.
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
    /// The server answered with a typed error in its data.
    #[error(transparent)]
    Refused(#[from] RefusedError),
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
            Self::Refused(error) => error.operation(),
            Self::Decode(error) => error.operation(),
            Self::Paging(error) => error.operation(),
        }
    }

    /// The class of a refusal by the server; `None` when no answer could be read.
    pub fn class(&self) -> Option<ErrorClass> {
        match self {
            Self::Status(error) => Some(error.class()),
            Self::Graphql(error) => Some(error.class()),
            Self::Refused(error) => Some(error.class()),
            Self::Auth(_) | Self::Request(_) | Self::Decode(_) | Self::Paging(_) => None,
        }
    }

    /// True when the same query may succeed if it is sent again later.
    ///
    /// That is: a transport failure (but a refused certificate or an answer that is too large) or a
    /// deadline, a transient failure of the token endpoint, status
    /// 408, 429, 500, 502, 503 or 504, and GraphQL errors of class [`ErrorClass::RateLimited`] or
    /// [`ErrorClass::Internal`]. A mutation may have taken effect although its answer was lost, so
    /// read before you repeat one.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Auth(error) => error.cause().is_transient(),
            Self::Status(error) => error.is_transient(),
            Self::Graphql(error) => {
                matches!(
                    error.class(),
                    ErrorClass::RateLimited | ErrorClass::Internal
                )
            }
            Self::Request(_) | Self::Refused(_) | Self::Decode(_) | Self::Paging(_) => false,
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

    /// True when the account has used up what it may ask for, so that waiting a little does not help.
    pub fn is_quota_exceeded(&self) -> bool {
        self.class() == Some(ErrorClass::QuotaExceeded)
    }

    /// True when a deadline passed, or the time for a connection or for one attempt.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Auth(error) if error.cause().is_timeout())
    }

    /// How long the server asks to wait before the next try, where it said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Auth(error) => error.cause().retry_after(),
            Self::Status(error) => error.retry_after(),
            Self::Graphql(error) => error.retry_after(),
            Self::Request(_) | Self::Refused(_) | Self::Decode(_) | Self::Paging(_) => None,
        }
    }

    /// The exchange that failed, with the API or the token endpoint; `None` where an answer was read, or a
    /// deadline passed.
    ///
    /// Its [`failure`](TransportError::failure) tells a connection that was not made in time
    /// ([`ConnectTimedOut`](TransportFailure::ConnectTimedOut)) from a certificate that was refused
    /// ([`CertificateRefused`](TransportFailure::CertificateRefused)), and its message says what to do.
    pub fn transport(&self) -> Option<&TransportError> {
        match self {
            Self::Auth(error) => error.cause().transport(),
            _ => None,
        }
    }

    /// The errors of the GraphQL response; empty for any other failure.
    pub fn graphql_errors(&self) -> &[GraphqlError] {
        match self {
            Self::Graphql(error) => error.errors(),
            Self::Refused(error) => error.errors(),
            _ => &[],
        }
    }

    /// The typed error that the server put into the data; `None` for any other failure.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(error) => Some(error.refusal()),
            _ => None,
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

#[cfg(test)]
mod tests;
