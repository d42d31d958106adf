//! Everything peculiar about the servers of Acme, as data.

use sdk_auth::TokenEndpoint;
use sdk_graphql::Service;
use url::Url;

// The token endpoint stands here.

/// The GraphQL endpoint, with the standard reading of errors.
pub(crate) fn graphql_service(url: Url) -> Service {
    Service::new("", url)
}
