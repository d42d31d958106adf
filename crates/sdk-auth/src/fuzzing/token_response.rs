//! Answers of token endpoints.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::auth_server::request_id;
use crate::credentials::Credentials;
use crate::endpoint::{TokenAnswer, TokenEndpoint};
use crate::error::TokenFailure;
use crate::wire::{self, Granted, Refusal};

const SECRET: &str = "canary-secret";
const API_KEY: &str = "canary-key";

const STATUSES: [u16; 8] = [200, 201, 400, 401, 403, 429, 500, 503];

/// The endpoint's clock, in seconds since 1970: its start, a time of ours, and the last that HTTP can tell.
const CLOCKS: [u64; 3] = [0, 1_800_000_000, 253_402_300_799];

/// The first three bytes choose dialect, status and clock; the rest is the body.
///
/// An answer is a token that a header can carry, taken from the body, with a lifetime from a second to a
/// year, and reads the same in plain words; or it is a refusal that tells no secret.
///
/// # Panics
///
/// When that does not hold.
pub fn token_response(bytes: &[u8]) {
    let [dialect, status, clock, body @ ..] = bytes else {
        return;
    };
    let endpoint = dialect_of(*dialect);
    let status = choose(&STATUSES, *status);
    let status = StatusCode::from_u16(status).unwrap_or_default();
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(choose(&CLOCKS, *clock));
    let credentials = Credentials::service_user("ada", SECRET, API_KEY);
    let answer = wire::token_response(&endpoint, &credentials, status, body, now);
    match &answer {
        Ok(granted) => {
            assert!(status.is_success(), "a token from an answer with {status}");
            grants(granted, body);
            let other = Granted {
                token: String::new().into(),
                lifetime: granted.lifetime,
            };
            assert_eq!(format!("{granted:?}"), format!("{other:?}"));
        }
        Err(refusal) => refuses(refusal, status, body),
    }
    names_no_secret(body, &credentials);
}

fn choose<T: Copy>(from: &[T], byte: u8) -> T {
    from[usize::from(byte) % from.len()]
}

/// The ways in which vendors answer, each with all that it allows.
fn dialect_of(byte: u8) -> TokenEndpoint {
    let answer = match byte % 5 {
        0 => TokenAnswer::default(),
        1 => TokenAnswer::default()
            .token_fields(["accessToken", "access_token", "token"])
            .or_bare_token()
            .expires_at("expiry")
            .or_expiry_of_jwt()
            .default_lifetime(Duration::from_secs(3600)),
        2 => TokenAnswer::default()
            .expires_in("expiresIn")
            .expires_at("expires_at"),
        3 => TokenAnswer::default().or_bare_token(),
        _ => TokenAnswer::default().default_lifetime(Duration::MAX),
    };
    let endpoint = plain().answer(answer);
    match byte % 2 {
        0 => endpoint,
        _ => endpoint.requested_expiry("expiry", Duration::from_secs(u64::MAX)),
    }
}

/// As RFC 6749 has it.
fn plain() -> TokenEndpoint {
    TokenEndpoint::new("https://auth.example.com/token".parse().expect("a URL"))
}

fn grants(granted: &Granted, body: &[u8]) {
    let Granted { token, lifetime } = granted;
    assert!(HeaderValue::from_str(token).is_ok_and(|value| !value.is_empty()));
    assert!(token.len() <= 16 * 1024);
    assert!((Duration::from_secs(1)..=Duration::from_secs(365 * 86_400)).contains(lifetime));
    let text = std::str::from_utf8(body).unwrap_or_default();
    let said = serde_json::from_str::<Value>(text);
    let is_said = said.is_ok_and(|value| match &value {
        Value::String(text) => text == token.as_str(),
        Value::Object(fields) => fields.values().any(|it| it == token.as_str()),
        _ => false,
    });
    assert!(
        is_said || text.trim() == token.as_str(),
        "a token from nowhere"
    );

    let in_words = json!({
        "access_token": token.as_str(),
        "token_type": "BEARER",
        "expires_in": lifetime.as_secs_f64(),
    });
    let nobody = Credentials::client("", "");
    let now = SystemTime::UNIX_EPOCH;
    let body = in_words.to_string();
    let again = wire::token_response(&plain(), &nobody, StatusCode::OK, body.as_bytes(), now)
        .expect("what was a token is one");
    assert_eq!(*again.token, **token);
    assert!(again.lifetime.abs_diff(*lifetime) < Duration::from_millis(1));
}

fn refuses(refusal: &Refusal, status: StatusCode, body: &[u8]) {
    let Refusal { failure, code } = refusal;
    assert!(status.is_success() || *failure == TokenFailure::Refused);
    let shown = format!("{failure:?} {code:?}");
    assert!(
        !shown.contains(SECRET) && !shown.contains(API_KEY),
        "{shown}"
    );
    if let Some(code) = code {
        let body: Value = serde_json::from_slice(body).expect("a code stands in JSON");
        assert_eq!(
            body.get("error").and_then(Value::as_str),
            Some(code.as_str())
        );
        assert!(code.len() <= 64 && code.is_ascii() && !code.contains(char::is_whitespace));
    }
}

/// The id of a request is text of the server, which errors repeat.
fn names_no_secret(text: &[u8], credentials: &Credentials) {
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_bytes(text) {
        headers.insert("x-request-id", value);
    }
    if let Some(id) = request_id(&headers, |id| credentials.are_quoted_in(id)) {
        assert!(id.len() <= 128 && !id.contains(SECRET) && !id.contains(API_KEY));
        assert!(id.bytes().all(|byte| byte.is_ascii_graphic()));
    }
}
