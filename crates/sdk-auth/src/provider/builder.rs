//! Settings of a provider, and what they must agree on.

use std::fmt;
use std::sync::Arc;

use super::TokenProvider;
use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::endpoint::TokenEndpoint;
use crate::error::{ConfigError, Error};
use crate::http::{Http, check_url};
use crate::lifetime_rule::LifetimeRule;
use crate::refresh::{CredentialsSource, RequestHistory, Shared, TokenSource};
use crate::registry::{self, Key};
use crate::wire;

/// Settings of a [`TokenProvider`].
pub struct TokenProviderBuilder {
    http: Http,
    endpoint: TokenEndpoint,
    credentials: CredentialsInput,
    clock: Clock,
    shared: bool,
    single_process: bool,
}

/// Where the credentials come from.
enum CredentialsInput {
    Given(Credentials),
    Read(CredentialsSource),
}

impl TokenProviderBuilder {
    pub(super) fn new(http: Http, endpoint: TokenEndpoint, credentials: Credentials) -> Self {
        Self {
            http,
            endpoint,
            credentials: CredentialsInput::Given(credentials),
            clock: Clock::system(),
            shared: false,
            single_process: false,
        }
    }

    /// Reads the credentials anew before every token request, for secrets that are exchanged while the
    /// program runs.
    ///
    /// `read` is called within an async task and must not block for long: a file is fine, a network is not.
    /// If it fails or panics, that is remembered for 30 s like any permanent failure.
    #[must_use]
    pub fn credentials_from(
        mut self,
        read: impl Fn() -> Result<Credentials, ConfigError> + Send + Sync + 'static,
    ) -> Self {
        self.credentials = CredentialsInput::Read(Arc::new(read));
        self
    }

    /// The clock; default the machine's.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Gives every provider of this process that is built from the same inputs one token between them.
    ///
    /// The same inputs are: all of the endpoint, the client id and every secret, the clock, and of the HTTP
    /// client the proxy and the extra root certificates. Requests go through the HTTP client of the one
    /// that was built first. Statistics count what all of them did, and a token that one of them
    /// [rejects](TokenProvider::reject) or [revokes](TokenProvider::revoke) is out of use for all. The sharing ends, and the token and the
    /// secrets go, with the last of them.
    ///
    /// Right for an endpoint whose new token ends the old one. For others it saves requests, at the price
    /// that a client whose API wrongly refuses good tokens takes them from the others as well.
    #[must_use]
    pub fn shared(mut self) -> Self {
        self.shared = true;
        self
    }

    /// States that no other process uses these credentials, and no other provider of this process but
    /// those that this one [shares](Self::shared) with.
    ///
    /// Required for an endpoint whose new token ends the old one ([`LifetimeRule::NewestOnly`]): the token
    /// is known to this process alone, and processes that know nothing of each other end each other's
    /// tokens again and again. For other endpoints it means nothing.
    #[must_use]
    pub fn single_process(mut self) -> Self {
        self.single_process = true;
        self
    }

    /// Makes the provider, or finds the one to share; nothing is requested yet.
    ///
    /// # Errors
    ///
    /// If the endpoint's URL is neither HTTPS nor HTTP on loopback; if the credentials cannot be read or do
    /// not fit the request that the endpoint describes; if a new token ends the old one and
    /// [`single_process`](Self::single_process) was not stated; or if [`shared`](Self::shared) meets
    /// [`credentials_from`](Self::credentials_from), whose outcomes cannot be compared.
    pub fn build(self) -> Result<TokenProvider, Error> {
        let Self {
            http,
            endpoint,
            credentials,
            clock,
            shared,
            single_process,
        } = self;
        if endpoint.lifetime_rule == LifetimeRule::NewestOnly && !single_process {
            return Err(no_statement().into());
        }
        check_url("the token endpoint", endpoint.url())?;
        // A request made for nothing shows now what would otherwise come up at the first call.
        wire::token_request(&endpoint, &credentials.now()?, clock.now().wall)?;
        let key = match (&credentials, shared) {
            (CredentialsInput::Given(given), true) => {
                Some(Key::new(http.config(), &endpoint, given, &clock))
            }
            (CredentialsInput::Read(_), true) => return Err(not_comparable().into()),
            (_, false) => None,
        };
        let history = RequestHistory::new(endpoint.lifetime_rule, clock.now());
        let source = TokenSource {
            http,
            endpoint,
            credentials: credentials.into_source(),
            vendor_clock: Default::default(),
            history,
        };
        let make = || Shared::new(source, clock);
        let shared = match key {
            Some(key) => registry::find_or_make(key, make),
            None => make(),
        };
        Ok(TokenProvider { shared })
    }
}

impl CredentialsInput {
    fn now(&self) -> Result<Credentials, ConfigError> {
        match self {
            Self::Given(credentials) => Ok(credentials.clone()),
            Self::Read(read) => read(),
        }
    }

    fn into_source(self) -> CredentialsSource {
        match self {
            Self::Given(credentials) => Arc::new(move || Ok(credentials.clone())),
            Self::Read(read) => read,
        }
    }
}

fn no_statement() -> ConfigError {
    ConfigError::missing(
        "single_process",
        "the statement that this process alone uses the credentials, because a new token ends the old one wherever it is in use",
    )
}

fn not_comparable() -> ConfigError {
    ConfigError::new(
        "shared",
        "credentials that are given once, because credentials that are read anew cannot be compared",
    )
}

impl fmt::Debug for TokenProviderBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenProviderBuilder")
            .field("endpoint", &self.endpoint)
            .field("clock", &self.clock)
            .field("shared", &self.shared)
            .field("single_process", &self.single_process)
            .finish_non_exhaustive()
    }
}
