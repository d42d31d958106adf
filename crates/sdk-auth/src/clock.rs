//! Time: the machine's, or one that tests move by hand.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// Where the crate reads the time.
///
/// Two clocks are read together, because each is wrong in its own way: the monotonic one may stand still
/// while a machine sleeps, and the wall clock may be set forwards or back. A token counts as expired as
/// soon as either of them says so.
#[derive(Debug, Clone, Default)]
pub struct Clock(Source);

#[derive(Debug, Clone, Default)]
enum Source {
    #[default]
    System,
    Wrong(Error),
    Manual(Arc<Mutex<Now>>),
}

/// By how much a wall clock is wrong.
#[derive(Debug, Clone, Copy)]
enum Error {
    Ahead(Duration),
    Behind(Duration),
}

/// One reading of both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Now {
    pub(crate) monotonic: Instant,
    pub(crate) wall: SystemTime,
}

impl Clock {
    /// The machine's clocks.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// The machine's clocks, with a wall clock that is ahead by this much: for tests, another machine's.
    #[must_use]
    pub fn ahead_by(error: Duration) -> Self {
        Self(Source::Wrong(Error::Ahead(error)))
    }

    /// The machine's clocks, with a wall clock that is behind by this much: for tests, another machine's.
    #[must_use]
    pub fn behind_by(error: Duration) -> Self {
        Self(Source::Wrong(Error::Behind(error)))
    }

    /// Tells clocks apart that show different times, while they are in use.
    pub(crate) fn identity(&self) -> usize {
        match &self.0 {
            Source::System => 0,
            // Odd, as no address is.
            Source::Wrong(Error::Ahead(by)) => by.as_millis() as usize * 4 + 1,
            Source::Wrong(Error::Behind(by)) => by.as_millis() as usize * 4 + 3,
            Source::Manual(now) => Arc::as_ptr(now).addr(),
        }
    }

    pub(crate) fn now(&self) -> Now {
        match &self.0 {
            Source::System => system_now(),
            Source::Wrong(error) => error.apply(system_now()),
            Source::Manual(now) => *now.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Waits for `duration`; a manual clock jumps there instead.
    pub(crate) async fn sleep(&self, duration: Duration) {
        match &self.0 {
            Source::System | Source::Wrong(_) => tokio::time::sleep(duration).await,
            Source::Manual(now) => {
                let until = self.now().after(duration);
                // Others get their turn first, as they would while time passes.
                tokio::task::yield_now().await;
                let mut now = now.lock().unwrap_or_else(PoisonError::into_inner);
                // Sleepers that overlap arrive at the same moment; their times do not add up.
                now.monotonic = now.monotonic.max(until.monotonic);
                now.wall = now.wall.max(until.wall);
            }
        }
    }
}

impl Error {
    /// What the clock shows; the right time if it cannot show the wrong one.
    fn apply(self, now: Now) -> Now {
        let wall = match self {
            Self::Ahead(by) => now.wall.checked_add(by),
            Self::Behind(by) => now.wall.checked_sub(by),
        };
        Now {
            wall: wall.unwrap_or(now.wall),
            ..now
        }
    }
}

impl Now {
    /// This moment moved on by `duration` on both clocks, as far as they can count.
    pub(crate) fn after(self, duration: Duration) -> Self {
        Self {
            monotonic: self
                .monotonic
                .checked_add(duration)
                .unwrap_or(self.monotonic),
            wall: self.wall.checked_add(duration).unwrap_or(self.wall),
        }
    }

    /// How long ago `earlier` was, by the monotonic clock.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        self.monotonic.saturating_duration_since(earlier.monotonic)
    }

    /// The later of two moments, by each clock for itself.
    pub(crate) fn later(self, other: Self) -> Self {
        Self {
            monotonic: self.monotonic.max(other.monotonic),
            wall: self.wall.max(other.wall),
        }
    }

    /// True once either clock has reached `deadline`.
    pub(crate) fn reached(self, deadline: Self) -> bool {
        self.monotonic >= deadline.monotonic || self.wall >= deadline.wall
    }
}

fn system_now() -> Now {
    Now {
        monotonic: Instant::now(),
        wall: system_wall(),
    }
}

/// The wall clock as the kernel noted it at its last tick, at most 10 ms ago.
///
/// Lifetimes are whole seconds, so the tick is near enough, and reading it costs a fifth of a precise
/// reading: every call with a valid token pays for this.
#[cfg(target_os = "linux")]
fn system_wall() -> SystemTime {
    let tick = rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse);
    let since_epoch = Duration::try_from(tick).unwrap_or_default();
    SystemTime::UNIX_EPOCH
        .checked_add(since_epoch)
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

#[cfg(not(target_os = "linux"))]
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the machine's wall clock"
)]
fn system_wall() -> SystemTime {
    SystemTime::now()
}

