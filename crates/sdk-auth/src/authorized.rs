//! Calls that carry the token: attached, replayed after a refusal, retried after trouble.

mod api_auth;
mod call;
mod replays;

pub use api_auth::ApiAuth;
pub(crate) use replays::Replays;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;

use crate::clock::Clock;
use crate::error::{DeadlineError, Error, target};
use crate::http::{Http, check_url};
use crate::progress::Progress;
use crate::provider::TokenProvider;
use crate::request::{Reply, Request, Verdict};
use crate::retry::{RetryBudget, RetryPolicy};
use call::Call;

/// An HTTP client whose calls carry an access token. Cheap to clone.
#[derive(Clone)]
pub struct AuthorizedHttp {
    shared: Arc<Shared>,
}

struct Shared {
    http: Http,
    provider: TokenProvider,
    auth: ApiAuth,
    retry: RetryPolicy,
    budget: RetryBudget,
    deadline: Duration,
    clock: Clock,
    sent: AtomicU64,
    retries: AtomicU64,
    replays: AtomicU64,
}

/// How long a call may take unless it says otherwise.
const DEADLINE: Duration = Duration::from_secs(30);

impl AuthorizedHttp {
    /// Calls through `http` with tokens of `provider`, attached as `auth` says.
    #[must_use]
    pub fn new(http: Http, provider: TokenProvider, auth: ApiAuth) -> Self {
        Self::builder(http, provider, auth).build()
    }

    /// As [`new`](Self::new), with room for more settings.
    #[must_use]
    pub fn builder(http: Http, provider: TokenProvider, auth: ApiAuth) -> AuthorizedHttpBuilder {
        AuthorizedHttpBuilder {
            http,
            provider,
            auth,
            retry: RetryPolicy::default(),
            deadline: DEADLINE,
            clock: Clock::system(),
        }
    }

    /// Sends a request with a valid token and returns the final answer, whatever its status.
    ///
    /// `judge` sees every answer except 401 and says whether it means that the token was refused; a 401
    /// always does; it can also say that the answer is final. A refused request was not carried out, so it
    /// is sent again whatever its [`Delivery`](crate::Delivery): with a newer token if there is one, else
    /// with a new one; once, and a second time only with a yet newer token. After other trouble the
    /// [`RetryPolicy`] decides. If nothing helps, the last answer is returned, be it a 401 or a 503.
    ///
    /// # Errors
    ///
    /// If the URL is neither HTTPS nor HTTP on loopback, if no tokio runtime runs here, if no token can be
    /// had, if the connection fails or breaks, if the answer is larger than allowed, or if the deadline
    /// passes; the error names what the call was doing then.
    pub async fn send(
        &self,
        request: Request,
        mut judge: impl FnMut(&Reply) -> Verdict,
    ) -> Result<Reply, Error> {
        check_url(format_args!("{} to", request.operation), &request.url)?;
        if Handle::try_current().is_err() {
            return Err(self.shared.provider.no_runtime());
        }
        let deadline = request.deadline.unwrap_or(self.shared.deadline);
        let progress = Progress::new();
        let call = Call::new(&self.shared, &request, &progress, deadline);
        match tokio::time::timeout(deadline, call.run(&mut judge)).await {
            Ok(result) => result,
            Err(_) => Err(DeadlineError {
                target: target(&request.url),
                phase: progress.phase(),
                sent: progress.sent(),
                deadline,
                operation: request.operation,
            }
            .into()),
        }
    }

    /// Where the tokens come from.
    #[must_use]
    pub fn provider(&self) -> &TokenProvider {
        &self.shared.provider
    }

    /// What has been sent so far, over all clones.
    #[must_use]
    pub fn stats(&self) -> CallStats {
        CallStats {
            sent: self.shared.sent.load(Ordering::Relaxed),
            retries: self.shared.retries.load(Ordering::Relaxed),
            replays: self.shared.replays.load(Ordering::Relaxed),
        }
    }
}

impl fmt::Debug for AuthorizedHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizedHttp")
            .field("auth", &self.shared.auth)
            .field("provider", &self.shared.provider)
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

/// What an [`AuthorizedHttp`] has sent so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CallStats {
    /// Requests to the API, retries and replays included.
    pub sent: u64,
    /// Of these, sent again after trouble.
    pub retries: u64,
    /// Of these, sent again because the token was refused.
    pub replays: u64,
}

/// Settings of an [`AuthorizedHttp`].
#[derive(Debug)]
pub struct AuthorizedHttpBuilder {
    http: Http,
    provider: TokenProvider,
    auth: ApiAuth,
    retry: RetryPolicy,
    deadline: Duration,
    clock: Clock,
}

impl AuthorizedHttpBuilder {
    /// When and how often requests are sent again.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How long a call may take unless it says otherwise; default 30 s.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The clock that waits between attempts go by; default the machine's.
    ///
    /// Deadlines go by the machine's clock in any case.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Makes the client.
    #[must_use]
    pub fn build(self) -> AuthorizedHttp {
        let Self {
            http,
            provider,
            auth,
            retry,
            deadline,
            clock,
        } = self;
        AuthorizedHttp {
            shared: Arc::new(Shared {
                budget: RetryBudget::new(clock.now().monotonic),
                http,
                provider,
                auth,
                retry,
                deadline,
                clock,
                sent: AtomicU64::new(0),
                retries: AtomicU64::new(0),
                replays: AtomicU64::new(0),
            }),
        }
    }
}
