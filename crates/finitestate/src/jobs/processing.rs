//! Waiting until the server has processed an upload.

use std::fmt;
use std::future::IntoFuture;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sdk_transfer::{Backoff, WaitError, wait_until};

use super::error::{JobError, JobFailedError, MissingError};
use super::seen::Seen;
use crate::queries::ListTests;
use crate::queries::list_tests::TestState;
use crate::types::TestFilter;
use crate::{Client, Id};

/// An analysis of firmware can take hours.
const DEADLINE: Duration = Duration::from_secs(4 * 60 * 60);

/// What the vendor calls a scan.
const JOB: &str = "test";

type OnChange = Arc<dyn Fn(&TestState) + Send + Sync>;

/// A wait for a test, made by [`Client::wait_for_processing`]; it begins when awaited.
#[derive(Clone)]
#[must_use = "nothing waits until this is awaited"]
pub struct ProcessingWait {
    client: Client,
    test: Id,
    deadline: Duration,
    backoff: Backoff,
    on_change: Option<OnChange>,
}

impl Client {
    /// Waits until a test, which the web application calls a scan, has been processed; gives its last state.
    ///
    /// # Errors
    ///
    /// When awaited: the test is not there, its processing failed, or the deadline passed.
    pub fn wait_for_processing(&self, test_id: impl Into<Id>) -> ProcessingWait {
        ProcessingWait {
            client: self.clone(),
            test: test_id.into(),
            deadline: DEADLINE,
            backoff: Backoff::default(),
            on_change: None,
        }
    }
}

impl ProcessingWait {
    /// How long to wait in all; default 4 hours.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The pauses between looks; default 1 s, growing to 30 s.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Is told the first state and each one with another status.
    pub fn on_change(mut self, on_change: impl Fn(&TestState) + Send + Sync + 'static) -> Self {
        self.on_change = Some(Arc::new(on_change));
        self
    }

    async fn run(self) -> Result<TestState, JobError> {
        let seen = Seen::default();
        let look = || async {
            let state = match self.client.test_state(&self.test).await {
                Ok(Some(state)) => state,
                Ok(None) => {
                    seen.nothing(); // not launched yet
                    return Ok(ControlFlow::Continue(()));
                }
                Err(error) if error.is_retryable() => {
                    seen.failure(error);
                    return Ok(ControlFlow::Continue(()));
                }
                Err(error) => return Err(error),
            };
            if seen.state(state.status.as_deref())
                && let Some(on_change) = &self.on_change
            {
                on_change(&state);
            }
            judge(&self.test, state)
        };
        match wait_until(self.backoff, self.deadline, look).await {
            Ok(state) => Ok(state),
            Err(WaitError::Deadline(passed)) => Err(seen.deadline(JOB, &self.test, passed)),
            Err(WaitError::Look(error)) => Err(error),
        }
    }
}

impl Client {
    /// The state of a test; `None` while nothing has been launched for it.
    pub(super) async fn test_state(&self, test: &Id) -> Result<Option<TestState>, JobError> {
        let filter = TestFilter::new().id(test.clone());
        let found = self
            .execute(ListTests::new().filter(filter).first(1))
            .await?;
        let found = found.all_tests.into_iter().flatten().next();
        let missing = || MissingError {
            what: JOB,
            id: test.clone(),
        };
        Ok(found.ok_or_else(missing)?.state)
    }
}

/// The values of the status are not documented, but that a test that failed has an error message and one
/// that is done has a date of completion.
fn judge(test: &Id, state: TestState) -> Result<ControlFlow<TestState>, JobError> {
    let message = state.error_message.clone().filter(|text| !text.is_empty());
    let status = state.status.as_deref().unwrap_or_default();
    if message.is_some() || has_failed(status) {
        return Err(JobFailedError {
            job: JOB,
            id: test.clone(),
            status: status.to_owned(),
            message,
        }
        .into());
    }
    let done = state.completed_date_time.is_some() || is_done(status);
    Ok(if done {
        ControlFlow::Break(state)
    } else {
        ControlFlow::Continue(())
    })
}

/// True for a status that says that a job is done.
pub(super) fn is_done(status: &str) -> bool {
    ["COMPLETED", "COMPLETE"]
        .iter()
        .any(|done| status.eq_ignore_ascii_case(done))
}

/// True for a status that says that a job has failed, whatever its exact word.
pub(super) fn has_failed(status: &str) -> bool {
    let status = status.to_ascii_uppercase();
    ["FAIL", "ERROR", "CANCEL", "ABORT"]
        .iter()
        .any(|word| status.contains(word))
}

impl IntoFuture for ProcessingWait {
    type Output = Result<TestState, JobError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for ProcessingWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessingWait")
            .field("test", &self.test)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_failure_are_told_from_words_of_progress() {
        for failed in [
            "FAILED",
            "Failure",
            "ERROR",
            "cancelled",
            "ABORTED",
            "PARSE_ERROR",
        ] {
            assert!(has_failed(failed), "{failed}");
        }
        for going_on in [
            "",
            "PENDING",
            "IN_PROGRESS",
            "QUEUED",
            "COMPLETED",
            "something new",
        ] {
            assert!(!has_failed(going_on), "{going_on}");
        }
        assert!(is_done("COMPLETED") && is_done("completed") && !is_done("INCOMPLETE"));
    }
}
