//! Where the vendor's servers are.

use std::{fmt, str::FromStr};

/// An ION environment: where tokens are issued and where the API is.
///
/// The vendor's page "Access tokens" has the table. An API key belongs to one environment. The hosts
/// of a tenant of its own, and the sandbox's, are set one by one with
/// [`ClientBuilder::token_url`](crate::ClientBuilder::token_url) and
/// [`ClientBuilder::api_url`](crate::ClientBuilder::api_url).
///
/// ```
/// use ion::Environment;
///
/// assert_eq!("gov-production".parse(), Ok(Environment::GovProduction));
/// assert!("prod".parse::<Environment>().is_err_and(|error| error.to_string().contains("aus-staging")));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// `app.firstresonance.io`.
    Production,
    /// `staging.firstresonance.io` and `sandbox.firstresonance.io`, which share their servers.
    Staging,
    /// `app.ion-gov.com`, for US persons only.
    GovProduction,
    /// `staging.ion-gov.com` and `sandbox.ion-gov.com`, which share their servers.
    GovStaging,
    /// `app.ion-aus.com`.
    AusProduction,
    /// `staging.ion-aus.com`.
    AusStaging,
}

/// The names that [`Environment`] is parsed from, in one clause.
pub(crate) const NAMES: &str = "one of production, staging, sandbox, gov-production, gov-staging, \
                                gov-sandbox, aus-production, aus-staging";

/// A name that no environment has.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownEnvironment;

impl fmt::Display for UnknownEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no environment has this name; it must be {NAMES}")
    }
}

impl std::error::Error for UnknownEnvironment {}

impl FromStr for Environment {
    type Err = UnknownEnvironment;

    /// Reads a name in lower case; `sandbox` is another name of `staging`.
    fn from_str(name: &str) -> Result<Self, UnknownEnvironment> {
        match name {
            "production" => Ok(Self::Production),
            "staging" | "sandbox" => Ok(Self::Staging),
            "gov-production" => Ok(Self::GovProduction),
            "gov-staging" | "gov-sandbox" => Ok(Self::GovStaging),
            "aus-production" => Ok(Self::AusProduction),
            "aus-staging" => Ok(Self::AusStaging),
            _ => Err(UnknownEnvironment),
        }
    }
}

/// Where the realm of the API keys is on an auth server.
///
/// Public sources show both, for the same hosts. A token request to the wrong one is answered with
/// 404, which is no outage: the error is not retryable, names the path that was tried, and says which
/// value of this type stands for the other one. Give it to
/// [`ClientBuilder::realm_path`](crate::ClientBuilder::realm_path), or write it into `ION_TOKEN_URL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum RealmPath {
    /// `/auth/realms/api-keys`, as the vendor's page "Access tokens" has it.
    #[default]
    AuthRealms,
    /// `/realms/api-keys`, as the vendor's example scripts have it since 2024.
    Realms,
}

impl RealmPath {
    const fn as_str(self) -> &'static str {
        match self {
            Self::AuthRealms => "/auth/realms/api-keys",
            Self::Realms => "/realms/api-keys",
        }
    }

    /// The path that a token endpoint at `path` does not have, if it has one of the two.
    pub(crate) fn other_than(path: &str) -> Option<Self> {
        let is = |realm: Self| path.starts_with(realm.as_str());
        match (is(Self::AuthRealms), is(Self::Realms)) {
            (true, _) => Some(Self::Realms),
            (_, true) => Some(Self::AuthRealms),
            _ => None,
        }
    }

    /// What to do where the other path is not there.
    pub(crate) const fn advice(self) -> &'static str {
        match self {
            Self::AuthRealms => {
                "the realm may be at /auth/realms/api-keys: choose RealmPath::AuthRealms"
            }
            Self::Realms => "the realm may be at /realms/api-keys: choose RealmPath::Realms",
        }
    }
}

impl Environment {
    /// Where tokens are requested.
    #[must_use]
    pub fn token_url(self, realm: RealmPath) -> String {
        let (host, realm) = (self.auth_host(), realm.as_str());
        format!("https://{host}{realm}/protocol/openid-connect/token")
    }

    /// Where operations are sent.
    #[must_use]
    pub fn api_url(self) -> String {
        format!("{}/graphql", self.audience())
    }

    /// What a token request may name as its `audience`: the address of the API without a path.
    #[must_use]
    pub const fn audience(self) -> &'static str {
        match self {
            Self::Production => "https://api.buildwithion.com",
            Self::Staging => "https://staging-api.buildwithion.com",
            Self::GovProduction => "https://api-production-gov.buildwithion.com",
            Self::GovStaging => "https://api-staging-gov.buildwithion.com",
            Self::AusProduction => "https://api-production-aus.buildwithion.com",
            Self::AusStaging => "https://api-staging-aus.buildwithion.com",
        }
    }

    const fn auth_host(self) -> &'static str {
        match self {
            Self::Production => "auth.buildwithion.com",
            Self::Staging => "staging-auth.buildwithion.com",
            Self::GovProduction => "auth-production-gov.buildwithion.com",
            Self::GovStaging => "auth-staging-gov.buildwithion.com",
            Self::AusProduction => "auth-production-aus.buildwithion.com",
            Self::AusStaging => "auth-staging-aus.buildwithion.com",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_name_is_an_environment_of_the_documented_table() {
        let table = [
            ("production", "auth.", "api."),
            ("staging", "staging-auth.", "staging-api."),
            ("sandbox", "staging-auth.", "staging-api."),
            (
                "gov-production",
                "auth-production-gov.",
                "api-production-gov.",
            ),
            ("gov-staging", "auth-staging-gov.", "api-staging-gov."),
            ("gov-sandbox", "auth-staging-gov.", "api-staging-gov."),
            (
                "aus-production",
                "auth-production-aus.",
                "api-production-aus.",
            ),
            ("aus-staging", "auth-staging-aus.", "api-staging-aus."),
        ];
        let listed = NAMES.strip_prefix("one of ").unwrap();
        assert_eq!(
            listed.split(", ").collect::<Vec<_>>(),
            table.map(|(name, ..)| name)
        );
        for (name, auth, api) in table {
            let environment: Environment = name.parse().unwrap();
            assert_eq!(
                environment.token_url(RealmPath::AuthRealms),
                format!(
                    "https://{auth}buildwithion.com/auth/realms/api-keys/protocol/openid-connect/token"
                ),
            );
            assert_eq!(
                environment.api_url(),
                format!("https://{api}buildwithion.com/graphql")
            );
        }
    }

    #[test]
    fn the_other_path_is_advised_where_one_of_the_two_was_tried() {
        for environment in [Environment::Production, Environment::GovStaging] {
            for (tried, other) in [
                (RealmPath::AuthRealms, RealmPath::Realms),
                (RealmPath::Realms, RealmPath::AuthRealms),
            ] {
                let url: url::Url = environment.token_url(tried).parse().unwrap();
                assert_eq!(RealmPath::other_than(url.path()), Some(other));
                assert!(other.advice().contains(other.as_str()));
                assert!(other.advice().contains(&format!("RealmPath::{other:?}")));
            }
        }
        assert_eq!(RealmPath::other_than("/token"), None);
    }

    #[test]
    fn the_newer_realm_path_has_no_auth_prefix() {
        assert_eq!(
            Environment::Production.token_url(RealmPath::Realms),
            "https://auth.buildwithion.com/realms/api-keys/protocol/openid-connect/token"
        );
    }
}
