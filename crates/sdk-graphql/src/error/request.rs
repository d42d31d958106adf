//! Operations that are not sent at all.

use std::fmt;

use sdk_auth::answer::without_values;

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
