//! Everything peculiar about Altrata's servers, as data.

use http::{HeaderValue, header};
use sdk_auth::{BodyFormat, ClientAuth, GrantType, LifetimeRule, RateLimit, TokenEndpoint};
use sdk_graphql::{Classification, ErrorClass, GraphqlError, classify_standard};
use serde_json::Value;
use url::Url;

/// One of the four services behind the one token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// People and organizations.
    Profile,
    /// From your records to Altrata's people.
    Matching,
    /// Announcements about people and organizations.
    Events,
    /// Who knows whom.
    Relationships,
}

impl Service {
    /// All four.
    pub const ALL: [Self; 4] = [
        Self::Profile,
        Self::Matching,
        Self::Events,
        Self::Relationships,
    ];

    /// The service's name, as operations give it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Matching => "matching",
            Self::Events => "events",
            Self::Relationships => "relationships",
        }
    }

    /// The rate that requests keep to by default.
    ///
    /// These are the lower of two published tables ("Errors, Warnings and Limits", and the plan printed
    /// on "API Keys and Usage Plans"): Profile and Events 2 a second, Matching and Relationships 100 a
    /// second, 50 at once. Your plan may allow more.
    pub const fn rate_limit(self) -> RateLimit {
        match self {
            Self::Profile | Self::Events => RateLimit::per_second(2),
            Self::Matching | Self::Relationships => RateLimit::per_second(100).burst(50),
        }
    }
}

/// A Basic header, the grant type in the query and no body, and each new token ends the one before
/// ("API Authentication" on docs.altrata.com).
///
/// The vendor's sample names the media type of a form although it sends none.
pub(crate) fn token_endpoint(url: Url) -> TokenEndpoint {
    TokenEndpoint::new(url)
        .body(BodyFormat::Empty)
        .client_auth(ClientAuth::Basic)
        .grant_type(GrantType::Query)
        .lifetime_rule(LifetimeRule::NewestOnly)
        .header(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        )
}

/// A GraphQL endpoint with its reading of errors, and its rate if it keeps to one.
pub(crate) fn graphql_service(
    service: Service,
    url: Url,
    rate: Option<RateLimit>,
) -> sdk_graphql::Service {
    sdk_graphql::Service::new(service.name(), url)
        .classifier(classify)
        .token_rejection(rejects_token)
        // The other 429, "Too Many Requests", is about the rate ("API Keys and Usage Plans").
        .quota_marks(&["Limit Exceeded"])
        .rate_limit(rate)
}

/// The kind of an error of a response's `errors`, which this vendor puts beside the message.
///
/// `unauthorized` and `deprecated`, in whatever case, leave the data usable; any other kind spoils it
/// ("Errors, Warnings and Limits" on docs.altrata.com).
pub fn error_type(error: &GraphqlError) -> Option<&str> {
    error.other.get("errorType").and_then(Value::as_str)
}

/// True if the error stands for a field outside the subscription, which is null in the data.
pub(crate) fn is_withheld(error: &GraphqlError) -> bool {
    error_type(error).is_some_and(|kind| kind.eq_ignore_ascii_case("unauthorized"))
}

fn classify(error: &GraphqlError) -> Classification {
    let is = |kind: &str| error_type(error).is_some_and(|found| found.eq_ignore_ascii_case(kind));
    let (class, data_usable) = if is_withheld(error) {
        (ErrorClass::Forbidden, true)
    } else if is("deprecated") {
        (ErrorClass::Deprecated, true)
    } else if rejects_token(error) {
        (ErrorClass::Unauthorized, false)
    } else if is("ValidationError") || is("BadRequestException") {
        (ErrorClass::InvalidInput, false)
    } else {
        (classify_standard(error).class, false)
    };
    Classification { class, data_usable }
}

/// The kind that the Relationships API gives to calls without a valid token; it is the one of AWS
/// AppSync, which the services seem to be built on.
fn rejects_token(error: &GraphqlError) -> bool {
    error_type(error) == Some("UnauthorizedException")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: &str) -> GraphqlError {
        let error = serde_json::json!({"message": "m", "errorType": kind, "errorInfo": null});
        serde_json::from_value(error).unwrap()
    }

    #[test]
    fn two_kinds_leave_the_data_usable_in_whatever_case() {
        for (kind, class) in [
            ("unauthorized", ErrorClass::Forbidden),
            ("Unauthorized", ErrorClass::Forbidden),
            ("UNAUTHORIZED", ErrorClass::Forbidden),
            ("deprecated", ErrorClass::Deprecated),
            ("DEPRECATED", ErrorClass::Deprecated),
        ] {
            let found = classify(&error(kind));
            assert!(found.data_usable, "{kind}");
            assert_eq!(found.class, class, "{kind}");
        }
    }

    #[test]
    fn every_other_kind_spoils_the_data() {
        for (kind, class) in [
            ("ValidationError", ErrorClass::InvalidInput),
            ("UnauthorizedException", ErrorClass::Unauthorized),
            ("GenericError", ErrorClass::Unknown),
            ("anything else", ErrorClass::Unknown),
        ] {
            let found = classify(&error(kind));
            assert!(!found.data_usable, "{kind}");
            assert_eq!(found.class, class, "{kind}");
        }
        assert!(!classify(&GraphqlError::default()).data_usable);
    }
}
