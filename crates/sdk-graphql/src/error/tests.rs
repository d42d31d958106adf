use http::{HeaderMap, HeaderValue, StatusCode};
use sdk_auth::Reply;
use serde_json::{Map, json};

use super::*;
use crate::PathSegment;

fn graphql(class: ErrorClass, errors: serde_json::Value) -> GraphqlErrors {
    GraphqlErrors(Box::new(GraphqlErrorsDetails {
        operation: "ListFindings",
        status: StatusCode::OK,
        class,
        had_data: false,
        errors: serde_json::from_value(errors).unwrap(),
        extensions: Map::new(),
        retry_after: None,
    }))
}

fn status(code: u16) -> StatusError {
    let mut headers = HeaderMap::new();
    headers.insert("x-request-id", HeaderValue::from_static("abc"));
    if code == 429 {
        headers.insert("retry-after", HeaderValue::from_static("7"));
    }
    let reply = Reply::new(
        StatusCode::from_u16(code).unwrap(),
        headers,
        "a body with token-canary",
    );
    StatusError::new("ListFindings", "vendor.example", &reply)
}

#[test]
fn messages_name_the_operation_and_say_what_to_do_next() {
    for (error, expected) in [
        (
            Error::from(status(403)),
            "ListFindings: vendor.example answered 403 Forbidden (request abc); \
             ask the vendor to grant this account the permission",
        ),
        (
            Error::from(status(429)),
            "ListFindings: vendor.example answered 429 Too Many Requests (request abc), \
             retry after 7 s; slow down and try again later",
        ),
        (
            graphql(
                ErrorClass::Unknown,
                json!([{"message": "no such thing", "path": ["a", 3, "b"]}, {"message": "x"}]),
            )
            .into(),
            "ListFindings: the server reports `no such thing (at a[3].b)` and 1 more",
        ),
    ] {
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.operation(), "ListFindings");
    }
}

#[test]
fn the_body_of_a_status_is_in_no_message() {
    let error = Error::from(status(500));
    assert!(!format!("{error} {error:?}").contains("canary"));
    let Error::Status(details) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(details.body(), "a body with token-canary");
}

#[test]
fn retryable_is_this_table() {
    for (error, retryable) in [
        (Error::from(status(400)), false),
        (Error::from(status(401)), false),
        (Error::from(status(403)), false),
        (Error::from(status(404)), false),
        (Error::from(status(408)), true),
        (Error::from(status(429)), true),
        (Error::from(status(500)), true),
        (Error::from(status(501)), false),
        (Error::from(status(502)), true),
        (Error::from(status(503)), true),
        (Error::from(status(504)), true),
        (graphql(ErrorClass::RateLimited, json!([])).into(), true),
        (graphql(ErrorClass::Internal, json!([])).into(), true),
        (graphql(ErrorClass::Conflict, json!([])).into(), false),
        (graphql(ErrorClass::Unknown, json!([])).into(), false),
    ] {
        assert_eq!(error.is_retryable(), retryable, "{error}");
    }
}

#[test]
fn predicates_follow_the_class() {
    assert!(Error::from(status(401)).is_unauthorized());
    assert!(Error::from(status(403)).is_forbidden());
    assert!(Error::from(status(404)).is_not_found());
    assert!(Error::from(status(409)).is_conflict());
    assert!(Error::from(status(429)).is_rate_limited());
    assert_eq!(
        Error::from(status(429)).retry_after(),
        Some(Duration::from_secs(7))
    );
    let conflict = Error::from(graphql(ErrorClass::Conflict, json!([{"message": "etag"}])));
    assert!(conflict.is_conflict());
    assert_eq!(conflict.graphql_errors()[0].message, "etag");
}

#[test]
fn unknown_keys_of_an_error_are_kept() {
    let errors = graphql(
        ErrorClass::Unknown,
        json!([{"message": "m", "errorType": "DEPRECATED", "path": ["a"], "code": 7}]),
    );
    let error = &errors.errors()[0];
    assert_eq!(error.other["errorType"], "DEPRECATED");
    assert_eq!(error.other["code"], 7);
    assert_eq!(error.path, [PathSegment::Key("a".to_owned())]);
}
