//! The client: built once, cloned freely, shared by everything that talks to Altrata.

use std::{collections::HashMap, sync::Arc, time::Duration};

use sdk_auth::{
    ApiAuth, AuthorizedHttp, CallStats, ConfigError, Credentials, Env, Http, HttpConfig, RateLimit,
    RetryPolicy, TokenObserver, TokenProvider, TokenSharing, TokenStats,
};
use sdk_graphql::{
    AuthError, Bulk, Call, DEFAULT_TIMEOUT, GraphqlClient, GraphqlError, Items, Operation, Paged,
    Pages, Partial,
};
use url::Url;

use crate::{Config, Environment, Error, Outcome, Service, refusal, service};

/// What the vendor sees of this crate.
const USER_AGENT: &str = concat!("altrata/", env!("CARGO_PKG_VERSION"));

/// Talks to the four Altrata APIs; each operation goes to its own.
///
/// Cheap to clone; all clones share one token, one connection pool and the rates they keep to. It must be
/// used inside a tokio runtime.
#[derive(Debug, Clone)]
pub struct Client {
    graphql: GraphqlClient,
    tokens: TokenProvider,
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

    /// A client for a service user that only this process uses, with all else as documented by the vendor.
    ///
    /// [`Credentials::service_user`] takes the user name, the password and the API key. Why the process
    /// must be the only one: [`ClientBuilder::single_process`].
    ///
    /// # Errors
    ///
    /// When a value cannot be sent, or TLS cannot be set up on this machine.
    pub fn for_single_process(credentials: Credentials) -> Result<Self, Error> {
        Self::builder()
            .credentials(credentials)
            .single_process()
            .build()
    }

    /// A client with choices; [`ClientBuilder`] lists them.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Runs an operation and gives its data; any error in the response is an error here.
    ///
    /// The request starts when the returned [`Call`] is awaited. A typed error in the data is
    /// [`Error::Refused`]. Errors that leave the data usable are errors too:
    /// [`execute_partial`](Self::execute_partial) keeps both.
    ///
    /// # Errors
    ///
    /// When no token could be had, no answer came in time, the server refused, or the answer does
    /// not have the operation's shape.
    pub fn execute<O: Operation>(&self, operation: O) -> Call<O> {
        self.graphql.execute(operation)
    }

    /// Runs an operation and gives its result, without the union and the root field around it.
    ///
    /// # Errors
    ///
    /// As [`execute`](Self::execute), and when the service has put nothing where the result should be:
    /// that is [`Error::Refused`] with the kind `null` and the class [`NotFound`](crate::ErrorClass::NotFound).
    pub async fn fetch<O: Outcome + 'static>(&self, operation: O) -> Result<O::Success, Error> {
        let name = operation.name();
        let data = self.execute(operation).await?;
        O::success(data).ok_or_else(|| refusal::nothing(name, Vec::new()))
    }

    /// As [`fetch`](Self::fetch), with the errors that came beside the result and leave it usable.
    pub(crate) async fn fetch_partial<O: Outcome + 'static>(
        &self,
        operation: O,
    ) -> Result<(O::Success, Vec<GraphqlError>), Error> {
        let name = operation.name();
        let Partial { data, errors, .. } = self.execute_partial(operation).await?;
        match O::success(data) {
            Some(result) => Ok((result, errors)),
            None => Err(refusal::nothing(name, errors)),
        }
    }

    /// Runs an operation and gives its data with the errors that leave it usable.
    ///
    /// Those are fields outside of the subscription, and deprecated fields; the class of each is in
    /// [`error_type`](crate::error_type).
    ///
    /// # Errors
    ///
    /// As [`execute`](Self::execute), except that errors which leave the data usable come back beside it.
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

    /// Waits for a token, so that what `operation` sends next goes out at once.
    pub(crate) async fn token_for(&self, operation: &'static str) -> Result<(), Error> {
        let token = self.tokens.token().await;
        token.map_err(|cause| AuthError::new(operation, cause))?;
        Ok(())
    }

    /// How many requests were sent to the services so far, retries and replays included.
    pub fn call_stats(&self) -> CallStats {
        self.graphql.call_stats()
    }

    /// How many tokens were requested so far, and what became of them.
    pub fn token_stats(&self) -> TokenStats {
        self.graphql.token_stats()
    }
}

