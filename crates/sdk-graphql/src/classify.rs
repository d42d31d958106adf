//! What a GraphQL error means: one class for each code.

pub use sdk_auth::answer::ErrorClass;

use crate::GraphqlError;

/// A classifier's answer for one error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Classification {
    /// What the error means.
    pub class: ErrorClass,
    /// Whether data that came beside the error may still be used, by [`execute_partial`].
    ///
    /// [`execute_partial`]: crate::GraphqlClient::execute_partial
    pub data_usable: bool,
}

/// Classifies by `extensions.code`, with the codes that GraphQL servers share by custom.
///
/// Data that comes beside an error is usable: by the specification an error of the whole request
/// brings none. A vendor's own classifier handles what is peculiar and hands the rest to this
/// function.
pub fn classify_standard(error: &GraphqlError) -> Classification {
    Classification {
        class: error.code().map_or(ErrorClass::Unknown, class_of_code),
        data_usable: true,
    }
}

fn class_of_code(code: &str) -> ErrorClass {
    match code {
        "UNAUTHENTICATED" | "UNAUTHORIZED" | "INVALID_TOKEN" => ErrorClass::Unauthorized,
        "FORBIDDEN" | "PERMISSION_DENIED" | "ACCESS_DENIED" => ErrorClass::Forbidden,
        "NOT_FOUND" => ErrorClass::NotFound,
        "CONFLICT" => ErrorClass::Conflict,
        "BAD_USER_INPUT"
        | "BAD_REQUEST"
        | "GRAPHQL_PARSE_FAILED"
        | "GRAPHQL_VALIDATION_FAILED"
        | "OPERATION_RESOLUTION_FAILURE" => ErrorClass::InvalidInput,
        "RATE_LIMITED" | "THROTTLED" | "TOO_MANY_REQUESTS" => ErrorClass::RateLimited,
        "INTERNAL_SERVER_ERROR" | "INTERNAL_ERROR" => ErrorClass::Internal,
        _ => ErrorClass::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: &str) -> GraphqlError {
        serde_json::from_value(serde_json::json!({
            "message": "m", "extensions": {"code": code},
        }))
        .unwrap()
    }

    #[test]
    fn codes_name_their_class() {
        for (code, class) in [
            ("UNAUTHENTICATED", ErrorClass::Unauthorized),
            ("PERMISSION_DENIED", ErrorClass::Forbidden),
            ("NOT_FOUND", ErrorClass::NotFound),
            ("CONFLICT", ErrorClass::Conflict),
            ("GRAPHQL_VALIDATION_FAILED", ErrorClass::InvalidInput),
            ("THROTTLED", ErrorClass::RateLimited),
            ("INTERNAL_SERVER_ERROR", ErrorClass::Internal),
            ("SOMETHING_NEW", ErrorClass::Unknown),
        ] {
            assert_eq!(classify_standard(&error(code)).class, class, "{code}");
        }
        assert_eq!(
            classify_standard(&GraphqlError::default()).class,
            ErrorClass::Unknown
        );
    }
}
