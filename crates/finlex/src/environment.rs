//! Where the vendor's servers are.

/// A Finlex environment: where tokens are issued.
///
/// The vendor documents one host for tokens ("Access Token" on developer.finlex.io). The host of the API
/// is printed as a placeholder on every page that shows a call, so there is no default for it:
/// [`ClientBuilder::api_url`](crate::ClientBuilder::api_url) is required. One illustration on the page
/// "Access Token" shows `api.finlex.io`, under a path that no other page knows; ask the vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Environment {
    /// `auth.finlex.io`.
    #[default]
    Production,
}

impl Environment {
    /// Where tokens are requested.
    pub const fn token_url(self) -> &'static str {
        match self {
            Self::Production => "https://auth.finlex.io/token",
        }
    }

    /// Where tokens are revoked.
    pub const fn revoke_url(self) -> &'static str {
        match self {
            Self::Production => "https://auth.finlex.io/token-revoke",
        }
    }
}
