//! Getting one token from the token endpoint.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use super::vendor_clock::VendorClock;
use super::{Counts, count};
use crate::cache::Schedule;
use crate::clock::{Clock, Now};
use crate::credentials::Credentials;
use crate::endpoint::TokenEndpoint;
use crate::error::{
    ConfigError, Error, FailureClass, Phase, TokenFailure, TokenRequestDetails, TokenRequestError,
    TransportDetails, TransportError, TransportFailure, target,
};
use crate::http::{Answer, Failed, Http, Outgoing, Redirects};
use crate::progress::Progress;
use crate::retry_after::{date, retry_after};
use crate::token::{AccessToken, Generation};
use crate::wire::{self, Granted, Refusal};

/// Where tokens come from.
pub(crate) struct TokenSource {
    pub(crate) http: Http,
    pub(crate) endpoint: TokenEndpoint,
    pub(crate) credentials: CredentialsSource,
    pub(crate) vendor_clock: VendorClock,
}

/// Gives the credentials, anew for every token request.
pub(crate) type CredentialsSource = Arc<dyn Fn() -> Result<Credentials, ConfigError> + Send + Sync>;

impl TokenSource {
    pub(super) fn target(&self) -> String {
        target(self.endpoint.url())
    }

    pub(super) fn host(&self) -> &str {
        self.endpoint.url().host_str().unwrap_or_default()
    }
}

/// A token as it came from the endpoint.
pub(super) struct Fetched {
    granted: Granted,
    pub(super) lifetime: Duration,
    /// From before the request was sent: the vendor issued the token no earlier.
    pub(super) asked: Now,
    secret_headers: Vec<(HeaderName, HeaderValue)>,
}

impl Fetched {
    pub(super) fn into_token(
        self,
        generation: Generation,
        now: Now,
        schedule: Schedule,
    ) -> Result<AccessToken, Error> {
        let Self {
            granted,
            secret_headers,
            ..
        } = self;
        AccessToken::new(&granted.token, secret_headers, generation, now, schedule).ok_or_else(
            || ConfigError::new("the access token", "characters that a header may carry").into(),
        )
    }
}

const ATTEMPTS: u32 = 3;
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(30);
const ANSWER_LIMIT: u64 = 64 * 1024;
const OPERATION: &str = "token request";

/// Asks for one token.
///
/// An answer, good or bad, is final. Only a request that got no answer at all is sent again: at most 3
/// times, each within 10 s, all within 30 s.
pub(super) async fn fetch(
    source: &TokenSource,
    clock: &Clock,
    counts: &Counts,
) -> Result<Fetched, Error> {
    let credentials = (source.credentials)()?;
    let secret_headers = credentials.headers()?;
    let progress = Progress::new();
    let sending = async {
        let mut attempt = 1;
        loop {
            let asked = clock.now();
            let failed = match send_once(source, &credentials, asked, counts, &progress).await? {
                Ok(answer) => return Ok((asked, answer)),
                Err(failed) => failed,
            };
            if attempt == ATTEMPTS || !is_unanswered(&failed) {
                return Err(Error::from(incomplete(source, failed, attempt)));
            }
            progress.enter(Phase::BackingOff);
            clock
                .sleep(Duration::from_millis(200 << attempt).mul_f64(fastrand::f64()))
                .await;
            attempt += 1;
        }
    };
    let (asked, answer) = match tokio::time::timeout(TOTAL_TIMEOUT, sending).await {
        Ok(result) => result?,
        Err(_) => {
            let phase = progress.phase();
            let failed = Failed {
                failure: TransportFailure::TimedOut,
                phase,
                cause: None,
            };
            return Err(incomplete(source, failed, ATTEMPTS).into());
        }
    };
    let local = clock.now().wall;
    if let Some(vendor) = date(&answer.headers) {
        source.vendor_clock.observe(vendor, local);
    }
    let vendor_now = date(&answer.headers).unwrap_or_else(|| source.vendor_clock.now(local));
    let granted = wire::token_response(
        &source.endpoint,
        &credentials,
        answer.status,
        &answer.body,
        vendor_now,
    )
    .map_err(|refusal| refused(source, &credentials, &answer, refusal, local))?;
    Ok(Fetched {
        lifetime: granted.lifetime,
        granted,
        asked,
        secret_headers,
    })
}

