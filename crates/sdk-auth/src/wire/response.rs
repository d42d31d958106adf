//! From the token endpoint's answer to a token and its lifetime, or to what is wrong with it.

use std::fmt;
use std::time::{Duration, SystemTime};

use chrono::DateTime;
use http::StatusCode;
use serde_json::{Map, Value};
use zeroize::{Zeroize as _, Zeroizing};

use crate::credentials::Credentials;
use crate::endpoint::TokenEndpoint;
use crate::error::TokenFailure;
use crate::wire::jwt;

/// A token and how long it lives, counted from when it was asked for.
pub(crate) struct Granted {
    pub(crate) token: Zeroizing<String>,
    pub(crate) lifetime: Duration,
}

impl fmt::Debug for Granted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Granted")
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

/// Why an answer holds no usable token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) failure: TokenFailure,
    pub(crate) code: Option<String>,
}

impl Refusal {
    fn malformed(what: &'static str) -> Self {
        Self {
            failure: TokenFailure::Malformed(what),
            code: None,
        }
    }
}

/// Larger tokens fit no server's header limits.
const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// From here on many servers' limit on all headers together (8 KiB) is near.
const LARGE_TOKEN_BYTES: usize = 7 * 1024;

/// Plain text that is shorter is taken for an error in words; a token that can be guessed is no token.
const MIN_PLAIN_TOKEN_BYTES: usize = 16;

/// No lifetime is taken to be shorter, or every call would ask for a token of its own.
const MIN_LIFETIME: Duration = Duration::from_secs(1);

/// No lifetime is taken to be longer; a year leaves room for arithmetic on every platform's clock.
const MAX_LIFETIME: Duration = Duration::from_secs(365 * 24 * 3600);

/// An answer whose texts are wiped when it is dropped: whatever is not taken out may be a secret, too.
struct Wiped(Value);

impl Drop for Wiped {
    fn drop(&mut self) {
        wipe_texts(&mut self.0);
    }
}

/// The depth is bounded by the parser, which gives up at 128.
fn wipe_texts(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(values) => values.iter_mut().for_each(wipe_texts),
        Value::Object(fields) => fields.values_mut().for_each(wipe_texts),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Reads the answer of a token endpoint.
///
/// `vendor_now` is the time by the vendor's clock, against which a time of expiry is read.
pub(crate) fn token_response(
    endpoint: &TokenEndpoint,
    credentials: &Credentials,
    status: StatusCode,
    body: &[u8],
    vendor_now: SystemTime,
) -> Result<Granted, Refusal> {
    let quotes_secret = |text: &str| credentials.are_quoted_in(text);
    let mut parsed = serde_json::from_slice::<Value>(body).ok().map(Wiped);
    if !status.is_success() {
        let code = parsed
            .as_ref()
            .and_then(|value| error_code(value.0.as_object()?, quotes_secret));
        return Err(Refusal {
            failure: TokenFailure::Refused,
            code,
        });
    }
    let (token, lifetime) = match parsed.as_mut().map(|value| &mut value.0) {
        Some(Value::Object(answer)) => {
            // Some endpoints answer 200 with an error inside.
            if holds_an_error(answer) {
                let code = error_code(answer, quotes_secret);
                return Err(Refusal {
                    failure: TokenFailure::Refused,
                    code,
                });
            }
            let token = take_token(endpoint, answer)?;
            check_token_type(answer)?;
            (token, stated_lifetime(endpoint, answer, vendor_now)?)
        }
        Some(Value::String(token)) if endpoint.answer.bare_token => {
            let token = Zeroizing::new(std::mem::take(token));
            check_bare_token(&token)?;
            (token, None)
        }
        Some(_) => return Err(Refusal::malformed("is not a JSON object")),
        None if endpoint.answer.bare_token => {
            let text = std::str::from_utf8(body).map_err(|_| Refusal::malformed("is not text"))?;
            let text = text.trim();
            if text.len() < MIN_PLAIN_TOKEN_BYTES {
                return Err(Refusal::malformed("is a text too short for a token"));
            }
            check_bare_token(text)?;
            (Zeroizing::new(text.to_owned()), None)
        }
        None => return Err(Refusal::malformed("is not JSON")),
    };
    check_token(&token)?;
    let of_token = || {
        let shown = endpoint.answer.expiry_of_jwt;
        shown.then(|| jwt::remaining(&token, vendor_now)).flatten()
    };
    let lifetime = lifetime
        .or_else(of_token)
        .unwrap_or_else(|| assumed_lifetime(endpoint))
        .clamp(MIN_LIFETIME, MAX_LIFETIME);
    Ok(Granted { token, lifetime })
}

fn take_token(
    endpoint: &TokenEndpoint,
    answer: &mut Map<String, Value>,
) -> Result<Zeroizing<String>, Refusal> {
    for name in &endpoint.answer.token_fields {
        match answer.remove(name.as_ref()) {
            Some(Value::String(token)) => return Ok(Zeroizing::new(token)),
            Some(Value::Null) | None => {}
            Some(_) => return Err(Refusal::malformed("has a token that is not text")),
        }
    }
    Err(Refusal::malformed("has no token"))
}

/// RFC 6749, section 5.1: the type is required and its case does not matter. A missing one is tolerated.
fn check_token_type(answer: &Map<String, Value>) -> Result<(), Refusal> {
    match answer.get("token_type") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(name)) if name.eq_ignore_ascii_case("bearer") => Ok(()),
        Some(_) => Err(Refusal::malformed("has a token type other than Bearer")),
    }
}

