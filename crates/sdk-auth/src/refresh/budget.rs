//! Keeps a provider from asking for tokens over and over, whatever goes wrong; pure.

use std::time::{Duration, Instant};

use crate::lifetime_rule::Allowance;

/// The token requests that may still be made: so many at once, and one more every so often.
#[derive(Debug)]
pub(super) struct RequestBudget {
    allowance: Allowance,
    refill: Duration,
    left: u32,
    /// Since when the time towards the next request has been counted.
    counted: Instant,
}

/// Tokens that live shorter than twice this are renewed more often than they can be used.
const FASTEST_REFILL: Duration = Duration::from_millis(500);

impl RequestBudget {
    pub(super) fn new(allowance: Allowance, now: Instant) -> Self {
        Self {
            allowance,
            refill: allowance.refill,
            left: allowance.burst,
            counted: now,
        }
    }

    /// Takes the lifetime of tokens into account: two requests in each are always affordable, so that
    /// short-lived tokens can be renewed.
    pub(super) fn tokens_live_for(&mut self, lifetime: Duration) {
        self.refill = self.allowance.refill.min(lifetime / 2).max(FASTEST_REFILL);
    }

    /// How long it takes until a request is affordable; `None` if one is.
    pub(super) fn wait(&mut self, now: Instant) -> Option<Duration> {
        self.count_up_to(now);
        let gathered = now.saturating_duration_since(self.counted);
        (self.left == 0).then(|| self.refill.saturating_sub(gathered))
    }

    pub(super) fn spend(&mut self, now: Instant) {
        self.count_up_to(now);
        self.left = self.left.saturating_sub(1);
    }

    /// For a request that provably was not acted on.
    pub(super) fn give_back(&mut self) {
        self.left = (self.left + 1).min(self.allowance.burst);
    }

    fn count_up_to(&mut self, now: Instant) {
        let gathered = now.saturating_duration_since(self.counted);
        let earned = gathered.as_nanos() / self.refill.as_nanos().max(1);
        let missing = self.allowance.burst - self.left;
        if earned >= u128::from(missing) {
            self.left = self.allowance.burst;
            self.counted = now;
        } else if let Ok(earned) = u32::try_from(earned) {
            self.left += earned;
            self.counted += self.refill * earned;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifetime_rule::LifetimeRule;

    const MINUTE: Duration = Duration::from_secs(60);

    fn budget(rule: LifetimeRule) -> (RequestBudget, Instant) {
        let now = Instant::now();
        (RequestBudget::new(rule.allowance(), now), now)
    }

    /// Spends what is there and says how much it was.
    fn spend_all(budget: &mut RequestBudget, now: Instant) -> usize {
        (0..100)
            .take_while(|_| {
                let affordable = budget.wait(now).is_none();
                budget.spend(now);
                affordable
            })
            .count()
    }

    #[track_caller]
    fn check(rule: LifetimeRule, burst: usize, refill: Duration) {
        let (mut budget, start) = budget(rule);
        assert_eq!(spend_all(&mut budget, start), burst);
        assert_eq!(budget.wait(start), Some(refill));
        assert_eq!(budget.wait(start + refill / 4), Some(refill * 3 / 4));
        assert_eq!(spend_all(&mut budget, start + refill), 1);
        assert_eq!(spend_all(&mut budget, start + refill * 3), 2);
        assert_eq!(spend_all(&mut budget, start + refill * 300), burst);
    }

    #[test]
    fn requests_are_affordable_in_a_burst_and_then_one_by_one() {
        check(LifetimeRule::Ordinary, 5, MINUTE);
        check(LifetimeRule::NewestOnly, 3, 5 * MINUTE);
    }

    #[test]
    fn time_gathered_while_nothing_is_missing_does_not_count() {
        let (mut budget, start) = budget(LifetimeRule::NewestOnly);
        let later = start + 4 * MINUTE;
        assert_eq!(spend_all(&mut budget, later), 3);
        assert_eq!(budget.wait(later), Some(5 * MINUTE));
    }

    #[test]
    fn a_request_that_was_given_back_is_affordable_again_and_no_more_than_that() {
        let (mut budget, now) = budget(LifetimeRule::NewestOnly);
        budget.give_back();
        assert_eq!(spend_all(&mut budget, now), 3);
        budget.give_back();
        assert_eq!(spend_all(&mut budget, now), 1);
    }

    #[test]
    fn short_lived_tokens_can_always_be_renewed() {
        for seconds in [1, 2, 30, 60, 600] {
            let (mut budget, mut now) = budget(LifetimeRule::NewestOnly);
            let lifetime = Duration::from_secs(seconds);
            for renewal in 0..200 {
                assert_eq!(budget.wait(now), None, "renewal {renewal}, {lifetime:?}");
                budget.spend(now);
                budget.tokens_live_for(lifetime);
                now += lifetime * 3 / 4;
            }
        }
    }
}
