//! An access token in the one form it is ever needed in: ready-made headers.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::Guard;
use http::{HeaderName, HeaderValue};

use crate::cache::Schedule;
use crate::clock::Now;
use crate::secret::{sensitive_header, wiped_bytes};
use crate::store::IssueOrder;

/// Counts the tokens of one provider: a later token has a greater generation.
///
/// Rejecting a token names its generation, so that a late rejection of an old token never throws away a
/// newer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub(crate) u64);

/// How a vendor wants to see the token in the `Authorization` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TokenScheme {
    /// `Authorization: Bearer <token>` (RFC 6750).
    #[default]
    Bearer,
    /// `Authorization: <token>`, without a scheme.
    Raw,
}

/// An access token with its ready-made headers; never prints the token.
///
/// All handles and headers share one copy of its bytes, which is wiped when the last handle, and the last
/// request made with it, is gone.
pub struct AccessToken {
    pub(crate) generation: Generation,
    bearer: HeaderValue,
    raw: HeaderValue,
    secret_headers: Vec<(HeaderName, HeaderValue)>,
    /// Until then the API may not know it yet.
    pub(crate) young_until: Now,
    pub(crate) schedule: Schedule,
    /// What processes that share it agree on, if any do.
    pub(crate) issue: Option<Issue>,
    /// Whether the API has taken it at least once.
    accepted: AtomicBool,
}

/// When a token was issued and when it ends, as all processes see it that share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Issue {
    /// Which of the fleet's tokens it is.
    pub(crate) generation: u64,
    pub(crate) order: IssueOrder,
    /// In milliseconds by the vendor's clock.
    pub(crate) issued_at: u64,
    /// In milliseconds by the vendor's clock.
    pub(crate) expires_at: u64,
}

/// A token younger than this may be unknown to the API yet.
const YOUNG: Duration = Duration::from_secs(5);

/// The parts of a new token that are not in its text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TokenFacts {
    pub(crate) generation: Generation,
    pub(crate) now: Now,
    /// For how long the vendor has known it.
    pub(crate) age: Duration,
    pub(crate) schedule: Schedule,
    pub(crate) issue: Option<Issue>,
}

const BEARER: &str = "Bearer ";

impl AccessToken {
    /// `None` if `text` cannot stand in a header.
    pub(crate) fn new(
        text: &str,
        secret_headers: Vec<(HeaderName, HeaderValue)>,
        facts: TokenFacts,
    ) -> Option<Self> {
        let mut bytes = Vec::with_capacity(BEARER.len() + text.len());
        bytes.extend_from_slice(BEARER.as_bytes());
        bytes.extend_from_slice(text.as_bytes());
        let bearer = wiped_bytes(bytes);
        let raw = sensitive_header(bearer.slice(BEARER.len()..))?;
        let bearer = sensitive_header(bearer)?;
        Some(Self {
            generation: facts.generation,
            bearer,
            raw,
            secret_headers,
            young_until: facts.now.after(YOUNG.saturating_sub(facts.age)),
            schedule: facts.schedule,
            issue: facts.issue,
            accepted: AtomicBool::new(false),
        })
    }

    /// The same token on another schedule.
    pub(crate) fn rescheduled(&self, schedule: Schedule) -> Self {
        Self {
            generation: self.generation,
            bearer: self.bearer.clone(),
            raw: self.raw.clone(),
            secret_headers: self.secret_headers.clone(),
            young_until: self.young_until,
            schedule,
            issue: self.issue,
            accepted: AtomicBool::new(self.was_accepted()),
        }
    }

    /// Stands for "no token": it has expired already.
    pub(crate) fn none(now: Now) -> Self {
        let empty = HeaderValue::from_static("");
        Self {
            generation: Generation(0),
            bearer: empty.clone(),
            raw: empty,
            secret_headers: Vec::new(),
            young_until: now,
            schedule: Schedule::new(now, Duration::ZERO, 0.0),
            issue: None,
            accepted: AtomicBool::new(false),
        }
    }

    /// True if this stands for "no token".
    pub(crate) fn is_none(&self) -> bool {
        self.raw.is_empty()
    }

    /// Notes that the API has taken the token; true the first time. Read first, so that calls at once share
    /// the cache line.
    pub(crate) fn note_accepted(&self) -> bool {
        !self.was_accepted() && !self.accepted.swap(true, Ordering::Relaxed)
    }

    /// True once the API has taken the token.
    pub(crate) fn was_accepted(&self) -> bool {
        self.accepted.load(Ordering::Relaxed)
    }

    /// The token itself, for requests that carry it elsewhere than in a header.
    pub(crate) fn text(&self) -> &str {
        self.raw.to_str().unwrap_or_default()
    }

    /// The value of the `Authorization` header, marked sensitive; cloning it copies no bytes.
    #[must_use]
    pub fn authorization(&self, scheme: TokenScheme) -> &HeaderValue {
        match scheme {
            TokenScheme::Bearer => &self.bearer,
            TokenScheme::Raw => &self.raw,
        }
    }

    /// The secret headers of the credentials this token was issued for, such as an API key.
    pub fn secret_headers(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        self.secret_headers
            .iter()
            .map(|(name, value)| (name, value))
    }

    /// Which of the provider's tokens this is.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.generation
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("generation", &self.generation.0)
            .finish_non_exhaustive()
    }
}

/// A valid token, borrowed from its provider without waiting and without allocation.
///
/// Meant to be held for the moment it takes to build a request; for longer, take a handle with
/// [`to_shared`](Self::to_shared).
pub struct ReadyToken(Guard<Arc<AccessToken>>);

impl ReadyToken {
    pub(crate) fn new(guard: Guard<Arc<AccessToken>>) -> Self {
        Self(guard)
    }

    /// A handle on the same token that may be kept.
    #[must_use]
    pub fn to_shared(&self) -> Arc<AccessToken> {
        Arc::clone(&self.0)
    }
}

impl Deref for ReadyToken {
    type Target = AccessToken;

    fn deref(&self) -> &AccessToken {
        &self.0
    }
}

impl fmt::Debug for ReadyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        AccessToken::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn token(text: &str) -> Option<AccessToken> {
        let now = Clock::system().now();
        let facts = TokenFacts {
            generation: Generation(7),
            now,
            age: Duration::ZERO,
            schedule: Schedule::new(now, Duration::from_secs(3600), 0.0),
            issue: None,
        };
        AccessToken::new(text, Vec::new(), facts)
    }

    #[test]
    fn both_schemes_share_one_copy_of_the_token() {
        let token = token("abc.def").unwrap();
        let (bearer, raw) = (
            token.authorization(TokenScheme::Bearer),
            token.authorization(TokenScheme::Raw),
        );
        assert_eq!(
            (bearer.as_bytes(), raw.as_bytes()),
            (&b"Bearer abc.def"[..], &b"abc.def"[..])
        );
        assert!(bearer.is_sensitive() && raw.is_sensitive());
        assert_eq!(bearer.as_bytes()[7..].as_ptr(), raw.as_bytes().as_ptr());
    }

    #[test]
    fn debug_shows_the_generation_and_not_the_token() {
        assert_eq!(
            format!("{:?}", token("abc.def").unwrap()),
            "AccessToken { generation: 7, .. }"
        );
    }

    #[test]
    fn text_that_no_header_can_carry_makes_no_token() {
        assert!(token("abc\ndef").is_none());
    }
}
