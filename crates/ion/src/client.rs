//! The client: built once, cloned freely, shared by everything that talks to ION.

use std::sync::Arc;
use std::time::Duration;

use sdk_auth::{
    ApiAuth, AuthorizedHttp, CallStats, ConfigError, Credentials, Env, Http, HttpConfig,
    RetryPolicy, TokenObserver, TokenProvider, TokenSharing, TokenStats,
};
use sdk_graphql::{
    Bulk, Call, DEFAULT_TIMEOUT, GraphqlClient, Items, Operation, Paged, Pages, Partial,
};
use sdk_transfer::Storage;
use url::Url;

use crate::{Config, Environment, Error, RealmPath, edit::Turns, service};

/// What the vendor sees of this crate.
const USER_AGENT: &str = concat!("ion/", env!("CARGO_PKG_VERSION"));

/// Talks to the ION API.
///
/// Cheap to clone; all clones share one token and one connection pool. Clients of one process that are
/// built apart share the token too, if token endpoint, audience and credentials are the same. It must be
/// used inside a tokio runtime.
#[derive(Debug, Clone)]
pub struct Client {
    graphql: GraphqlClient,
    turns: Turns,
    storage: Storage,
}

impl Client {
    /// A client configured by the environment; [`Config`] lists the variables.
    ///
    /// # Errors
    ///
    /// When a variable is missing or malformed; the error names all of them at once.
    pub fn from_env() -> Result<Self, Error> {
        Config::from_env(&Env::process())?.into_builder().build()
    }

    /// A client for one environment, with all else as documented by the vendor.
    ///
    /// # Errors
    ///
    /// When a value cannot be sent, or TLS cannot be set up on this machine.
    pub fn new(credentials: Credentials, environment: Environment) -> Result<Self, Error> {
        Self::builder()
            .credentials(credentials)
            .environment(environment)
            .build()
    }

    /// A client with choices; [`ClientBuilder`] lists them.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Runs an operation and gives its data; any error in the response is an error here.
    ///
    /// The request starts when the returned [`Call`] is awaited. A call is not a future itself but
    /// turns into one with `into_future()`, which is what `tokio::spawn` and `buffer_unordered` take.
    ///
    /// # Errors
    ///
    /// When no token could be had, no answer came in time, the server refused, or the answer does
    /// not have the operation's shape. A stale `etag` is a conflict ([`Error::is_conflict`]).
    pub fn execute<O: Operation>(&self, operation: O) -> Call<O> {
        self.graphql.execute(operation)
    }

    /// Runs an operation and gives its data with the errors that leave it usable.
    ///
    /// # Errors
    ///
    /// As [`execute`](Self::execute), except that errors of single fields come back beside the data.
    pub async fn execute_partial<O: Operation>(
        &self,
        operation: O,
    ) -> Result<Partial<O::Data>, Error> {
        self.graphql.execute_partial(operation).await
    }

    /// All pages of a list, as a stream that fetches one page ahead.
    pub fn pages<O: Paged>(&self, operation: O) -> Pages<O> {
        self.graphql.pages(operation)
    }

    /// All items of a list, as a stream that fetches one page ahead.
    pub fn items<O: Paged>(&self, operation: O) -> Items<O> {
        self.graphql.items(operation)
    }

    /// Where the edits of one row wait for each other.
    pub(crate) fn turns(&self) -> &Turns {
        &self.turns
    }

    /// Moves the bytes of attached files, which go to other hosts than the API and without a token.
    ///
    /// For links that [`files`](crate::files) do not cover.
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// Runs many operations, such as mutations, a few at a time, with an outcome of each.
    pub fn bulk<O: Operation>(&self, operations: impl IntoIterator<Item = O>) -> Bulk<O> {
        self.graphql.bulk(operations)
    }

    /// How many requests were sent to the API so far, retries and replays included.
    pub fn call_stats(&self) -> CallStats {
        self.graphql.call_stats()
    }

    /// How many tokens were requested so far, by all clients that share the token, and what became of
    /// them.
    pub fn token_stats(&self) -> TokenStats {
        self.graphql.token_stats()
    }
}

/// Builds a [`Client`]; credentials are required, and an environment or both URLs.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct ClientBuilder {
    credentials: Option<Credentials>,
    environment: Option<Environment>,
    realm_path: RealmPath,
    token_url: Option<Url>,
    api_url: Option<Url>,
    audience: Option<String>,
    raw_token: bool,
    token_store: TokenSharing,
    token_observer: Option<Arc<dyn TokenObserver>>,
    timeout: Option<Duration>,
    http: Option<HttpConfig>,
    retry: RetryPolicy,
}

