//! Requests to presigned URLs: no token, no redirect, bodies of any size, a limit on silence.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, COOKIE, PROXY_AUTHORIZATION};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use url::Url;

use super::exchange::{Answer, is_plain, read};
use super::failed::{Failed, reading_failed, sending_failed};
use super::rules::check_url;
use super::{Http, UploadBody};
use crate::clock::Clock;
use crate::error::{
    ConfigError, Phase, TransportDetails, TransportError, TransportFailure, target,
};
use crate::retry_after::retry_after;

/// What an object store says when it refuses is short.
const MAX_REFUSAL_BYTES: u64 = 64 * 1024;

/// How long a transfer may stand still, unless the request says otherwise.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// A URL that carries its own permission in its query, and is printed without it.
#[derive(Clone, PartialEq, Eq)]
pub struct PresignedUrl(Url);

impl PresignedUrl {
    /// Host and path: what may be printed of the URL.
    #[must_use]
    pub fn target(&self) -> String {
        target(&self.0)
    }
}

impl FromStr for PresignedUrl {
    type Err = ConfigError;

    /// Takes an `https` URL, or `http` on loopback, without a user name or password.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let what = "the presigned link";
        let url: Url = text.parse().map_err(|_| ConfigError::new(what, "a URL"))?;
        check_url(what, &url)?;
        Ok(Self(url))
    }
}

impl fmt::Debug for PresignedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PresignedUrl").field(&self.target()).finish()
    }
}

/// A request to a presigned URL, made by [`Http::presigned`].
///
/// It carries no token, whatever headers it is given, follows no redirect and is sent once.
#[derive(Debug)]
#[must_use = "a request does nothing unless sent"]
pub struct PresignedRequest<'a> {
    http: &'a Http,
    operation: Cow<'static, str>,
    url: &'a PresignedUrl,
    headers: HeaderMap,
    idle_timeout: Duration,
}

/// What an object store answered to an upload.
#[derive(Debug)]
pub struct PresignedAnswer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// A download that has begun: status and headers are there, the body follows piece by piece.
pub struct PresignedDownload {
    response: reqwest::Response,
    operation: Cow<'static, str>,
    target: String,
    idle_timeout: Duration,
}

impl Http {
    /// A request to a presigned URL; errors call it `operation`.
    pub fn presigned<'a>(
        &'a self,
        operation: impl Into<Cow<'static, str>>,
        url: &'a PresignedUrl,
    ) -> PresignedRequest<'a> {
        PresignedRequest {
            http: self,
            operation: operation.into(),
            url,
            headers: HeaderMap::new(),
            idle_timeout: IDLE_TIMEOUT,
        }
    }
}

impl PresignedRequest<'_> {
    /// More headers. Those that carry credentials are left out.
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        for secret in [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE] {
            self.headers.remove(secret);
        }
        self
    }

    /// How long the transfer may stand still before it is given up; default 60 s.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Uploads a body and gives the answer, whatever its status.
    ///
    /// # Errors
    ///
    /// When no connection could be made, it broke, the body failed or had another length than
    /// announced, or nothing moved for the idle timeout.
    pub async fn put(self, body: UploadBody) -> Result<PresignedAnswer, TransportError> {
        let (moved, length) = (body.moved(), body.length_bytes());
        let mut request = self.request(Method::PUT, Some(reqwest::Body::wrap(body)));
        // The HTTP library says nothing about an empty body, and stores want to hear it.
        request
            .headers_mut()
            .insert(CONTENT_LENGTH, HeaderValue::from(length));
        let exchange = async {
            let client = self.http.transfer_client(&self.url.0);
            let response = client.execute(request).await.map_err(sending_failed)?;
            read(response, MAX_REFUSAL_BYTES).await
        };
        let mut exchange = std::pin::pin!(exchange);
        let mut seen = 0;
        loop {
            match tokio::time::timeout(self.idle_timeout, &mut exchange).await {
                Ok(answer) => {
                    return answer
                        .map(PresignedAnswer::from)
                        .map_err(|failed| self.failed(failed));
                }
                // Slow is fine, as long as something moves.
                Err(_) => {
                    let now = moved.load(Ordering::Relaxed);
                    if now == seen {
                        return Err(self.failed(timed_out(Phase::AwaitingAnswer)));
                    }
                    seen = now;
                }
            }
        }
    }

    /// Asks for a body and gives the beginning of the answer, whatever its status.
    ///
    /// # Errors
    ///
    /// When no connection could be made, it broke, or no answer began within the idle timeout.
    pub async fn get(self) -> Result<PresignedDownload, TransportError> {
        let request = self.request(Method::GET, None);
        let sent = self.http.transfer_client(&self.url.0).execute(request);
        let response = match tokio::time::timeout(self.idle_timeout, sent).await {
            Ok(sent) => sent.map_err(sending_failed),
            Err(_) => Err(timed_out(Phase::AwaitingAnswer)),
        };
        Ok(PresignedDownload {
            response: response.map_err(|failed| self.failed(failed))?,
            target: self.url.target(),
            operation: self.operation,
            idle_timeout: self.idle_timeout,
        })
    }

    fn request(&self, method: Method, body: Option<reqwest::Body>) -> reqwest::Request {
        let mut request = reqwest::Request::new(method, self.url.0.clone());
        *request.headers_mut() = self.headers.clone();
        *request.body_mut() = body;
        request
    }

    fn failed(&self, failed: Failed) -> TransportError {
        transport_error(self.operation.clone(), self.url.target(), failed)
    }
}

impl Http {
    fn transfer_client(&self, url: &Url) -> &reqwest::Client {
        if is_plain(url) {
            &self.loopback
        } else {
            &self.secure
        }
    }
}

impl From<Answer> for PresignedAnswer {
    fn from(answer: Answer) -> Self {
        Self {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        }
    }
}

impl PresignedAnswer {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers of the answer.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// How long the store asks to wait, from `Retry-After` in either form.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.headers, Clock::system().now().wall)
    }

    /// The body, of at most 64 KiB: stores say in it why they refuse.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

impl PresignedDownload {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The headers of the answer.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// How long the store asks to wait, from `Retry-After` in either form.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(self.headers(), Clock::system().now().wall)
    }

    /// The length of the body in bytes, where the server says it.
    #[must_use]
    pub fn length_bytes(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// The next piece of the body; `None` at its end.
    ///
    /// # Errors
    ///
    /// When the connection breaks before the announced end, or nothing came for the idle timeout.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        let piece = match tokio::time::timeout(self.idle_timeout, self.response.chunk()).await {
            Ok(piece) => piece.map_err(reading_failed),
            Err(_) => Err(timed_out(Phase::ReadingAnswer)),
        };
        piece.map_err(|failed| transport_error(self.operation.clone(), self.target.clone(), failed))
    }
}

impl fmt::Debug for PresignedDownload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PresignedDownload")
            .field("target", &self.target)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

fn timed_out(phase: Phase) -> Failed {
    Failed {
        failure: TransportFailure::TimedOut,
        phase,
        cause: None,
    }
}

fn transport_error(operation: Cow<'static, str>, target: String, failed: Failed) -> TransportError {
    TransportError::new(TransportDetails {
        operation,
        target,
        failure: failed.failure,
        phase: failed.phase,
        attempts: 1,
        source: failed.cause,
    })
}