/// A clock for tests: it stands still until moved, and what sleeps on it wakes at once.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use sdk_auth::{Clock, ManualClock};
///
/// let time = ManualClock::starting_at(SystemTime::UNIX_EPOCH);
/// let clock: Clock = time.clock();
/// time.advance(Duration::from_secs(3600)); // an hour passes
/// # let _ = clock;
/// ```
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<Mutex<Now>>);

impl ManualClock {
    /// A clock whose wall time begins at `wall`.
    #[must_use]
    pub fn starting_at(wall: SystemTime) -> Self {
        Self(Arc::new(Mutex::new(Now {
            monotonic: Instant::now(),
            wall,
        })))
    }

    /// The clock to hand to the code under test; it follows this handle.
    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock(Source::Manual(Arc::clone(&self.0)))
    }

    /// Lets time pass on both clocks.
    pub fn advance(&self, by: Duration) {
        self.change(|now| *now = now.after(by));
    }

    /// Moves the wall clock alone, as a machine that slept or an administrator does.
    pub fn set_wall(&self, wall: SystemTime) {
        self.change(|now| now.wall = wall);
    }

    /// The wall time it shows.
    #[must_use]
    pub fn wall(&self) -> SystemTime {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).wall
    }

    fn change(&self, change: impl FnOnce(&mut Now)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sleeping_on_a_manual_clock_moves_it_and_overlapping_sleeps_do_not_add_up() {
        let time = ManualClock::starting_at(SystemTime::UNIX_EPOCH);
        let clock = time.clock();
        let second = Duration::from_secs(1);
        tokio::join!(
            clock.sleep(second),
            clock.sleep(second),
            clock.sleep(second)
        );
        assert_eq!(time.wall(), SystemTime::UNIX_EPOCH + second);
    }

    #[test]
    fn a_clock_that_is_wrong_is_so_by_its_wall_time_alone() {
        let error = Duration::from_secs(600);
        let difference = |clock: Clock| {
            let (right, wrong) = (Clock::system().now(), clock.now());
            assert!(wrong.monotonic - right.monotonic < error);
            wrong.wall.duration_since(right.wall)
        };
        let ahead = difference(Clock::ahead_by(error)).unwrap();
        assert!((error..2 * error).contains(&ahead));
        let behind = difference(Clock::behind_by(error)).unwrap_err().duration();
        assert!((error / 2..=error).contains(&behind));
        // Too much for a clock.
        assert!(difference(Clock::behind_by(Duration::MAX)).is_ok());
        let clocks = [
            Clock::system(),
            Clock::ahead_by(error),
            Clock::behind_by(error),
        ];
        let identities: std::collections::HashSet<_> = clocks.iter().map(Clock::identity).collect();
        assert_eq!(identities.len(), 3);
    }

    #[test]
    fn either_clock_alone_reaches_a_deadline() {
        let start = Clock::system().now();
        let deadline = start.after(Duration::from_secs(10));
        assert!(!start.reached(deadline));
        assert!(
            Now {
                monotonic: deadline.monotonic,
                ..start
            }
            .reached(deadline)
        );
        assert!(
            Now {
                wall: deadline.wall,
                ..start
            }
            .reached(deadline)
        );
    }
}
