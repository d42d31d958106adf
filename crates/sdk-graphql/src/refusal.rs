//! Errors that a vendor puts into the data, as members of a result union.

use crate::ErrorClass;

/// A typed error that stands in the data where the result should be.
///
/// Vendors that answer with unions name and shape such errors each in their own way; this is what they
/// have in common. An operation finds it in its data with
/// [`Operation::refusal`](crate::Operation::refusal).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    kind: String,
    class: ErrorClass,
    code: Option<String>,
    message: Option<String>,
    correlation_id: Option<String>,
}

impl Refusal {
    /// A refusal by the name of its type, such as `ValidationError`.
    pub fn new(kind: impl Into<String>, class: ErrorClass) -> Self {
        Self {
            kind: kind.into(),
            class,
            code: None,
            message: None,
            correlation_id: None,
        }
    }

    /// Sets the vendor's code.
    #[must_use]
    pub fn with_code(mut self, code: Option<String>) -> Self {
        self.code = code;
        self
    }

    /// Sets the vendor's message.
    #[must_use]
    pub fn with_message(mut self, message: Option<String>) -> Self {
        self.message = message;
        self
    }

    /// Sets the vendor's id of the request.
    #[must_use]
    pub fn with_correlation_id(mut self, id: Option<String>) -> Self {
        self.correlation_id = id;
        self
    }

    /// The name of the error's type.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// What the error means.
    pub fn class(&self) -> ErrorClass {
        self.class
    }

    /// The vendor's code, where the operation selects one and the server gave it.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The vendor's message, where the operation selects one and the server gave it.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// What to quote to the vendor's support, where the operation selects it and the server gave it.
    pub fn correlation_id(&self) -> Option<&str> {
        self.correlation_id.as_deref()
    }
}
