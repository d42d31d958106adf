//! What a new token does to the old one, and what follows from it; pure.

use std::time::Duration;

use crate::cache::Schedule;
use crate::clock::Now;

/// What a new token does to those that the vendor issued before.
///
/// ```
/// use sdk_auth::{LifetimeRule, TokenEndpoint};
///
/// let endpoint = TokenEndpoint::new("https://auth.example.com/token".parse()?)
///     .lifetime_rule(LifetimeRule::NewestOnly);
/// # let _ = endpoint;
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum LifetimeRule {
    /// Nothing: every token lives as long as was stated when it was issued.
    #[default]
    Ordinary,
    /// It ends them at once, wherever they are in use.
    ///
    /// Such a token is requested as rarely as possible: never ahead of its end, never twice in one go, and
    /// three times in a row at most. Building a provider takes a
    /// [`token_store`](crate::TokenProviderBuilder::token_store) that other processes can see, or the
    /// statement [`single_process`](crate::TokenProviderBuilder::single_process).
    NewestOnly,
}

const MINUTE: Duration = Duration::from_secs(60);

/// How many token requests may be made at once, and how long it takes until one more may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance {
    pub(crate) burst: u32,
    pub(crate) refill: Duration,
}

impl LifetimeRule {
    /// When a token is renewed that lives for `lifetime` in all, of which `remaining` is left at `now`.
    pub(crate) fn schedule(
        self,
        now: Now,
        remaining: Duration,
        lifetime: Duration,
        jitter: f64,
    ) -> Schedule {
        let schedule = Schedule::remaining(now, remaining, lifetime, jitter);
        match self {
            Self::Ordinary => schedule,
            Self::NewestOnly => schedule.without_early_renewal(),
        }
    }

    pub(crate) fn allowance(self) -> Allowance {
        match self {
            Self::Ordinary => Allowance {
                burst: 5,
                refill: MINUTE,
            },
            Self::NewestOnly => Allowance {
                burst: 3,
                refill: 5 * MINUTE,
            },
        }
    }

    /// How long after a request without an answer the next one may be sent, if they must not overlap.
    ///
    /// The vendor may still be at work on the first: if it finished after the second, the token of the
    /// second would be the one that ends. `slowest` is how long answers have taken so far.
    pub(crate) fn settle_time(self, slowest: Duration) -> Option<Duration> {
        match self {
            Self::Ordinary => None,
            Self::NewestOnly => Some(slowest.saturating_mul(2).max(Duration::from_secs(2))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::Freshness;
    use crate::clock::Clock;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_newest_only_token_is_fresh_until_a_minute_before_its_end() {
        let asked = Clock::system().now();
        for jitter in [-1.0, 0.0, 1.0] {
            let schedule =
                LifetimeRule::NewestOnly.schedule(asked, 480 * MINUTE, 480 * MINUTE, jitter);
            let at = |seconds: u32| schedule.freshness(asked.after(SECOND * seconds));
            assert_eq!(at(28_739), Freshness::Fresh);
            assert_eq!(at(28_740), Freshness::Required);
            assert_eq!(at(28_794), Freshness::Required);
            assert_eq!(at(28_795), Freshness::Expired);
        }
    }

    #[test]
    fn an_ordinary_token_is_renewed_ahead() {
        let asked = Clock::system().now();
        let schedule = LifetimeRule::Ordinary.schedule(asked, 480 * MINUTE, 480 * MINUTE, 0.0);
        assert_eq!(
            schedule.freshness(asked.after(25_200 * SECOND)),
            Freshness::Due
        );
    }

    #[test]
    fn only_newest_only_requests_settle_for_twice_the_slowest_answer_and_two_seconds_at_least() {
        let rule = LifetimeRule::NewestOnly;
        assert_eq!(rule.settle_time(Duration::ZERO), Some(2 * SECOND));
        assert_eq!(rule.settle_time(SECOND), Some(2 * SECOND));
        assert_eq!(rule.settle_time(4 * SECOND), Some(8 * SECOND));
        assert_eq!(LifetimeRule::Ordinary.settle_time(4 * SECOND), None);
    }
}
