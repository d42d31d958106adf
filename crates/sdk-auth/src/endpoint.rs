//! What a vendor's token endpoint wants to hear and what it answers, as plain data.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use http::{HeaderName, HeaderValue, StatusCode};
use url::Url;

use crate::lifetime_rule::LifetimeRule;

/// How a token is asked for and how the answer reads: data, no code.
///
/// [`TokenEndpoint::new`] is the request of RFC 6749, section 4.4: a form body with
/// `grant_type=client_credentials`, and the credentials in a Basic header. Vendors differ in nearly every
/// part of it; each difference is one setter here.
///
/// ```
/// use sdk_auth::{BodyFormat, ClientAuth, TokenEndpoint};
///
/// // A vendor that wants JSON, with the credentials in the body.
/// let endpoint = TokenEndpoint::new("https://auth.example.com/token".parse()?)
///     .body(BodyFormat::Json)
///     .client_auth(ClientAuth::in_body())
///     .audience("https://api.example.com");
/// assert_eq!(endpoint.url().path(), "/token");
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TokenEndpoint {
    url: Url,
    pub(crate) body: BodyFormat,
    pub(crate) client_auth: ClientAuth,
    pub(crate) grant_type: GrantType,
    pub(crate) fields: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) requested_expiry: Option<RequestedExpiry>,
    pub(crate) answer: TokenAnswer,
    pub(crate) lifetime_rule: LifetimeRule,
    advice: Vec<(StatusCode, &'static str)>,
}

impl fmt::Debug for TokenEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenEndpoint")
            // The query may hold a secret.
            .field("target", &crate::error::target(&self.url))
            .field("body", &self.body)
            .field("client_auth", &self.client_auth)
            .field("grant_type", &self.grant_type)
            .field("fields", &self.fields)
            .field("headers", &self.headers)
            .field("requested_expiry", &self.requested_expiry)
            .field("answer", &self.answer)
            .field("lifetime_rule", &self.lifetime_rule)
            .field("advice", &self.advice)
            .finish()
    }
}

/// The format of a token request's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BodyFormat {
    /// A JSON object.
    Json,
    /// `application/x-www-form-urlencoded`, as RFC 6749 asks.
    Form,
    /// No body at all: everything is in the query and the headers.
    Empty,
}

/// Where the client id and secret stand in a token request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClientAuth {
    /// As two fields of the body.
    Body {
        /// The field of the client id.
        id_field: Cow<'static, str>,
        /// The field of the client secret.
        secret_field: Cow<'static, str>,
    },
    /// As a Basic header over `id:secret` as they are (RFC 7617); an id with a colon is refused.
    Basic,
    /// As a Basic header over the form-encoded id and secret (RFC 6749, section 2.3.1).
    BasicFormEncoded,
}

impl ClientAuth {
    /// In the body, under the names of RFC 6749: `client_id` and `client_secret`.
    #[must_use]
    pub const fn in_body() -> Self {
        Self::in_body_as("client_id", "client_secret")
    }

    /// In the body, under names of the vendor's own.
    #[must_use]
    pub const fn in_body_as(id_field: &'static str, secret_field: &'static str) -> Self {
        Self::Body {
            id_field: Cow::Borrowed(id_field),
            secret_field: Cow::Borrowed(secret_field),
        }
    }
}

/// Where `grant_type=client_credentials` stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GrantType {
    /// In the body, as RFC 6749 asks.
    Body,
    /// In the query of the URL.
    Query,
    /// Nowhere: the endpoint knows only one kind of grant.
    Omitted,
}

/// A request for a token that lives until a given time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct RequestedExpiry {
    pub(crate) field: Cow<'static, str>,
    pub(crate) lifetime: Duration,
}

/// How the answer of a token endpoint reads; the default is RFC 6749, section 5.1.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenAnswer {
    pub(crate) token_fields: Vec<Cow<'static, str>>,
    pub(crate) bare_token: bool,
    pub(crate) expires_in: Cow<'static, str>,
    pub(crate) expires_at: Option<Cow<'static, str>>,
    pub(crate) expiry_of_jwt: bool,
    pub(crate) default_lifetime: Duration,
}

/// The lifetime assumed when an answer states none.
///
/// Five minutes is the shortest default among common authorization servers (Keycloak's access token
/// lifespan). Too short costs a token request; too long costs rejected calls.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(300);

impl Default for TokenAnswer {
    fn default() -> Self {
        Self {
            token_fields: vec![Cow::Borrowed("access_token")],
            bare_token: false,
            expires_in: Cow::Borrowed("expires_in"),
            expires_at: None,
            expiry_of_jwt: false,
            default_lifetime: DEFAULT_LIFETIME,
        }
    }
}

impl TokenAnswer {
    /// The fields that may hold the token, first match wins; default `access_token`.
    #[must_use]
    pub fn token_fields(mut self, names: impl IntoIterator<Item = &'static str>) -> Self {
        self.token_fields = names.into_iter().map(Cow::Borrowed).collect();
        self
    }

