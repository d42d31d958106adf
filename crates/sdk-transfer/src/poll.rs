//! Waiting for a job that only answers "not yet": growing pauses and a deadline.

use std::error::Error as StdError;
use std::fmt;
use std::ops::ControlFlow;
use std::time::Duration;

use tokio::time::Instant;

/// The pauses between looks: they grow by a factor up to a limit, and vary a little, so that many clients
/// do not look at the same moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backoff {
    next: Duration,
    factor: f64,
    max: Duration,
}

impl Default for Backoff {
    /// From 1 s to 30 s, half as long again each time.
    fn default() -> Self {
        Self::new(Duration::from_secs(1))
    }
}

impl Backoff {
    /// Pauses that begin with this one.
    #[must_use]
    pub fn new(first: Duration) -> Self {
        Self {
            next: first,
            factor: 1.5,
            max: Duration::from_secs(30).max(first),
        }
    }

    /// By how much pauses grow, 1 to 10; default 1.5.
    #[must_use]
    pub fn factor(mut self, factor: f64) -> Self {
        self.factor = if factor.is_finite() {
            factor.clamp(1.0, 10.0)
        } else {
            1.5
        };
        self
    }

    /// The longest pause; default 30 s, or the first one if that is longer.
    #[must_use]
    pub fn max(mut self, max: Duration) -> Self {
        self.max = max;
        self.next = self.next.min(max);
        self
    }

    /// The next pause: between four fifths of its length and all of it.
    pub fn pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = Duration::try_from_secs_f64(pause.as_secs_f64() * self.factor)
            .unwrap_or(self.max)
            .min(self.max);
        pause.mul_f64(0.8 + 0.2 * fastrand::f64())
    }
}

/// Why waiting ended without a result: there is no third reason.
#[derive(Debug)]
pub enum WaitError<E> {
    /// The deadline passed.
    Deadline(DeadlinePassed),
    /// A look failed.
    Look(E),
}

/// A job that was not done within the deadline. It may be done later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadlinePassed {
    deadline: Duration,
    looks: u32,
}

impl DeadlinePassed {
    /// The deadline, counted from the beginning of the wait.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    /// How often the job was looked at.
    #[must_use]
    pub fn looks(&self) -> u32 {
        self.looks
    }
}

/// Looks at a job until it is done: `Break` ends the wait, `Continue` goes on with it.
///
/// The first look comes at once. The last one comes at the deadline, if the one before it has ended by
/// then; a look that is under way is not cut off, so give it a deadline of its own.
///
/// ```
/// use std::{ops::ControlFlow, time::Duration};
/// use sdk_transfer::{Backoff, wait_until};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut looks = 0;
/// let done = wait_until(Backoff::new(Duration::ZERO), Duration::from_secs(60), || {
///     looks += 1;
///     let state = if looks == 3 { ControlFlow::Break("done") } else { ControlFlow::Continue(()) };
///     async move { Ok::<_, std::io::Error>(state) }
/// });
/// assert_eq!(done.await.unwrap(), "done");
/// # }
/// ```
///
/// # Errors
///
/// When a look fails, or the deadline passes.
pub async fn wait_until<T, E, F>(
    mut backoff: Backoff,
    deadline: Duration,
    mut look: impl FnMut() -> F,
) -> Result<T, WaitError<E>>
where
    F: Future<Output = Result<ControlFlow<T>, E>>,
{
    let start = Instant::now();
    let mut looks = 0_u32;
    loop {
        looks = looks.saturating_add(1);
        if let ControlFlow::Break(done) = look().await.map_err(WaitError::Look)? {
            return Ok(done);
        }
        let left = deadline.saturating_sub(start.elapsed());
        if left.is_zero() {
            return Err(WaitError::Deadline(DeadlinePassed { deadline, looks }));
        }
        tokio::time::sleep(backoff.pause().min(left)).await;
    }
}

impl fmt::Display for DeadlinePassed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { deadline, looks } = self;
        write!(f, "not done within {deadline:?} (looked {looks} times)")
    }
}

impl StdError for DeadlinePassed {}

impl<E: fmt::Display> fmt::Display for WaitError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deadline(passed) => passed.fmt(f),
            Self::Look(error) => error.fmt(f),
        }
    }
}

impl<E: StdError> StdError for WaitError<E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Deadline(_) => None,
            Self::Look(error) => error.source(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn wait(looks_needed: u32, deadline: Duration) -> Result<u32, WaitError<&'static str>> {
        let mut looks = 0;
        wait_until(Backoff::default(), deadline, || {
            looks += 1;
            let seen = looks;
            async move {
                Ok(if seen >= looks_needed {
                    ControlFlow::Break(seen)
                } else {
                    ControlFlow::Continue(())
                })
            }
        })
        .await
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_look_comes_at_once_and_the_last_one_at_the_deadline() {
        let start = Instant::now();
        assert_eq!(wait(1, Duration::ZERO).await.unwrap(), 1);
        assert_eq!(start.elapsed(), Duration::ZERO);

        let deadline = Duration::from_secs(100);
        let Err(WaitError::Deadline(passed)) = wait(u32::MAX, deadline).await else {
            panic!("nothing was ever done");
        };
        assert_eq!(passed.deadline(), deadline);
        assert!(start.elapsed().abs_diff(deadline) < Duration::from_millis(50));
        assert!((7..20).contains(&passed.looks()), "{passed}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_that_fails_ends_the_wait() {
        let look = || async { Err::<ControlFlow<()>, _>("no such job") };
        let ended = wait_until(Backoff::default(), Duration::MAX, look).await;
        assert!(matches!(ended, Err(WaitError::Look("no such job"))));
    }

    #[test]
    fn pauses_grow_to_their_limit_and_keep_to_it() {
        let second = Duration::from_secs(1);
        let mut backoff = Backoff::new(second).factor(2.0).max(second * 5);
        for expected in [1, 2, 4, 5, 5] {
            let (pause, longest) = (backoff.pause(), second * expected);
            assert!(
                pause <= longest && pause >= longest.mul_f64(0.8),
                "{pause:?}"
            );
        }
    }
}
