//! How a call shows the API who it comes from.

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::ConfigError;
use crate::request::Request;
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
    pub(super) fn headers(&self, request: &Request, token: &AccessToken) -> HeaderMap {
        let mut headers = HeaderMap::clone(&request.headers);
        if let Some(content_type) = &request.content_type {
            headers
                .entry(CONTENT_TYPE)
                .or_insert_with(|| content_type.clone());
        }
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::header::ACCEPT;

    use super::*;
    use crate::clock::Clock;

    fn sent(request: &Request) -> HeaderMap {
        let token = AccessToken::none(Clock::system().now());
        ApiAuth::bearer().headers(request, &token)
    }

    fn post() -> Request {
        Request::post("Test", "https://api.example.com/".parse().unwrap())
    }

    #[test]
    fn a_body_names_its_media_type_unless_a_header_does() {
        let request = post().body("application/json", "{}");
        assert_eq!(sent(&request)[CONTENT_TYPE], "application/json");

        let own = HeaderValue::from_static("application/json; charset=utf-8");
        let request = request.header(CONTENT_TYPE, own.clone());
        assert_eq!(sent(&request)[CONTENT_TYPE], own);
        assert_eq!(sent(&request).get_all(CONTENT_TYPE).iter().count(), 1);
    }

    #[test]
    fn headers_that_calls_share_stay_as_they_are_when_one_call_adds_its_own() {
        let any = HeaderValue::from_static("*/*");
        let shared = Arc::new(HeaderMap::from_iter([(ACCEPT, any)]));
        let name = HeaderName::from_static("x-page");
        let request = post()
            .headers(Arc::clone(&shared))
            .header(name.clone(), HeaderValue::from_static("2"));

        let sent = sent(&request);
        assert_eq!(
            (&sent[ACCEPT], &sent[&name]),
            (&shared[ACCEPT], &"2".parse().unwrap())
        );
        assert_eq!(shared.len(), 1);
    }
}
