//! Why a matching job did not give its results.

use std::{fmt, time::Duration};

use super::MatchInputError;
use crate::Error;

/// Why matching did not give its results.
///
/// Whatever it is, the state that was saved last goes on where this stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MatchError {
    /// The records cannot be submitted; nothing was sent.
    #[error(transparent)]
    Input(#[from] MatchInputError),
    /// The state is about other records, or of another version of this crate; nothing was sent.
    #[error("the state to resume from is not about these records")]
    OtherRecords,
    /// The state could not be saved. A job whose state cannot be kept is not submitted.
    #[error("the state of the matching job could not be saved")]
    Save(#[source] std::io::Error),
    /// A submission has no known outcome: a job may have started.
    #[error(transparent)]
    Uncertain(#[from] UncertainSubmission),
    /// A job has ended without results.
    #[error(transparent)]
    Failed(#[from] FailedMatch),
    /// A job was not done within the deadline. Resume later.
    #[error("a matching job was not done within {0:?}")]
    Deadline(Duration),
    /// A request failed. A submission that is reported here was refused, and started no job.
    #[error(transparent)]
    Request(#[from] Error),
}

/// A submission that was sent, or may have been, and whose answer nobody has.
///
/// The vendor has no key against repetition and no list of jobs, so nobody can find out. Sending it again
/// may start a second job, which costs quota: [`MatchJob::resubmit_uncertain`](crate::MatchJob::resubmit_uncertain)
/// does that where it is the lesser evil.
#[derive(Debug)]
pub struct UncertainSubmission {
    pub(super) records: usize,
    pub(super) source: Option<Error>,
}

impl UncertainSubmission {
    /// How many records the submission had.
    pub fn records(&self) -> usize {
        self.records
    }
}

impl fmt::Display for UncertainSubmission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let records = self.records;
        write!(
            f,
            "a submission of {records} records has no known outcome: a job may have started"
        )
    }
}

impl std::error::Error for UncertainSubmission {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}

/// A job that has ended without results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedMatch {
    pub(super) request_id: String,
    pub(super) status: String,
    pub(super) description: Option<String>,
}

impl FailedMatch {
    /// The job's name at the vendor.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The vendor's word for what became of it.
    pub fn status(&self) -> &str {
        &self.status
    }

    /// What the vendor says beside it.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }
}

impl fmt::Display for FailedMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            request_id, status, ..
        } = self;
        write!(f, "matching job {request_id} ended as `{status}`")
    }
}

impl std::error::Error for FailedMatch {}

/// True if the service provably has started no job: the request did not arrive, or was refused.
pub(super) fn started_nothing(error: &Error) -> bool {
    use crate::ErrorClass;

    match error {
        Error::Request(_) => true,
        Error::Auth(error) => match error.cause() {
            sdk_auth::Error::Transport(error) => error.is_unprocessed(),
            sdk_auth::Error::Deadline(error) => error.is_unprocessed(),
            // No token could be had, so nothing was sent with one.
            _ => true,
        },
        Error::Status(error) => error.status().is_client_error() && error.status() != 408,
        Error::Graphql(_) | Error::Refused(_) => matches!(
            error.class(),
            Some(
                ErrorClass::InvalidInput
                    | ErrorClass::Unauthorized
                    | ErrorClass::Forbidden
                    | ErrorClass::RateLimited
                    | ErrorClass::QuotaExceeded
            )
        ),
        _ => false,
    }
}
