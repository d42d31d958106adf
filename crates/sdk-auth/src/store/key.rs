//! Under which name a record is stored.

use std::fmt;

use aws_lc_rs::digest;

use crate::endpoint::TokenEndpoint;

/// Names the record of one client at one token endpoint: 32 hexadecimal digits.
///
/// It is the same in every process and every version of a program. The client secret has no part in it, so
/// that a process with a new secret finds the record, and replaces it, that was sealed with the old one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StoreKey(String);

impl StoreKey {
    /// The key for tokens of the client `id` from `endpoint`.
    #[must_use]
    pub fn new(endpoint: &TokenEndpoint, id: &str) -> Self {
        let mut hash = digest::Context::new(&digest::SHA256);
        let mut add = |part: &[u8]| {
            // With its length, so that no two lists of parts read alike.
            hash.update(&(part.len() as u64).to_be_bytes());
            hash.update(part);
        };
        add(endpoint.url().as_str().as_bytes());
        add(id.as_bytes());
        add(b"fields");
        for (name, value) in &endpoint.fields {
            add(name.as_bytes());
            add(value.as_bytes());
        }
        add(b"headers");
        for (name, value) in &endpoint.headers {
            add(name.as_str().as_bytes());
            add(value.as_bytes());
        }
        let digest = hash.finish();
        let half = digest.as_ref().iter().take(16);
        Self(half.map(|byte| format!("{byte:02x}")).collect())
    }

    /// The hexadecimal digits; fit for a file name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use http::{HeaderName, HeaderValue};

    use super::*;

    fn endpoint() -> TokenEndpoint {
        TokenEndpoint::new("https://auth.example.com/token".parse().unwrap())
    }

    #[test]
    fn a_key_is_the_same_on_every_machine() {
        let key = StoreKey::new(&endpoint(), "ada");
        assert_eq!(key.as_str(), "9ede92f6a508c98964fdd7662143c689");
        assert_eq!(key.to_string(), key.as_str());
    }

    #[test]
    fn clients_and_endpoints_that_differ_have_keys_that_differ() {
        let plain = endpoint;
        let at = |url: &str| plain().at(url.parse().unwrap());
        let header = |name, value| {
            plain().header(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        let endpoints = [
            plain(),
            at("https://auth.example.com/token?tenant=a"),
            at("https://auth.example.com/other"),
            plain().audience("a"),
            plain().field("scope", "a"),
            plain().field("scope", "a").field("scope", "b"),
            plain().field("headers", ""),
            header("scope", "a"),
            header("x-tenant", "a"),
        ];
        let ids = ["", "ada", "adas", "fields"];
        let keys: HashSet<_> = endpoints
            .iter()
            .flat_map(|endpoint| ids.map(|id| StoreKey::new(endpoint, id)))
            .collect();
        assert_eq!(keys.len(), 9 * 4);
    }
}
