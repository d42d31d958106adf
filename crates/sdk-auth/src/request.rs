//! A call to the API, and its answer.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use url::Url;

use crate::clock::Clock;
use crate::gate::Gate;
use crate::http::Redirects;
use crate::pace::Pacer;
use crate::retry_after::retry_after;

/// Whether a request may be sent again when it is not known whether it arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// Sending it twice does no harm: a read.
    Repeatable,
    /// It must not be carried out twice: a write.
    ///
    /// It is sent again only if the server provably has not acted on the first one.
    AtMostOnce,
}

/// A call to make; the token is added when it is sent.
///
/// ```
/// use http::Method;
/// use sdk_auth::{Delivery, Request};
///
/// let url = "https://api.example.com/graphql".parse()?;
/// let request = Request::post("ListThings", url)
///     .delivery(Delivery::Repeatable)
///     .body("application/json", r#"{"query":"{things{id}}"}"#);
/// assert_eq!(request.operation(), "ListThings");
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Clone)]
pub struct Request {
    pub(crate) operation: Cow<'static, str>,
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// Shared, so that a caller with the same headers for every call makes them once.
    pub(crate) headers: Arc<HeaderMap>,
    pub(crate) content_type: Option<HeaderValue>,
    pub(crate) body: Bytes,
    pub(crate) delivery: Delivery,
    pub(crate) deadline: Option<Duration>,
    pub(crate) redirects: Option<Redirects>,
    pub(crate) pacer: Option<Pacer>,
    pub(crate) gate: Option<Gate>,
}

impl Request {
    /// A POST, delivered at most once unless told otherwise. `operation` names it in errors and traces.
    pub fn post(operation: impl Into<Cow<'static, str>>, url: Url) -> Self {
        Self {
            operation: operation.into(),
            method: Method::POST,
            url,
            headers: Arc::default(),
            content_type: None,
            body: Bytes::new(),
            delivery: Delivery::AtMostOnce,
            deadline: None,
            redirects: None,
            pacer: None,
            gate: None,
        }
    }

    /// A GET, repeatable unless told otherwise. `operation` names it in errors and traces.
    pub fn get(operation: impl Into<Cow<'static, str>>, url: Url) -> Self {
        Self {
            method: Method::GET,
            delivery: Delivery::Repeatable,
            ..Self::post(operation, url)
        }
    }

    /// Another method.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Adds a header, replacing one of the same name.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        Arc::make_mut(&mut self.headers).insert(name, value);
        self
    }

    /// Sets all headers at once, in place of those set so far.
    ///
    /// Whoever sends the same headers with every call makes them once and hands over a clone of the `Arc`.
    #[must_use]
    pub fn headers(mut self, headers: impl Into<Arc<HeaderMap>>) -> Self {
        self.headers = headers.into();
        self
    }

    /// The body and its media type; a `Content-Type` among the headers counts for more.
    #[must_use]
    pub fn body(mut self, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.content_type = Some(HeaderValue::from_static(content_type));
        self.body = body.into();
        self
    }

    /// Whether it may be sent again when it is not known whether it arrived.
    #[must_use]
    pub fn delivery(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }

    /// How long the call may take in all: waiting for a token, every attempt, and the waits between.
    ///
    /// Default as set at the [`AuthorizedHttp`](crate::AuthorizedHttp): 30 s.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Whether this request follows redirects; default as set in the [`HttpConfig`](crate::HttpConfig).
    #[must_use]
    pub fn redirects(mut self, redirects: Redirects) -> Self {
        self.redirects = Some(redirects);
        self
    }

    /// Lets every attempt wait for its turn, within the deadline; default none.
    #[must_use]
    pub fn pacer(mut self, pacer: Pacer) -> Self {
        self.pacer = Some(pacer);
        self
    }

    /// Lets no attempt out while this gate is closed, and leaves a 429 to whoever closes it: such an answer is
    /// handed over at once. Waiting is within the deadline; default none.
    #[must_use]
    pub fn gate(mut self, gate: Gate) -> Self {
        self.gate = Some(gate);
        self
    }

    /// The name of the operation.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.operation
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("target", &crate::error::target(&self.url))
            .field("body_bytes", &self.body.len())
            .field("delivery", &self.delivery)
            .finish_non_exhaustive()
    }
}

/// An answer of the API, read to its end, whatever its status.
#[derive(Clone)]
pub struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) attempts: u32,
    pub(crate) received: SystemTime,
}

impl Reply {
    /// A reply made by hand, for tests of what a client makes of one: received now, at the first attempt.
    pub fn new(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers,
            body: body.into(),
            attempts: 1,
            received: Clock::system().now().wall,
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body, decompressed. Cloning it copies no bytes.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// How often the request was sent to get it, retries and replays with a new token included.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// How long the server asks to wait, from `Retry-After` in either form.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.headers, self.received)
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// What the caller makes of an answer, beyond its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The token was accepted, whatever else the answer says.
    Accept,
    /// The answer says that the token was not accepted, and nothing was carried out.
    TokenRejected,
    /// Sending the request again changes nothing, whatever the status promises.
    Final,
}
