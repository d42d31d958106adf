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
use crate::observe::{Observer, TokenObserver};
use crate::refresh::{CredentialsSource, Fleet, RequestHistory, Shared, TokenSource, no_secret};
use crate::registry::{self, Key};
use crate::store::{StoreKey, StoreOutage, StoreReach, TokenSharing, TokenStore};
use crate::wire;

/// Settings of a [`TokenProvider`].
pub struct TokenProviderBuilder {
    http: Http,
    endpoint: TokenEndpoint,
    credentials: CredentialsInput,
    clock: Clock,
    shared: bool,
    single_process: bool,
    store: Option<Arc<dyn TokenStore>>,
    outage: Option<StoreOutage>,
    observer: Option<Arc<dyn TokenObserver>>,
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
            store: None,
            outage: None,
            observer: None,
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
    /// [rejects](TokenProvider::reject) or [revokes](TokenProvider::revoke) is out of use for all. The
    /// sharing ends, and the token and the secrets go, with the last of them.
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
    /// Required for an endpoint whose new token ends the old one ([`LifetimeRule::NewestOnly`]), unless it is
    /// given a [`token_store`](Self::token_store) that other processes can see: the token is known to this
    /// process alone, and processes that know nothing of each other end each other's tokens again and again.
    /// For other endpoints it means nothing.
    #[must_use]
    pub fn single_process(mut self) -> Self {
        self.single_process = true;
        self
    }

    /// Keeps the token in a store, for all processes that use the same store and the same credentials, or
    /// states that there are no others; see [`guide::fleet`](crate::guide::fleet).
    ///
    /// A store takes a client secret, with which tokens are sealed in it.
    #[must_use]
    pub fn token_store(mut self, sharing: impl Into<TokenSharing>) -> Self {
        match sharing.into() {
            TokenSharing::Unstated => {}
            TokenSharing::SingleProcess => self.single_process = true,
            TokenSharing::Store(store) => self.store = Some(store),
        }
        self
    }

    /// What to do while the store cannot be used; the default depends on what a new token does to the old one,
    /// see [`StoreOutage`].
    #[must_use]
    pub fn store_outage(mut self, outage: StoreOutage) -> Self {
        self.outage = Some(outage);
        self
    }

    /// Tells `observer` what becomes of tokens, for metrics.
    ///
    /// Of providers that [share](Self::shared) a token, the one that was built first tells its observer.
    #[must_use]
    pub fn observer(mut self, observer: impl Into<Option<Arc<dyn TokenObserver>>>) -> Self {
        self.observer = observer.into();
        self
    }

    /// Makes the provider, or finds the one to share; nothing is requested yet.
    ///
    /// # Errors
    ///
    /// If the endpoint's URL is neither HTTPS nor HTTP on loopback; if the credentials cannot be read or do
    /// not fit the request that the endpoint describes; if a new token ends the old one, there is no store
    /// that other processes can see, and [`single_process`](Self::single_process) was not stated; if tokens
    /// are to be requested without the store though a new one ends the old one; if there is a store and no
    /// client secret; or if [`shared`](Self::shared) meets [`credentials_from`](Self::credentials_from), whose
    /// outcomes cannot be compared.
    pub fn build(self) -> Result<TokenProvider, Error> {
        let Self {
            http,
            endpoint,
            credentials,
            clock,
            shared,
            single_process,
            store,
            outage,
            observer,
        } = self;
        let is_newest_only = endpoint.lifetime_rule == LifetimeRule::NewestOnly;
        let is_seen_by_others = store
            .as_ref()
            .is_some_and(|store| store.reach() > StoreReach::Process);
        if is_newest_only && !single_process && !is_seen_by_others {
            return Err(no_statement().into());
        }
        let outage = match outage {
            Some(StoreOutage::RequestLocally) if is_newest_only => {
                return Err(no_local_requests().into());
            }
            Some(outage) => outage,
            None if is_newest_only => StoreOutage::KeepToken,
            None => StoreOutage::RequestLocally,
        };
        check_url("the token endpoint", endpoint.url())?;
        let client = credentials.now()?;
        // A request made for nothing shows now what would otherwise come up at the first call.
        wire::token_request(&endpoint, &client, clock.now().wall)?;
        if store.is_some() && client.secret().is_empty() {
            return Err(no_secret().into());
        }
        let key = match (&credentials, shared) {
            (CredentialsInput::Given(given), true) => {
                let store = store.as_ref().map(|store| store.identity());
                Some(Key::new(http.config(), &endpoint, given, &clock, store))
            }
            (CredentialsInput::Read(_), true) => return Err(not_comparable().into()),
            (_, false) => None,
        };
        let observer = Observer::new(observer);
        let history = RequestHistory::new(endpoint.lifetime_rule, clock.now());
        let fleet = store.map(|store| {
            let key = StoreKey::new(&endpoint, client.id());
            Fleet::new(observer.watch(store), key, outage, clock.now())
        });
        let source = TokenSource {
            http,
            endpoint,
            credentials: credentials.into_source(),
            vendor_clock: Default::default(),
            history,
            observer,
        };
        let make = || Shared::new(source, fleet, clock);
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
        "token_store",
        "a store that all processes with these credentials share, or the statement that there is a single one, because a new token ends the old one wherever it is in use",
    )
}

fn no_local_requests() -> ConfigError {
    ConfigError::new(
        "store_outage",
        "to keep the token, because one that is requested without the store would end that of all others",
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
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}
