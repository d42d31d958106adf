//! The client: built once, cloned freely, shared by everything that talks to Finlex.

mod call;

pub use call::Call;

use std::sync::Arc;
use std::time::Duration;

use sdk_auth::{
    ApiAuth, AuthorizedHttp, CallStats, ConfigError, Credentials, Env, Http, HttpConfig,
    RetryPolicy, RevocationEndpoint, Revoked, TokenObserver, TokenProvider, TokenSharing,
    TokenStats, check_url,
};
use url::Url;

use crate::paging::{self, Items, Paged, Pages};
use crate::{Config, Environment, Error, Operation, service};

/// What the vendor sees of this crate.
const USER_AGENT: &str = concat!("finlex/", env!("CARGO_PKG_VERSION"));

/// How long an operation may take in all, retries and waiting for a token included, unless the client or
/// the call says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// Talks to the Finlex API.
///
/// Cheap to clone; all clones share one token and one connection pool. It must be used inside a tokio
/// runtime.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    http: AuthorizedHttp,
    api_url: Url,
    revocation: RevocationEndpoint,
    timeout: Duration,
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

    /// A client for an app at the API's address, with all else as documented by the vendor.
    ///
    /// # Errors
    ///
    /// When the URL is neither `https` nor on loopback, or TLS cannot be set up on this machine.
    pub fn new(credentials: Credentials, api_url: Url) -> Result<Self, Error> {
        Self::builder()
            .credentials(credentials)
            .api_url(api_url)
            .build()
    }

    /// A client with choices; [`ClientBuilder`] lists them.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Runs an operation and gives its data.
    ///
    /// The request starts when the returned [`Call`] is awaited.
    ///
    /// # Errors
    ///
    /// When no token could be had, no answer came in time, the server refused, or the answer does not
    /// have the operation's shape.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an operation is used up by its call, as a request is by being sent"
    )]
    pub fn execute<O: Operation>(&self, operation: O) -> Call<O> {
        Call::new(self.clone(), &operation)
    }

    /// All pages of a list, as a stream that fetches one page ahead.
    ///
    /// A list ends with an empty page, or with one that is shorter than the limit it states itself and
    /// reaches the count it states.
    pub fn pages<O: Paged>(&self, operation: O) -> Pages<O::Item> {
        paging::pages(self.clone(), operation)
    }

    /// All items of a list, as a stream that fetches one page ahead.
    ///
    /// To go on after a stop, ask again with the number of items seen as `skip`.
    pub fn items<O: Paged>(&self, operation: O) -> Items<O::Item> {
        paging::items(self.pages(operation))
    }

    /// Revokes the current token at the vendor; the next operation gets a new one.
    ///
    /// For the end of a program whose token nobody else uses. Calls of other clones that are under way are
    /// refused by the vendor and sent again with the new token.
    ///
    /// # Errors
    ///
    /// When the revocation endpoint cannot be reached, or answers with an error. The token is kept then.
    pub async fn revoke_token(&self) -> Result<Revoked, Error> {
        let tokens = self.inner.http.provider();
        Ok(tokens.revoke(&self.inner.revocation).await?)
    }

    /// How many requests were sent to the API so far, retries and replays included.
    pub fn call_stats(&self) -> CallStats {
        self.inner.http.stats()
    }

    /// How many tokens were requested so far, and what became of them.
    pub fn token_stats(&self) -> TokenStats {
        self.inner.http.provider().stats()
    }
}

/// Builds a [`Client`]; credentials and the API's URL are required.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct ClientBuilder {
    credentials: Option<Credentials>,
    environment: Environment,
    api_url: Option<Url>,
    token_url: Option<Url>,
    revoke_url: Option<Url>,
    token_lifetime: Option<Duration>,
    token_fields: Option<Vec<&'static str>>,
    token_store: TokenSharing,
    token_observer: Option<Arc<dyn TokenObserver>>,
    timeout: Option<Duration>,
    http: Option<HttpConfig>,
    retry: RetryPolicy,
}

