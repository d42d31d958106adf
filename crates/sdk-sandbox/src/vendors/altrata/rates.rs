//! The rates of the four services, as the vendor prints them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::service::Service;

/// A rate in requests: how many a second, and how many at once.
struct Rate {
    per_second: f64,
    burst: f64,
}

/// "Errors, Warnings and Limits" on docs.altrata.com.
fn documented(service: Service) -> Rate {
    let (per_second, burst) = match service {
        Service::Profile | Service::Events => (2.0, 2.0),
        Service::Matching | Service::Relationships => (100.0, 50.0),
    };
    Rate { per_second, burst }
}

/// What is left of each rate. Nothing is counted unless the rates are enforced.
#[derive(Debug, Default)]
pub(super) struct Rates {
    enforced: AtomicBool,
    buckets: [Mutex<Option<Bucket>>; 4],
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    counted: Instant,
}

impl Rates {
    /// Enforces the rates from now on, or no longer; either way they start whole.
    pub(super) fn enforce(&self, enforced: bool) {
        for bucket in &self.buckets {
            *bucket.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        self.enforced.store(enforced, Ordering::Relaxed);
    }

    /// True if one more request to a service is too many at this time.
    pub(super) fn exceeded(&self, service: Service, now: Instant) -> bool {
        let Some(bucket) = self.buckets.get(service as usize) else {
            return false;
        };
        if !self.enforced.load(Ordering::Relaxed) {
            return false;
        }
        let Rate { per_second, burst } = documented(service);
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let mut left = bucket.map_or(burst, |bucket| {
            let passed = now.saturating_duration_since(bucket.counted).as_secs_f64();
            (bucket.left + passed * per_second).min(burst)
        });
        let exceeded = left < 1.0;
        if !exceeded {
            left -= 1.0;
        }
        *bucket = Some(Bucket { left, counted: now });
        exceeded
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_rate_lets_a_burst_through_and_then_one_by_one() {
        let (rates, start) = (Rates::default(), Instant::now());
        let exceeded =
            |millis| rates.exceeded(Service::Profile, start + Duration::from_millis(millis));
        assert!(!(0..100).any(|_| exceeded(0)), "not enforced");
        rates.enforce(true);
        assert_eq!([0, 0, 0, 499].map(exceeded), [false, false, true, true]);
        assert_eq!([501, 501, 5_000].map(exceeded), [false, true, false]);
        assert_eq!([5_000, 5_000].map(exceeded), [false, true]);
        assert!(!rates.exceeded(Service::Events, start), "a service alone");
    }
}
