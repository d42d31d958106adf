//! The client: built once, cloned freely, shared by everything that talks to Acme.

use std::time::Duration;

use sdk_auth::{
    ApiAuth, AuthorizedHttp, CallStats, ConfigError, Credentials, Env, Http, HttpConfig,
    RetryPolicy, TokenProvider, TokenStats,
};
use sdk_graphql::{Call, DEFAULT_TIMEOUT, GraphqlClient, Items, Operation, Paged, Pages, Partial};
use url::Url;

use crate::{Config, Error, service};

/// What the vendor sees of this crate.
const USER_AGENT: &str = concat!("acme/", env!("CARGO_PKG_VERSION"));

/// Talks to the Acme API.
///
/// Cheap to clone; all clones share one token and one connection pool. It must be used inside a tokio
/// runtime.
#[derive(Debug, Clone)]
pub struct Client {
    graphql: GraphqlClient,
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

    /// A client with choices; [`ClientBuilder`] lists them.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Runs an operation and gives its data; any error in the response is an error here.
    ///
    /// The request starts when the returned [`Call`] is awaited. A call is not a future itself but turns into one with
    /// `into_future()`, which is what `tokio::spawn` and `buffer_unordered` take.
    ///
    /// # Errors
    ///
    /// When no token could be had, no answer came in time, the server refused, or the answer does
    /// not have the operation's shape.
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

    /// How many requests were sent to the API so far, retries and replays included.
    pub fn call_stats(&self) -> CallStats {
        self.graphql.call_stats()
    }

    /// How many tokens were requested so far, and what became of them.
    pub fn token_stats(&self) -> TokenStats {
        self.graphql.token_stats()
    }
}

/// Builds a [`Client`]; credentials and both addresses are required.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct ClientBuilder {
    credentials: Option<Credentials>,
    token_url: Option<Url>,
    api_url: Option<Url>,
    timeout: Option<Duration>,
    http: Option<HttpConfig>,
    retry: RetryPolicy,
}

impl ClientBuilder {
    /// The client id and secret that the vendor handed out. Required.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// The token endpoint: `https`, or `http` on loopback. Required.
    pub fn token_url(mut self, url: Url) -> Self {
        self.token_url = Some(url);
        self
    }

    /// The API endpoint: `https`, or `http` on loopback. Required.
    pub fn api_url(mut self, url: Url) -> Self {
        self.api_url = Some(url);
        self
    }

    /// How long an operation may take in all. Default: 30 seconds.
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
    /// When credentials or an address are missing, a URL is neither `https` nor on loopback, a value cannot stand in a
    /// header, or TLS cannot be set up on this machine.
    pub fn build(self) -> Result<Client, Error> {
        let missing = |name, expected| ConfigError::missing(name, expected);
        let credentials = self
            .credentials
            .ok_or_else(|| missing("credentials", "a client id and secret"))?;
        let token_url = self
            .token_url
            .ok_or_else(|| missing("token_url", "the vendor's token endpoint"))?;
        let api_url = self
            .api_url
            .ok_or_else(|| missing("api_url", "the vendor's API endpoint"))?;
        let http = Http::new(
            self.http
                .unwrap_or_else(|| HttpConfig::new().user_agent(USER_AGENT)),
        )?;
        let endpoint = service::token_endpoint(token_url);
        let tokens = TokenProvider::new(http.clone(), endpoint, credentials)?;
        let authorized = AuthorizedHttp::builder(http, tokens, ApiAuth::bearer())
            .retry(self.retry)
            .build();
        let service = service::graphql_service(api_url);
        let timeout = self.timeout.unwrap_or(DEFAULT_TIMEOUT);
        Ok(Client {
            graphql: GraphqlClient::new(authorized, vec![service], timeout)?,
        })
    }
}
