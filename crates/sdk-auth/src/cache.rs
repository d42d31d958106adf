//! How long a token is used, decided from its lifetime alone; pure.

use std::time::Duration;

use crate::clock::Now;

/// How far a token is on its way to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Freshness {
    /// Used as it is.
    Fresh,
    /// Used, while a new one is fetched in the background.
    Due,
    /// Callers wait for a new one, and get this one if that fails.
    Required,
    /// Not handed out any more.
    Expired,
}

/// The three moments at which a token changes its [`Freshness`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    due: Now,
    required: Now,
    expired: Now,
}

const MINUTE: Duration = Duration::from_secs(60);

/// How long before its end a token is renewed in the background: a quarter of its life at most, so that
/// short-lived tokens are not renewed over and over.
fn renewal_window(lifetime: Duration) -> Duration {
    let quarter = lifetime / 4;
    if lifetime <= 20 * MINUTE {
        quarter.min(5 * MINUTE)
    } else if lifetime <= 90 * MINUTE {
        quarter.min(15 * MINUTE)
    } else {
        60 * MINUTE
    }
}

/// How long before its end callers wait for the next token instead of using this one.
pub(crate) fn mandatory_margin(lifetime: Duration) -> Duration {
    MINUTE.min(lifetime / 10)
}

impl Schedule {
    /// The schedule of a token that was asked for at `asked` and lives for `lifetime` from then on.
    ///
    /// `jitter`, from -1 to 1, shifts the renewal by up to a fifth of its window either way, so that
    /// clients that started together do not renew together.
    pub(crate) fn new(asked: Now, lifetime: Duration, jitter: f64) -> Self {
        Self::remaining(asked, lifetime, lifetime, jitter)
    }

    /// The schedule of a token that lives for `lifetime` in all, of which `remaining` is left at `now`.
    pub(crate) fn remaining(
        now: Now,
        remaining: Duration,
        lifetime: Duration,
        jitter: f64,
    ) -> Self {
        let window = renewal_window(lifetime).mul_f64(1.0 + 0.2 * jitter.clamp(-1.0, 1.0));
        let stop = Duration::from_secs(5).min(lifetime / 20);
        Self {
            due: now.after(remaining.saturating_sub(window)),
            required: now.after(remaining.saturating_sub(mandatory_margin(lifetime))),
            expired: now.after(remaining.saturating_sub(stop)),
        }
    }

    /// The same token, renewed only when callers have to wait for the next one anyway.
    pub(crate) fn without_early_renewal(mut self) -> Self {
        self.due = self.required;
        self
    }

    /// Puts renewal off until a quarter of the remaining time, and at least 10 s, has passed.
    ///
    /// Nothing is moved to an earlier time, so that nobody waits for a renewal who would not have to.
    /// For a token that ends no later than the one it replaced: asking again at once would bring the
    /// same again.
    pub(crate) fn put_off_renewal(&mut self, now: Now) {
        let remaining = self
            .expired
            .monotonic
            .saturating_duration_since(now.monotonic);
        let next = now.after((remaining / 4).max(Duration::from_secs(10)));
        let next = Now {
            monotonic: next.monotonic.min(self.expired.monotonic),
            wall: next.wall.min(self.expired.wall),
        };
        self.due = self.due.later(next);
        self.required = self.required.later(next);
    }

    pub(crate) fn freshness(&self, now: Now) -> Freshness {
        if !now.reached(self.due) {
            Freshness::Fresh
        } else if now.reached(self.expired) {
            Freshness::Expired
        } else if now.reached(self.required) {
            Freshness::Required
        } else {
            Freshness::Due
        }
    }

