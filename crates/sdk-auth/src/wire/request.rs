//! From endpoint and credentials to the request to send.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use serde::{Serialize, Serializer};
use url::Url;
use url::form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

use crate::credentials::Credentials;
use crate::endpoint::{BodyFormat, ClientAuth, GrantType, TokenEndpoint};
use crate::error::ConfigError;
use crate::secret::{sensitive_header, wiped_bytes};

/// A request that holds secrets, ready to be sent with POST.
pub(crate) struct Post {
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

/// The media type of a form body.
pub(super) const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

/// Builds the token request that `endpoint` describes.
///
/// `vendor_now` is the time by the vendor's clock, for endpoints that are told when the token shall end.
pub(crate) fn token_request(
    endpoint: &TokenEndpoint,
    credentials: &Credentials,
    vendor_now: SystemTime,
) -> Result<Post, ConfigError> {
    let mut url = endpoint.url().clone();
    if endpoint.grant_type == GrantType::Query {
        url.query_pairs_mut().append_pair(GRANT.0, GRANT.1);
    }

    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    match endpoint.body {
        BodyFormat::Json => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        BodyFormat::Form => {
            headers.insert(CONTENT_TYPE, FORM);
        }
        BodyFormat::Empty => {}
    }
    for (name, value) in &endpoint.headers {
        headers.insert(name, value.clone());
    }
    for (name, value) in credentials.headers()? {
        headers.insert(name, value);
    }
    if let Some(basic) = client_authorization(&endpoint.client_auth, credentials)? {
        headers.insert(AUTHORIZATION, basic);
    }

    let ends_at = match &endpoint.requested_expiry {
        Some(expiry) => Some(date_text(vendor_now, expiry.lifetime)?),
        None => None,
    };
    let fields = body_fields(endpoint, credentials, ends_at.as_deref());
    let body = match endpoint.body {
        BodyFormat::Json => json(&fields)?,
        BodyFormat::Form => form(&fields),
        BodyFormat::Empty if fields.is_empty() => Vec::new(),
        BodyFormat::Empty => {
            return Err(ConfigError::new(
                "the token endpoint",
                "a body format other than Empty, because credentials, grant type or fields go into the body",
            ));
        }
    };
    Ok(Post {
        url,
        headers,
        body: wiped_bytes(body),
    })
}

/// The time `lifetime` after `now`, as Finlex's page "Access Token" prints it: six digits of a second, and Z.
fn date_text(now: SystemTime, lifetime: Duration) -> Result<String, ConfigError> {
    now.checked_add(lifetime)
        .and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok())
        .and_then(|at| Some((i64::try_from(at.as_secs()).ok()?, at.subsec_nanos())))
        .and_then(|(seconds, nanos)| DateTime::<Utc>::from_timestamp(seconds, nanos))
        .map(|at| at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string())
        .ok_or_else(|| ConfigError::new("the requested expiry", "a time that has a date"))
}

/// Name and value of every field of the body, in the order they are sent.
fn body_fields<'a>(
    endpoint: &'a TokenEndpoint,
    credentials: &'a Credentials,
    ends_at: Option<&'a str>,
) -> Vec<(&'a str, &'a str)> {
    let mut fields = Vec::with_capacity(endpoint.fields.len() + 4);
    if endpoint.grant_type == GrantType::Body {
        fields.push(GRANT);
    }
    fields.extend(client_fields(&endpoint.client_auth, credentials));
    fields.extend(
        endpoint
            .fields
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref())),
    );
    if let (Some(expiry), Some(ends_at)) = (&endpoint.requested_expiry, ends_at) {
        fields.push((expiry.field.as_ref(), ends_at));
    }
    fields
}

/// The fields of the body that say who the client is; none if a header says it.
pub(super) fn client_fields<'a>(
    client_auth: &'a ClientAuth,
    credentials: &'a Credentials,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let fields = match client_auth {
        ClientAuth::Body {
            id_field,
            secret_field,
        } => Some([
            (id_field.as_ref(), credentials.id()),
            (secret_field.as_ref(), credentials.secret().expose()),
        ]),
        ClientAuth::Basic | ClientAuth::BasicFormEncoded => None,
    };
    fields.into_iter().flatten()
}

/// The `Authorization` header that says who the client is, unless the body says it.
pub(super) fn client_authorization(
    client_auth: &ClientAuth,
    credentials: &Credentials,
) -> Result<Option<HeaderValue>, ConfigError> {
    match client_auth {
        ClientAuth::Body { .. } => Ok(None),
        ClientAuth::Basic => basic(credentials, false).map(Some),
        ClientAuth::BasicFormEncoded => basic(credentials, true).map(Some),
    }
}

/// A buffer that the encoded fields fit in whatever their text, so that it never moves and leaves copies.
///
/// JSON writes a byte as at most 6 (`\u0000`), a form as at most 3; 8 more hold quotes and separators.
fn buffer_for(fields: &[(&str, &str)]) -> Vec<u8> {
    let longest = |(name, value): &(&str, &str)| 6 * (name.len() + value.len()) + 8;
    Vec::with_capacity(2 + fields.iter().map(longest).sum::<usize>())
}

fn json(fields: &[(&str, &str)]) -> Result<Vec<u8>, ConfigError> {
    /// Keeps the order of the fields.
    struct Object<'a>(&'a [(&'a str, &'a str)]);

    impl Serialize for Object<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map(self.0.iter().copied())
        }
    }

    let mut body = buffer_for(fields);
    serde_json::to_writer(&mut body, &Object(fields))
        .map_err(|_| ConfigError::new("the token request", "fields that can be written as JSON"))?;
    Ok(body)
}

pub(super) fn form(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut body = buffer_for(fields);
    for (name, value) in fields {
        if !body.is_empty() {
            body.push(b'&');
        }
        byte_serialize(name.as_bytes()).for_each(|part| body.extend_from_slice(part.as_bytes()));
        body.push(b'=');
        byte_serialize(value.as_bytes()).for_each(|part| body.extend_from_slice(part.as_bytes()));
    }
    body
}

/// The Basic header over id and secret, as they are or form-encoded first.
fn basic(credentials: &Credentials, form_encoded: bool) -> Result<HeaderValue, ConfigError> {
    let (id, secret) = (credentials.id(), credentials.secret().expose());
    let mut pair = Zeroizing::new(Vec::with_capacity(3 * (id.len() + secret.len()) + 1));
    if form_encoded {
        byte_serialize(id.as_bytes()).for_each(|part| pair.extend_from_slice(part.as_bytes()));
        pair.push(b':');
        byte_serialize(secret.as_bytes()).for_each(|part| pair.extend_from_slice(part.as_bytes()));
    } else {
        if id.contains(':') {
            return Err(ConfigError::new(
                "the client id",
                "no colon, because Basic authentication ends the id at the first one",
            ));
        }
        pair.extend_from_slice(id.as_bytes());
        pair.push(b':');
        pair.extend_from_slice(secret.as_bytes());
    }
    let mut value = String::with_capacity(6 + 4 * pair.len().div_ceil(3));
    value.push_str("Basic ");
    STANDARD.encode_string(&*pair, &mut value);
    sensitive_header(wiped_bytes(value.into_bytes()))
        .ok_or_else(|| ConfigError::new("the credentials", "text that fits a Basic header"))
}
