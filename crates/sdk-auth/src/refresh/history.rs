//! When the next token request may be sent, seen from those that were sent before.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::budget::RequestBudget;
use crate::clock::Now;
use crate::error::TransportFailure;
use crate::lifetime_rule::LifetimeRule;

/// What one provider has asked of its token endpoint so far.
pub(crate) struct RequestHistory {
    rule: LifetimeRule,
    state: Mutex<State>,
}

struct State {
    budget: RequestBudget,
    answers: AnswerTimes,
    /// When the request went out that has had no outcome yet.
    under_way: Option<Instant>,
}

impl RequestHistory {
    pub(crate) fn new(rule: LifetimeRule, now: Now) -> Self {
        Self {
            rule,
            state: Mutex::new(State {
                budget: RequestBudget::new(rule.allowance(), now.monotonic),
                answers: AnswerTimes::default(),
                under_way: None,
            }),
        }
    }

    /// How long no request may be made because there were too many of late.
    pub(super) fn over_budget(&self, now: Now) -> Option<Duration> {
        self.lock().budget.wait(now.monotonic)
    }

    /// How long to wait before a flight's first request: the one before may have been lost together with
    /// the runtime that it ran on, and the vendor be at work on it since it was sent.
    pub(super) fn settling(&self, now: Now) -> Option<Duration> {
        let state = self.lock();
        let passed = now.monotonic.saturating_duration_since(state.under_way?);
        let wait = self.rule.settle_time(state.answers.slowest())?;
        wait.checked_sub(passed)
    }

    /// A request goes out.
    pub(super) fn sent(&self, now: Now) {
        let mut state = self.lock();
        state.budget.spend(now.monotonic);
        state.under_way = Some(now.monotonic);
    }

    /// The request that is under way was answered, one way or the other.
    pub(super) fn answered(&self, now: Now) {
        let mut state = self.lock();
        if let Some(sent) = state.under_way.take() {
            state
                .answers
                .add(now.monotonic.saturating_duration_since(sent));
        }
    }

    /// The answer was a refusal, which issues no token.
    pub(super) fn refused(&self) {
        self.lock().budget.give_back();
    }

    /// The request that is under way failed; true if another may follow at once.
    pub(super) fn failed(&self, failure: TransportFailure, now: Now) -> bool {
        let mut state = self.lock();
        let unprocessed = failure.is_unprocessed();
        if state.under_way.take().is_some() && unprocessed {
            state.budget.give_back();
        }
        let overlaps = !unprocessed && self.rule.settle_time(Duration::ZERO).is_some();
        !overlaps && state.budget.wait(now.monotonic).is_none()
    }

    /// How long to wait after a request that the vendor may still be at work on.
    pub(super) fn settle_time(&self) -> Option<Duration> {
        self.rule.settle_time(self.lock().answers.slowest())
    }

    /// A token that lives for `lifetime` was issued.
    pub(super) fn granted(&self, lifetime: Duration) {
        self.lock().budget.tokens_live_for(lifetime);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long the last answers took.
#[derive(Debug, Default)]
struct AnswerTimes(VecDeque<Duration>);

/// More than a newest-only vendor is asked in a month.
const REMEMBERED: usize = 200;

impl AnswerTimes {
    fn add(&mut self, time: Duration) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(time);
    }

    /// The 99th percentile by nearest rank; of fewer than a hundred answers the slowest.
    fn slowest(&self) -> Duration {
        let mut times: Vec<Duration> = self.0.iter().copied().collect();
        times.sort_unstable();
        let rank = (times.len() * 99).div_ceil(100);
        times
            .get(rank.saturating_sub(1))
            .copied()
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    const SECOND: Duration = Duration::from_secs(1);

    fn history(rule: LifetimeRule) -> (RequestHistory, Now) {
        let now = Clock::system().now();
        (RequestHistory::new(rule, now), now)
    }

    #[test]
    fn a_request_that_may_have_arrived_is_repeated_at_once_only_if_tokens_coexist() {
        for (rule, expected) in [
            (LifetimeRule::Ordinary, true),
            (LifetimeRule::NewestOnly, false),
        ] {
            for failure in [TransportFailure::TimedOut, TransportFailure::Broken] {
                let (history, now) = history(rule);
                history.sent(now);
                assert_eq!(
                    history.failed(failure, now),
                    expected,
                    "{rule:?} {failure:?}"
                );
            }
        }
    }

    #[test]
    fn a_request_that_did_not_arrive_costs_nothing() {
        let (history, now) = history(LifetimeRule::NewestOnly);
        for _ in 0..100 {
            history.sent(now);
            assert!(history.failed(TransportFailure::NotConnected, now));
        }
        assert_eq!(history.over_budget(now), None);
    }

    #[test]
    fn a_request_without_an_outcome_is_given_time_to_settle() {
        let (history, now) = history(LifetimeRule::NewestOnly);
        assert_eq!(history.settling(now), None);
        history.sent(now);
        assert_eq!(history.settling(now), Some(2 * SECOND));
        assert_eq!(history.settling(now.after(SECOND)), Some(SECOND));
        assert_eq!(history.settling(now.after(3 * SECOND)), None);
        history.answered(now.after(3 * SECOND));
        assert_eq!(history.settling(now), None);
        assert_eq!(history.settle_time(), Some(6 * SECOND));
    }

    #[test]
    fn no_request_is_repeated_over_budget() {
        let (history, now) = history(LifetimeRule::Ordinary);
        let repeated = (0..10).take_while(|_| {
            history.sent(now);
            history.failed(TransportFailure::Broken, now)
        });
        assert_eq!(repeated.count(), 4);
        assert_eq!(history.over_budget(now), Some(60 * SECOND));
    }

    #[test]
    fn the_slowest_answer_counts_until_there_are_a_hundred() {
        let mut times = AnswerTimes::default();
        assert_eq!(times.slowest(), Duration::ZERO);
        times.add(9 * SECOND);
        (0..98).for_each(|_| times.add(SECOND));
        assert_eq!(times.slowest(), 9 * SECOND);
        times.add(SECOND);
        assert_eq!(times.slowest(), SECOND);
        (0..1000).for_each(|_| times.add(SECOND));
        assert_eq!(times.0.len(), REMEMBERED);
    }
}
