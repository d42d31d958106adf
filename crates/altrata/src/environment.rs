//! Where the vendor's servers are.

use crate::Service;

/// An Altrata environment: where tokens are issued and where the services are.
///
/// The vendor documents one for everyone ("API Authentication" on docs.altrata.com). Other addresses, such
/// as the sandbox's, are set one by one with [`ClientBuilder::token_url`](crate::ClientBuilder::token_url)
/// and [`ClientBuilder::service_url`](crate::ClientBuilder::service_url).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Environment {
    /// `api-auth.altrata.com` and a host for each service.
    #[default]
    Production,
}

impl Environment {
    /// Where tokens are requested.
    pub const fn token_url(self) -> &'static str {
        match self {
            // With a hyphen: copies of the page without punctuation read "api auth".
            Self::Production => "https://api-auth.altrata.com/oauth2/token",
        }
    }

    /// Where operations of a service are sent.
    pub const fn service_url(self, service: Service) -> &'static str {
        match (self, service) {
            (Self::Production, Service::Profile) => "https://profile.altrata.com/v1/graphql",
            (Self::Production, Service::Matching) => "https://matching.altrata.com/v1/graphql",
            (Self::Production, Service::Events) => "https://events.altrata.com/v1/graphql",
            (Self::Production, Service::Relationships) => {
                "https://relationships.altrata.com/v1/graphql"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_its_documented_host() {
        let production = Environment::default();
        assert_eq!(
            production.token_url(),
            "https://api-auth.altrata.com/oauth2/token"
        );
        for service in Service::ALL {
            assert_eq!(
                production.service_url(service),
                format!("https://{}.altrata.com/v1/graphql", service.name())
            );
        }
    }
}
