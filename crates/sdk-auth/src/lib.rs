//! Credentials in, authenticated HTTP out: OAuth 2.0 client credentials in every dialect the vendors speak.
//!
//! Vendors agree on "send a secret, get a token, put it in a header" and on little else. This crate takes
//! the differences as data ([`TokenEndpoint`], [`ApiAuth`]) and does the rest once, with care: one token
//! shared by all callers and renewed before it ends ([`guide`]), calls sent again after a refused token or
//! a passing trouble, and secrets that go nowhere they should not. A token ends early only when it is told
//! to, with [`TokenProvider::revoke`].
//!
//! ```
//! use sdk_auth::{
//!     ApiAuth, AuthorizedHttp, Credentials, Http, HttpConfig, Request, TokenEndpoint,
//!     TokenProvider, Verdict,
//! };
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let acme = acme().await?;
//! let http = Http::new(HttpConfig::new().user_agent("my-program/1.0"))?;
//! let endpoint = TokenEndpoint::new(acme.join("/oauth/token")?);
//! let credentials = Credentials::client("build-server", "correct horse");
//! let provider = TokenProvider::new(http.clone(), endpoint, credentials)?;
//! let client = AuthorizedHttp::new(http, provider, ApiAuth::bearer());
//!
//! let request = Request::get("ListThings", acme.join("/things")?);
//! let reply = client.send(request, |_| Verdict::Accept).await?;
//! assert_eq!(reply.body(), r#"["a thing"]"#);
//! # Ok(())
//! # }
//! # /// Answers two requests: a token, then the things.
//! # async fn acme() -> Result<url::Url, Box<dyn std::error::Error>> {
//! #     use tokio::io::{AsyncReadExt, AsyncWriteExt};
//! #     let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! #     let url = format!("http://{}", listener.local_addr()?).parse()?;
//! #     tokio::spawn(async move {
//! #         let (mut stream, _) = listener.accept().await?;
//! #         for body in [r#"{"access_token":"t","expires_in":3600}"#, r#"["a thing"]"#] {
//! #             stream.read(&mut [0; 4096]).await?;
//! #             let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
//! #             stream.write_all((head + body).as_bytes()).await?;
//! #         }
//! #         Ok::<(), std::io::Error>(())
//! #     });
//! #     Ok(url)
//! # }
//! ```
//!
//! What it does **not** do: it knows no GraphQL and no vendor (see `sdk-graphql` and the vendor crates), it
//! has no user logins and no refresh tokens (only machines, RFC 6749 section 4.4), it reads nothing
//! inside a token but when it ends, and that only where asked to, and it never sends one in a URL. It runs
//! on tokio, with its timers enabled.
//!
//! Reading order: [`Credentials`] and [`TokenEndpoint`] say who asks and how, `wire` turns them into bytes,
//! `cache` decides how long a token is good, `refresh` gets the next one for everybody, [`TokenProvider`] is
//! the door to all that; `http` is the one guarded client, `retry` its patience, [`AuthorizedHttp`] puts the
//! two halves together, and [`answer`] says what becomes of an operation, for clients that are built on it.

pub mod answer;
mod auth_server;
mod authorized;
mod cache;
mod clock;
mod credentials;
mod endpoint;
mod env;
mod error;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod gate;
mod holder;
mod http;
mod lifetime_rule;
mod observe;
mod pace;
mod progress;
mod provider;
mod refresh;
mod registry;
mod request;
mod retry;
mod retry_after;
mod revocation;
mod secret;
mod store;
mod token;
mod wire;

pub use authorized::{ApiAuth, AuthorizedHttp, AuthorizedHttpBuilder, CallStats};
pub use clock::{Clock, ManualClock};
pub use credentials::Credentials;
pub use endpoint::{BodyFormat, ClientAuth, GrantType, TokenAnswer, TokenEndpoint};
pub use env::{Env, EnvReader};
pub use error::{
    CertificateProblem, ConfigError, CredentialsRejectedError, DeadlineError, Error, Phase,
    RevocationRefusedError, TokenFailure, TokenRequestError, TransportError, TransportFailure,
};
pub use gate::Gate;
pub use http::{
    Http, HttpConfig, PresignedAnswer, PresignedDownload, PresignedRequest, PresignedUrl, Proxy,
    Redirects, UploadBody, check_url,
};
pub use lifetime_rule::LifetimeRule;
pub use observe::{TokenEvent, TokenObserver, TokenOrigin};
pub use pace::{Pacer, RateLimit};
pub use provider::{TokenProvider, TokenProviderBuilder, TokenStats};
pub use refresh::Rejection;
pub use request::{Delivery, Reply, Request, Verdict};
pub use retry::RetryPolicy;
pub use revocation::{RevocationEndpoint, Revoked, TokenPresentation};
pub use secret::SecretString;
#[cfg(unix)]
pub use store::FileStore;
#[cfg(feature = "redis")]
pub use store::RedisStore;
pub use store::{
    Intent, IssueOrder, Lease, MemoryStore, Ownership, PublishDecision, Published, StoreError,
    StoreFailure, StoreFuture, StoreKey, StoreOutage, StoreReach, StoredToken, TokenRecord,
    TokenSharing, TokenStore,
};
pub use token::{AccessToken, Generation, ReadyToken, TokenScheme};

#[doc = include_str!("docs/refresh.md")]
pub mod guide {
    #[doc = include_str!("docs/fleet.md")]
    pub mod fleet {}
}
