//! The one thing that is ever read inside a token: when it ends, for vendors that state it nowhere else.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use zeroize::Zeroizing;

/// The claims of a JWT (RFC 7519, section 4.1.4), as far as they matter here.
#[derive(Deserialize)]
struct Claims {
    exp: f64,
}

/// How long a JWT has left at `now`; `None` if it is none, shows no end, or has ended by this clock.
///
/// The signature is not checked: the token came over TLS from whoever made it, and a wrong time costs one
/// refused call.
pub(super) fn remaining(token: &str, now: SystemTime) -> Option<Duration> {
    let mut parts = token.split('.');
    let (_, claims, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    let claims = Zeroizing::new(URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?);
    let Claims { exp } = serde_json::from_slice(&claims).ok()?;
    let ends = Duration::try_from_secs_f64(exp).ok()?;
    let passed = now.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    ends.checked_sub(passed).filter(|left| !left.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(claims: &str, expected_secs: Option<u64>) {
        let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        let expected = expected_secs.map(Duration::from_secs);
        assert_eq!(remaining(&token, now), expected, "{claims}");
    }

    #[test]
    fn the_end_of_a_jwt_is_read_and_nothing_else_is_needed() {
        check(r#"{"exp":1060}"#, Some(60));
        check(r#"{"sub":"ada","exp":4600.0,"roles":[]}"#, Some(3600));
    }

    #[test]
    fn a_token_that_shows_no_end_ahead_is_a_token_like_any_other() {
        check(r#"{"exp":1000}"#, None);
        check(r#"{"exp":-1}"#, None);
        check(r#"{"exp":"soon"}"#, None);
        check(r#"{"iat":1000}"#, None);
        check("[]", None);
        check("no json", None);
        let now = SystemTime::UNIX_EPOCH;
        for token in ["opaque", "a.b", "a.?.c", "a.b.c.d", "..", "a.e30=.c"] {
            assert_eq!(remaining(token, now), None, "{token}");
        }
    }
}
