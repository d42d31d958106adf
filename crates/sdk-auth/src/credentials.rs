//! Who the client is: an id, a secret, and secret headers that travel with both.

use std::fmt;
use std::sync::Arc;

use http::{HeaderName, HeaderValue};

use crate::error::ConfigError;
use crate::secret::{SecretString, sensitive_header, wiped_bytes};

/// What identifies a client to a token endpoint: an id, a secret, and any secret headers.
///
/// Cheap to clone; the secrets are wiped when the last clone is dropped.
///
/// ```
/// use sdk_auth::Credentials;
///
/// let machine = Credentials::client("build-server", "correct horse");
/// assert_eq!(
///     format!("{machine:?}"),
///     r#"Credentials { id: "build-server", secret: [secret], headers: [] }"#
/// );
/// ```
#[derive(Clone)]
pub struct Credentials(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    id: String,
    secret: SecretString,
    headers: Vec<(HeaderName, SecretString)>,
}

/// Where a service user's API key travels, unless the vendor names another header.
const API_KEY_HEADER: HeaderName = HeaderName::from_static("x-api-key");

impl Credentials {
    /// A client id and client secret (RFC 6749, section 2.3.1).
    pub fn client(id: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        Self(Arc::new(Inner {
            id: id.into(),
            secret: secret.into(),
            headers: Vec::new(),
        }))
    }

    /// A user name, a password, and an API key sent as `x-api-key` with token requests and API calls alike.
    pub fn service_user(
        username: impl Into<String>,
        password: impl Into<SecretString>,
        api_key: impl Into<SecretString>,
    ) -> Self {
        Self::client(username, password).secret_header(API_KEY_HEADER, api_key)
    }

    /// Adds a secret header, sent with token requests and API calls alike.
    #[must_use]
    pub fn secret_header(mut self, name: HeaderName, value: impl Into<SecretString>) -> Self {
        Arc::make_mut(&mut self.0)
            .headers
            .push((name, value.into()));
        self
    }

    /// The client id or user name; not a secret.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }

    pub(crate) fn secret(&self) -> &SecretString {
        &self.0.secret
    }

    /// Every secret with the name of its header; the client secret has none.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = (Option<&HeaderName>, &str)> {
        let headers = self.0.headers.iter();
        headers
            .map(|(name, value)| (Some(name), value.expose()))
            .chain([(None, self.0.secret.expose())])
    }

    /// True if `text` holds any of the secrets.
    pub(crate) fn are_quoted_in(&self, text: &str) -> bool {
        self.secrets()
            .filter(|(_, secret)| !secret.is_empty())
            .any(|(_, secret)| text.contains(secret))
    }

    /// The secret headers, ready to send.
    pub(crate) fn headers(&self) -> Result<Vec<(HeaderName, HeaderValue)>, ConfigError> {
        let ready = |(name, value): &(HeaderName, SecretString)| {
            sensitive_header(wiped_bytes(value.expose().as_bytes().to_vec()))
                .map(|value| (name.clone(), value))
                .ok_or_else(|| {
                    ConfigError::new(
                        format!("the secret header {name}"),
                        "a value of visible characters, without a line break",
                    )
                })
        };
        self.0.headers.iter().map(ready).collect()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("id", &self.0.id)
            .field("secret", &self.0.secret)
            .field("headers", &self.0.headers)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_names_the_headers_and_hides_every_secret() {
        let user = Credentials::service_user("ada", "pass-1", "key-1");
        let text = format!("{user:?}");
        assert_eq!(
            text,
            r#"Credentials { id: "ada", secret: [secret], headers: [("x-api-key", [secret])] }"#
        );
    }

    #[test]
    fn a_secret_header_with_a_line_break_is_refused_by_name_only() {
        let user = Credentials::service_user("ada", "pass-1", "key\n1");
        let error = user.headers().unwrap_err().to_string();
        assert!(error.contains("x-api-key"), "{error}");
        assert!(!error.contains("key\n1"), "{error}");
    }
}
