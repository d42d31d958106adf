use http::StatusCode;
use url::Url;

use super::*;

fn token_error(failure: TokenFailure, class: FailureClass, status: Option<StatusCode>) -> Error {
    TokenRequestError::new(TokenRequestDetails {
        target: "auth.example.com/token".to_owned(),
        failure,
        class,
        status,
        code: None,
        request_id: None,
        retry_after: None,
        advice: None,
        source: None,
    })
    .into()
}

fn transport_error(failure: TransportFailure) -> Error {
    TransportError::new(TransportDetails {
        operation: "ListThings".into(),
        target: "api.example.com/graphql".to_owned(),
        failure,
        phase: Phase::ReadingAnswer,
        attempts: 3,
        source: None,
    })
    .into()
}

fn deadline_error(sent: bool) -> Error {
    DeadlineError {
        operation: "ListThings".into(),
        target: "api.example.com/graphql".to_owned(),
        phase: Phase::WaitingForToken,
        deadline: Duration::from_secs(30),
        sent,
    }
    .into()
}

fn rejected() -> Error {
    CredentialsRejectedError {
        target: "auth.example.com/token".to_owned(),
        rejected: 3,
        retry_after: Duration::from_secs(60),
    }
    .into()
}

fn not_revoked(status: StatusCode, code: Option<&str>) -> Error {
    RevocationRefusedError {
        target: "auth.example.com/revoke".to_owned(),
        status,
        code: code.map(str::to_owned),
        request_id: None,
        retry_after: None,
    }
    .into()
}

/// The answers to: transient? timeout? unauthorized? provably not sent?
#[track_caller]
fn check(error: &Error, expected: [bool; 4]) {
    let found = [
        error.is_transient(),
        error.is_timeout(),
        error.is_unauthorized(),
        error.is_unprocessed(),
    ];
    assert_eq!(found, expected, "{error}");
}

#[test]
fn predicates_follow_from_what_happened() {
    use FailureClass::{Permanent, Throttled, Transient};
    use TokenFailure::{Incomplete, Malformed, Refused};
    const YES: bool = true;
    const NO: bool = false;
    check(&ConfigError::new("url", "a URL").into(), [NO, NO, NO, YES]);
    check(
        &token_error(Refused, Permanent, Some(StatusCode::UNAUTHORIZED)),
        [NO, NO, YES, YES],
    );
    check(
        &token_error(Refused, Throttled, Some(StatusCode::TOO_MANY_REQUESTS)),
        [YES, NO, NO, YES],
    );
    check(
        &token_error(Malformed("is not JSON"), Transient, Some(StatusCode::OK)),
        [YES, NO, NO, YES],
    );
    check(
        &token_error(Incomplete, Transient, None),
        [YES, NO, NO, YES],
    );
    check(&rejected(), [NO, NO, YES, YES]);
    check(
        &not_revoked(StatusCode::BAD_REQUEST, Some("invalid_client")),
        [NO, NO, YES, NO],
    );
    check(
        &not_revoked(StatusCode::SERVICE_UNAVAILABLE, None),
        [YES, NO, NO, NO],
    );
    check(
        &transport_error(TransportFailure::NotConnected),
        [YES, NO, NO, YES],
    );
    check(
        &transport_error(TransportFailure::ConnectTimedOut),
        [YES, YES, NO, YES],
    );
    check(
        &transport_error(TransportFailure::CertificateRefused(
            CertificateProblem::Expired,
        )),
        [NO, NO, NO, YES],
    );
    check(
        &transport_error(TransportFailure::NotProcessed),
        [YES, NO, NO, YES],
    );
    check(
        &transport_error(TransportFailure::Broken),
        [YES, NO, NO, NO],
    );
    check(
        &transport_error(TransportFailure::TimedOut),
        [YES, YES, NO, NO],
    );
    check(
        &transport_error(TransportFailure::TooLarge { limit_bytes: 9 }),
        [NO, NO, NO, NO],
    );
    check(&deadline_error(false), [YES, YES, NO, YES]);
    check(&deadline_error(true), [YES, YES, NO, NO]);
}

#[test]
fn messages_are_one_clause_that_names_operation_and_host() {
    let shown = |error: Error| error.to_string();
    assert_eq!(
        shown(token_error(
            TokenFailure::Malformed("is not JSON"),
            FailureClass::Transient,
            Some(StatusCode::OK)
        )),
        "token request to auth.example.com/token got an answer that is not JSON (status 200)"
    );
    assert_eq!(
        shown(transport_error(TransportFailure::Broken)),
        "ListThings to api.example.com/graphql lost the connection while reading the answer (3 attempts)"
    );
    assert_eq!(
        shown(transport_error(TransportFailure::CertificateRefused(
            CertificateProblem::Expired
        ))),
        "ListThings to api.example.com/graphql refused the server's certificate, which has expired \
         (3 attempts); check this machine's clock, else the server's owner has to renew it"
    );
    assert_eq!(
        shown(deadline_error(true)),
        "ListThings to api.example.com/graphql passed its deadline of 30s while waiting for an access token"
    );
    assert_eq!(
        shown(not_revoked(StatusCode::BAD_REQUEST, Some("invalid_client"))),
        "token revocation at auth.example.com/revoke was refused (status 400, code invalid_client)"
    );
    assert_eq!(
        shown(rejected()),
        "the api refused 3 tokens in a row from auth.example.com/token; next try in 60s"
    );
}

#[test]
fn a_target_has_host_port_and_path_but_no_user_and_no_query() {
    let url = Url::parse("https://user:pass@example.com:8443/a/b?token=t#f").unwrap();
    assert_eq!(target(&url), "example.com:8443/a/b");
}
