//! Why a matching job, or a request of it, did not give its results.

use std::{fmt, io, time::Duration};

use sdk_transfer::{DeadlinePassed, StateHeldError};

use super::{MatchInputError, MatchState};
use crate::{Error, ErrorClass, GraphqlError};

/// Why matching did not give its results.
///
/// The first five end a job. The others are about one of its requests, in
/// [`MatchReport::unmatched`](crate::MatchReport::unmatched), and the rest goes on without it. The state that was
/// saved last goes on from either: what has started is never submitted again, and what has not is submitted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MatchError {
    /// The records cannot be submitted; nothing was sent.
    #[error(transparent)]
    Input(#[from] MatchInputError),
    /// The state is about other records, or of another version of this crate; nothing was sent.
    #[error("the state to resume from is not about these records")]
    OtherRecords,
    /// Another run goes on with the same state file; nothing was sent.
    #[error(transparent)]
    StateHeld(StateHeldError),
    /// The state file could not be read; nothing was sent.
    #[error("the state of the matching job could not be read")]
    Load(#[source] io::Error),
    /// The state could not be saved. A job whose state cannot be kept is not submitted.
    #[error(transparent)]
    Save(#[from] UnsavedState),
    /// The submission has no known outcome: a job may have started.
    #[error(transparent)]
    Uncertain(#[from] UncertainSubmission),
    /// The job has ended without results. A resumed one looks again, and submits nothing: match the records as
    /// a job of their own to have them submitted anew.
    #[error(transparent)]
    Failed(#[from] FailedMatch),
    /// The job was not done within the deadline. Resume later.
    #[error(transparent)]
    Deadline(#[from] OverdueMatch),
    /// Nothing was submitted, because a request before this one failed in a way that concerns all. Resume later.
    #[error("the records were not submitted, because a request before theirs failed")]
    NotSubmitted,
    /// A request failed. A submission that is reported here was refused, and started no job.
    #[error(transparent)]
    Request(#[from] Error),
}

impl MatchError {
    /// True when the same job may give its results later: resume it from the saved state.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Deadline(_) | Self::NotSubmitted => true,
            Self::Request(error) => error.is_retryable(),
            _ => false,
        }
    }

    /// True when the service does not know the job.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Request(error) if error.is_not_found())
    }
}

/// A state that could not be saved.
#[derive(Debug)]
pub struct UnsavedState {
    pub(super) state: MatchState,
    pub(super) source: io::Error,
}

impl UnsavedState {
    /// The state that was to be saved: with the id of the job that has started last, which nobody else has.
    #[must_use]
    pub fn state(&self) -> &MatchState {
        &self.state
    }

    /// The same, to be kept in another place.
    #[must_use]
    pub fn into_state(self) -> MatchState {
        self.state
    }
}

impl fmt::Display for UnsavedState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the state of the matching job could not be saved")
    }
}

impl std::error::Error for UnsavedState {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
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
    #[must_use]
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
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The vendor's word for what became of it.
    #[must_use]
    pub fn status(&self) -> &str {
        &self.status
    }

    /// What the vendor says beside it.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }
}

impl fmt::Display for FailedMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, status) = (one_line(&self.request_id), one_line(&self.status));
        write!(f, "matching job {id} ended as `{status}`")
    }
}

impl std::error::Error for FailedMatch {}

/// A job that was not done within the deadline. It may be done later.
#[derive(Debug)]
pub struct OverdueMatch {
    pub(super) request_id: String,
    pub(super) last_status: Option<String>,
    pub(super) passed: DeadlinePassed,
    pub(super) source: Option<Error>,
}

impl OverdueMatch {
    /// The job's name at the vendor.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The vendor's word for how far the job was, when it was last told.
    #[must_use]
    pub fn last_status(&self) -> Option<&str> {
        self.last_status.as_deref()
    }

    /// The deadline, counted from the first look on.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.passed.deadline()
    }
}

