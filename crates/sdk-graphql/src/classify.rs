//! What an error means: one class for each, from codes and statuses.

use http::StatusCode;

use crate::GraphqlError;

/// What kind of failure an error reports, whatever the vendor calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// The token or the credentials were refused. Check the client id and secret.
    Unauthorized,
    /// The account may not do this. Ask the vendor for the permission; asking again changes nothing.
    Forbidden,
    /// The thing named by an id is not there, or not visible to this account.
    NotFound,
    /// Someone else changed the thing meanwhile. Read it again and reapply the change.
    Conflict,
    /// The document or a variable is wrong. The message says which.
    InvalidInput,
    /// Too many requests. Wait for `retry_after`.
    RateLimited,
    /// A deprecated member was used; the data beside the error is usable.
    Deprecated,
    /// The server failed. A query may be tried again.
    Internal,
    /// The server gave no code, or one that is not known here.
    Unknown,
}

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

impl ErrorClass {
    /// The class of a status that came without a GraphQL response.
    pub fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            409 | 412 => Self::Conflict,
            429 => Self::RateLimited,
            400..=499 => Self::InvalidInput,
            500..=599 => Self::Internal,
            _ => Self::Unknown,
        }
    }

    /// What to do next, as one clause.
    pub(crate) const fn advice(self) -> Option<&'static str> {
        match self {
            Self::Unauthorized => Some("check the credentials and what they are valid for"),
            Self::Forbidden => Some("ask the vendor to grant this account the permission"),
            Self::NotFound => Some("check the id, and that this account may see it"),
            Self::Conflict => Some("read it again and reapply the change"),
            Self::RateLimited => Some("slow down and try again later"),
            Self::Internal => Some("try again later, or ask for less at once"),
            Self::InvalidInput | Self::Deprecated | Self::Unknown => None,
        }
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

    #[test]
    fn statuses_name_their_class() {
        for (status, class) in [
            (400, ErrorClass::InvalidInput),
            (401, ErrorClass::Unauthorized),
            (403, ErrorClass::Forbidden),
            (404, ErrorClass::NotFound),
            (409, ErrorClass::Conflict),
            (429, ErrorClass::RateLimited),
            (502, ErrorClass::Internal),
            (302, ErrorClass::Unknown),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(ErrorClass::of_status(status), class, "{status}");
        }
    }
}
