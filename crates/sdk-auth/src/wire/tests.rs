use std::time::{Duration, SystemTime};

use http::StatusCode;

use super::*;
use crate::credentials::Credentials;
use crate::endpoint::{BodyFormat, ClientAuth, GrantType, TokenAnswer, TokenEndpoint};
use crate::error::TokenFailure;

fn endpoint() -> TokenEndpoint {
    TokenEndpoint::new("https://auth.example.com/token".parse().unwrap())
}

/// 2001-09-09T01:46:40Z
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)
}

fn read(endpoint: &TokenEndpoint, status: u16, body: &[u8]) -> Result<Granted, Refusal> {
    let credentials = Credentials::client("ada", "correct-horse");
    let status = StatusCode::from_u16(status).unwrap();
    token_response(endpoint, &credentials, status, body, now())
}

/// The lifetime read from a 200 that has `fields` beside its token; the message if it is refused.
#[track_caller]
fn check_lifetime(endpoint: &TokenEndpoint, fields: &str, expected: Result<f64, &str>) {
    let separator = if fields.is_empty() { "" } else { "," };
    let body = format!(r#"{{"access_token":"t"{separator}{fields}}}"#);
    let found = match read(endpoint, 200, body.as_bytes()) {
        Ok(granted) => Ok(granted.lifetime.as_secs_f64()),
        Err(Refusal {
            failure: TokenFailure::Malformed(what),
            ..
        }) => Err(what),
        Err(other) => panic!("{fields}: {other:?}"),
    };
    assert_eq!(found, expected, "{fields}");
}

#[test]
fn a_lifetime_is_read_in_every_form_it_comes_in() {
    let year = 365.0 * 24.0 * 3600.0;
    for (fields, expected) in [
        (r#""expires_in":3600"#, 3600.0),
        (r#""expires_in":3600.5"#, 3600.5),
        (r#""expires_in":3.6e3"#, 3600.0),
        (r#""expires_in":0.0001"#, 1.0),
        (r#""expires_in":"3600""#, 3600.0),
        (r#""expires_in":" 3600.0 ""#, 3600.0),
        (r#""expires_in":1e99"#, year),
        (r#""expires_in":"99999999999999999999""#, year),
        (r#""expires_in":18446744073709551615"#, year),
        (r#""expires_in":null"#, 300.0),
        ("", 300.0),
        (r#""expires_in":1,"expires_in":2"#, 2.0),
    ] {
        check_lifetime(&endpoint(), fields, Ok(expected));
    }
}

#[test]
fn a_lifetime_that_is_none_is_refused() {
    const NOT_A_NUMBER: &str = "has a lifetime that is not a number of seconds";
    const OVER: &str = "has a token that has expired already";
    for fields in [
        r#""expires_in":"soon""#,
        r#""expires_in":"""#,
        r#""expires_in":"NaN""#,
        r#""expires_in":"inf""#,
        r#""expires_in":true"#,
        r#""expires_in":[3600]"#,
        r#""expires_in":{}"#,
    ] {
        check_lifetime(&endpoint(), fields, Err(NOT_A_NUMBER));
    }
    for fields in [
        r#""expires_in":0"#,
        r#""expires_in":-1"#,
        r#""expires_in":-1e99"#,
        r#""expires_in":"-5""#,
    ] {
        check_lifetime(&endpoint(), fields, Err(OVER));
    }
}

#[test]
fn a_time_of_expiry_is_read_against_the_vendors_clock() {
    let endpoint = endpoint().answer(TokenAnswer::default().expires_at("expiry"));
    for (fields, expected) in [
        (r#""expiry":"2001-09-09T02:46:40Z""#, Ok(3600.0)),
        (r#""expiry":"2001-09-09T04:46:40+02:00""#, Ok(3600.0)),
        (r#""expiry":"2001-09-09T02:46:40.500Z""#, Ok(3600.5)),
        (r#""expiry":1000003600"#, Ok(3600.0)),
        (r#""expiry":"1000003600""#, Ok(3600.0)),
        (r#""expiry":1000003600000"#, Ok(3600.0)),
        (r#""expiry":"1000003600500""#, Ok(3600.5)),
        (
            r#""expiry":"1969-12-31T23:59:59Z""#,
            Err("has a token that has expired already"),
        ),
        (
            r#""expiry":"tomorrow""#,
            Err("has a time of expiry that is not a time"),
        ),
        (
            r#""expires_in":60,"expiry":"2001-09-09T02:46:40Z""#,
            Ok(60.0),
        ),
        ("", Ok(300.0)),
    ] {
        check_lifetime(&endpoint, fields, expected);
    }
}

#[test]
fn a_missing_lifetime_is_the_default_or_the_requested_one_if_that_is_shorter() {
    let hour = Duration::from_secs(3600);
    let endpoint = endpoint().answer(TokenAnswer::default().default_lifetime(hour));
    check_lifetime(&endpoint, "", Ok(3600.0));
    check_lifetime(
        &endpoint.clone().requested_expiry("expiry", 8 * hour),
        "",
        Ok(3600.0),
    );
    check_lifetime(
        &endpoint.requested_expiry("expiry", hour / 2),
        "",
        Ok(1800.0),
    );
}

#[test]
fn the_end_of_a_jwt_counts_only_on_request_and_only_if_the_answer_states_none() {
    use base64::Engine as _;

    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(r#"{"exp":1000000090}"#);
    let lifetime = |answer: TokenAnswer, fields: &str| {
        let body = format!(r#"{{"access_token":"e30.{claims}.c2ln"{fields}}}"#);
        let granted = read(&endpoint().answer(answer), 200, body.as_bytes()).unwrap();
        granted.lifetime.as_secs()
    };
    let default = TokenAnswer::default();
    assert_eq!(lifetime(default.clone(), ""), 300);
    assert_eq!(lifetime(default.clone().or_expiry_of_jwt(), ""), 90);
    assert_eq!(
        lifetime(default.or_expiry_of_jwt(), r#","expires_in":60"#),
        60
    );
}

#[track_caller]
fn check_refused(status: u16, body: &[u8], failure: TokenFailure, code: Option<&str>) {
    let refusal = read(&endpoint(), status, body).unwrap_err();
    let text = String::from_utf8_lossy(body);
    assert_eq!(
        (refusal.failure, refusal.code.as_deref()),
        (failure, code),
        "{status} {text}"
    );
}

#[test]
fn error_answers_keep_their_code_if_it_looks_like_one() {
    let refused = |status, body: &str, code| {
        check_refused(status, body.as_bytes(), TokenFailure::Refused, code);
    };
    refused(401, r#"{"error":"invalid_client"}"#, Some("invalid_client"));
    refused(
        400,
        r#"{"error":"invalid_grant","access_token":"t"}"#,
        Some("invalid_grant"),
    );
    refused(200, r#"{"error":"invalid_client"}"#, Some("invalid_client"));
    refused(200, r#"{"error":"x","access_token":"t"}"#, Some("x"));
    refused(200, r#"{"error":{"code":7}}"#, None);
    refused(500, "<html>oops</html>", None);
    refused(401, "", None);
    refused(401, "[]", None);
    refused(400, r#"{"error":"two words"}"#, None);
    refused(400, r#"{"error":"secret=correct-horse"}"#, None);
    refused(400, r#"{"error":"bad.correct-horse.bad"}"#, None);
    refused(400, &format!(r#"{{"error":"{}"}}"#, "x".repeat(65)), None);
    refused(302, r#"{"access_token":"t"}"#, None);
}

#[test]
fn answers_that_are_no_token_response_say_what_is_wrong_with_them() {
    let malformed = |body: &[u8], what| {
        check_refused(200, body, TokenFailure::Malformed(what), None);
    };
    const HEADER: &str = "has a token with characters that no header may carry";
    malformed(b"<html>Sign in to the hotel network</html>", "is not JSON");
    malformed(b"", "is not JSON");
    malformed(br#"{"access_token":"t""#, "is not JSON");
    malformed(b"\xff\xfe", "is not JSON");
    malformed(br#""t""#, "is not a JSON object");
    malformed(b"[]", "is not a JSON object");
    malformed(b"{}", "has no token");
    malformed(br#"{"access_token":null}"#, "has no token");
    malformed(br#"{"access_token":7}"#, "has a token that is not text");
    malformed(br#"{"access_token":""}"#, "has an empty token");
    malformed(br#"{"access_token":"a\nb"}"#, HEADER);
    malformed(br#"{"access_token":"a\r\nx-evil: 1"}"#, HEADER);
    malformed(br#"{"access_token":"a b"}"#, HEADER);
    malformed("{\"access_token\":\"\u{e9}\"}".as_bytes(), HEADER);
    malformed(
        br#"{"access_token":"t","token_type":"mac"}"#,
        "has a token type other than Bearer",
    );
    malformed(
        br#"{"access_token":"t","token_type":1}"#,
        "has a token type other than Bearer",
    );
    let large = format!(r#"{{"access_token":"{}"}}"#, "t".repeat(16 * 1024 + 1));
    malformed(large.as_bytes(), "has a token of more than 16 KiB");
    let deep = "[".repeat(60_000);
    malformed(deep.as_bytes(), "is not JSON");
}

#[test]
fn the_token_type_may_be_missing_and_its_case_does_not_matter() {
    for kind in ["", r#","token_type":"Bearer""#, r#","token_type":"bEARER""#] {
        let body = format!(r#"{{"access_token":"abc/+=.-_~"{kind}}}"#);
        assert_eq!(
            *read(&endpoint(), 201, body.as_bytes()).unwrap().token,
            "abc/+=.-_~"
        );
    }
    assert!(
        read(
            &endpoint(),
            200,
            br#"{"access_token":"t","token_type":null}"#
        )
        .is_ok()
    );
}

#[test]
fn a_tolerant_endpoint_may_answer_with_another_field_or_the_bare_token() {
    let tolerant = TokenAnswer::default()
        .token_fields(["token", "jwt"])
        .or_bare_token();
    let endpoint = endpoint().answer(tolerant);
    let token = "eyJh.eyJz-_~.Qw+/==";
    for body in [
        format!(r#"{{"jwt":"{token}"}}"#),
        format!(r#"{{"token":null,"jwt":"{token}"}}"#),
        format!(r#""{token}""#),
        token.to_owned(),
        format!(" {token}\n"),
    ] {
        assert_eq!(
            *read(&endpoint, 200, body.as_bytes()).unwrap().token,
            token,
            "{body}"
        );
    }
}

#[test]
fn pages_words_and_cut_off_answers_are_no_bare_tokens() {
    let endpoint = endpoint().answer(TokenAnswer::default().or_bare_token());
    for body in [
        "<html>Sign in</html> now",
        "<html>oops</html>",
        "<!DOCTYPE",
        "",
        "\u{e9}",
        "Unauthorized",
        r#""Unauthorized""#,
        "ServiceTemporarilyUnavailable",
        "Error-502",
        "error=invalid_client&error_description=x",
        r#"{"access_token":"abc"#,
        r#"{"access_token":"abcdefgh12345678","expires_in":36"#,
        r#""abcdefgh12345678"#,
        "\"\"",
        "=====================",
    ] {
        let refusal = read(&endpoint, 200, body.as_bytes()).unwrap_err();
        assert!(
            matches!(refusal.failure, TokenFailure::Malformed(_)),
            "{body}: {refusal:?}"
        );
    }
}

#[test]
fn a_granted_token_never_prints_itself() {
    let granted = read(&endpoint(), 200, br#"{"access_token":"canary"}"#).unwrap();
    assert_eq!(format!("{granted:?}"), "Granted { lifetime: 300s, .. }");
}

/// The Basic header, decoded.
fn basic(client_auth: ClientAuth, id: &str, secret: &str) -> Option<String> {
    use base64::Engine as _;
    let endpoint = endpoint().client_auth(client_auth);
    let request = token_request(&endpoint, &Credentials::client(id, secret), now()).ok()?;
    let header = request.headers.get("authorization")?;
    assert!(header.is_sensitive());
    let pair = header.to_str().unwrap().strip_prefix("Basic ").unwrap();
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(pair)
        .unwrap();
    Some(String::from_utf8(bytes).unwrap())
}

#[test]
fn basic_is_sent_raw_or_form_encoded_and_a_raw_id_may_hold_no_colon() {
    let (raw, encoded) = (ClientAuth::Basic, ClientAuth::BasicFormEncoded);
    assert_eq!(
        basic(raw.clone(), "ada", "p%+ :é").as_deref(),
        Some("ada:p%+ :é")
    );
    assert_eq!(
        basic(encoded.clone(), "ada:1", "p%+ :é").as_deref(),
        Some("ada%3A1:p%25%2B+%3A%C3%A9")
    );
    assert_eq!(basic(raw, "ada:1", "x"), None);
    assert_eq!(basic(encoded, "", "").as_deref(), Some(":"));
}

#[test]
fn bodies_escape_whatever_the_credentials_hold() {
    let credentials = Credentials::client("a&b=\"c\"", "d\\e\u{0}\né+");
    let body = |format| {
        let endpoint = endpoint().body(format).client_auth(ClientAuth::in_body());
        token_request(&endpoint, &credentials, now()).unwrap().body
    };
    let json: serde_json::Value = serde_json::from_slice(&body(BodyFormat::Json)).unwrap();
    assert_eq!(json["client_id"], "a&b=\"c\"");
    assert_eq!(json["client_secret"], "d\\e\u{0}\né+");
    assert_eq!(
        body(BodyFormat::Form),
        "grant_type=client_credentials&client_id=a%26b%3D%22c%22&client_secret=d%5Ce%00%0A%C3%A9%2B"
    );
}

#[test]
fn an_empty_body_with_fields_to_send_is_refused() {
    let empty = endpoint().body(BodyFormat::Empty);
    let build = |endpoint: &TokenEndpoint| {
        token_request(endpoint, &Credentials::client("ada", "x"), now()).map(|_| ())
    };
    assert!(build(&empty).is_err(), "the grant type stands in the body");
    let in_query = empty.grant_type(GrantType::Query);
    assert!(build(&in_query).is_ok());
    assert!(build(&in_query.clone().client_auth(ClientAuth::in_body())).is_err());
    assert!(build(&in_query.audience("x")).is_err());
}

#[test]
fn a_grant_type_in_the_query_joins_what_is_there() {
    let endpoint = endpoint()
        .at("https://auth.example.com/token?v=2".parse().unwrap())
        .grant_type(GrantType::Query);
    let request = token_request(&endpoint, &Credentials::client("ada", "x"), now()).unwrap();
    assert_eq!(
        request.url.query(),
        Some("v=2&grant_type=client_credentials")
    );
}

#[test]
fn a_requested_expiry_without_a_date_is_refused() {
    let build = |lifetime| {
        let endpoint = endpoint().requested_expiry("expiry", lifetime);
        token_request(&endpoint, &Credentials::client("ada", "x"), now())
            .map(|request| request.body)
    };
    let body = build(Duration::from_micros(3_600_000_001)).unwrap();
    assert_eq!(
        body,
        "grant_type=client_credentials&expiry=2001-09-09T02%3A46%3A40.000001Z"
    );
    assert!(build(Duration::from_secs(10_000_000_000_000)).is_err());
    assert!(build(Duration::MAX).is_err());
}