impl fmt::Display for OverdueMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, passed) = (one_line(&self.request_id), &self.passed);
        write!(f, "matching job {id} was {passed}")?;
        match &self.last_status {
            Some(status) => write!(f, ", last seen as `{}`", one_line(status)),
            None => Ok(()),
        }
    }
}

/// The source is what the last look failed with, if it did.
impl std::error::Error for OverdueMatch {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}

/// At most so many characters of what the server says go into a message.
const MAX_WORDS: usize = 300;

/// Words of the server, made safe for one line of a log.
fn one_line(text: &str) -> String {
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().take(MAX_WORDS).map(printable).collect()
}

/// True if the service provably has started no job: the request did not arrive, or was refused.
///
/// Errors that came beside data, or from below the root field, prove nothing: something was executed.
pub(super) fn started_nothing(error: &Error) -> bool {
    match error {
        Error::Request(_) => true,
        Error::Auth(error) => error.cause().is_unprocessed(),
        Error::Status(error) => error.status().is_client_error() && error.status() != 408,
        Error::Graphql(errors) => {
            let is_above = |error: &GraphqlError| error.path.len() <= 1;
            let nothing_ran = !errors.had_data() && errors.errors().iter().all(is_above);
            nothing_ran && refuses(errors.class())
        }
        Error::Refused(refused) => refused.errors().is_empty() && refuses(refused.class()),
        _ => false,
    }
}

fn refuses(class: ErrorClass) -> bool {
    matches!(
        class,
        ErrorClass::InvalidInput
            | ErrorClass::Unauthorized
            | ErrorClass::Forbidden
            | ErrorClass::RateLimited
            | ErrorClass::QuotaExceeded
    )
}

/// True if a submission was refused for what it holds, so that another one may be taken.
pub(super) fn concerns_its_records_alone(error: &Error) -> bool {
    matches!(error, Error::Request(_)) || error.class() == Some(ErrorClass::InvalidInput)
}

#[cfg(test)]
mod tests {
    use sdk_graphql::{Refusal, RefusedError};

    use super::*;

    #[test]
    fn words_of_the_server_stay_on_one_line_and_within_bounds() {
        let failed = FailedMatch {
            request_id: "job\n1".to_owned(),
            status: format!("Failed\r\nINFO all is well {}", "x".repeat(10_000)),
            description: None,
        };
        let text = failed.to_string();
        assert!(text.starts_with("matching job job 1 ended as `Failed  INFO"));
        assert!(text.len() < 400 && !text.contains(char::is_control));
        assert!(failed.status().contains('\n'), "the accessor has it all");
    }

    #[test]
    fn a_refusal_proves_that_nothing_started_unless_errors_came_beside_it() {
        let refused = |class, errors| {
            let refusal = Refusal::new("ValidationError", class);
            Error::from(RefusedError::new("MatchPeople", refusal, errors))
        };
        let beside = || vec![GraphqlError::default()];
        for (error, expected) in [
            (refused(ErrorClass::InvalidInput, Vec::new()), true),
            (refused(ErrorClass::Forbidden, Vec::new()), true),
            (refused(ErrorClass::Forbidden, beside()), false),
            (refused(ErrorClass::NotFound, Vec::new()), false),
            (refused(ErrorClass::Unknown, Vec::new()), false),
        ] {
            assert_eq!(started_nothing(&error), expected, "{error:?}");
        }
    }

    #[test]
    fn what_may_pass_and_what_is_not_there_are_told_apart() {
        let request = |class| {
            let refusal = Refusal::new("null", class);
            MatchError::from(Error::from(RefusedError::new("Get", refusal, Vec::new())))
        };
        let uncertain = UncertainSubmission {
            records: 1,
            source: None,
        };
        for (error, is_retryable, is_not_found) in [
            (MatchError::NotSubmitted, true, false),
            (MatchError::OtherRecords, false, false),
            (uncertain.into(), false, false),
            (request(ErrorClass::NotFound), false, true),
            (request(ErrorClass::Forbidden), false, false),
        ] {
            let told = (error.is_retryable(), error.is_not_found());
            assert_eq!(told, (is_retryable, is_not_found), "{error}");
        }
    }
}
