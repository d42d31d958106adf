//! What the typed errors of the four services mean.
//!
//! Each service has errors of its own under the same names, with their code under another name each ("Errors,
//! Warnings and Limits" on docs.altrata.com). [`Refusal`] is what they share; build.rs says which fields hold
//! it.

use sdk_graphql::{Error, ErrorClass, GraphqlError, Refusal, RefusedError};

use crate::service::is_withheld;

/// A refusal of a type by its name.
pub fn refusal(kind: &str) -> Refusal {
    let class = match kind {
        "AuthorizationError" => ErrorClass::Forbidden,
        "ValidationError" => ErrorClass::InvalidInput,
        // Today these are `EntityNotFoundError`, `SourceNotFoundError`, `TargetNotFoundError` and
        // `UserNotFoundError`.
        kind if kind.ends_with("NotFoundError") => ErrorClass::NotFound,
        _ => ErrorClass::Unknown,
    };
    Refusal::new(kind, class)
}

/// Null where the result should be: nothing is there, or the subscription does not cover it.
pub(crate) fn nothing(operation: &'static str, errors: Vec<GraphqlError>) -> Error {
    let class = match errors.iter().any(is_withheld) {
        true => ErrorClass::Forbidden,
        false => ErrorClass::NotFound,
    };
    RefusedError::new(operation, Refusal::new("null", class), errors).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_their_class() {
        for (kind, class) in [
            ("AuthorizationError", ErrorClass::Forbidden),
            ("ValidationError", ErrorClass::InvalidInput),
            ("EntityNotFoundError", ErrorClass::NotFound),
            ("UserNotFoundError", ErrorClass::NotFound),
            ("GenericError", ErrorClass::Unknown),
        ] {
            assert_eq!(refusal(kind).class(), class, "{kind}");
        }
    }
}
