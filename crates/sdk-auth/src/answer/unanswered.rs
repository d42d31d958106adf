//! Operations that got no answer.

use std::fmt;

/// No token could be had, or no answer came.
#[derive(Debug, Clone)]
pub struct AuthError {
    operation: &'static str,
    cause: Box<crate::Error>,
}

impl AuthError {
    /// What kept `operation` from an answer; the name is empty when a client could not be set up.
    #[must_use]
    pub fn new(operation: &'static str, cause: crate::Error) -> Self {
        let cause = Box::new(cause);
        Self { operation, cause }
    }

    /// The operation's name; empty when the client itself could not be set up.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// What went wrong, with its own predicates.
    #[must_use]
    pub fn cause(&self) -> &crate::Error {
        &self.cause
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.cause {
            // These name the operation themselves; the others may be shared by several.
            crate::Error::Transport(_) | crate::Error::Deadline(_) => {}
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
