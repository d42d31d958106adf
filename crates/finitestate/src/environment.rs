//! Where the vendor's servers are.

/// A Finite State environment: where tokens are issued and where the API is.
///
/// The vendor documents a single host for everyone ("Authentication" on docs.finitestate.io). Other
/// addresses, such as the sandbox's, are set one by one with
/// [`ClientBuilder::token_url`](crate::ClientBuilder::token_url) and
/// [`ClientBuilder::api_url`](crate::ClientBuilder::api_url).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Environment {
    /// `platform.finitestate.io`.
    #[default]
    Production,
}

impl Environment {
    /// Where tokens are requested.
    pub const fn token_url(self) -> &'static str {
        match self {
            Self::Production => "https://platform.finitestate.io/api/v1/auth/token",
        }
    }

    /// Where operations are sent.
    pub const fn api_url(self) -> &'static str {
        match self {
            Self::Production => "https://platform.finitestate.io/api/v1/graphql",
        }
    }

    /// The `audience` of the token request, which is the documented address of the API.
    pub const fn audience(self) -> &'static str {
        self.api_url()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_is_the_documented_host() {
        let production = Environment::default();
        assert_eq!(
            production.token_url(),
            "https://platform.finitestate.io/api/v1/auth/token"
        );
        assert_eq!(
            production.api_url(),
            "https://platform.finitestate.io/api/v1/graphql"
        );
    }
}
