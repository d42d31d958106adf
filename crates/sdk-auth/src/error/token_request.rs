//! Token endpoints that gave no usable token.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use super::TransportError;
use super::answer::{refuses_client, write_facts};

/// Why a token endpoint gave no usable token; shared by every caller that waited for it.
#[derive(Clone)]
pub struct TokenRequestError(Arc<TokenRequestDetails>);

#[derive(Debug, Clone)]
pub(crate) struct TokenRequestDetails {
    pub(crate) target: String,
    pub(crate) failure: TokenFailure,
    pub(crate) class: FailureClass,
    pub(crate) status: Option<StatusCode>,
    pub(crate) code: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) advice: Option<&'static str>,
    pub(crate) source: Option<TransportError>,
}

/// What became of a token request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenFailure {
    /// The endpoint answered with an error.
    Refused,
    /// The endpoint answered, but not with a token response; the text says what is wrong with it.
    Malformed(&'static str),
    /// The endpoint could not be reached, or its answer could not be read;
    /// [`transport`](TokenRequestError::transport) says how.
    Incomplete,
    /// No request was made: there were too many tokens of late, and the next one is allowed after
    /// [`retry_after`](TokenRequestError::retry_after).
    OverBudget,
    /// No request was made: another process held the lease for longer than anyone should, and has not stored a
    /// token.
    LeaseHeld,
    /// No request was made: the call does not run inside a tokio runtime, or the runtime shut down.
    NoRuntime,
}

/// How long a failure is remembered, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureClass {
    Transient,
    Throttled,
    Permanent,
}

impl TokenRequestError {
    pub(crate) fn new(details: TokenRequestDetails) -> Self {
        Self(Arc::new(details))
    }

    /// The same error, with what is left of its waiting time.
    pub(crate) fn retry_in(&self, remaining: Duration) -> Self {
        Self::new(TokenRequestDetails {
            retry_after: Some(remaining),
            ..TokenRequestDetails::clone(&self.0)
        })
    }

    /// True if the request provably did not arrive.
    pub(crate) fn is_unprocessed(&self) -> bool {
        self.transport().is_some_and(TransportError::is_unprocessed)
    }

    pub(crate) fn class(&self) -> FailureClass {
        self.0.class
    }

    /// Host and path of the token endpoint.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.0.target
    }

    /// What became of the request.
    #[must_use]
    pub fn failure(&self) -> TokenFailure {
        self.0.failure
    }

    /// The HTTP status, if there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The `error` code of RFC 6749, section 5.2, such as `invalid_client`.
    ///
    /// At most 64 characters of letters, digits, `_`, `-` and `.`; anything else is dropped.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The request id that the endpoint gave its answer, for a talk with the vendor.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How long no further request will be made for these credentials.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// True if a later request may well succeed: the endpoint is down, unreachable, or throttling, or the
    /// request budget is spent. Not if its certificate was refused.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.0.class != FailureClass::Permanent
    }

    /// True if the endpoint refused the credentials themselves: 401, 403, or `invalid_client`.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        refuses_client(self.0.status, self.code())
    }

    /// True if the endpoint could not be reached, or did not answer, in time.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.transport().is_some_and(TransportError::is_timeout)
    }

    /// The exchange that failed, of a request that is [`Incomplete`](TokenFailure::Incomplete).
    #[must_use]
    pub fn transport(&self) -> Option<&TransportError> {
        self.0.source.as_ref()
    }
}

impl fmt::Display for TokenRequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let details = &*self.0;
        write!(f, "token request to {} ", details.target)?;
        match details.failure {
            TokenFailure::Refused => f.write_str("was refused")?,
            TokenFailure::Malformed(what) => write!(f, "got an answer that {what}")?,
            TokenFailure::Incomplete => f.write_str("did not complete")?,
            TokenFailure::OverBudget => {
                f.write_str("was not made: too many of late")?;
                if let Some(wait) = details.retry_after {
                    write!(f, " (next in {wait:.0?})")?;
                }
            }
            TokenFailure::LeaseHeld => {
                f.write_str("was not made: another process holds the lease")?;
            }
            TokenFailure::NoRuntime => f.write_str("needs a running tokio runtime")?,
        }
        write_facts(
            f,
            details.status,
            details.code.as_deref(),
            details.request_id.as_deref(),
        )?;
        details
            .advice
            .map_or(Ok(()), |advice| write!(f, "; {advice}"))
    }
}

impl fmt::Debug for TokenRequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for TokenRequestError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| source as _)
    }
}

/// The API refused several newly issued tokens in a row, so no more are asked for at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialsRejectedError {
    pub(crate) target: String,
    pub(crate) rejected: usize,
    pub(crate) retry_after: Duration,
}

impl CredentialsRejectedError {
    /// Host and path of the token endpoint whose tokens are refused.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// How long no further token will be asked for.
    #[must_use]
    pub fn retry_after(&self) -> Duration {
        self.retry_after
    }
}

impl fmt::Display for CredentialsRejectedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            target,
            rejected,
            retry_after,
        } = self;
        write!(
            f,
            "the api refused {rejected} tokens in a row from {target}; next try in {retry_after:.0?}"
        )
    }
}

impl std::error::Error for CredentialsRejectedError {}