/// Tells a token that stands alone from a page, a cut-off answer, or an error in words.
///
/// RFC 6750, section 2.1 names the characters of a token: no spaces, quotes, braces or angle brackets. Of
/// words in one piece, such as `Unauthorized`, a token differs by something other than letters.
fn check_bare_token(text: &str) -> Result<(), Refusal> {
    let padded = text.trim_end_matches('=');
    let letters_only = padded.bytes().all(|byte| byte.is_ascii_alphabetic());
    let b64token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    if padded.bytes().all(b64token) && !letters_only {
        Ok(())
    } else {
        Err(Refusal::malformed("is a text that is no token"))
    }
}

/// RFC 6750, section 2.1 allows fewer characters; all that matters here is that a header can carry them.
fn check_token(token: &str) -> Result<(), Refusal> {
    if token.is_empty() {
        return Err(Refusal::malformed("has an empty token"));
    }
    if token.len() > MAX_TOKEN_BYTES {
        return Err(Refusal::malformed("has a token of more than 16 KiB"));
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Refusal::malformed(
            "has a token with characters that no header may carry",
        ));
    }
    if token.len() > LARGE_TOKEN_BYTES {
        tracing::warn!(
            bytes = token.len(),
            "the access token is large; servers may refuse such headers"
        );
    }
    Ok(())
}

/// The lifetime that the answer states, `None` if it states none.
fn stated_lifetime(
    endpoint: &TokenEndpoint,
    answer: &Map<String, Value>,
    vendor_now: SystemTime,
) -> Result<Option<Duration>, Refusal> {
    const MALFORMED: &str = "has a lifetime that is not a number of seconds";
    const OVER: &str = "has a token that has expired already";
    let present = |name: &str| answer.get(name).filter(|value| !value.is_null());

    if let Some(value) = present(&endpoint.answer.expires_in) {
        let seconds = number(value).ok_or(Refusal::malformed(MALFORMED))?;
        return positive(seconds).map(Some).ok_or(Refusal::malformed(OVER));
    }
    if let Some(value) = endpoint.answer.expires_at.as_deref().and_then(present) {
        let at = timestamp(value).ok_or(Refusal::malformed(
            "has a time of expiry that is not a time",
        ))?;
        return positive(at - seconds_since_1970(vendor_now))
            .map(Some)
            .ok_or(Refusal::malformed(OVER));
    }
    Ok(None)
}

fn assumed_lifetime(endpoint: &TokenEndpoint) -> Duration {
    let default = endpoint.answer.default_lifetime;
    endpoint
        .requested_expiry
        .as_ref()
        .map_or(default, |expiry| expiry.lifetime.min(default))
}

/// A JSON number, or text that is one.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// Seconds as a duration; `None` if there are none left, a very long time if they are too many to count.
fn positive(seconds: f64) -> Option<Duration> {
    let longest = MAX_LIFETIME.as_secs_f64();
    (seconds > 0.0)
        .then(|| Duration::try_from_secs_f64(seconds.min(longest)).unwrap_or(MAX_LIFETIME))
}

/// Numbers beyond this one, seconds until the year 5138, are milliseconds.
const MAX_SECONDS: f64 = 1e11;

/// Seconds since 1970 from an RFC 3339 text or from a number of seconds or milliseconds.
fn timestamp(value: &Value) -> Option<f64> {
    if let Value::String(text) = value
        && let Ok(at) = DateTime::parse_from_rfc3339(text.trim())
    {
        return Some(seconds_since_1970(at.into()));
    }
    let number = number(value)?;
    Some(if number > MAX_SECONDS {
        number / 1000.0
    } else {
        number
    })
}

fn seconds_since_1970(time: SystemTime) -> f64 {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => after.as_secs_f64(),
        Err(before) => -before.duration().as_secs_f64(),
    }
}

/// True if the answer speaks of an error, whatever its status.
pub(super) fn holds_an_error(answer: &Map<String, Value>) -> bool {
    answer.get("error").is_some_and(|error| !error.is_null())
}

/// The `error` code, if it looks like one and quotes no secret.
pub(super) fn error_code(
    answer: &Map<String, Value>,
    quotes_secret: impl Fn(&str) -> bool,
) -> Option<String> {
    let code = answer.get("error")?.as_str()?;
    presentable(code, 64, quotes_secret).then(|| code.to_owned())
}

/// True for text of a server that an error message may repeat: short, plain, and without a secret.
pub(crate) fn presentable(text: &str, max: usize, quotes_secret: impl Fn(&str) -> bool) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    !text.is_empty() && text.len() <= max && text.bytes().all(plain) && !quotes_secret(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_of_an_answer_is_wiped() {
        let mut value = serde_json::json!({"a": "x", "b": [{"c": "y", "d": 1}, "z"]});
        wipe_texts(&mut value);
        assert_eq!(value.to_string(), r#"{"a":"","b":[{"c":"","d":1},""]}"#);
    }
}
