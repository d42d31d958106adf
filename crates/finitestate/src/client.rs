//! The client: built once, cloned freely, shared by everything that talks to Finite State.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use sdk_auth::{
    ApiAuth, AuthorizedHttp, CallStats, ConfigError, Credentials, Env, Http, HttpConfig,
    RetryPolicy, TokenObserver, TokenProvider, TokenSharing, TokenStats,
};
use sdk_graphql::{
    Bulk, Call, DEFAULT_TIMEOUT, GraphqlClient, Items, Operation, Paged, Pages, Partial,
};
use sdk_transfer::Storage;
use url::Url;

use crate::{Config, Environment, Error, service};

/// What the vendor sees of this crate.
const USER_AGENT: &str = concat!("finitestate/", env!("CARGO_PKG_VERSION"));

/// Talks to the Finite State API.
///
/// Cheap to clone; all clones share one token and one connection pool. It must be used inside a tokio
/// runtime.
#[derive(Debug, Clone)]
pub struct Client {
    graphql: GraphqlClient,
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

    /// A client for one organization, with all else as documented by the vendor.
    ///
    /// # Errors
    ///
    /// When a value cannot be sent, or TLS cannot be set up on this machine.
    pub fn new(
        credentials: Credentials,
        organization_context: impl Into<String>,
    ) -> Result<Self, Error> {
        Self::builder()
            .credentials(credentials)
            .organization_context(organization_context)
            .build()
    }

    /// A client with choices; [`ClientBuilder`] lists them.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Runs an operation and gives its data; any error in the response is an error here.
    ///
    /// The request starts when the returned [`Call`] is awaited. A call is not a future itself but
    /// turns into one with `into_future()`, which is what `tokio::spawn` and `buffer_unordered` take:
    ///
    /// ```
    /// # use finitestate::{Client, Error, Id, queries::{GetFinding, get_finding::Data}};
    /// use futures_util::{StreamExt, TryStreamExt, stream};
    ///
    /// /// Gets many findings, four at a time.
    /// async fn get_all(client: &Client, ids: Vec<Id>) -> Result<Vec<Data>, Error> {
    ///     stream::iter(ids)
    ///         .map(|id| client.execute(GetFinding::new(id)).into_future())
    ///         .buffer_unordered(4)
    ///         .try_collect()
    ///         .await
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// #     let sandbox = sdk_sandbox::Sandbox::builder().items(5).looks_until_done(0).start().await?;
    /// #     let env = finitestate::Env::from_pairs(sandbox.finitestate().variables());
    /// #     let client = finitestate::Config::from_env(&env)?.into_builder().build()?;
    /// #     let found = client.execute(finitestate::queries::ListFindings::new().first(5)).await?;
    /// #     let ids: Vec<Id> = found.all_findings.into_iter().flatten().map(|it| it.id).collect();
    /// #     assert_eq!(get_all(&client, ids).await?.len(), 5);
    /// #     Ok(())
    /// # }
    /// ```
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

    /// Runs many operations, such as mutations, a few at a time, with an outcome of each.
    pub fn bulk<O: Operation>(&self, operations: impl IntoIterator<Item = O>) -> Bulk<O> {
        self.graphql.bulk(operations)
    }

    /// Moves the bytes of uploads and exports, which go to other hosts than the API and without a token.
    ///
    /// For the steps that [jobs](crate::jobs) do not cover.
    pub fn storage(&self) -> &Storage {
        &self.storage
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

/// Builds a [`Client`]; credentials and organization context are required.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct ClientBuilder {
    credentials: Option<Credentials>,
    organization_context: Option<String>,
    environment: Environment,
    token_url: Option<Url>,
    api_url: Option<Url>,
    audience: Option<String>,
    token_store: TokenSharing,
    token_observer: Option<Arc<dyn TokenObserver>>,
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

    /// The UUID of the organization to work for. Required.
    pub fn organization_context(mut self, organization_context: impl Into<String>) -> Self {
        self.organization_context = Some(organization_context.into());
        self
    }

    /// Where the servers are. Default: [`Environment::Production`].
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
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

    /// Another `audience` for the token request. Default: the environment's, whatever the
    /// URLs are: a gateway in front of the vendor needs the vendor's own.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
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
    /// When credentials or organization context are missing, a URL is neither `https` nor on loopback,
    /// a value cannot stand in a header, or TLS cannot be set up on this machine.
    pub fn build(self) -> Result<Client, Error> {
        let missing = |name, expected| ConfigError::missing(name, expected);
        let credentials = self
            .credentials
            .ok_or_else(|| missing("credentials", "a client id and secret"))?;
        let organization_context = self
            .organization_context
            .ok_or_else(|| missing("organization_context", "the organization's UUID"))?;
        let organization_context = HeaderValue::try_from(organization_context)
            .map_err(|_| ConfigError::new("organization_context", "the organization's UUID"))?;
        let address = |url: Option<Url>, name, default: &str| match url {
            Some(url) => Ok(url),
            None => default.parse().map_err(|_| ConfigError::new(name, "a URL")),
        };
        let token_url = address(self.token_url, "token_url", self.environment.token_url())?;
        let api_url = address(self.api_url, "api_url", self.environment.api_url())?;
        let audience = self
            .audience
            .unwrap_or_else(|| self.environment.audience().to_owned());

        let http = Http::new(
            self.http
                .unwrap_or_else(|| HttpConfig::new().user_agent(USER_AGENT)),
        )?;
        let storage = Storage::new(http.clone());
        let endpoint = service::token_endpoint(token_url, audience);
        let tokens = TokenProvider::builder(http.clone(), endpoint, credentials)
            .token_store(self.token_store)
            .observer(self.token_observer)
            .build()?;
        let authorized = AuthorizedHttp::builder(http, tokens, ApiAuth::bearer())
            .retry(self.retry)
            .build();
        let service = service::graphql_service(api_url, organization_context);
        let timeout = self.timeout.unwrap_or(DEFAULT_TIMEOUT);
        Ok(Client {
            storage,
            graphql: GraphqlClient::new(authorized, vec![service], timeout)?,
        })
    }
}
