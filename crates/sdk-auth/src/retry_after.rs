//! The `Retry-After` and `Date` headers (RFC 9110, sections 10.2.3 and 6.6.1); pure.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// How long a server asks to wait: a number of seconds, or a date read against the server's own `Date`.
///
/// `now` stands in for a missing `Date`. A date that has passed means no wait; anything unreadable is
/// `None`.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are still a number: a very long time.
        return Some(Duration::from_secs(
            text.parse().unwrap_or(u64::from(u32::MAX)),
        ));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    Some(
        until
            .duration_since(date(headers).unwrap_or(now))
            .unwrap_or_default(),
    )
}

/// The server's time, if it states one that can be read.
pub(crate) fn date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?.trim()).ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    /// The wait that headers ask for, by a local clock that shows 12:00:00.
    #[track_caller]
    fn check(after: &[u8], date: Option<&str>, expected_secs: Option<u64>) {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_bytes(after).unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 12:00:00 GMT").unwrap();
        assert_eq!(
            retry_after(&headers, now).map(|wait| wait.as_secs()),
            expected_secs
        );
    }

    #[test]
    fn seconds_are_read() {
        check(b"0", None, Some(0));
        check(b" 120 ", None, Some(120));
        check(b"99999999999999999999999", None, Some(4_294_967_295));
    }

    #[test]
    fn dates_are_read_against_the_servers_clock_if_it_shows_one() {
        check(b"Sun, 06 Nov 1994 12:00:30 GMT", None, Some(30));
        check(
            b"Sun, 06 Nov 1994 12:00:30 GMT",
            Some("Sun, 06 Nov 1994 12:00:20 GMT"),
            Some(10),
        );
        check(
            b"Sun, 06 Nov 1994 12:00:30 GMT",
            Some("yesterday"),
            Some(30),
        );
        check(b"Sunday, 06-Nov-94 12:00:30 GMT", None, Some(30));
        check(b"Sun, 06 Nov 1994 11:00:00 GMT", None, Some(0));
    }

    #[test]
    fn anything_else_is_no_wait() {
        for text in [&b""[..], b"-1", b"1.5", b"soon", b"\xff\xfe", b"1e3"] {
            check(text, None, None);
        }
    }
}
