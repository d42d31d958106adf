//! Failures before there is an answer: nothing sent, or nothing received.

use std::fmt;

use super::decode::without_values;

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
