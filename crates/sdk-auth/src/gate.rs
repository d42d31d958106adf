//! What all callers wait at after the server has asked to slow down.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The first wait where the server names none, and the shortest where it does: a server that says 0 still refuses.
const FIRST: Duration = Duration::from_secs(1);

/// The longest wait where the server names none.
const LONGEST: Duration = Duration::from_secs(30);

/// The longest wait that is obeyed.
const LONGEST_OBEYED: Duration = Duration::from_secs(600);

/// Holds requests back for as long as the server has asked one of them to wait.
///
/// Clones are the same gate. A request that [has it](crate::Request::gate) waits while it is closed; whoever
/// reads the answers closes it, so that what counts as a refusal is theirs to say.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    opens: Option<Instant>,
    in_a_row: u32,
}

impl Gate {
    /// An open gate.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits until the gate is open.
    pub async fn pass(&self) {
        loop {
            match self.closed_for() {
                Duration::ZERO => return,
                wait => tokio::time::sleep(wait).await,
            }
        }
    }

    /// How long the gate stays closed; zero if it is open.
    #[must_use]
    pub fn closed_for(&self) -> Duration {
        let opens = self.lock().opens;
        opens.map_or(Duration::ZERO, |opens| {
            opens.saturating_duration_since(Instant::now())
        })
    }

    /// Closes the gate for as long as the server says, a second at least and ten minutes at most; for a second
    /// that doubles up to half a minute where it says nothing.
    ///
    /// Requests that were under way together and are refused together count as one refusal.
    pub fn close(&self, told: Option<Duration>) {
        let mut state = self.lock();
        let now = Instant::now();
        if state.opens.is_none_or(|opens| opens <= now) {
            state.in_a_row = state.in_a_row.saturating_add(1);
        }
        let doubled = FIRST.saturating_mul(1 << state.in_a_row.saturating_sub(1).min(5));
        let wait = match told {
            Some(told) => told.clamp(FIRST, LONGEST_OBEYED),
            // Down to four fifths, so that many clients do not come back at the same moment.
            None => doubled.min(LONGEST).mul_f64(0.8 + 0.2 * fastrand::f64()),
        };
        state.opens = state.opens.max(now.checked_add(wait));
    }

    /// Notes that a request got through: the next wait without a word of the server begins at a second again.
    pub fn let_through(&self) {
        let mut state = self.lock();
        if state.in_a_row > 0 && state.opens.is_none_or(|opens| opens <= Instant::now()) {
            state.in_a_row = 0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn wait(gate: &Gate) -> Duration {
        let start = Instant::now();
        gate.pass().await;
        start.elapsed()
    }

    fn secs(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_wait_that_the_server_named_counts() {
        let gate = Gate::new();
        assert_eq!(wait(&gate).await, Duration::ZERO);
        gate.close(Some(secs(5.0)));
        gate.close(Some(secs(2.0)));
        assert_eq!(wait(&gate).await.as_secs(), 5);
        gate.close(Some(secs(86_400.0)));
        assert_eq!(wait(&gate).await.as_secs(), 600);
        gate.close(Some(Duration::ZERO));
        assert_eq!(wait(&gate).await.as_secs(), 1, "it has refused, after all");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_word_the_wait_doubles_until_a_request_gets_through() {
        let gate = Gate::new();
        for longest in [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0] {
            gate.close(None);
            gate.close(None);
            let waited = wait(&gate).await;
            assert!(
                waited <= secs(longest + 0.01) && waited >= secs(longest * 0.79),
                "{waited:?}"
            );
        }
        gate.let_through();
        gate.close(None);
        assert!(wait(&gate).await <= secs(1.01));
    }
}
