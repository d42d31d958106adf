//! One endpoint of a vendor and the rules of its answers, as plain data.

use http::{HeaderMap, HeaderValue, header};
use url::Url;

use crate::{Classification, ErrorClass, GraphqlError, classify_standard};

/// The media types of GraphQL over HTTP, the newer one preferred.
const ACCEPT: HeaderValue =
    HeaderValue::from_static("application/graphql-response+json, application/json;q=0.9");

/// Where operations are sent and how errors are read: everything the client must know of a vendor.
#[derive(Debug, Clone)]
pub struct Service {
    name: &'static str,
    endpoint: Url,
    headers: HeaderMap,
    classify: fn(&GraphqlError) -> Classification,
    token_rejection_codes: &'static [&'static str],
}

impl Service {
    /// A service with standard error rules at this endpoint.
    ///
    /// `name` is what [`Operation::service`](crate::Operation::service) gives; empty for a vendor
    /// with a single service.
    pub fn new(name: &'static str, endpoint: Url) -> Self {
        Self {
            name,
            endpoint,
            headers: HeaderMap::from_iter([(header::ACCEPT, ACCEPT)]),
            classify: classify_standard,
            token_rejection_codes: &[],
        }
    }

    /// Headers for every request to this service. Secrets do not belong here.
    #[must_use]
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers.extend(headers);
        self
    }

    /// The vendor's own reading of an error. Default: [`classify_standard`].
    #[must_use]
    pub fn classifier(mut self, classify: fn(&GraphqlError) -> Classification) -> Self {
        self.classify = classify;
        self
    }

    /// The codes by which this service rejects a token inside a GraphQL response.
    ///
    /// They count only in an error of the whole request (no data, no path): then nothing was
    /// executed, and even a mutation may be sent again with a new token. Default: none.
    #[must_use]
    pub fn token_rejection_codes(mut self, codes: &'static [&'static str]) -> Self {
        self.token_rejection_codes = codes;
        self
    }

    /// The service's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn host(&self) -> &str {
        self.endpoint.host_str().unwrap_or_default()
    }

    /// Where the service is.
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    pub(crate) fn request_headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Reads one error by the vendor's rules.
    pub fn classify(&self, error: &GraphqlError) -> Classification {
        (self.classify)(error)
    }

    /// The class of the first error that spoils the data, or else of the first.
    pub(crate) fn class_of(&self, errors: &[GraphqlError]) -> ErrorClass {
        let classes = || errors.iter().map(|error| self.classify(error));
        classes()
            .find(|found| !found.data_usable)
            .or_else(|| classes().next())
            .map_or(ErrorClass::Unknown, |found| found.class)
    }

    /// True for an error of the whole request whose code rejects the token.
    pub(crate) fn rejects_token(&self, errors: &[GraphqlError]) -> bool {
        errors.iter().any(|error| {
            error.path.is_empty()
                && error
                    .code()
                    .is_some_and(|code| self.token_rejection_codes.contains(&code))
        })
    }
}