    /// When the token is no longer handed out.
    pub(crate) fn expired_at(&self) -> Now {
        self.expired
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    const SECOND: Duration = Duration::from_secs(1);

    /// Seconds after the request at which a token becomes due, required and expired.
    #[track_caller]
    fn check(lifetime_secs: u64, jitter: f64, expected: [f64; 3]) {
        let asked = Clock::system().now();
        let schedule = Schedule::new(asked, Duration::from_secs(lifetime_secs), jitter);
        let after = |moment: Now| (moment.monotonic - asked.monotonic).as_secs_f64();
        let found = [
            after(schedule.due),
            after(schedule.required),
            after(schedule.expired),
        ];
        assert_eq!(
            found, expected,
            "lifetime {lifetime_secs} s, jitter {jitter}"
        );
    }

    #[test]
    fn zones_scale_with_the_lifetime() {
        check(4, 0.0, [3.0, 3.6, 3.8]);
        check(60, 0.0, [45.0, 54.0, 57.0]);
        check(20 * 60, 0.0, [900.0, 1140.0, 1195.0]);
        check(3600, 0.0, [2700.0, 3540.0, 3595.0]);
        check(90 * 60, 0.0, [4500.0, 5340.0, 5395.0]);
        check(8 * 3600, 0.0, [25200.0, 28740.0, 28795.0]);
        check(24 * 3600, 0.0, [82800.0, 86340.0, 86395.0]);
    }

    #[test]
    fn the_zones_of_any_lifetime_follow_each_other_and_end_before_it() {
        let asked = Clock::system().now();
        // From a second to a year, through the steps of the rule.
        let seconds = std::iter::successors(Some(1_u64), |last| Some(last + last / 50 + 1))
            .take_while(|seconds| *seconds < 366 * 24 * 3600);
        for seconds in seconds.chain([1200, 1201, 5400, 5401]) {
            for jitter in [-1.0, -0.3, 0.0, 0.7, 1.0] {
                let lifetime = Duration::from_secs(seconds);
                let schedule = Schedule::new(asked, lifetime, jitter);
                let Schedule {
                    due,
                    required,
                    expired,
                } = schedule;
                let moments = [asked, due, required, expired, asked.after(lifetime)];
                let place = format!("{seconds} s, jitter {jitter}");
                assert!(moments.is_sorted_by_key(|now| now.monotonic), "{place}");
                assert!(moments.is_sorted_by_key(|now| now.wall), "{place}");
                assert_eq!(schedule.freshness(asked), Freshness::Fresh, "{seconds} s");
                let end = asked.after(lifetime);
                assert_eq!(schedule.freshness(end), Freshness::Expired, "{seconds} s");
            }
        }
    }

    #[test]
    fn jitter_moves_renewal_by_a_fifth_of_its_window_and_nothing_else() {
        check(3600, 1.0, [2520.0, 3540.0, 3595.0]);
        check(3600, -1.0, [2880.0, 3540.0, 3595.0]);
        check(3600, 7.0, [2520.0, 3540.0, 3595.0]);
    }

    #[test]
    fn a_token_passes_through_four_states() {
        let asked = Clock::system().now();
        let schedule = Schedule::new(asked, 3600 * SECOND, 0.0);
        let states = [
            (0, Freshness::Fresh),
            (2699, Freshness::Fresh),
            (2700, Freshness::Due),
        ];
        let later = [
            (3540, Freshness::Required),
            (3594, Freshness::Required),
            (3595, Freshness::Expired),
        ];
        for (seconds, expected) in states.into_iter().chain(later) {
            assert_eq!(
                schedule.freshness(asked.after(seconds * SECOND)),
                expected,
                "{seconds} s"
            );
        }
    }

    #[test]
    fn a_wall_clock_set_forward_expires_a_token_and_one_set_back_keeps_nothing_alive() {
        let asked = Clock::system().now();
        let schedule = Schedule::new(asked, 3600 * SECOND, 0.0);
        let hour = 3600 * SECOND;
        let forward = Now {
            wall: asked.wall + hour,
            ..asked
        };
        assert_eq!(schedule.freshness(forward), Freshness::Expired);
        let back = Now {
            wall: asked.wall - hour,
            ..asked.after(hour)
        };
        assert_eq!(schedule.freshness(back), Freshness::Expired);
        let asleep = Now {
            monotonic: asked.monotonic,
            ..asked.after(2 * hour)
        };
        assert_eq!(schedule.freshness(asleep), Freshness::Expired);
    }

    #[test]
    fn renewal_that_is_put_off_waits_for_a_quarter_of_the_rest_and_blocks_nobody_earlier() {
        let asked = Clock::system().now();
        let mut schedule = Schedule::new(asked, 3600 * SECOND, 0.0);
        let states = |schedule: Schedule, times: [(u32, Freshness); 2]| {
            for (seconds, expected) in times {
                let found = schedule.freshness(asked.after(seconds * SECOND));
                assert_eq!(found, expected, "{seconds} s");
            }
        };
        // A quarter of 3200 s: earlier than planned, so the plan stays.
        schedule.put_off_renewal(asked.after(395 * SECOND));
        states(schedule, [(2699, Freshness::Fresh), (2700, Freshness::Due)]);
        // A quarter of 400 s.
        schedule.put_off_renewal(asked.after(3195 * SECOND));
        states(schedule, [(3294, Freshness::Fresh), (3295, Freshness::Due)]);
        states(
            schedule,
            [(3539, Freshness::Due), (3540, Freshness::Required)],
        );
        // At least 10 s, and then there is no time left to wait in the background.
        schedule.put_off_renewal(asked.after(3560 * SECOND));
        states(
            schedule,
            [(3569, Freshness::Fresh), (3570, Freshness::Required)],
        );
        schedule.put_off_renewal(asked.after(3590 * SECOND));
        states(
            schedule,
            [(3594, Freshness::Fresh), (3595, Freshness::Expired)],
        );
    }
}
