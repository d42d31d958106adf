//! Credentials in, authenticated HTTP out: OAuth 2.0 client credentials in every dialect the vendors speak.

mod authorized;
mod cache;
mod clock;
mod credentials;
mod endpoint;
mod env;
mod error;
mod http;
mod progress;
mod provider;
mod refresh;
mod request;
mod retry;
mod retry_after;
mod secret;
mod token;
mod wire;

pub use authorized::{ApiAuth, AuthorizedHttp, AuthorizedHttpBuilder, CallStats};
pub use clock::{Clock, ManualClock};
pub use credentials::Credentials;
pub use endpoint::{BodyFormat, ClientAuth, GrantType, TokenAnswer, TokenEndpoint};
pub use env::{Env, EnvReader};
pub use error::{
    ConfigError, CredentialsRejectedError, DeadlineError, Error, Phase, TokenFailure,
    TokenRequestError, TransportError, TransportFailure,
};
pub use http::{Http, HttpConfig, Proxy, Redirects};
pub use provider::{TokenProvider, TokenProviderBuilder, TokenStats};
pub use refresh::Rejection;
pub use request::{Delivery, Reply, Request, Verdict};
pub use retry::RetryPolicy;
pub use secret::SecretString;
pub use token::{AccessToken, Generation, ReadyToken, TokenScheme};

#[doc = include_str!("docs/refresh.md")]
pub mod guide {}
