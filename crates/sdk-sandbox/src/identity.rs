//! Tokens: who may have one, how long it lives, and what became of it.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::clock;

/// The credentials and fields of a token request, wherever the vendor puts them.
#[derive(Default, Deserialize)]
pub(crate) struct TokenRequest {
    #[serde(default)]
    pub(crate) grant_type: Option<String>,
    #[serde(default)]
    pub(crate) client_id: Option<String>,
    #[serde(default)]
    pub(crate) client_secret: Option<String>,
    #[serde(default)]
    pub(crate) audience: Option<String>,
}

impl TokenRequest {
    /// Reads the fields of an `application/x-www-form-urlencoded` body; `None` when it is none.
    pub(crate) fn from_form(body: &[u8]) -> Option<Self> {
        let mut request = Self::default();
        for pair in std::str::from_utf8(body).ok()?.split('&') {
            let (name, value) = pair.split_once('=')?;
            let value = Some(form_decoded(value)?);
            match name {
                "grant_type" => request.grant_type = value,
                "client_id" => request.client_id = value,
                "client_secret" => request.client_secret = value,
                "audience" => request.audience = value,
                _ => {}
            }
        }
        Some(request)
    }

    /// Reads the members of a JSON object; `None` when the body is none, or a member is no string.
    pub(crate) fn from_json(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }
}

/// What a vendor asks of a token request.
pub(crate) struct TokenRules {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    /// The audiences a token may be for; none when the vendor asks for no audience.
    pub(crate) audiences: Vec<String>,
    /// How long a token lives until [`Issuer::set_lifetime`] says otherwise.
    pub(crate) lifetime: Duration,
    /// Whether a new token ends all earlier ones.
    pub(crate) newest_only: bool,
    /// The end of every token.
    pub(crate) token_mark: String,
}

/// Why a token request is refused, in the terms of RFC 6749, section 5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    UnsupportedGrantType,
    InvalidClient,
    InvalidAudience,
}

/// What the API knows about a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Valid,
    Expired,
    Revoked,
    Unknown,
}

/// One vendor's tokens. What they are is secret, and so no `Debug` shows it.
pub(crate) struct Issuer {
    rules: TokenRules,
    lifetime: Mutex<Duration>,
    /// Another one for every issuer of every process, so that no sandbox takes a token of another one.
    instance: u64,
    issued: Mutex<Issued>,
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer")
            .field("lifetime", &self.lifetime())
            .finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Issued {
    tokens: HashMap<String, Token>,
    count: u64,
}

impl Issued {
    fn revoke_all(&mut self) {
        self.tokens
            .values_mut()
            .for_each(|token| token.revoked = true);
    }
}

struct Token {
    /// `None` when that is too far away for the clock.
    expires: Option<Instant>,
    revoked: bool,
}

impl Issuer {
    pub(crate) fn new(rules: TokenRules) -> Self {
        Self {
            lifetime: Mutex::new(rules.lifetime),
            rules,
            instance: RandomState::new().hash_one(()),
            issued: Mutex::default(),
        }
    }

    /// The secret of the client that is let in.
    pub(crate) fn client_secret(&self) -> &str {
        &self.rules.client_secret
    }

    /// How long the next tokens live.
    pub(crate) fn lifetime(&self) -> Duration {
        *lock(&self.lifetime)
    }

    /// Gives the tokens from now on another lifetime.
    pub(crate) fn set_lifetime(&self, lifetime: Duration) {
        *lock(&self.lifetime) = lifetime;
    }

    /// Issues a token with the shape of a JWT.
    pub(crate) fn issue(&self, request: &TokenRequest) -> Result<String, Refusal> {
        if request.grant_type.as_deref() != Some("client_credentials") {
            return Err(Refusal::UnsupportedGrantType);
        }
        let known = request.client_id.as_ref() == Some(&self.rules.client_id)
            && request.client_secret.as_ref() == Some(&self.rules.client_secret);
        if !known {
            return Err(Refusal::InvalidClient);
        }
        let audiences = &self.rules.audiences;
        let fits = |audience| audiences.contains(audience);
        if !audiences.is_empty() && !request.audience.as_ref().is_some_and(fits) {
            return Err(Refusal::InvalidAudience);
        }
        Ok(self.grant(self.lifetime()))
    }

    /// Issues a token to a client whose credentials have been checked.
    pub(crate) fn grant(&self, lifetime: Duration) -> String {
        let mut issued = lock(&self.issued);
        if self.rules.newest_only {
            issued.revoke_all();
        }
        issued.count += 1;
        let token = self.write(issued.count, lifetime);
        let expires = Instant::now().checked_add(lifetime);
        issued.tokens.insert(
            token.clone(),
            Token {
                expires,
                revoked: false,
            },
        );
        token
    }

    /// Issues a token to somebody who is not the client under test.
    pub(crate) fn mint(&self) {
        let _theirs = self.grant(self.lifetime());
    }

    /// Looks a token up.
    pub(crate) fn standing(&self, token: &str) -> Standing {
        match lock(&self.issued).tokens.get(token) {
            None => Standing::Unknown,
            Some(token) if token.revoked => Standing::Revoked,
            Some(token) if token.expires.is_some_and(|time| time <= Instant::now()) => {
                Standing::Expired
            }
            Some(_) => Standing::Valid,
        }
    }

    /// Lets every token issued so far expire at once.
    pub(crate) fn expire_all(&self) {
        let now = Instant::now();
        lock(&self.issued)
            .tokens
            .values_mut()
            .for_each(|token| token.expires = Some(now));
    }

    /// Revokes one token.
    pub(crate) fn revoke(&self, token: &str) {
        if let Some(token) = lock(&self.issued).tokens.get_mut(token) {
            token.revoked = true;
        }
    }

    /// Revokes every token issued so far.
    pub(crate) fn revoke_all(&self) {
        lock(&self.issued).revoke_all();
    }

    /// Header, claims and a signature over both, which nobody is meant to check.
    fn write(&self, number: u64, lifetime: Duration) -> String {
        let now = clock::unix_seconds();
        let claims = serde_json::json!({
            "sub": self.rules.client_id,
            "aud": self.rules.audiences.first(),
            "iat": now,
            "exp": now.saturating_add(lifetime.as_secs()),
            "jti": format!("{:016x}-{number}", self.instance),
        });
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
        let signed = format!("{header}.{claims}");
        let signature = Sha256::digest(format!("{signed}.{}", self.rules.client_secret));
        let mark = &self.rules.token_mark;
        format!("{signed}.{}{mark}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// A poisoned lock still guards sound data: nothing that holds it can stop half way.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// One value of an `application/x-www-form-urlencoded` text; `None` when an escape is broken.
pub(crate) fn form_decoded(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok()
}