impl ClientBuilder {
    /// The client id and secret of an API key. Required.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Where the servers are. Required, unless both URLs are given: a key belongs to one environment,
    /// and production is not what a program should reach by accident.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// Where the realm of the API keys is. Default: [`RealmPath::AuthRealms`].
    ///
    /// It has no effect on a [`token_url`](Self::token_url).
    pub fn realm_path(mut self, path: RealmPath) -> Self {
        self.realm_path = path;
        self
    }

    /// Another token endpoint: `https`, or `http` on loopback. Default: the environment's.
    pub fn token_url(mut self, url: Url) -> Self {
        self.token_url = Some(url);
        self
    }

    /// Another API endpoint: `https`, or `http` on loopback. Default: the environment's.
    pub fn api_url(mut self, url: Url) -> Self {
        self.api_url = Some(url);
        self
    }

    /// An `audience` for the token request, such as [`Environment::audience`]. Default: none is sent,
    /// as in the vendor's command line example.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Sends the token without a scheme, `Authorization: <token>`, as the vendor's older pages and
    /// scripts do. Default: off, which sends `Bearer <token>`.
    pub fn raw_token(mut self) -> Self {
        self.raw_token = true;
        self
    }

    /// Where the token is kept, for all processes that use the same credentials and the same store. Default:
    /// in this process.
    pub fn token_store(mut self, store: impl Into<TokenSharing>) -> Self {
        self.token_store = store.into();
        self
    }

    /// Tells `observer` what becomes of tokens, for metrics.
    ///
    /// Of clients that share a token, the one that was built first tells its observer.
    pub fn token_observer(mut self, observer: Arc<dyn TokenObserver>) -> Self {
        self.token_observer = Some(observer);
        self
    }

    /// How long an operation may take in all. Default: 30 seconds, after which the server itself
    /// gives up.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Proxy, certificates, limits and the `User-Agent`. Default: [`HttpConfig::default`], with this
    /// crate's name and version as the `User-Agent`.
    pub fn http(mut self, http: HttpConfig) -> Self {
        self.http = Some(http);
        self
    }

    /// When and how often a request is sent again. Default: [`RetryPolicy::default`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Builds the client; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When credentials or environment are missing, a URL is neither `https` nor on loopback, a value
    /// cannot be sent, or TLS cannot be set up on this machine.
    pub fn build(self) -> Result<Client, Error> {
        let credentials = self
            .credentials
            .ok_or_else(|| ConfigError::missing("credentials", "a client id and secret"))?;
        let address = |url: Option<Url>, name, default: Option<String>| match (url, default) {
            (Some(url), _) => Ok(url),
            (None, Some(default)) => default.parse().map_err(|_| ConfigError::new(name, "a URL")),
            (None, None) => Err(ConfigError::missing(
                "environment",
                "an environment, or both URLs",
            )),
        };
        let documented = self.environment;
        let token_url = documented.map(|environment| environment.token_url(self.realm_path));
        let token_url = address(self.token_url, "token_url", token_url)?;
        let api_url = address(
            self.api_url,
            "api_url",
            documented.map(Environment::api_url),
        )?;
        let auth = if self.raw_token {
            ApiAuth::raw()
        } else {
            ApiAuth::bearer()
        };

        let default_http = || HttpConfig::new().user_agent(USER_AGENT);
        let http = Http::new(self.http.unwrap_or_else(default_http))?;
        let endpoint = service::token_endpoint(token_url, self.audience);
        // Programs build clients where they need them; a key needs no more than one token at a time.
        let tokens = TokenProvider::builder(http.clone(), endpoint, credentials)
            .shared()
            .token_store(self.token_store)
            .observer(self.token_observer)
            .build()?;
        let storage = Storage::new(http.clone());
        let authorized = AuthorizedHttp::builder(http, tokens, auth)
            .retry(self.retry)
            .build();
        let service = service::graphql_service(api_url);
        let timeout = self.timeout.unwrap_or(DEFAULT_TIMEOUT);
        Ok(Client {
            graphql: GraphqlClient::new(authorized, vec![service], timeout)?,
            turns: Turns::default(),
            storage,
        })
    }
}