/// Sends the request once; the outer error is one of configuration.
async fn send_once(
    source: &TokenSource,
    credentials: &Credentials,
    asked: Now,
    counts: &Counts,
    progress: &Progress,
) -> Result<Result<Answer, Failed>, ConfigError> {
    let vendor_now = source.vendor_clock.now(asked.wall);
    let request = wire::token_request(&source.endpoint, credentials, vendor_now)?;
    count(&counts.requests);
    let outgoing = Outgoing {
        method: &Method::POST,
        url: &request.url,
        headers: request.headers,
        body: request.body,
        redirects: Redirects::Never,
        answer_limit: ANSWER_LIMIT,
        time_limit: Some(ATTEMPT_TIMEOUT),
    };
    Ok(source.http.exchange(outgoing, progress).await)
}

/// True if not even the head of an answer came.
fn is_unanswered(failed: &Failed) -> bool {
    let may_help = !matches!(
        failed.failure,
        TransportFailure::TooLarge { .. } | TransportFailure::NotSendable
    );
    may_help && failed.phase != Phase::ReadingAnswer
}

fn incomplete(source: &TokenSource, failed: Failed, attempts: u32) -> TokenRequestError {
    let Failed {
        failure,
        phase,
        cause,
    } = failed;
    let transport = TransportError::new(TransportDetails {
        operation: OPERATION.into(),
        target: source.target(),
        failure,
        phase,
        attempts,
        source: cause,
    });
    let class = match failure {
        TransportFailure::TooLarge { .. } | TransportFailure::NotSendable => {
            FailureClass::Permanent
        }
        _ => FailureClass::Transient,
    };
    TokenRequestError::new(TokenRequestDetails {
        class,
        source: Some(transport),
        ..bare(source, TokenFailure::Incomplete)
    })
}

pub(super) fn no_runtime(source: &TokenSource) -> TokenRequestError {
    TokenRequestError::new(bare(source, TokenFailure::NoRuntime))
}

fn bare(source: &TokenSource, failure: TokenFailure) -> TokenRequestDetails {
    TokenRequestDetails {
        target: source.target(),
        failure,
        class: FailureClass::Permanent,
        status: None,
        code: None,
        request_id: None,
        retry_after: None,
        source: None,
    }
}

fn refused(
    source: &TokenSource,
    credentials: &Credentials,
    answer: &Answer,
    refusal: Refusal,
    local: SystemTime,
) -> TokenRequestError {
    let wait = retry_after(&answer.headers, local);
    let class = match answer.status {
        StatusCode::TOO_MANY_REQUESTS => FailureClass::Throttled,
        StatusCode::SERVICE_UNAVAILABLE if wait.is_some() => FailureClass::Throttled,
        StatusCode::REQUEST_TIMEOUT => FailureClass::Transient,
        status if status.is_server_error() => FailureClass::Transient,
        _ if refusal.code.as_deref().is_some_and(is_passing) => FailureClass::Transient,
        // A 200 that makes no sense is as likely a captive portal or a proxy's page as a wrong endpoint.
        status if status.is_success() && refusal.failure != TokenFailure::Refused => {
            FailureClass::Transient
        }
        _ => FailureClass::Permanent,
    };
    TokenRequestError::new(TokenRequestDetails {
        class,
        status: Some(answer.status),
        code: refusal.code,
        request_id: request_id(&answer.headers, credentials),
        retry_after: if class == FailureClass::Throttled {
            wait
        } else {
            None
        },
        ..bare(source, refusal.failure)
    })
}

/// Error codes of RFC 6749, section 4.1.2.1, that speak of the server and not of the request.
fn is_passing(code: &str) -> bool {
    matches!(
        code,
        "server_error" | "temporarily_unavailable" | "slow_down"
    )
}

/// The id that the server gave its answer, under one of the names in common use.
fn request_id(headers: &HeaderMap, credentials: &Credentials) -> Option<String> {
    const NAMES: [&str; 3] = ["x-request-id", "x-correlation-id", "x-amzn-requestid"];
    let id = NAMES
        .iter()
        .find_map(|name| headers.get(*name))?
        .to_str()
        .ok()?;
    wire::presentable(id, 128, credentials).then(|| id.to_owned())
}
