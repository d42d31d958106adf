//! Everything peculiar about Finlex's servers, as data.

use std::borrow::Cow;
use std::time::Duration;

use sdk_auth::{
    BodyFormat, ClientAuth, GrantType, RevocationEndpoint, TokenAnswer, TokenEndpoint,
    TokenPresentation,
};
use url::Url;

/// How long a token lives unless the request says otherwise ("Access Token" on developer.finlex.io).
const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// Where the token may stand in an answer that no page describes, the likeliest first.
const TOKEN_FIELDS: [&str; 4] = ["token", "access_token", "accessToken", "jwt"];

/// A token request with a JSON body of the vendor's own: no grant type, no scope ("Access Token").
///
/// The answer is not documented. Taken are the token alone, as JSON text or as plain text, and an object
/// with the token in one of a few fields. A lifetime is read where one is stated (`expires_in`, or
/// `expiry` as in the request), else from the token itself, which the page calls a JWT; else it is the
/// documented hour, or less if less was asked for.
pub(crate) fn token_endpoint(
    url: Url,
    lifetime: Option<Duration>,
    fields: Option<Vec<&'static str>>,
) -> TokenEndpoint {
    let fields = fields.map_or(Cow::Borrowed(&TOKEN_FIELDS[..]), Cow::Owned);
    let answer = TokenAnswer::default()
        .token_fields(fields.iter().copied())
        .or_bare_token()
        .expires_at("expiry")
        .or_expiry_of_jwt()
        .default_lifetime(LIFETIME);
    let endpoint = TokenEndpoint::new(url)
        .body(BodyFormat::Json)
        .client_auth(ClientAuth::in_body_as("app_id", "secret"))
        .grant_type(GrantType::Omitted)
        .answer(answer);
    match lifetime {
        Some(lifetime) => endpoint.requested_expiry("expiry", lifetime),
        None => endpoint,
    }
}

/// A revocation that is called with the token it ends ("Access Token").
pub(crate) fn revocation_endpoint(url: Url) -> RevocationEndpoint {
    RevocationEndpoint::new(url).presentation(TokenPresentation::Bearer)
}
