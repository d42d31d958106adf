//! Getting one token from the token endpoint.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use http::{HeaderName, HeaderValue, StatusCode};
use zeroize::Zeroizing;

use super::fleet::millis;
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
use crate::observe::{Observer, TokenOrigin};
use crate::retry_after::{date, retry_after};
use crate::store::IssueOrder;
use crate::token::{AccessToken, Generation, Issue, TokenFacts};
use crate::wire::{self, Granted, Refusal};

/// Where tokens come from.
pub(crate) struct TokenSource {
    pub(crate) http: Http,
    pub(crate) endpoint: TokenEndpoint,
    pub(crate) credentials: CredentialsSource,
    pub(crate) vendor_clock: VendorClock,
    pub(crate) history: RequestHistory,
    pub(crate) observer: Observer,
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

/// A token that is to be put into use, from wherever it came.
pub(super) struct NewToken {
    pub(super) text: Zeroizing<String>,
    pub(super) secret_headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) lifetime: Duration,
    /// What is left of its lifetime at `since`; of a token that was asked for, all of it is from before the
    /// request was sent: the vendor issued it no earlier.
    pub(super) remaining: Duration,
    pub(super) since: Now,
    /// For how long the vendor has known it.
    pub(super) age: Duration,
    pub(super) issue: Option<Issue>,
    pub(super) origin: TokenOrigin,
}

impl NewToken {
    /// True if the endpoint gave out a token that it had given out before.
    pub(super) fn is_same_as(&self, other: &AccessToken) -> bool {
        other.text().as_bytes() == self.text.as_bytes()
    }

    pub(super) fn order(&self) -> Option<IssueOrder> {
        self.issue.map(|issue| issue.order)
    }

    /// The second in which the vendor answered, by its own clock; 0 if it did not tell.
    pub(super) fn answered_at(&self) -> u64 {
        self.order().map_or(0, |order| order.at)
    }

    /// Gives it its place among the tokens of the fleet.
    pub(super) fn belongs_to_fleet(&mut self, generation: u64, order: IssueOrder) {
        if let Some(issue) = &mut self.issue {
            issue.generation = generation;
            issue.order = order;
        }
    }

    pub(super) fn into_token(
        self,
        generation: Generation,
        now: Now,
        schedule: Schedule,
    ) -> Result<AccessToken, Error> {
        let facts = TokenFacts {
            generation,
            now,
            age: self.age,
            schedule,
            issue: self.issue,
        };
        AccessToken::new(&self.text, self.secret_headers, facts).ok_or_else(|| {
            ConfigError::new("the access token", "characters that a header may carry").into()
        })
    }
}

/// Asks for one token.
///
/// An answer, good or bad, is final. A request that got no answer at all is sent again, unless the vendor may
/// still be at work on it and one token too many would do harm. Under a lease nothing is sent after `last_start`,
/// however long the process was held up since it took the lease, and again only what provably did not arrive.
pub(super) async fn fetch(
    source: &TokenSource,
    clock: &Clock,
    counts: &Counts,
    last_start: Option<Instant>,
) -> Result<NewToken, Error> {
    let credentials = source.read_credentials()?;
    let secret_headers = credentials.headers()?;
    if let Some(wait) = source.history.settling(clock.now()) {
        clock.sleep(wait).await;
    }
    let mut asked = clock.now();
    let build = || {
        asked = clock.now();
        if last_start.is_some_and(|last| asked.monotonic > last) {
            return Err(Error::from(lease_held(source)));
        }
        let vendor_now = source.vendor_clock.now(asked.wall);
        let request = wire::token_request(&source.endpoint, &credentials, vendor_now)?;
        count(&counts.requests);
        source.history.sent(asked);
        Ok(request)
    };
    let may_repeat = |failed: &Failed| {
        let now = clock.now();
        let in_time =
            last_start.is_none_or(|last| failed.failure.is_unprocessed() && now.monotonic < last);
        source.history.failed(failed.failure, now) && is_unanswered(failed) && in_time
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
    let Granted { token, lifetime } = granted;
    source.history.granted(lifetime);
    let issued_at = millis(source.vendor_clock.now(asked.wall));
    let lives = u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX);
    Ok(NewToken {
        text: token,
        secret_headers,
        lifetime,
        remaining: lifetime,
        since: asked,
        age: Duration::ZERO,
        issue: Some(Issue {
            generation: 0,
            order: IssueOrder {
                at: date(&answer.headers).map_or(0, |date| millis(date) / 1_000),
                fence: 0,
            },
            issued_at,
            expires_at: issued_at.saturating_add(lives),
        }),
        origin: TokenOrigin::Vendor,
    })
}

/// True if no token can have been issued: the request did not arrive, or was refused.
pub(super) fn is_without_effect(error: &Error) -> bool {
    match error {
        Error::TokenRequest(error) => match error.failure() {
            TokenFailure::Refused => error.status().is_some_and(|status| {
                status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT
            }),
            TokenFailure::Incomplete => error.is_unprocessed(),
            TokenFailure::Malformed(_) => false,
            TokenFailure::OverBudget | TokenFailure::LeaseHeld | TokenFailure::NoRuntime => true,
        },
        Error::Config(_) => true,
        _ => false,
    }
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

/// True if the request was not sent because too little was left of the lease.
pub(super) fn is_too_late(error: &Error) -> bool {
    matches!(error, Error::TokenRequest(error) if error.failure() == TokenFailure::LeaseHeld)
}

pub(super) fn lease_held(source: &TokenSource) -> TokenRequestError {
    TokenRequestError::new(TokenRequestDetails {
        class: FailureClass::Transient,
        ..bare(source, TokenFailure::LeaseHeld)
    })
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
