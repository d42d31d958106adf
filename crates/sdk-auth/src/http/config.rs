//! How the HTTP client is set up.

use std::fmt;
use std::hash::Hash;
use std::time::Duration;

use reqwest::tls::Certificate;
use url::Url;

use crate::error::{Cause, ConfigError};

/// How the HTTP client is set up; the defaults suit nearly everyone.
#[derive(Clone)]
pub struct HttpConfig {
    user_agent: String,
    connect_timeout: Duration,
    attempt_timeout: Option<Duration>,
    max_answer_bytes: u64,
    proxy: Proxy,
    redirects: Redirects,
    extra_roots: Vec<Vec<u8>>,
    http2_without_tls: bool,
}

/// Whether HTTPS goes through a proxy. Plain HTTP on loopback never does.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Proxy {
    /// As the system says: `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, or the settings of macOS or Windows.
    #[default]
    System,
    /// Through this one. User name and password may stand in its URL; they are never printed.
    Explicit(Url),
    /// Directly, whatever the system says.
    None,
}

/// Whether API calls follow redirects. Token requests never do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Redirects {
    /// Not at all: a redirect is an answer like any other.
    #[default]
    Never,
    /// Status 307 and 308 within the same scheme, host and port, at most 5 times per attempt.
    SameOrigin,
}

const MIB: u64 = 1024 * 1024;

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            user_agent: concat!("sdk-auth/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(3),
            attempt_timeout: None,
            max_answer_bytes: 64 * MIB,
            proxy: Proxy::default(),
            redirects: Redirects::default(),
            extra_roots: Vec::new(),
            http2_without_tls: false,
        }
    }
}

impl HttpConfig {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The `User-Agent` header; default `sdk-auth/` and this crate's version.
    #[must_use]
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.user_agent = product.into();
        self
    }

    /// How long opening a connection may take, TLS included; default 3 s.
    ///
    /// What takes longer is [`TransportFailure::ConnectTimedOut`](crate::TransportFailure::ConnectTimedOut).
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long one attempt of an API call may take; default as long as the call's deadline allows.
    ///
    /// A shorter time lets a read be tried again when a server hangs, at the price of cutting off
    /// answers that are merely slow. One attempt at a token is limited to 10 s in any case.
    #[must_use]
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// The largest answer of the API that is read, in bytes after decompression; default 64 MiB.
    ///
    /// Answers of token endpoints are limited to 64 KiB in any case.
    #[must_use]
    pub fn max_answer_bytes(mut self, bytes: u64) -> Self {
        self.max_answer_bytes = bytes;
        self
    }

    /// The proxy; default as the system says.
    #[must_use]
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = proxy;
        self
    }

    /// Whether API calls follow redirects; default not.
    #[must_use]
    pub fn redirects(mut self, redirects: Redirects) -> Self {
        self.redirects = redirects;
        self
    }

    /// Trusts the root certificates of a PEM file besides the platform's, as a proxy that inspects TLS needs.
    ///
    /// Without them, such a proxy is
    /// [`CertificateProblem::UnknownIssuer`](crate::CertificateProblem::UnknownIssuer).
    #[must_use]
    pub fn extra_root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.extra_roots.push(pem.into());
        self
    }

    /// Speaks HTTP/2 on loopback from the first byte, for tests of what only HTTP/2 can say.
    #[cfg(test)]
    pub(crate) fn http2_without_tls(mut self) -> Self {
        self.http2_without_tls = true;
        self
    }

    pub(crate) fn attempt_limit(&self) -> Option<Duration> {
        self.attempt_timeout
    }

    pub(crate) fn answer_limit(&self) -> u64 {
        self.max_answer_bytes
    }

    pub(crate) fn redirect_rule(&self) -> Redirects {
        self.redirects
    }

    /// What decides who hears a token request: the proxy, and whose certificates are trusted.
    ///
    /// The rest is no reason to keep clients from sharing a token: it changes how an exchange is carried
    /// out, or concerns API calls alone.
    pub(crate) fn route(&self) -> impl Hash {
        let Self {
            proxy,
            extra_roots,
            http2_without_tls,
            user_agent: _,
            connect_timeout: _,
            attempt_timeout: _,
            max_answer_bytes: _,
            redirects: _,
        } = self;
        (proxy, extra_roots, http2_without_tls)
    }

    pub(super) fn secure_client(&self) -> Result<reqwest::ClientBuilder, ConfigError> {
        let builder = self.common().https_only(true);
        let builder = match &self.proxy {
            Proxy::System => builder,
            Proxy::None => builder.no_proxy(),
            Proxy::Explicit(url) => {
                builder.proxy(reqwest::Proxy::all(url.clone()).map_err(|_| {
                    ConfigError::new("the proxy", "a URL such as http://proxy.example.com:3128")
                })?)
            }
        };
        let mut roots = Vec::new();
        for pem in &self.extra_roots {
            let expected = |error: reqwest::Error| {
                let why = format!("certificates in PEM format, but: {}", Cause::of(&error));
                ConfigError::new("the extra root certificates", why)
            };
            let found = Certificate::from_pem_bundle(pem).map_err(expected)?;
            if found.is_empty() {
                let what = "at least one certificate in PEM format";
                return Err(ConfigError::new("the extra root certificates", what));
            }
            roots.extend(found);
        }
        Ok(if roots.is_empty() {
            builder
        } else {
            builder.tls_certs_merge(roots)
        })
    }

    pub(super) fn loopback_client(&self) -> reqwest::ClientBuilder {
        // Without roots of its own, which plain HTTP has no use for and which take time to load.
        let builder = self.common().no_proxy().tls_certs_only([]);
        if self.http2_without_tls {
            builder.http2_prior_knowledge()
        } else {
            builder
        }
    }

    fn common(&self) -> reqwest::ClientBuilder {
        reqwest::Client::builder()
            .user_agent(&self.user_agent)
            .connect_timeout(self.connect_timeout)
            // Redirects and retries are decided here, where it is known what may be sent twice and where.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never().max_retries_per_request(0))
            .referer(false)
            .tcp_nodelay(true)
    }
}

impl fmt::Debug for HttpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpConfig")
            .field("user_agent", &self.user_agent)
            .field("connect_timeout", &self.connect_timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("max_answer_bytes", &self.max_answer_bytes)
            .field("proxy", &self.proxy)
            .field("redirects", &self.redirects)
            // Pages of bytes that nobody reads.
            .field("extra_roots", &self.extra_roots.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("System"),
            Self::None => f.write_str("None"),
            // The user name and password stay out, and with them all but where the proxy is.
            Self::Explicit(url) => f
                .debug_tuple("Explicit")
                .field(&format_args!(
                    "{}://{}",
                    url.scheme(),
                    crate::error::target(url)
                ))
                .finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opening_a_connection_may_take_three_seconds_unless_told_otherwise() {
        let config = HttpConfig::new();
        assert_eq!(config.connect_timeout, Duration::from_secs(3));
    }

    #[test]
    fn debug_counts_the_extra_certificates_and_does_not_print_them() {
        let text = format!("{:?}", HttpConfig::new().extra_root_certificates("AAAA"));
        assert!(text.contains("extra_roots: 1"), "{text}");
        assert!(!text.contains("65, 65"), "{text}");
    }
}
