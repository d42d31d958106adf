//! What all workers wait at after the server has asked to slow down.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The first wait where the server names none.
const FIRST: Duration = Duration::from_secs(1);

/// The longest wait where the server names none.
const LONGEST: Duration = Duration::from_secs(30);

/// The longest wait that is obeyed.
const LONGEST_OBEYED: Duration = Duration::from_secs(600);

/// Open until someone was refused for the rate, and again when the wait is over.
#[derive(Debug, Default)]
pub(super) struct Gate {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    opens: Option<Instant>,
    in_a_row: u32,
}

impl Gate {
    /// Waits until the gate is open.
    pub(super) async fn pass(&self) {
        loop {
            let opens = self.lock().opens;
            match opens {
                Some(time) if time > Instant::now() => tokio::time::sleep_until(time).await,
                _ => return,
            }
        }
    }

    /// Closes the gate for as long as the server says. Requests that were under way together and are refused
    /// together count as one refusal.
    pub(super) fn close(&self, told: Option<Duration>) {
        let mut state = self.lock();
        let now = Instant::now();
        if state.opens.is_none_or(|opens| opens <= now) {
            state.in_a_row = state.in_a_row.saturating_add(1);
        }
        let doubled = FIRST.saturating_mul(1 << state.in_a_row.saturating_sub(1).min(5));
        let wait = match told {
            Some(told) => told.min(LONGEST_OBEYED),
            // Down to four fifths, so that many clients do not come back at the same moment.
            None => doubled.min(LONGEST).mul_f64(0.8 + 0.2 * fastrand::f64()),
        };
        state.opens = state.opens.max(now.checked_add(wait));
    }

    /// Notes that a request got through.
    pub(super) fn let_through(&self) {
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
        let gate = Gate::default();
        assert_eq!(wait(&gate).await, Duration::ZERO);
        gate.close(Some(secs(5.0)));
        gate.close(Some(secs(2.0)));
        assert_eq!(wait(&gate).await.as_secs(), 5);
        gate.close(Some(secs(86_400.0)));
        assert_eq!(wait(&gate).await.as_secs(), 600);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_word_the_wait_doubles_until_a_request_gets_through() {
        let gate = Gate::default();
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
