//! The one HTTP client: set-up, one exchange, and what may be said about how it failed.

mod config;
mod exchange;
mod failed;
mod presigned;
mod rules;
mod upload_body;

pub use config::{HttpConfig, Proxy, Redirects};
pub(crate) use exchange::{Answer, Outgoing};
pub(crate) use failed::Failed;
pub use presigned::{PresignedAnswer, PresignedDownload, PresignedRequest, PresignedUrl};
pub use rules::check_url;
pub use upload_body::UploadBody;

use std::fmt;
use std::sync::Arc;

use crate::error::{Cause, ConfigError};

/// The HTTP client that token requests and API calls share, with one pool of connections.
///
/// It speaks HTTPS only (plain HTTP on loopback, which never goes through a proxy), verifies certificates
/// with the platform's roots, never follows a redirect to another origin, unpacks gzip, brotli and zstd,
/// and reads no answer beyond its limit. Cheap to clone.
///
/// ```
/// use sdk_auth::{Http, HttpConfig};
///
/// let http = Http::new(HttpConfig::new().user_agent("my-program/1.0"))?;
/// # Ok::<(), sdk_auth::Error>(())
/// ```
#[derive(Clone)]
pub struct Http {
    /// Speaks HTTPS, through the proxy if there is one.
    secure: reqwest::Client,
    /// Speaks plain HTTP to this machine, never through a proxy: whatever passes here is readable.
    loopback: reqwest::Client,
    config: Arc<HttpConfig>,
}

impl Http {
    /// Sets up the client.
    ///
    /// # Errors
    ///
    /// If the platform has no root certificates, or an extra root certificate, the proxy's URL or the
    /// user agent is malformed.
    pub fn new(config: HttpConfig) -> Result<Self, crate::Error> {
        Ok(Self {
            secure: build(config.secure_client()?)?,
            loopback: build(config.loopback_client())?,
            config: Arc::new(config),
        })
    }

    pub(crate) fn config(&self) -> &HttpConfig {
        &self.config
    }
}

fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, ConfigError> {
    builder.build().map_err(|error| {
        ConfigError::new(
            "the HTTP client",
            format!("a usable set-up, but: {}", Cause::of(&error)),
        )
    })
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
