//! What a wait has seen: for whoever is told of changes, and for the error at its deadline.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sdk_transfer::DeadlinePassed;

use super::error::{JobDeadlineError, JobError};
use crate::Id;

/// What the looks of one wait have seen.
#[derive(Debug, Default)]
pub(super) struct Seen(Mutex<Last>);

#[derive(Debug, Default)]
struct Last {
    /// `None` before the first state, which may have no status.
    status: Option<Option<String>>,
    /// Why the last look failed, if it did.
    failure: Option<JobError>,
}

impl Seen {
    /// A state was seen; true if it is the first one, or has another status than the one before.
    pub(super) fn state(&self, status: Option<&str>) -> bool {
        let mut last = self.lock();
        last.failure = None;
        let status = Some(status.map(str::to_owned));
        let is_other = last.status != status;
        last.status = status;
        is_other
    }

    /// The server answered that there is nothing to see yet.
    pub(super) fn nothing(&self) {
        self.lock().failure = None;
    }

    /// A look failed, and the wait goes on.
    pub(super) fn failure(&self, error: JobError) {
        self.lock().failure = Some(error);
    }

    /// The error at the deadline.
    pub(super) fn deadline(&self, job: &'static str, id: &Id, passed: DeadlinePassed) -> JobError {
        let mut last = self.lock();
        JobDeadlineError {
            job,
            id: id.clone(),
            last_status: last.status.take().flatten(),
            passed,
            failure: last.failure.take().map(Arc::new),
        }
        .into()
    }

    fn lock(&self) -> MutexGuard<'_, Last> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_state_without_a_status_is_a_change_and_the_same_again_is_none() {
        let seen = Seen::default();
        assert!(seen.state(None));
        assert!(!seen.state(None));
        assert!(seen.state(Some("QUEUED")));
        seen.nothing();
        assert!(!seen.state(Some("QUEUED")));
        assert!(seen.state(None));
    }
}
