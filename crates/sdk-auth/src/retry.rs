//! When a request is sent again, and after how long; pure but for the budget's count.

mod budget;

pub(crate) use budget::RetryBudget;

use std::time::Duration;

use http::StatusCode;

use crate::error::TransportFailure;
use crate::request::Delivery;

/// When and how often a request is sent again.
///
/// | what happened | repeatable (reads) | at most once (writes) |
/// |---|---|---|
/// | not connected (in time), or turned away unprocessed (HTTP/2) | again | again |
/// | connection lost, attempt timed out | again | not |
/// | status 408, 429, 502, 503, 504 | again | not |
/// | any other answer, answer too large, certificate refused | not | not |
///
/// Waits double from [`base_delay`](Self::base_delay) to [`max_delay`](Self::max_delay) and are drawn at
/// random from zero up to that ("full jitter"); a `Retry-After` of up to
/// [`max_retry_after`](Self::max_retry_after) is obeyed instead, and a longer one ends the trying, so that
/// the answer reaches the caller. Retries are at most a fifth of all requests plus 10 a second.
#[derive(Debug, Clone)]
pub struct RetryPolicy {
    attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    max_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 3,
            base_delay: Duration::from_millis(200),
            max_delay: Duration::from_secs(5),
            max_retry_after: Duration::from_secs(60),
        }
    }
}

/// How one attempt ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome {
    Answered {
        status: StatusCode,
        retry_after: Option<Duration>,
    },
    Failed(TransportFailure),
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Hand the outcome to the caller.
    Stop,
    /// Wait, and send the request again.
    RetryAfter(Duration),
}

impl RetryPolicy {
    /// No retries at all.
    #[must_use]
    pub fn never() -> Self {
        Self::default().attempts(1)
    }

    /// How often a request is sent at most, the first time included; default 3, at least 1.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// The longest wait before the first retry; default 200 ms.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// The longest wait before any retry; default 5 s.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// The longest `Retry-After` that is obeyed; default 60 s. A longer one ends the trying.
    #[must_use]
    pub fn max_retry_after(mut self, delay: Duration) -> Self {
        self.max_retry_after = delay;
        self
    }

    /// Decides after the attempt number `attempt`, counted from 1; `random` is from 0 to 1.
    pub(crate) fn next(
        &self,
        attempt: u32,
        outcome: Outcome,
        delivery: Delivery,
        random: f64,
    ) -> Decision {
        if attempt >= self.attempts || !is_retryable(outcome, delivery) {
            return Decision::Stop;
        }
        match outcome {
            Outcome::Answered {
                retry_after: Some(wait),
                ..
            } if wait > self.max_retry_after => Decision::Stop,
            Outcome::Answered {
                retry_after: Some(wait),
                ..
            } => Decision::RetryAfter(wait),
            _ => Decision::RetryAfter(self.backoff(attempt).mul_f64(random.clamp(0.0, 1.0))),
        }
    }

    /// The longest wait after the attempt number `attempt`.
    fn backoff(&self, attempt: u32) -> Duration {
        let doublings = attempt.saturating_sub(1).min(31);
        self.base_delay
            .saturating_mul(1 << doublings)
            .min(self.max_delay)
    }
}

fn is_retryable(outcome: Outcome, delivery: Delivery) -> bool {
    match (delivery, outcome) {
        (_, Outcome::Failed(failure)) if !failure.is_transient() => false,
        (_, Outcome::Failed(failure)) if failure.is_unprocessed() => true,
        (Delivery::AtMostOnce, _) => false,
        (Delivery::Repeatable, Outcome::Failed(_)) => true,
        (Delivery::Repeatable, Outcome::Answered { status, .. }) => {
            matches!(status.as_u16(), 408 | 429 | 502 | 503 | 504)
        }
    }
}

#[cfg(test)]
mod tests;
