//! The one thing that others ask for tokens.

mod builder;

pub use builder::TokenProviderBuilder;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use http::HeaderMap;
use tracing::Instrument as _;

use crate::credentials::Credentials;
use crate::endpoint::TokenEndpoint;
use crate::error::Error;
use crate::http::{Http, check_url};
use crate::refresh::{Rejection, Shared};
use crate::revocation::{RevocationEndpoint, Revoked};
use crate::token::{AccessToken, Generation, ReadyToken};

/// Hands out valid access tokens, and asks for new ones as rarely as it can.
///
/// Cheap to clone; all clones share one token and one token request at a time. How tokens are renewed,
/// shared and thrown away is told in [`guide`](crate::guide).
#[derive(Clone)]
pub struct TokenProvider {
    shared: Arc<Shared>,
}

impl TokenProvider {
    /// A provider of tokens for `credentials` from `endpoint`; nothing is requested yet.
    ///
    /// # Errors
    ///
    /// If the endpoint's URL is neither HTTPS nor HTTP on loopback, if the credentials do not fit the
    /// request that the endpoint describes, or if a new token of this endpoint ends the old one: that takes
    /// a [`token_store`](TokenProviderBuilder::token_store), or the statement
    /// [`single_process`](TokenProviderBuilder::single_process).
    pub fn new(
        http: Http,
        endpoint: TokenEndpoint,
        credentials: Credentials,
    ) -> Result<Self, Error> {
        Self::builder(http, endpoint, credentials).build()
    }

    /// As [`new`](Self::new), with room for more settings.
    #[must_use]
    pub fn builder(
        http: Http,
        endpoint: TokenEndpoint,
        credentials: Credentials,
    ) -> TokenProviderBuilder {
        TokenProviderBuilder::new(http, endpoint, credentials)
    }

    /// The current token, if there is a valid one: no waiting, no allocation, no lock.
    ///
    /// A token that is due for renewal is handed out too; that call, at the price of a short lock, sees to it
    /// that the next one is being fetched in the background.
    /// `None` means that [`token`](Self::token) would have to wait. Outside a tokio runtime nothing can be
    /// fetched: a token that is due is handed out all the same, and its renewal is left to later calls.
    #[must_use]
    pub fn ready(&self) -> Option<ReadyToken> {
        self.shared.ready()
    }

    /// A valid token: the current one, or a new one once it is there.
    ///
    /// Any number of callers that wait at once cause one token request and share its outcome. The request
    /// goes on when callers stop waiting.
    ///
    /// # Errors
    ///
    /// If the token endpoint cannot be reached, refuses the credentials, or answers nonsense; for a while
    /// after that, without another request; and if the API keeps refusing newly issued tokens. A token
    /// that is still valid is handed out in spite of all that, unless the API refused it.
    pub async fn token(&self) -> Result<Arc<AccessToken>, Error> {
        if let Some(token) = self.ready() {
            return Ok(token.to_shared());
        }
        self.shared
            .wait_for_token()
            .instrument(tracing::info_span!("token.acquire"))
            .await
    }

    /// Reports that the API accepted this token, in an answer with these headers.
    pub(crate) fn accepted(&self, token: &AccessToken, headers: &HeaderMap) {
        self.shared.accepted(token, headers);
    }

    /// The error of whoever is not within a tokio runtime.
    pub(crate) fn no_runtime(&self) -> Error {
        self.shared.no_runtime()
    }

    /// True if the token is shared with other processes.
    pub(crate) fn is_in_fleet(&self) -> bool {
        self.shared.is_in_fleet()
    }

    /// Reports that the API refused the token of this generation.
    ///
    /// Refusals of a token that has been replaced already change nothing, however late they come.
    pub fn reject(&self, generation: Generation) -> Rejection {
        self.shared.reject(generation)
    }

    /// Revokes the current token at the vendor and forgets it here, so that the next call gets a new one.
    ///
    /// Happens only when called: whoever was given the same token loses it, too. Revoked is what the
    /// provider holds, even if its time seems to be over, because lifetimes can be guesses; a token on its
    /// way is not waited for, and one that arrives meanwhile is kept. Calls under way that are refused
    /// because of it are sent again with a new one.
    ///
    /// Any success counts as done; an endpoint after RFC 7009 answers 200 for tokens that it does not know,
    /// too. A request that got no answer is sent again if the token stands in a form, because revoking it
    /// twice does no harm; as a bearer only if the request provably did not arrive. At most 3 times, each
    /// within 10 s, all within 30 s. Redirects are not followed.
    ///
    /// # Errors
    ///
    /// If the endpoint's URL is neither HTTPS nor HTTP on loopback, if the credentials cannot be read or
    /// do not fit the request, if there is no tokio runtime, if the endpoint cannot be reached, or if it
    /// answers with an error. The token is kept then, so that the call can be repeated; if it was revoked
    /// in spite of the error, the API will refuse it and it is replaced as any refused token.
    pub async fn revoke(&self, endpoint: &RevocationEndpoint) -> Result<Revoked, Error> {
        check_url("the revocation endpoint", endpoint.url())?;
        let span = tracing::info_span!(
            "token.revoke",
            server.address = endpoint.url().host_str(),
            outcome = tracing::field::Empty,
        );
        let result = self.shared.revoke(endpoint).instrument(span.clone()).await;
        let outcome = match &result {
            Ok(Revoked::Token(_)) => "revoked",
            Ok(Revoked::Nothing) => "nothing",
            Err(_) => "failed",
        };
        span.record("outcome", outcome);
        result
    }

    /// What has happened so far, over all clones.
    #[must_use]
    pub fn stats(&self) -> TokenStats {
        let counts = &self.shared.counts;
        TokenStats {
            requests: counts.requests.load(Ordering::Relaxed),
            granted: counts.granted.load(Ordering::Relaxed),
            failed: counts.failed.load(Ordering::Relaxed),
            stale_served: counts.stale_served.load(Ordering::Relaxed),
            rejected: counts.rejected.load(Ordering::Relaxed),
        }
    }
}

impl fmt::Debug for TokenProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenProvider")
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

/// What a provider has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TokenStats {
    /// Token requests sent.
    pub requests: u64,
    /// Tokens obtained.
    pub granted: u64,
    /// Rounds of asking for a token, each of up to 3 requests, that ended without one.
    pub failed: u64,
    /// How often a token whose renewal had failed was handed out because it was still valid.
    pub stale_served: u64,
    /// Tokens that the API refused.
    pub rejected: u64,
}
