//! Revocation endpoints that did not revoke.

use std::fmt;
use std::time::Duration;

use http::StatusCode;

use super::answer::{is_passing_code, refuses_client, write_facts};

/// A revocation endpoint answered with an error, so the token may still be valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationRefusedError {
    pub(crate) target: String,
    pub(crate) status: StatusCode,
    pub(crate) code: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
}

impl RevocationRefusedError {
    /// Host and path of the revocation endpoint.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The HTTP status; a success if the answer held an error in spite of it.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The `error` code of RFC 6749, section 5.2, or RFC 7009, section 2.2.1, such as `invalid_client`.
    ///
    /// At most 64 characters of letters, digits, `_`, `-` and `.`; anything else is dropped.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The request id that the endpoint gave its answer, for a talk with the vendor.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// How long the endpoint asks to wait, from `Retry-After` in either form.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// True if a later request may well succeed: the endpoint is down or throttling.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.status.is_server_error()
            || matches!(
                self.status,
                StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
            )
            || self.code().is_some_and(is_passing_code)
    }

    /// True if the endpoint refused whoever asked: 401, 403, or `invalid_client`.
    ///
    /// Where the token is presented as a bearer, a 401 may as well mean that it was no longer valid.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        refuses_client(Some(self.status), self.code())
    }
}

impl fmt::Display for RevocationRefusedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "token revocation at {} was refused", self.target)?;
        write_facts(
            f,
            Some(self.status),
            self.code(),
            self.request_id.as_deref(),
        )
    }
}

impl std::error::Error for RevocationRefusedError {}
