//! Keeps retries from multiplying the load on a server that is already in trouble.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Retries that are still affordable: one for every five requests, plus ten a second.
#[derive(Debug)]
pub(crate) struct RetryBudget(Mutex<Balance>);

#[derive(Debug)]
struct Balance {
    retries: f64,
    counted: Instant,
}

const PER_REQUEST: f64 = 0.2;
const PER_SECOND: f64 = 10.0;

/// Ten seconds' worth: a calm hour does not save up for a storm.
const MOST: f64 = 100.0;

impl RetryBudget {
    pub(crate) fn new(now: Instant) -> Self {
        Self(Mutex::new(Balance {
            retries: PER_SECOND,
            counted: now,
        }))
    }

    /// Counts a request that is no retry.
    pub(crate) fn deposit(&self) {
        let mut balance = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        balance.retries = (balance.retries + PER_REQUEST).min(MOST);
    }

    /// Takes one retry out, if there is one.
    pub(crate) fn withdraw(&self, now: Instant) -> bool {
        let mut balance = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let earned = now.saturating_duration_since(balance.counted).as_secs_f64() * PER_SECOND;
        balance.counted = now;
        balance.retries = (balance.retries + earned).min(MOST);
        let affordable = balance.retries >= 1.0;
        if affordable {
            balance.retries -= 1.0;
        }
        affordable
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn withdrawals(budget: &RetryBudget, now: Instant) -> usize {
        (0..1000).take_while(|_| budget.withdraw(now)).count()
    }

    #[test]
    fn ten_retries_a_second_are_always_affordable() {
        let now = Instant::now();
        let budget = RetryBudget::new(now);
        assert_eq!(withdrawals(&budget, now), 10);
        assert_eq!(withdrawals(&budget, now + Duration::from_secs(1)), 10);
    }

    #[test]
    fn a_fifth_of_the_requests_may_be_retried_on_top() {
        let now = Instant::now();
        let budget = RetryBudget::new(now);
        (0..200).for_each(|_| budget.deposit());
        let found = withdrawals(&budget, now);
        assert!((49..=50).contains(&found), "{found}");
    }

    #[test]
    fn nothing_is_saved_up_beyond_ten_seconds_worth() {
        let now = Instant::now();
        let budget = RetryBudget::new(now);
        (0..10_000).for_each(|_| budget.deposit());
        assert_eq!(withdrawals(&budget, now + Duration::from_secs(3600)), 100);
    }
}
