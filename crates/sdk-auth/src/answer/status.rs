//! Refusals that are a status and nothing that the client understands.

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

use super::ErrorClass;
use crate::request::Reply;

/// A status without the answer that the operation has.
#[derive(Clone)]
pub struct StatusError(Box<StatusDetails>);

#[derive(Clone)]
struct StatusDetails {
    operation: &'static str,
    host: String,
    status: StatusCode,
    class: ErrorClass,
    retry_after: Option<Duration>,
    request_id: Option<String>,
    advice: Option<&'static str>,
    body: String,
}

/// How much of an unexpected body is kept, in bytes.
const MAX_BODY_EXCERPT_BYTES: usize = 2 * 1024;

/// Where servers put the id of a request, the most telling first.
const REQUEST_ID_HEADERS: [&str; 4] = [
    "x-request-id",
    "x-correlation-id",
    "x-amzn-requestid",
    "cf-ray",
];

impl StatusError {
    /// What `host` replied to `operation`, with the class that its status has by custom.
    #[must_use]
    pub fn new(operation: &'static str, host: &str, reply: &Reply) -> Self {
        let body = reply.body();
        let excerpt = body.get(..MAX_BODY_EXCERPT_BYTES).unwrap_or(body);
        Self(Box::new(StatusDetails {
            operation,
            host: host.to_owned(),
            status: reply.status(),
            class: ErrorClass::of_status(reply.status()),
            retry_after: reply.retry_after(),
            request_id: request_id(reply.headers()),
            advice: None,
            body: String::from_utf8_lossy(excerpt).into_owned(),
        }))
    }

    /// The same with a class that the vendor's rules give it, in place of the status's own.
    #[must_use]
    pub fn with_class(mut self, class: ErrorClass) -> Self {
        self.0.class = class;
        self
    }

    /// The same error with the vendor's own advice, one clause, in place of that of its class.
    #[must_use]
    pub fn with_advice(mut self, advice: &'static str) -> Self {
        self.0.advice = Some(advice);
        self
    }

    /// The operation's name.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// What the status means for this vendor.
    #[must_use]
    pub fn class(&self) -> ErrorClass {
        self.0.class
    }

    /// The server's `Retry-After`.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The server's id of the request, to quote to the vendor's support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// True if the status is one that a later try may not meet: 408, 429, 500, 502, 503 or 504.
    ///
    /// A quota that is used up is none, whatever its status.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.0.class != ErrorClass::QuotaExceeded
            && matches!(self.0.status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
    }

    /// The first 2 KiB of the body as the server sent it; not part of any message, because a server
    /// may put anything there.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.0.body
    }
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = REQUEST_ID_HEADERS
        .iter()
        .find_map(|name| headers.get(*name))?;
    id.to_str().ok().map(str::to_owned)
}

impl fmt::Debug for StatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusError")
            .field("operation", &self.0.operation)
            .field("host", &self.0.host)
            .field("status", &self.0.status)
            .field("class", &self.0.class)
            .field("retry_after", &self.0.retry_after)
            .field("request_id", &self.0.request_id)
            .field("body_bytes", &self.0.body.len())
            .finish()
    }
}

impl fmt::Display for StatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} answered {}",
            self.0.operation, self.0.host, self.0.status
        )?;
        if let Some(id) = &self.0.request_id {
            write!(f, " (request {id})")?;
        }
        if let Some(wait) = self.0.retry_after {
            write!(f, ", retry after {} s", wait.as_secs())?;
        }
        self.0
            .advice
            .or_else(|| self.0.class.advice())
            .map_or(Ok(()), |advice| write!(f, "; {advice}"))
    }
}

impl std::error::Error for StatusError {}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn status(code: u16, headers: &[(&'static str, &'static str)], body: &str) -> StatusError {
        let pairs = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        let reply = Reply::new(
            StatusCode::from_u16(code).unwrap(),
            HeaderMap::from_iter(pairs),
            body.to_owned(),
        );
        StatusError::new("ListThings", "vendor.example", &reply)
    }

    #[test]
    fn messages_name_operation_host_status_and_what_to_do_next() {
        assert_eq!(
            status(403, &[("x-request-id", "abc")], "").to_string(),
            "ListThings: vendor.example answered 403 Forbidden (request abc); \
             ask the vendor to grant this account the permission"
        );
        assert_eq!(
            status(429, &[("retry-after", "7")], "").to_string(),
            "ListThings: vendor.example answered 429 Too Many Requests, retry after 7 s; \
             slow down and try again later"
        );
    }

    #[test]
    fn a_vendors_own_advice_takes_the_place_of_the_usual_one() {
        assert_eq!(
            status(502, &[], "")
                .with_advice("ask for a smaller page")
                .to_string(),
            "ListThings: vendor.example answered 502 Bad Gateway; ask for a smaller page"
        );
    }

    #[test]
    fn the_body_is_kept_in_part_and_is_in_no_message() {
        let error = status(500, &[], &"canary".repeat(1000));
        assert!(!format!("{error} {error:?}").contains("canary"));
        assert_eq!(error.body().len(), MAX_BODY_EXCERPT_BYTES);
        assert_eq!(status(500, &[], "short").body(), "short");
    }

    #[test]
    fn transient_is_this_table() {
        for code in [408, 429, 500, 502, 503, 504] {
            assert!(status(code, &[], "").is_transient(), "{code}");
        }
        for code in [302, 400, 401, 403, 404, 409, 501] {
            assert!(!status(code, &[], "").is_transient(), "{code}");
        }
        let spent = status(429, &[], "").with_class(ErrorClass::QuotaExceeded);
        assert!(!spent.is_transient());
    }
}
