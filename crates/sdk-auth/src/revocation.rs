//! How a vendor wants to be told that a token shall end, as plain data.

use std::borrow::Cow;

use url::Url;

use crate::token::Generation;

/// Where a token is revoked and how it is presented there: data, no code.
///
/// [`RevocationEndpoint::new`] is the request of RFC 7009, section 2.1. It is sent by
/// [`TokenProvider::revoke`](crate::TokenProvider::revoke) and by nothing else.
///
/// ```
/// use sdk_auth::{RevocationEndpoint, TokenPresentation};
///
/// // A vendor that revokes whatever token it is called with.
/// let endpoint = RevocationEndpoint::new("https://auth.example.com/revoke".parse()?)
///     .presentation(TokenPresentation::Bearer);
/// assert_eq!(endpoint.url().path(), "/revoke");
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Debug, Clone)]
pub struct RevocationEndpoint {
    url: Url,
    pub(crate) presentation: TokenPresentation,
}

/// Where the token stands in a revocation request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenPresentation {
    /// In a form body, as the field `token`, as RFC 7009 asks.
    ///
    /// The client's credentials go with it, in the same place as in the token request: in the body or in
    /// a Basic header, beside any secret headers.
    Form {
        /// The field `token_type_hint`, if it is sent.
        type_hint: Option<Cow<'static, str>>,
    },
    /// As `Authorization: Bearer <token>`, without a body and without the client's credentials.
    Bearer,
}

impl TokenPresentation {
    /// In a form body, without a `token_type_hint`.
    #[must_use]
    pub const fn form() -> Self {
        Self::Form { type_hint: None }
    }

    /// In a form body with a `token_type_hint`: `access_token`, or a type of the vendor's own.
    #[must_use]
    pub const fn form_with_hint(token_type: &'static str) -> Self {
        Self::Form {
            type_hint: Some(Cow::Borrowed(token_type)),
        }
    }
}

impl RevocationEndpoint {
    /// A revocation endpoint as RFC 7009 has it, at `url`: HTTPS, or HTTP on loopback.
    #[must_use]
    pub fn new(url: Url) -> Self {
        Self {
            url,
            presentation: TokenPresentation::form(),
        }
    }

    /// Where revocation requests go.
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

    /// Where the token stands; default [`TokenPresentation::form`].
    #[must_use]
    pub fn presentation(mut self, presentation: TokenPresentation) -> Self {
        self.presentation = presentation;
        self
    }
}

/// What was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// The token of this generation: the vendor confirmed that it is no longer valid.
    Token(Generation),
    /// Nothing: the provider held no token, and nothing was sent.
    Nothing,
}
