//! What a provider remembers of failures and rejections, and what follows from it; pure.

use std::time::{Duration, Instant};

use crate::clock::Now;
use crate::error::{Error, FailureClass};
use crate::token::{AccessToken, Generation};

/// The last failure to get a token, while no other request may be made.
#[derive(Debug, Default)]
pub(super) struct FailureMemory {
    in_a_row: u32,
    last: Option<(Error, Instant)>,
}

const SECOND: Duration = Duration::from_secs(1);

/// How long to leave the token endpoint alone after the `in_a_row`th failure; `random` is from 0 to 1.
///
/// Transient: 1 s, doubling up to 60 s, of which the second half is random. (Wholly random waits start at
/// zero, and the tail of a herd that met one failure would ask again at once.) Longer if told. Throttled: as told, between
/// 1 s and 10 min; 60 s if not told. Permanent: 30 s, then one probe, as credentials can be repaired.
fn back_off(class: FailureClass, told: Option<Duration>, in_a_row: u32, random: f64) -> Duration {
    match class {
        FailureClass::Transient => {
            let longest = SECOND.saturating_mul(1 << in_a_row.saturating_sub(1).min(6));
            longest
                .min(60 * SECOND)
                .mul_f64(0.5 + 0.5 * random.clamp(0.0, 1.0))
                .max(told.unwrap_or_default())
        }
        FailureClass::Throttled => told.unwrap_or(60 * SECOND).clamp(SECOND, 600 * SECOND),
        FailureClass::Permanent => 30 * SECOND,
    }
}

impl FailureMemory {
    /// Keeps `error` and gives it back with its waiting time filled in.
    pub(super) fn remember(&mut self, error: &Error, now: Now, random: f64) -> Error {
        self.in_a_row = self.in_a_row.saturating_add(1);
        let (class, told) = match error {
            Error::TokenRequest(error) => (error.class(), error.retry_after()),
            Error::Store(error) if error.is_transient() => (FailureClass::Transient, None),
            _ => (FailureClass::Permanent, None),
        };
        let wait = back_off(class, told, self.in_a_row, random);
        let error = with_wait(error, wait);
        self.last = Some((error.clone(), now.after(wait).monotonic));
        error
    }

    /// True while no request may be made.
    pub(super) fn forbids(&self, now: Now) -> bool {
        self.last
            .as_ref()
            .is_some_and(|(_, until)| *until > now.monotonic)
    }

    /// The failure that still forbids a request, with what is left of its waiting time.
    pub(super) fn remembered(&self, now: Now) -> Option<Error> {
        let (error, until) = self.last.as_ref()?;
        let left = until.saturating_duration_since(now.monotonic);
        (!left.is_zero()).then(|| with_wait(error, left))
    }

    /// The last failure, if it was not followed by success, told to last for `wait`.
    pub(super) fn prolonged(&self, wait: Duration) -> Option<Error> {
        self.last.as_ref().map(|(error, _)| with_wait(error, wait))
    }

    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

fn with_wait(error: &Error, wait: Duration) -> Error {
    match error {
        Error::TokenRequest(error) => error.retry_in(wait).into(),
        other => other.clone(),
    }
}

/// What to do after the API refused a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// Another token has taken its place already, or is on its way: use that one.
    Adopt,
    /// The token is so new that the API may not know it yet: send it once more after this time.
    TryAgain(Duration),
    /// The token is out of use: get a new one.
    Replace,
}

/// How long to wait before a young token is sent once more.
const SECOND_CHANCE: Duration = Duration::from_secs(1);

/// So many tokens refused within [`STORM_WINDOW`] without one that was taken mean that the API refuses the
/// credentials. A token that was taken before was ended from outside, which says nothing against the next.
const STORM: usize = 3;
const STORM_WINDOW: Duration = Duration::from_secs(60);

/// How long no token is asked for then.
const STORM_PAUSE: Duration = Duration::from_secs(60);

/// The tokens that the API refused of late, of those that it never took.
#[derive(Debug, Default)]
pub(super) struct RejectionLog {
    second_chance: Option<(Generation, Instant)>,
    rejected: Vec<Instant>,
    closed_until: Option<Instant>,
}

impl RejectionLog {
    /// Decides about the refusal of the token in use.
    pub(super) fn judge(&mut self, token: &AccessToken, now: Now) -> Rejection {
        let generation = token.generation;
        match self.second_chance {
            Some((chosen, at)) if chosen == generation => {
                let left = at.saturating_duration_since(now.monotonic);
                if !left.is_zero() {
                    return Rejection::TryAgain(left);
                }
            }
            _ if now.monotonic < token.young_until.monotonic => {
                self.second_chance = Some((generation, now.after(SECOND_CHANCE).monotonic));
                return Rejection::TryAgain(SECOND_CHANCE);
            }
            _ => {}
        }
        if token.was_accepted() {
            return Rejection::Replace;
        }
        let now = now.monotonic;
        self.rejected
            .retain(|at| now.saturating_duration_since(*at) < STORM_WINDOW);
        self.rejected.push(now);
        if self.rejected.len() >= STORM {
            self.closed_until = now.checked_add(STORM_PAUSE);
        }
        Rejection::Replace
    }

    /// A token was taken: the API knows the credentials, whatever became of the tokens before.
    pub(super) fn forget(&mut self) {
        self.rejected.clear();
        self.closed_until = None;
    }

    /// How many tokens were refused and for how long none is asked for, if that is so.
    pub(super) fn closed_for(&self, now: Now) -> Option<(usize, Duration)> {
        let left = self.closed_until?.saturating_duration_since(now.monotonic);
        (!left.is_zero()).then_some((self.rejected.len(), left))
    }
}

#[cfg(test)]
mod tests;
