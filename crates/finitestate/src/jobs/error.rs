//! Why a job did not come to its end.

use std::fmt;
use std::io;
use std::sync::Arc;

use sdk_transfer::{DeadlinePassed, PartSizeError, StateHeldError, TransferError};

use crate::{Error, Id};

/// Why a job did not come to its end.
///
/// No message holds a token, a link's query or the bytes that were moved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// An operation failed.
    #[error(transparent)]
    Call(#[from] Error),
    /// Bytes could not be sent, received, read or written.
    #[error(transparent)]
    Transfer(#[from] TransferError),
    /// The part size does not suit the vendor or the file.
    #[error(transparent)]
    PartSize(#[from] PartSizeError),
    /// What an id names is not there, or not visible to these credentials.
    #[error(transparent)]
    Missing(#[from] MissingError),
    /// The server answered without what the next step needs.
    #[error(transparent)]
    IncompleteAnswer(#[from] IncompleteAnswerError),
    /// The state could not be saved, so the job stopped.
    #[error(transparent)]
    SaveState(#[from] SaveStateError),
    /// Another run holds the state file. Running again once it is done begins another upload.
    #[error(transparent)]
    StateHeld(#[from] StateHeldError),
    /// The store does not have the file that was sent; the next run sends it again.
    #[error(transparent)]
    UploadLost(#[from] UploadLostError),
    /// A saved state belongs to another upload.
    #[error(transparent)]
    StateMismatch(#[from] StateMismatchError),
    /// Some of the upload has been sent, and a reader cannot be told from the one it was sent from.
    #[error(transparent)]
    ReaderResumed(#[from] ReaderResumedError),
    /// After an answer was lost, it cannot be told what this job made and what somebody else did.
    #[error(transparent)]
    Ambiguous(#[from] AmbiguousError),
    /// The server says that the job failed.
    #[error(transparent)]
    Failed(#[from] JobFailedError),
    /// The job was not done within the deadline. It may be done later.
    #[error(transparent)]
    Deadline(#[from] JobDeadlineError),
}

impl JobError {
    /// True when the same job may succeed later: go on from the saved state, where there is one.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Call(error) => error.is_retryable(),
            Self::Transfer(error) => error.may_pass_with_new_link(),
            Self::UploadLost(_) | Self::Deadline(_) => true,
            _ => false,
        }
    }
}

/// Something that an id names and that is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no {what} with the id {id}, or it is not visible")]
pub struct MissingError {
    pub(crate) what: &'static str,
    pub(crate) id: Id,
}

impl MissingError {
    /// The id.
    #[must_use]
    pub fn id(&self) -> &Id {
        &self.id
    }
}

/// An answer without a field that the next step needs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation} was answered without {field}")]
pub struct IncompleteAnswerError {
    pub(crate) operation: &'static str,
    pub(crate) field: &'static str,
}

/// A state that could not be read or saved.
#[derive(Debug, thiserror::Error)]
#[error("could not read or save the state of the upload")]
pub struct SaveStateError(#[source] pub(crate) io::Error);

impl SaveStateError {
    /// What went wrong, such as a full disk ([`io::ErrorKind::StorageFull`]). It holds a
    /// [`StateError`](crate::StateError), which names the file, unless a function of the caller's failed.
    #[must_use]
    pub fn io_error(&self) -> &io::Error {
        &self.0
    }
}

/// A file that was sent in part or in whole and that the store does not have, or has given up.
///
/// The state of the upload has forgotten what was sent and keeps the rest: go on from it, and the file is
/// sent again for the same version.
#[derive(Debug, thiserror::Error)]
#[error(
    "the store does not have what was sent of the file; go on from the saved state to send it again"
)]
pub struct UploadLostError(#[source] pub(crate) Box<JobError>);

/// A state of another upload.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the saved state is of an upload with another {what}")]
pub struct StateMismatchError {
    pub(crate) what: &'static str,
}

/// An upload from a reader, to be continued after some of the reader was sent.
///
/// The reader may give something else this time, and the file would be made of both. Send a file or bytes
/// instead, which can be told from others; or let the state
/// [forget what was sent](crate::UploadState::forget_sent), and the reader is sent from its beginning.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "some of the upload is sent already, and a reader cannot be told from another one; let the state forget \
     what was sent, or begin anew with a file or bytes"
)]
#[non_exhaustive]
pub struct ReaderResumedError;

/// More than one thing that this job may have made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{count} {what} have appeared since, and one of them may be this job's")]
pub struct AmbiguousError {
    pub(crate) what: &'static str,
    pub(crate) count: usize,
}

/// A job that failed on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobFailedError {
    pub(crate) job: &'static str,
    pub(crate) id: Id,
    pub(crate) status: String,
    pub(crate) message: Option<String>,
}

impl JobFailedError {
    /// The id of the test or the export.
    #[must_use]
    pub fn id(&self) -> &Id {
        &self.id
    }

    /// The status, in the server's words.
    #[must_use]
    pub fn status(&self) -> &str {
        &self.status
    }

    /// The reason, in the server's words.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }
}

impl fmt::Display for JobFailedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { job, id, .. } = self;
        // Words of the server, made safe for one line of a log.
        write!(f, "{job} {id} ended as {}", one_line(&self.status))?;
        match &self.message {
            Some(message) => write!(f, ": {}", one_line(message)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for JobFailedError {}

/// A job that took too long. Its source is why the last look at the job failed, if it did.
#[derive(Debug, Clone)]
pub struct JobDeadlineError {
    pub(crate) job: &'static str,
    pub(crate) id: Id,
    pub(crate) last_status: Option<String>,
    pub(crate) passed: DeadlinePassed,
    pub(crate) failure: Option<Arc<JobError>>,
}

impl JobDeadlineError {
    /// The id of the test or the export.
    #[must_use]
    pub fn id(&self) -> &Id {
        &self.id
    }

    /// The last status that was seen, in the server's words.
    #[must_use]
    pub fn last_status(&self) -> Option<&str> {
        self.last_status.as_deref()
    }
}

impl fmt::Display for JobDeadlineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            job, id, passed, ..
        } = self;
        write!(f, "{job} {id} was {passed}")?;
        match &self.last_status {
            Some(status) => write!(f, ", last seen as {}", one_line(status)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for JobDeadlineError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let failure = self.failure.as_deref()?;
        Some(failure)
    }
}

/// At most so much of what a server says goes into a message.
const MAX_WORDS: usize = 300;

fn one_line(text: &str) -> String {
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().take(MAX_WORDS).map(printable).collect()
}

/// What a step needs of an answer.
pub(crate) trait Needed<T> {
    /// The value, or an error that names the operation and the field.
    fn needed(
        self,
        operation: &'static str,
        field: &'static str,
    ) -> Result<T, IncompleteAnswerError>;
}

impl<T> Needed<T> for Option<T> {
    fn needed(
        self,
        operation: &'static str,
        field: &'static str,
    ) -> Result<T, IncompleteAnswerError> {
        self.ok_or(IncompleteAnswerError { operation, field })
    }
}
