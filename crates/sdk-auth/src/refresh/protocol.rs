//! Every decision that processes which share a token have to agree on; pure.
//!
//! The code acts on these functions and on [`PublishDecision`](crate::store::PublishDecision), and so does the
//! model in the tests, which tries out all that can happen between three processes, their store and the vendor.

use std::time::Duration;

use crate::lifetime_rule::Allowance;
use crate::store::IssueOrder;

/// Whether a process takes over the stored token instead of asking for one.
///
/// `known` is the newest token it has had, whatever became of it: refused, expired or in use.
pub(super) fn adopts(stored: Option<IssueOrder>, known: Option<IssueOrder>) -> bool {
    stored > known
}

/// The announcement of a token request, seen by another process than the one that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Announced {
    /// None: every request so far has had an outcome.
    Nothing,
    /// A request that the vendor may still be at work on.
    Recently,
    /// A request that the vendor must be done with, one way or the other.
    LongAgo,
}

/// What the holder of the lease does, having read the record again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum LeaseStep {
    /// Somebody has stored a token meanwhile.
    Adopt,
    /// Gives the lease back and comes again later: two requests at a time could be carried out in either
    /// order, and only one of their tokens would live.
    Settle,
    /// Asks for a token.
    Ask,
}

/// What the holder of the lease does; `adopts` is about the record as it is under the lease.
pub(super) fn with_lease(adopts: bool, announced: Announced) -> LeaseStep {
    match (adopts, announced) {
        (true, _) => LeaseStep::Adopt,
        (false, Announced::Recently) => LeaseStep::Settle,
        (false, Announced::Nothing | Announced::LongAgo) => LeaseStep::Ask,
    }
}

/// Where a new token stands in the order of all: after the one that was stored when it was asked for, even if
/// the vendor's servers disagree about the second.
pub(super) fn order_of_issue(stored: Option<IssueOrder>, at: u64, fence: u64) -> IssueOrder {
    let at = stored.map_or(at, |stored| at.max(stored.at));
    IssueOrder { at, fence }
}

/// Whether a process writes its own token again, because the store has lost it.
///
/// Only a token that the API has accepted: one that was never tried may be the one that has ended.
pub(super) fn heals(
    stored: Option<IssueOrder>,
    own: Option<IssueOrder>,
    is_confirmed: bool,
) -> bool {
    is_confirmed && own > stored
}

/// The budget of all processes together, as one number in the record: the time up to which the requests that
/// were made have used it up, in milliseconds of the vendor's clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct SharedBudget {
    burst: u64,
    refill: u64,
}

/// Tokens that live shorter than twice this are renewed more often than they can be used.
const FASTEST_REFILL: Duration = Duration::from_millis(500);

impl SharedBudget {
    /// The budget for tokens that live for `lifetime`: two requests in each are always affordable.
    pub(super) fn new(allowance: Allowance, lifetime: Option<Duration>) -> Self {
        let refill = lifetime.map_or(allowance.refill, |lifetime| {
            allowance.refill.min(lifetime / 2).max(FASTEST_REFILL)
        });
        Self {
            burst: u64::from(allowance.burst.max(1)),
            refill: u64::try_from(refill.as_millis()).unwrap_or(u64::MAX).max(1),
        }
    }

    /// How long it takes until a request is affordable; `None` if one is.
    pub(super) fn wait(self, spent_until: u64, now: u64) -> Option<Duration> {
        let affordable_at = self
            .plausible(spent_until, now)
            .saturating_sub((self.burst - 1).saturating_mul(self.refill));
        let wait = affordable_at.saturating_sub(now);
        (wait > 0).then(|| Duration::from_millis(wait))
    }

    /// The number after another request.
    pub(super) fn spend(self, spent_until: u64, now: u64) -> u64 {
        self.plausible(spent_until, now)
            .max(now)
            .saturating_add(self.refill)
    }

    /// How many requests may be made now.
    pub(super) fn left(self, spent_until: u64, now: u64) -> u64 {
        let used = self.plausible(spent_until, now).saturating_sub(now);
        self.burst.saturating_sub(used.div_ceil(self.refill))
    }

    /// A number that no requests can have brought about was made by a clock that is wrong, or for tokens of
    /// another lifetime, and counts as nothing: each process has a budget of its own besides.
    fn plausible(self, spent_until: u64, now: u64) -> u64 {
        let latest = now.saturating_add(self.burst.saturating_mul(self.refill));
        if spent_until > latest { 0 } else { spent_until }
    }
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
