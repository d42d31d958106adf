//! From a token to the request that revokes it, and from the answer to whether it did.

use http::StatusCode;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;

use super::request::{FORM, Post, client_authorization, client_fields, form};
use super::response::{error_code, holds_an_error};
use crate::credentials::Credentials;
use crate::endpoint::ClientAuth;
use crate::error::ConfigError;
use crate::revocation::{RevocationEndpoint, TokenPresentation};
use crate::secret::wiped_bytes;
use crate::token::{AccessToken, TokenScheme};

/// Builds the request that revokes `token` at `endpoint`.
///
/// `client` is who asks and how that is said in a form; a token that is presented as a bearer goes alone.
pub(crate) fn revocation_request(
    endpoint: &RevocationEndpoint,
    client: Option<(&ClientAuth, &Credentials)>,
    token: &AccessToken,
) -> Result<Post, ConfigError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let body = match &endpoint.presentation {
        TokenPresentation::Bearer => {
            let bearer = token.authorization(TokenScheme::Bearer).clone();
            headers.insert(AUTHORIZATION, bearer);
            Vec::new()
        }
        TokenPresentation::Form { type_hint } => {
            headers.insert(CONTENT_TYPE, FORM);
            let mut fields = vec![("token", token.text())];
            fields.extend(
                type_hint
                    .as_deref()
                    .map(|token_type| ("token_type_hint", token_type)),
            );
            if let Some((client_auth, credentials)) = client {
                headers.extend(credentials.headers()?);
                if let Some(basic) = client_authorization(client_auth, credentials)? {
                    headers.insert(AUTHORIZATION, basic);
                }
                fields.extend(client_fields(client_auth, credentials));
            }
            form(&fields)
        }
    };
    Ok(Post {
        url: endpoint.url().clone(),
        headers,
        body: wiped_bytes(body),
    })
}

/// Reads the answer of a revocation endpoint; the error is its `error` code, if it has one to repeat.
///
/// RFC 7009, section 2.2 has the status say it all. A success with an error inside is not taken for one all
/// the same: a revocation that is asked for once too often does no harm, and one that is missed does.
pub(crate) fn revocation_response(
    status: StatusCode,
    body: &[u8],
    quotes_secret: impl Fn(&str) -> bool,
) -> Result<(), Option<String>> {
    let parsed = serde_json::from_slice::<Value>(body).ok();
    let answer = parsed.as_ref().and_then(Value::as_object);
    if status.is_success() && !answer.is_some_and(holds_an_error) {
        return Ok(());
    }
    Err(answer.and_then(|answer| error_code(answer, quotes_secret)))
}
