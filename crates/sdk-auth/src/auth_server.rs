//! What all requests to a vendor's authorization server have in common: limits, retries, request ids.

use std::time::Duration;

use http::{HeaderMap, Method};
use tokio::time::Instant;
use url::Url;

use crate::clock::Clock;
use crate::error::{Error, Phase, TransportDetails, TransportError, target};
use crate::http::{Answer, Failed, Http, Outgoing, Redirects};
use crate::progress::Progress;
use crate::wire::{self, Post};

/// An authorization server, as one request sees it.
pub(crate) struct AuthServer<'a> {
    pub(crate) http: &'a Http,
    pub(crate) clock: &'a Clock,
    pub(crate) url: &'a Url,
    /// Names the request in errors.
    pub(crate) operation: &'static str,
}

const ATTEMPTS: u32 = 3;
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(30);
const ANSWER_LIMIT: u64 = 64 * 1024;

/// How long one request may take: 10 s, or less if the HTTP client says so.
pub(crate) fn attempt_limit(http: &Http) -> Duration {
    let configured = http.config().attempt_limit();
    configured.map_or(ATTEMPT_TIMEOUT, |limit| limit.min(ATTEMPT_TIMEOUT))
}

impl AuthServer<'_> {
    /// Sends what `build` makes, anew for every attempt.
    ///
    /// An answer, good or bad, is final. A request that got none is sent again if `may_repeat` allows it:
    /// at most 3 times, each within 10 s, all within 30 s.
    pub(crate) async fn post<E: Into<Error>>(
        &self,
        mut build: impl FnMut() -> Result<Post, E>,
        may_repeat: impl Fn(&Failed) -> bool,
    ) -> Result<Answer, Error> {
        let progress = Progress::new();
        let ends = Instant::now() + TOTAL_TIMEOUT;
        let mut attempt = 1;
        loop {
            let post = build().map_err(Into::into)?;
            let left = ends.saturating_duration_since(Instant::now());
            let outgoing = Outgoing {
                method: &Method::POST,
                url: &post.url,
                headers: post.headers,
                body: post.body,
                redirects: Redirects::Never,
                answer_limit: ANSWER_LIMIT,
                time_limit: Some(attempt_limit(self.http).min(left)),
            };
            let failed = match self.http.exchange(outgoing, &progress).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            if attempt == ATTEMPTS || !may_repeat(&failed) {
                return Err(self.incomplete(failed, attempt).into());
            }
            progress.enter(Phase::BackingOff);
            // The longest waits still leave the last attempt most of its time.
            self.clock
                .sleep(Duration::from_millis(200 << attempt).mul_f64(fastrand::f64()))
                .await;
            attempt += 1;
        }
    }

    fn incomplete(&self, failed: Failed, attempts: u32) -> TransportError {
        let Failed {
            failure,
            phase,
            cause,
        } = failed;
        TransportError::new(TransportDetails {
            operation: self.operation.into(),
            target: target(self.url),
            failure,
            phase,
            attempts,
            source: cause,
        })
    }
}

/// True if not even the head of an answer came, and the next attempt may get one.
pub(crate) fn is_unanswered(failed: &Failed) -> bool {
    failed.failure.is_transient() && failed.phase != Phase::ReadingAnswer
}

/// The id that the server gave its answer, under one of the names in common use.
///
/// `quotes_secret` tells text that must not be repeated.
pub(crate) fn request_id(
    headers: &HeaderMap,
    quotes_secret: impl Fn(&str) -> bool,
) -> Option<String> {
    const NAMES: [&str; 3] = ["x-request-id", "x-correlation-id", "x-amzn-requestid"];
    let id = NAMES
        .iter()
        .find_map(|name| headers.get(*name))?
        .to_str()
        .ok()?;
    wire::presentable(id, 128, quotes_secret).then(|| id.to_owned())
}
