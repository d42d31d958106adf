//! The time by the vendor's clock, as far as its answers show it.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

/// How far the vendor's clock is ahead of this machine's, in milliseconds, as its answers showed it.
#[derive(Debug, Default)]
pub(crate) struct VendorClock {
    ahead_millis: AtomicI64,
    is_known: AtomicBool,
}

/// `Date` has whole seconds and spends time on the way; less than this is no difference.
const NOTABLE_SKEW_MILLIS: i64 = 5_000;

impl VendorClock {
    pub(super) fn now(&self, local: SystemTime) -> SystemTime {
        let millis = self.ahead_millis.load(Ordering::Relaxed);
        let skew = Duration::from_millis(millis.unsigned_abs());
        let moved = if millis < 0 {
            local.checked_sub(skew)
        } else {
            local.checked_add(skew)
        };
        moved.unwrap_or(local)
    }

    /// True once an answer has shown it.
    pub(super) fn is_known(&self) -> bool {
        self.is_known.load(Ordering::Relaxed)
    }

    pub(super) fn observe(&self, vendor: SystemTime, local: SystemTime) {
        let millis = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        let skew = match vendor.duration_since(local) {
            Ok(ahead) => millis(ahead),
            Err(behind) => -millis(behind.duration()),
        };
        let notable = if skew.abs() > NOTABLE_SKEW_MILLIS {
            skew
        } else {
            0
        };
        self.ahead_millis.store(notable, Ordering::Relaxed);
        self.is_known.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: SystemTime = SystemTime::UNIX_EPOCH;

    /// The vendor's time at [`NOW`] after an answer that was this many seconds ahead.
    #[track_caller]
    fn check(ahead_secs: i64, expected_secs: i64) {
        let at = |seconds: i64| {
            let span = Duration::from_secs(seconds.unsigned_abs());
            if seconds < 0 { NOW - span } else { NOW + span }
        };
        let clock = VendorClock::default();
        assert!(!clock.is_known());
        clock.observe(at(ahead_secs), NOW);
        assert!(clock.is_known());
        assert_eq!(clock.now(NOW), at(expected_secs), "{ahead_secs} s ahead");
    }

    #[test]
    fn a_difference_counts_from_five_seconds_on_either_way() {
        check(600, 600);
        check(-600, -600);
        check(6, 6);
        check(5, 0);
        check(-5, 0);
    }

    #[test]
    fn a_clock_that_was_corrected_is_believed() {
        let clock = VendorClock::default();
        clock.observe(NOW + Duration::from_secs(600), NOW);
        clock.observe(NOW, NOW);
        assert_eq!(clock.now(NOW), NOW);
    }
}
