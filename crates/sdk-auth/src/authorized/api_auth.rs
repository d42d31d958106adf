//! How a call shows the API who it comes from.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::ConfigError;
use crate::secret::{SecretString, sensitive_header, wiped_bytes};
use crate::token::{AccessToken, TokenScheme};

/// How API calls carry the token, and which fixed headers go with it.
///
/// Secret headers of the [`Credentials`](crate::Credentials) are sent as well and need no mention here.
///
/// ```
/// use http::{HeaderName, HeaderValue};
/// use sdk_auth::ApiAuth;
///
/// let auth = ApiAuth::bearer()
///     .header(HeaderName::from_static("x-tenant"), HeaderValue::from_static("blue"));
/// # let _ = auth;
/// ```
#[derive(Debug, Clone, Default)]
pub struct ApiAuth {
    scheme: TokenScheme,
    headers: HeaderMap,
}

impl ApiAuth {
    /// `Authorization: Bearer <token>`.
    #[must_use]
    pub fn bearer() -> Self {
        Self::default()
    }

    /// `Authorization: <token>`, without a scheme.
    #[must_use]
    pub fn raw() -> Self {
        Self {
            scheme: TokenScheme::Raw,
            headers: HeaderMap::new(),
        }
    }

    /// Adds a header to every call; it takes the place of one of the same name that a request has.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Adds a secret header to every call.
    ///
    /// # Errors
    ///
    /// If the value holds characters that a header may not carry.
    pub fn secret_header(
        self,
        name: HeaderName,
        value: impl Into<SecretString>,
    ) -> Result<Self, ConfigError> {
        let bytes = wiped_bytes(value.into().expose().as_bytes().to_vec());
        let value = sensitive_header(bytes).ok_or_else(|| {
            let expected = "a value of visible characters, without a line break";
            ConfigError::new(format!("the secret header {name}"), expected)
        })?;
        Ok(self.header(name, value))
    }

    /// The headers of one request: the request's own, then the fixed ones, then those of the token.
    pub(super) fn headers(&self, own: &HeaderMap, token: &AccessToken) -> HeaderMap {
        let mut headers = own.clone();
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        for (name, value) in token.secret_headers() {
            headers.insert(name, value.clone());
        }
        headers.insert(AUTHORIZATION, token.authorization(self.scheme).clone());
        headers
    }
}