    /// Also takes an answer that is the token itself, as a JSON string or as plain text.
    ///
    /// It must look like a token: the characters of RFC 6750, section 2.1, not letters alone, and in plain
    /// text at least 16 of them. Anything else is taken for a page or an error in words.
    #[must_use]
    pub fn or_bare_token(mut self) -> Self {
        self.bare_token = true;
        self
    }

    /// The field with the lifetime in seconds, as a number or as text; default `expires_in`.
    #[must_use]
    pub fn expires_in(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.expires_in = name.into();
        self
    }

    /// A field with the time of expiry: RFC 3339 text, or seconds or milliseconds since 1970; default none.
    ///
    /// It is read when the lifetime field is absent, against the `Date` of the answer, so that a client
    /// with a wrong clock reads it right.
    #[must_use]
    pub fn expires_at(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.expires_at = Some(name.into());
        self
    }

    /// Also takes the time of expiry from the token, if the answer states none and the token is a JWT that
    /// shows one (`exp`; RFC 7519, section 4.1.4); default not.
    ///
    /// For vendors that document their tokens as JWTs and not their answers. Nothing else in the token is
    /// looked at, and a token that cannot be read is a token like any other.
    #[must_use]
    pub fn or_expiry_of_jwt(mut self) -> Self {
        self.expiry_of_jwt = true;
        self
    }

    /// The lifetime assumed when nothing states one; default 5 minutes.
    #[must_use]
    pub fn default_lifetime(mut self, lifetime: Duration) -> Self {
        self.default_lifetime = lifetime;
        self
    }
}

impl TokenEndpoint {
    /// A token endpoint as RFC 6749 has it, at `url`: HTTPS, or HTTP on loopback.
    #[must_use]
    pub fn new(url: Url) -> Self {
        Self {
            url,
            body: BodyFormat::Form,
            client_auth: ClientAuth::BasicFormEncoded,
            grant_type: GrantType::Body,
            fields: Vec::new(),
            headers: Vec::new(),
            requested_expiry: None,
            answer: TokenAnswer::default(),
            lifetime_rule: LifetimeRule::default(),
            advice: Vec::new(),
        }
    }

    /// Where token requests go.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The same request to another URL, for a vendor's other environments and for tests.
    #[must_use]
    pub fn at(mut self, url: Url) -> Self {
        self.url = url;
        self
    }

    /// The format of the body; default [`BodyFormat::Form`].
    #[must_use]
    pub fn body(mut self, format: BodyFormat) -> Self {
        self.body = format;
        self
    }

    /// Where the credentials stand; default [`ClientAuth::BasicFormEncoded`].
    #[must_use]
    pub fn client_auth(mut self, client_auth: ClientAuth) -> Self {
        self.client_auth = client_auth;
        self
    }

    /// Where the grant type stands; default [`GrantType::Body`].
    #[must_use]
    pub fn grant_type(mut self, place: GrantType) -> Self {
        self.grant_type = place;
        self
    }

    /// Adds an `audience` field to the body.
    #[must_use]
    pub fn audience(self, audience: impl Into<Cow<'static, str>>) -> Self {
        self.field("audience", audience)
    }

    /// Adds a field to the body (`scope`, `resource`, …); not for secrets.
    #[must_use]
    pub fn field(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// Adds a header to the token request; secret ones belong to the [`Credentials`](crate::Credentials).
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Asks for a token that ends `lifetime` from now, as an RFC 3339 time in the body field `field`.
    ///
    /// The time is given by the endpoint's clock as far as its answers have shown it. An answer that
    /// states no lifetime is taken to last the shorter of `lifetime` and the default lifetime, because
    /// the endpoint may have ignored the wish.
    #[must_use]
    pub fn requested_expiry(
        mut self,
        field: impl Into<Cow<'static, str>>,
        lifetime: Duration,
    ) -> Self {
        self.requested_expiry = Some(RequestedExpiry {
            field: field.into(),
            lifetime,
        });
        self
    }

    /// How the answer reads; default as in RFC 6749.
    #[must_use]
    pub fn answer(mut self, answer: TokenAnswer) -> Self {
        self.answer = answer;
        self
    }

    /// What a new token does to the old one; default nothing, [`LifetimeRule::Ordinary`].
    #[must_use]
    pub fn lifetime_rule(mut self, rule: LifetimeRule) -> Self {
        self.lifetime_rule = rule;
        self
    }

    /// What to do after a refusal with this status, as one clause, where the vendor's users know better
    /// than the status. It ends the error's message. Default: none.
    #[must_use]
    pub fn advice(mut self, status: StatusCode, advice: &'static str) -> Self {
        self.advice.push((status, advice));
        self
    }

    pub(crate) fn advice_on(&self, status: StatusCode) -> Option<&'static str> {
        let given = self.advice.iter().find(|(of, _)| *of == status);
        given.map(|(_, advice)| *advice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_host_and_path_and_neither_user_nor_query() {
        let url = "https://canary:canary@auth.example.com/token?api_key=canary";
        let text = format!("{:?}", TokenEndpoint::new(url.parse().unwrap()));
        assert!(
            text.contains(r#"target: "auth.example.com/token""#),
            "{text}"
        );
        assert!(!text.contains("canary"), "{text}");
    }
}
