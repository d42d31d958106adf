//! How often a call is sent again because its token was refused.

use std::time::Duration;

use crate::refresh::Rejection;

/// At most so often.
const MAX: u32 = 2;

/// What one call has done about refusals of its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Replays {
    count: u32,
    /// Whether this call has asked for a new token on its own account.
    replaced: bool,
}

impl Replays {
    /// What follows from a refusal: after how long the call is sent again, `None` if it is not.
    pub(crate) fn after(&mut self, rejection: Rejection, in_fleet: bool) -> Option<Duration> {
        if self.count == MAX {
            return None;
        }
        let wait = match rejection {
            Rejection::Adopt => Duration::ZERO,
            // What another process stored may have ended as well, so that a fleet is given a second try.
            Rejection::Replace if self.replaced && !in_fleet => return None,
            Rejection::Replace => {
                self.replaced = true;
                Duration::ZERO
            }
            // The second replay is for newer tokens only.
            Rejection::TryAgain(_) if self.count > 0 && !in_fleet => return None,
            Rejection::TryAgain(wait) => wait,
        };
        self.count += 1;
        Some(wait)
    }
}
