//! Requests kept to a rate that the server allows, before the server has to say so.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::error::Phase;
use crate::progress::Progress;

/// A rate: so many requests a second, and so many at once after a rest.
///
/// ```
/// use sdk_auth::RateLimit;
///
/// let limit = RateLimit::per_second(2).burst(5);
/// assert_eq!(limit.to_string(), "2 a second, 5 at once");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RateLimit {
    per_second: NonZeroU32,
    burst: NonZeroU32,
}

impl RateLimit {
    /// So many requests a second, at least 1, and as many at once.
    #[must_use]
    pub const fn per_second(requests: u32) -> Self {
        let requests = at_least_one(requests);
        Self {
            per_second: requests,
            burst: requests,
        }
    }

    /// How many requests may go out at once after a rest, at least 1; default as many as a second.
    #[must_use]
    pub const fn burst(mut self, requests: u32) -> Self {
        self.burst = at_least_one(requests);
        self
    }
}

const fn at_least_one(count: u32) -> NonZeroU32 {
    match NonZeroU32::new(count) {
        Some(count) => count,
        None => NonZeroU32::MIN,
    }
}

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} a second, {} at once", self.per_second, self.burst)
    }
}

/// Lets requests out at a rate. Clones share it, so that all who ask the same server keep it together.
#[derive(Clone)]
pub struct Pacer {
    limit: RateLimit,
    limiter: Arc<Limiter>,
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Instant>>;

/// The clock of the sleeps that end a wait, so that both go by the same one, in tests as well.
#[derive(Debug, Clone, Copy)]
struct TokioClock;

impl Clock for TokioClock {
    type Instant = Instant;

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }
}

impl Pacer {
    /// A pacer that has had its rest.
    #[must_use]
    pub fn new(limit: RateLimit) -> Self {
        let quota = Quota::per_second(limit.per_second).allow_burst(limit.burst);
        Self {
            limit,
            limiter: Arc::new(RateLimiter::direct_with_clock(quota, TokioClock)),
        }
    }

    /// The rate.
    #[must_use]
    pub fn limit(&self) -> RateLimit {
        self.limit
    }

    /// Waits until one more request may go out.
    pub(crate) async fn turn(&self, progress: &Progress) {
        while let Err(early) = self.limiter.check() {
            progress.enter(Phase::WaitingForTurn);
            let wait = early.wait_time_from(TokioClock.now());
            tokio::time::sleep(wait.max(Duration::from_millis(1))).await;
        }
    }
}

impl fmt::Debug for Pacer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pacer").field(&self.limit).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_goes_out_at_once_and_the_rest_in_turn() {
        let pacer = Pacer::new(RateLimit::per_second(50).burst(3));
        let progress = Progress::new();
        let started = TokioClock.now();
        for _ in 0..3 {
            pacer.clone().turn(&progress).await;
        }
        assert_eq!(progress.phase(), Phase::WaitingForToken, "nobody waited");
        for turn in 1..=2 {
            pacer.turn(&progress).await;
            let waited = TokioClock.now() - started;
            assert_eq!(waited.as_millis(), turn * 20, "turn {turn}");
        }
        assert_eq!(progress.phase(), Phase::WaitingForTurn);
    }

    #[test]
    fn no_rate_is_below_one_request() {
        assert_eq!(RateLimit::per_second(0), RateLimit::per_second(1));
        let limit = RateLimit::per_second(7).burst(0);
        assert_eq!(limit.to_string(), "7 a second, 1 at once");
    }
}
