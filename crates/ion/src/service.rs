//! Everything peculiar about ION's servers, as data.

use http::StatusCode;
use sdk_auth::{BodyFormat, ClientAuth, TokenEndpoint};
use sdk_graphql::{Classification, ErrorClass, GraphqlError, Service, classify_standard};
use url::Url;

use crate::RealmPath;

/// A token request to the realm of the API keys: a form with the credentials in it ("Access tokens").
///
/// The vendor's scripts send an `audience`, its command line example does not; both get a token. The
/// realm is at either of two paths, and a host that has it at the other one answers with 404.
pub(crate) fn token_endpoint(url: Url, audience: Option<String>) -> TokenEndpoint {
    let other = RealmPath::other_than(url.path());
    let mut endpoint = TokenEndpoint::new(url)
        .body(BodyFormat::Form)
        .client_auth(ClientAuth::in_body());
    if let Some(other) = other {
        endpoint = endpoint.advice(StatusCode::NOT_FOUND, other.advice());
    }
    match audience {
        Some(audience) => endpoint.audience(audience),
        None => endpoint,
    }
}

/// The GraphQL endpoint with its reading of errors.
pub(crate) fn graphql_service(url: Url) -> Service {
    Service::new("", url)
        .classifier(classify)
        // Requests are cut off after 30 seconds, which a list without `first` can exceed ("Pagination").
        .advice(StatusCode::BAD_GATEWAY, "ask for a smaller page")
}

/// What a message says, where no code does: the vendor documents no `extensions`.
///
/// The texts are those of the vendor's pages "Error codes" and "Authentication overview", and of
/// public scripts that ran against production.
const MESSAGES: &[(&str, ErrorClass)] = &[
    ("etag does not match", ErrorClass::Conflict),
    ("concurrency_error", ErrorClass::Conflict),
    ("does not have permission", ErrorClass::Forbidden),
    (
        "please provide proper credentials",
        ErrorClass::Unauthorized,
    ),
    (
        "unable to parse authentication token",
        ErrorClass::Unauthorized,
    ),
    (
        "unable to find appropriate rsa key",
        ErrorClass::Unauthorized,
    ),
    (
        "unable to validate authentication token",
        ErrorClass::Unauthorized,
    ),
    ("token is expired", ErrorClass::Unauthorized),
    ("already exists", ErrorClass::InvalidInput),
    ("not unique", ErrorClass::InvalidInput),
    ("non-inventoried part", ErrorClass::InvalidInput),
];

fn classify(error: &GraphqlError) -> Classification {
    let standard = classify_standard(error);
    if error.code() == Some("CONCURRENCY_ERROR") {
        return Classification {
            class: ErrorClass::Conflict,
            ..standard
        };
    }
    if standard.class != ErrorClass::Unknown {
        return standard;
    }
    let message = error.message.to_lowercase();
    let known = MESSAGES.iter().find(|(text, _)| message.contains(text));
    Classification {
        class: known.map_or(ErrorClass::Unknown, |(_, class)| *class),
        ..standard
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_and_codes_have_their_class() {
        for (message, code, class) in [
            ("Etag does not match", None, ErrorClass::Conflict),
            (
                "CONCURRENCY_ERROR: Etag does not match.",
                None,
                ErrorClass::Conflict,
            ),
            ("anything", Some("CONCURRENCY_ERROR"), ErrorClass::Conflict),
            (
                "User does not have permission to update this resource.",
                None,
                ErrorClass::Forbidden,
            ),
            ("Token is expired.", None, ErrorClass::Unauthorized),
            (
                "Part with this number already exists",
                None,
                ErrorClass::InvalidInput,
            ),
            ("Scan the torque wrench first", None, ErrorClass::Unknown),
            (
                "Etag does not match",
                Some("NOT_FOUND"),
                ErrorClass::NotFound,
            ),
        ] {
            let error = serde_json::json!({"message": message, "extensions": {"code": code}});
            let error: GraphqlError = serde_json::from_value(error).unwrap();
            assert_eq!(classify(&error).class, class, "{message} {code:?}");
        }
    }
}
