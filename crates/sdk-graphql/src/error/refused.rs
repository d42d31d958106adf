//! Refusals by the server, as members of the data.

use std::fmt;

use crate::{ErrorClass, GraphqlError, Refusal};

/// A typed error in the data, in place of the result.
///
/// `Display` shows its kind, code and correlation id, and not its message, which is the server's own
/// text and may repeat what it was sent.
#[derive(Debug, Clone)]
pub struct RefusedError(Box<RefusedDetails>);

#[derive(Debug, Clone)]
struct RefusedDetails {
    operation: &'static str,
    refusal: Refusal,
    errors: Vec<GraphqlError>,
}

impl RefusedError {
    /// A refusal of an operation, with the errors that came beside it.
    pub fn new(operation: &'static str, refusal: Refusal, errors: Vec<GraphqlError>) -> Self {
        Self(Box::new(RefusedDetails {
            operation,
            refusal,
            errors,
        }))
    }

    /// The operation's name.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// What the server said.
    pub fn refusal(&self) -> &Refusal {
        &self.0.refusal
    }

    /// What the refusal means.
    pub fn class(&self) -> ErrorClass {
        self.0.refusal.class()
    }

    /// The errors that came beside the data; mostly empty.
    pub fn errors(&self) -> &[GraphqlError] {
        &self.0.errors
    }
}

impl fmt::Display for RefusedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refusal = &self.0.refusal;
        write!(
            f,
            "{}: the server answers with `{}`",
            self.0.operation,
            refusal.kind()
        )?;
        if let Some(code) = refusal.code() {
            write!(f, ", code `{code}`")?;
        }
        if let Some(id) = refusal.correlation_id() {
            write!(f, ", correlation id `{id}`")?;
        }
        let advice = refusal.class().advice();
        advice.map_or(Ok(()), |advice| write!(f, "; {advice}"))
    }
}

impl std::error::Error for RefusedError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_its_kind_and_its_ids_and_quotes_no_message() {
        let refusal = Refusal::new("ValidationError", ErrorClass::Forbidden)
            .with_code(Some("E1".to_owned()))
            .with_message(Some("canary".to_owned()))
            .with_correlation_id(Some("abc".to_owned()));
        let error = RefusedError::new("GetPerson", refusal, Vec::new());
        assert_eq!(
            error.to_string(),
            "GetPerson: the server answers with `ValidationError`, code `E1`, correlation id `abc`; \
             ask the vendor to grant this account the permission"
        );
        assert_eq!(error.refusal().message(), Some("canary"));
    }
}
