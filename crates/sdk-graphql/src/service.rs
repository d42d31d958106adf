//! One endpoint of a vendor and the rules of its answers, as plain data.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use sdk_auth::{Pacer, RateLimit, Reply};
use url::Url;

use crate::{Classification, ErrorClass, GraphqlError, classify_standard};

/// The media types of GraphQL over HTTP, the newer one preferred.
const ACCEPT: HeaderValue =
    HeaderValue::from_static("application/graphql-response+json, application/json;q=0.9");

/// The media type of a request, which the body does not have to add to the headers then.
const CONTENT_TYPE: HeaderValue = HeaderValue::from_static(JSON);

/// What operations are sent as.
pub(crate) const JSON: &str = "application/json";

/// Where operations are sent and how errors are read: everything the client must know of a vendor.
#[derive(Debug, Clone)]
pub struct Service {
    name: &'static str,
    endpoint: Url,
    headers: Arc<HeaderMap>,
    classify: fn(&GraphqlError) -> Classification,
    token_rejection_codes: &'static [&'static str],
    advice: Vec<(StatusCode, &'static str)>,
    rejects_token: fn(&GraphqlError) -> bool,
    quota_marks: &'static [&'static str],
    pacer: Option<Pacer>,
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
            headers: Arc::new(HeaderMap::from_iter([
                (header::ACCEPT, ACCEPT),
                (header::CONTENT_TYPE, CONTENT_TYPE),
            ])),
            classify: classify_standard,
            token_rejection_codes: &[],
            advice: Vec::new(),
            rejects_token: |_| false,
            quota_marks: &[],
            pacer: None,
        }
    }

    /// Headers for every request to this service. Secrets do not belong here.
    #[must_use]
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        Arc::make_mut(&mut self.headers).extend(headers);
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

    /// Tells a rejected token by more than a code, where codes stand elsewhere. Default: never.
    ///
    /// It is asked about errors of the whole request alone, as for
    /// [`token_rejection_codes`](Self::token_rejection_codes).
    #[must_use]
    pub fn token_rejection(mut self, rejects: fn(&GraphqlError) -> bool) -> Self {
        self.rejects_token = rejects;
        self
    }

    /// Texts in the body of a 429 that tell a quota that is used up from a rate that is too high.
    ///
    /// Such an answer is final: sending the request again does not help. Default: none.
    #[must_use]
    pub fn quota_marks(mut self, marks: &'static [&'static str]) -> Self {
        self.quota_marks = marks;
        self
    }

    /// The rate that requests to this service keep to, by waiting for their turn. Default: none.
    ///
    /// Clones of the service, and so all clones of a client, keep it together.
    #[must_use]
    pub fn rate_limit(mut self, limit: impl Into<Option<RateLimit>>) -> Self {
        self.pacer = limit.into().map(Pacer::new);
        self
    }

    /// What to do after a bare status, as one clause, where the vendor knows better than the status.
    ///
    /// It ends the error's message in place of the usual advice. Default: none.
    #[must_use]
    pub fn advice(mut self, status: StatusCode, advice: &'static str) -> Self {
        self.advice.push((status, advice));
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

    /// The headers of every request, made once and shared by all.
    pub(crate) fn request_headers(&self) -> Arc<HeaderMap> {
        Arc::clone(&self.headers)
    }

    /// The vendor's own advice after a bare status.
    pub(crate) fn advice_on(&self, status: StatusCode) -> Option<&'static str> {
        let given = self.advice.iter().find(|(of, _)| *of == status);
        given.map(|(_, advice)| *advice)
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
                && (error
                    .code()
                    .is_some_and(|code| self.token_rejection_codes.contains(&code))
                    || (self.rejects_token)(error))
        })
    }

    pub(crate) fn pacer(&self) -> Option<&Pacer> {
        self.pacer.as_ref()
    }

    /// True for a 429 that says that a quota is used up.
    pub(crate) fn is_quota_exceeded(&self, reply: &Reply) -> bool {
        reply.status() == StatusCode::TOO_MANY_REQUESTS
            && std::str::from_utf8(reply.body())
                .is_ok_and(|body| self.quota_marks.iter().any(|mark| body.contains(mark)))
    }
}
