//! Getting one token from the token endpoint.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::{HeaderName, HeaderValue, StatusCode};

use super::history::RequestHistory;
use super::vendor_clock::VendorClock;
use super::{Counts, count};
use crate::auth_server::{AuthServer, is_unanswered, request_id};
use crate::cache::Schedule;
use crate::clock::{Clock, Now};
use crate::credentials::Credentials;
use crate::endpoint::TokenEndpoint;
use crate::error::{
    ConfigError, Error, FailureClass, TokenFailure, TokenRequestDetails, TokenRequestError,
    TransportError, is_passing_code, target,
};
use crate::http::{Answer, Failed, Http};
use crate::retry_after::{date, retry_after};
use crate::token::{AccessToken, Generation, TokenScheme};
use crate::wire::{self, Granted, Refusal};

/// Where tokens come from.
pub(crate) struct TokenSource {
    pub(crate) http: Http,
    pub(crate) endpoint: TokenEndpoint,
    pub(crate) credentials: CredentialsSource,
    pub(crate) vendor_clock: VendorClock,
    pub(crate) history: RequestHistory,
}

/// Gives the credentials, anew for every token request.
pub(crate) type CredentialsSource = Arc<dyn Fn() -> Result<Credentials, ConfigError> + Send + Sync>;

impl TokenSource {
    /// The credentials as they are now; code of the user, so that a panic of it is an error like others.
    pub(super) fn read_credentials(&self) -> Result<Credentials, ConfigError> {
        catch_unwind(AssertUnwindSafe(|| (self.credentials)())).unwrap_or_else(|_| {
            let expected = "a source that does not panic";
            Err(ConfigError::new("the credentials", expected))
        })
    }

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
    /// True if the endpoint gave out a token that it had given out before.
    pub(super) fn is_same_as(&self, other: &AccessToken) -> bool {
        other.authorization(TokenScheme::Raw).as_bytes() == self.granted.token.as_bytes()
    }

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

/// Asks for one token.
///
/// An answer, good or bad, is final. A request that got no answer at all is sent again, unless the vendor may
/// still be at work on it and one token too many would do harm.
pub(super) async fn fetch(
    source: &TokenSource,
    clock: &Clock,
    counts: &Counts,
) -> Result<Fetched, Error> {
    let credentials = source.read_credentials()?;
    let secret_headers = credentials.headers()?;
    if let Some(wait) = source.history.settling(clock.now()) {
        clock.sleep(wait).await;
    }
    let mut asked = clock.now();
    let build = || {
        asked = clock.now();
        let vendor_now = source.vendor_clock.now(asked.wall);
        let request = wire::token_request(&source.endpoint, &credentials, vendor_now)?;
        count(&counts.requests);
        source.history.sent(asked);
        Ok(request)
    };
    let may_repeat = |failed: &Failed| {
        source.history.failed(failed.failure, clock.now()) && is_unanswered(failed)
    };
    let server = AuthServer {
        http: &source.http,
        clock,
        url: source.endpoint.url(),
        operation: "token request",
    };
    let answer = match server.post(build, may_repeat).await {
        Ok(answer) => answer,
        Err(Error::Transport(error)) => {
            source.history.failed(error.failure(), clock.now());
            return Err(incomplete(source, error).into());
        }
        Err(error) => return Err(error),
    };
    source.history.answered(clock.now());
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
    source.history.granted(granted.lifetime);
    Ok(Fetched {
        lifetime: granted.lifetime,
        granted,
        asked,
        secret_headers,
    })
}

fn incomplete(source: &TokenSource, error: TransportError) -> TokenRequestError {
    let class = if error.is_transient() {
        FailureClass::Transient
    } else {
        FailureClass::Permanent
    };
    TokenRequestError::new(TokenRequestDetails {
        class,
        retry_after: if error.is_unprocessed() {
            None
        } else {
            source.history.settle_time()
        },
        source: Some(error),
        ..bare(source, TokenFailure::Incomplete)
    })
}

pub(super) fn no_runtime(source: &TokenSource) -> TokenRequestError {
    TokenRequestError::new(bare(source, TokenFailure::NoRuntime))
}

/// The request budget is spent, and will be for that long.
pub(super) fn over_budget(source: &TokenSource, wait: Duration) -> TokenRequestError {
    TokenRequestError::new(TokenRequestDetails {
        class: FailureClass::Throttled,
        retry_after: Some(wait),
        ..bare(source, TokenFailure::OverBudget)
    })
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
        advice: None,
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
    if answer.status.is_client_error() && answer.status != StatusCode::REQUEST_TIMEOUT {
        source.history.refused();
    }
    let class = match answer.status {
        StatusCode::TOO_MANY_REQUESTS => FailureClass::Throttled,
        StatusCode::SERVICE_UNAVAILABLE if wait.is_some() => FailureClass::Throttled,
        StatusCode::REQUEST_TIMEOUT => FailureClass::Transient,
        status if status.is_server_error() => FailureClass::Transient,
        _ if refusal.code.as_deref().is_some_and(is_passing_code) => FailureClass::Transient,
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
        request_id: request_id(&answer.headers, |id| credentials.are_quoted_in(id)),
        retry_after: match answer.status {
            _ if class == FailureClass::Throttled => wait,
            // A gateway that got no answer says nothing about what is behind it.
            StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => source.history.settle_time(),
            _ => None,
        },
        advice: source.endpoint.advice_on(answer.status),
        ..bare(source, refusal.failure)
    })
}