/// Builds a [`Client`]; credentials are required.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct ClientBuilder {
    credentials: Option<Credentials>,
    environment: Environment,
    token_url: Option<Url>,
    service_urls: HashMap<Service, Url>,
    rate_limits: HashMap<Service, Option<RateLimit>>,
    raw_token: bool,
    token_store: TokenSharing,
    token_observer: Option<Arc<dyn TokenObserver>>,
    timeout: Option<Duration>,
    http: Option<HttpConfig>,
    retry: RetryPolicy,
}

impl ClientBuilder {
    /// The service user and the API key that the vendor handed out. Required.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
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

    /// Another address of one service: `https`, or `http` on loopback. Default: the environment's.
    pub fn service_url(mut self, service: Service, url: Url) -> Self {
        self.service_urls.insert(service, url);
        self
    }

    /// The rate that requests to one service keep to, or `None` to send them at once.
    ///
    /// Default: [`Service::rate_limit`]. A request that waits for its turn does so within its timeout.
    pub fn rate_limit(mut self, service: Service, limit: impl Into<Option<RateLimit>>) -> Self {
        self.rate_limits.insert(service, limit.into());
        self
    }

    /// Where the token is kept, for all processes that use these credentials. Required, unless
    /// [`single_process`](Self::single_process) is stated.
    ///
    /// A new token of Altrata ends the one before, for all four services, so that all processes have to share
    /// one: through a [`FileStore`](crate::FileStore) on one machine, through a server on many.
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

    /// States that this process is the only one that uses these credentials. Required, unless there is a
    /// [`token_store`](Self::token_store).
    ///
    /// Clients of one process share their token; two processes would end each other's.
    pub fn single_process(self) -> Self {
        self.token_store(TokenSharing::SingleProcess)
    }

    /// Sends the token without `Bearer`, as one sample of the vendor does. Default: with it, as the
    /// vendor's table of parameters says.
    pub fn raw_token(mut self) -> Self {
        self.raw_token = true;
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
    ///
    /// Whatever the policy, a daily quota that is used up is not asked again, and neither is a mutation
    /// that may have arrived.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Builds the client; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When credentials are missing, or neither a [`token_store`](Self::token_store) nor the statement
    /// [`single_process`](Self::single_process) was given, a URL is neither `https` nor on loopback, a
    /// value cannot stand in a header, or TLS cannot be set up on this machine.
    pub fn build(self) -> Result<Client, Error> {
        let credentials = self.credentials.ok_or_else(|| {
            ConfigError::missing("credentials", "a user name, a password and an API key")
        })?;
        let parse = |default: &str, name| {
            default
                .parse::<Url>()
                .map_err(|_| ConfigError::new(name, "a URL"))
        };
        let token_url = match self.token_url {
            Some(url) => url,
            None => parse(self.environment.token_url(), "token_url")?,
        };
        let mut services = Vec::with_capacity(Service::ALL.len());
        for service in Service::ALL {
            let url = match self.service_urls.get(&service) {
                Some(url) => url.clone(),
                None => parse(self.environment.service_url(service), service.name())?,
            };
            let chosen = self.rate_limits.get(&service).copied();
            let rate = chosen.unwrap_or_else(|| Some(service.rate_limit()));
            services.push(service::graphql_service(service, url, rate));
        }

        let http = self
            .http
            .unwrap_or_else(|| HttpConfig::new().user_agent(USER_AGENT));
        let http = Http::new(http)?;
        let endpoint = service::token_endpoint(token_url);
        // All clients of the process share a token: each of their own would end the others'.
        let tokens = TokenProvider::builder(http.clone(), endpoint, credentials)
            .shared()
            .token_store(self.token_store)
            .observer(self.token_observer)
            .build()?;
        let auth = match self.raw_token {
            true => ApiAuth::raw(),
            false => ApiAuth::bearer(),
        };
        let authorized = AuthorizedHttp::builder(http, tokens.clone(), auth)
            .retry(self.retry)
            .build();
        let timeout = self.timeout.unwrap_or(DEFAULT_TIMEOUT);
        Ok(Client {
            graphql: GraphqlClient::new(authorized, services, timeout)?,
            tokens,
        })
    }
}
