//! The waits that servers ask for.

use std::time::{Duration, SystemTime};

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::clock::Clock;
use crate::request::Delivery;
use crate::retry::{Decision, Outcome, RetryPolicy};
use crate::retry_after::{date, retry_after as wait};

/// The first line is `Retry-After`, the second `Date`.
///
/// A wait is what the two say, whatever the local clock shows where the server shows its own; nothing that
/// is done with it overflows, and no call waits longer than it may.
///
/// # Panics
///
/// When that does not hold.
pub fn retry_after(bytes: &[u8]) {
    let mut lines = bytes.splitn(2, |byte| *byte == b'\n');
    let mut headers = HeaderMap::new();
    for (name, line) in [RETRY_AFTER, DATE].into_iter().zip(&mut lines) {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.insert(name, value);
        }
    }
    let clock = Clock::system().now();
    let (now, early) = (clock.wall, SystemTime::UNIX_EPOCH);
    let (found, server) = (wait(&headers, now), date(&headers));
    if let Some(server) = server {
        assert_eq!(
            found,
            wait(&headers, early),
            "it depends on the local clock"
        );
        assert_eq!(server, again(server), "a date that reads differently");
    }
    let text = headers.get(RETRY_AFTER).and_then(|it| it.to_str().ok());
    let text = text.map(str::trim).unwrap_or_default();
    let Some(found) = found else {
        assert!(
            text.parse::<u64>().is_err() || text.starts_with('+'),
            "{text}"
        );
        return;
    };
    match httpdate::parse_http_date(text) {
        Ok(until) => {
            let from = server.unwrap_or(now);
            assert_eq!(found, until.duration_since(from).unwrap_or_default());
            assert_eq!(until, again(until), "a date that reads differently");
        }
        Err(_) => assert!(text.bytes().all(|byte| byte.is_ascii_digit()), "{text}"),
    }
    let later = clock.after(found);
    assert!(later.wall >= clock.wall && later.monotonic >= clock.monotonic);
    obeyed(found);
}

/// The same time, written and read.
fn again(time: SystemTime) -> SystemTime {
    httpdate::parse_http_date(&httpdate::fmt_http_date(time)).unwrap_or(time)
}

fn obeyed(wait: Duration) {
    let longest = Duration::from_secs(60);
    let outcome = Outcome::Answered {
        status: StatusCode::TOO_MANY_REQUESTS,
        retry_after: Some(wait),
    };
    let next = |delivery| RetryPolicy::default().next(1, outcome, delivery, 0.5);
    assert_eq!(next(Delivery::AtMostOnce), Decision::Stop);
    let expected = match wait <= longest {
        true => Decision::RetryAfter(wait),
        false => Decision::Stop,
    };
    assert_eq!(next(Delivery::Repeatable), expected);
}