impl ClientBuilder {
    /// The app's id and secret key: `Credentials::client(app_id, secret)`. Required.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Where tokens are issued. Default: [`Environment::Production`].
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Where the API is, without `/api/v1` or `/public/v1`: `https`, or `http` on loopback. Required,
    /// because no page of the vendor states it.
    pub fn api_url(mut self, url: Url) -> Self {
        self.api_url = Some(url);
        self
    }

    /// Another token endpoint: `https`, or `http` on loopback. Default: the environment's.
    pub fn token_url(mut self, url: Url) -> Self {
        self.token_url = Some(url);
        self
    }

    /// Another revocation endpoint: `https`, or `http` on loopback. Default: the environment's, or
    /// `token-revoke` beside another token endpoint, so that a token returns to whoever issued it.
    pub fn revoke_url(mut self, url: Url) -> Self {
        self.revoke_url = Some(url);
        self
    }

    /// Asks for tokens that live this long. Default: nothing is asked for, and a token lives 60 minutes.
    ///
    /// The vendor honours it only where the app's settings allow an extension of the token lifetime, and
    /// does not say what happens otherwise. Unless the answer or the token itself states a lifetime, a
    /// token is taken to live 60 minutes at most.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = Some(lifetime);
        self
    }

    /// The fields of the token endpoint's answer that may hold the token, the first match wins. Default:
    /// `token`, `access_token`, `accessToken` and `jwt`, because the vendor does not document the answer.
    pub fn token_fields(mut self, names: impl IntoIterator<Item = &'static str>) -> Self {
        self.token_fields = Some(names.into_iter().collect());
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

    /// Proxy, certificates, limits, redirects and the `User-Agent`. Default: [`HttpConfig::default`], with
    /// this crate's name and version as the `User-Agent`.
    ///
    /// Redirects allowed here are followed by reads alone.
    pub fn http(mut self, http: HttpConfig) -> Self {
        self.http = Some(http);
        self
    }

    /// When and how often a request is sent again. Default: [`RetryPolicy::default`].
    ///
    /// Whatever the policy, a decision on a covernote that may have arrived is not sent again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Builds the client; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When credentials or the API's URL are missing, a URL is neither `https` nor on loopback, or TLS
    /// cannot be set up on this machine.
    pub fn build(self) -> Result<Client, Error> {
        let credentials = self
            .credentials
            .ok_or_else(|| ConfigError::missing("credentials", "an app id and secret"))?;
        let api_url = self.api_url.ok_or_else(|| {
            let expected = "the API's https URL, which no page of the vendor states";
            ConfigError::missing("api_url", expected)
        })?;
        check_url("the API", &api_url)?;
        let revoke_url = match (self.revoke_url, &self.token_url) {
            (Some(url), _) => url,
            (None, Some(token_url)) => parse("revoke_url", token_url.join("token-revoke"))?,
            (None, None) => parse("revoke_url", self.environment.revoke_url().parse())?,
        };
        check_url("the revocation endpoint", &revoke_url)?;
        let token_url = match self.token_url {
            Some(url) => url,
            None => parse("token_url", self.environment.token_url().parse())?,
        };

        let http = self
            .http
            .unwrap_or_else(|| HttpConfig::new().user_agent(USER_AGENT));
        let http = Http::new(http)?;
        let endpoint = service::token_endpoint(token_url, self.token_lifetime, self.token_fields);
        let tokens = TokenProvider::builder(http.clone(), endpoint, credentials)
            .token_store(self.token_store)
            .observer(self.token_observer)
            .build()?;
        Ok(Client {
            inner: Arc::new(Inner {
                http: AuthorizedHttp::builder(http, tokens, ApiAuth::bearer())
                    .retry(self.retry)
                    .build(),
                api_url,
                revocation: service::revocation_endpoint(revoke_url),
                timeout: self.timeout.unwrap_or(DEFAULT_TIMEOUT),
            }),
        })
    }
}

fn parse(name: &'static str, url: Result<Url, url::ParseError>) -> Result<Url, ConfigError> {
    url.map_err(|_| ConfigError::new(name, "a URL"))
}
