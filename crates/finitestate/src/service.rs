//! Everything peculiar about Finite State's servers, as data.

use http::{HeaderMap, HeaderName, HeaderValue};
use sdk_auth::{BodyFormat, ClientAuth, TokenEndpoint};
use sdk_graphql::{Classification, ErrorClass, GraphqlError, Service, classify_standard};
use url::Url;

/// Names the organization whose data a request is about ("Authentication" on docs.finitestate.io).
pub(crate) const ORGANIZATION_CONTEXT: HeaderName = HeaderName::from_static("organization-context");

/// A token request with a JSON body ("Authentication" on docs.finitestate.io).
pub(crate) fn token_endpoint(url: Url, audience: String) -> TokenEndpoint {
    TokenEndpoint::new(url)
        .body(BodyFormat::Json)
        .client_auth(ClientAuth::in_body())
        .audience(audience)
}

/// The GraphQL endpoint with its header and its reading of errors.
pub(crate) fn graphql_service(url: Url, organization_context: HeaderValue) -> Service {
    Service::new("", url)
        .headers(HeaderMap::from_iter([(
            ORGANIZATION_CONTEXT,
            organization_context,
        )]))
        .classifier(classify)
}

/// The codes are those of the open-source generator that the vendor's reference pages point to; no
/// page lists them, so an unknown code stays unknown.
fn classify(error: &GraphqlError) -> Classification {
    let standard = classify_standard(error);
    let class = match error.code() {
        Some("INVALID_CURSOR" | "ARGUMENT_OUT_OF_RANGE" | "NOT_SUPPORTED") => {
            ErrorClass::InvalidInput
        }
        _ => standard.class,
    };
    Classification { class, ..standard }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_the_generator_have_their_class() {
        for (code, class) in [
            ("INVALID_CURSOR", ErrorClass::InvalidInput),
            ("ARGUMENT_OUT_OF_RANGE", ErrorClass::InvalidInput),
            ("NOT_SUPPORTED", ErrorClass::InvalidInput),
            ("PERMISSION_DENIED", ErrorClass::Forbidden),
            ("NOT_FOUND", ErrorClass::NotFound),
            ("ANYTHING_ELSE", ErrorClass::Unknown),
        ] {
            let error = serde_json::json!({"message": "m", "extensions": {"code": code}});
            let error: GraphqlError = serde_json::from_value(error).unwrap();
            assert_eq!(classify(&error).class, class, "{code}");
        }
    }
}
