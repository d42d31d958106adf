//! Why a job, which is several operations in order, came to no end.

use std::fmt;

use sdk_transfer::TransferError;

use crate::{Error, ValueError};

/// Why a job failed: one of its operations did, or what they answered is not what the job needs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// An operation failed.
    #[error(transparent)]
    Call(#[from] Error),
    /// What the job is about does not exist, or the key may not see it.
    #[error(transparent)]
    NotFound(#[from] NotFoundError),
    /// An answer lacks what the job cannot go on without.
    #[error(transparent)]
    Incomplete(#[from] IncompleteError),
    /// A value was not submitted: it does not fit its field, or somebody else's is there.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// Bytes did not get to or from the object store.
    #[error(transparent)]
    Transfer(#[from] TransferError),
    /// There is more than the job was allowed to read.
    #[error(transparent)]
    TooLarge(#[from] TooLargeError),
    /// Several rows have the key that was to name one.
    #[error(transparent)]
    Ambiguous(#[from] AmbiguousError),
    /// Others wrote the row again and again between reading and writing it.
    #[error(transparent)]
    Contended(#[from] ContendedError),
}

impl JobError {
    /// True if others wrote the same row: run the job again.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        match self {
            Self::Contended(_) | Self::Value(ValueError::Taken) => true,
            Self::Call(error) => error.is_conflict(),
            _ => false,
        }
    }

    /// True if what the job is about does not exist, or the key may not see it.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        match self {
            Self::NotFound(_) => true,
            Self::Call(error) => error.is_not_found(),
            _ => false,
        }
    }

    /// True if the same job may succeed later: the server or the store was not well, or others were faster.
    ///
    /// A write whose answer was lost may have taken effect: read before you run such a job again. Another
    /// value that somebody else has submitted ([`ValueError::Taken`]) is for a person to look at.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Call(error) => error.is_retryable() || error.is_conflict(),
            Self::Transfer(error) => error.is_transient() || error.wants_new_link(),
            Self::Contended(_) => true,
            _ => false,
        }
    }

    pub(crate) fn not_found(what: &'static str) -> Self {
        NotFoundError { what }.into()
    }

    pub(crate) fn too_large(what: &'static str, limit: usize) -> Self {
        TooLargeError { what, limit }.into()
    }

    pub(crate) fn ambiguous(what: &'static str) -> Self {
        AmbiguousError { what }.into()
    }

    pub(crate) fn incomplete(what: &'static str, member: &'static str) -> Self {
        IncompleteError { what, member }.into()
    }
}

/// What the job is about does not exist, or the key may not see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotFoundError {
    what: &'static str,
}

impl NotFoundError {
    /// What was looked for, such as `part`.
    #[must_use]
    pub fn what(&self) -> &'static str {
        self.what
    }
}

impl fmt::Display for NotFoundError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.what;
        write!(f, "there is no such {what}, or the key may not see it")
    }
}

impl std::error::Error for NotFoundError {}

/// There is more than the job was allowed to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooLargeError {
    what: &'static str,
    limit: usize,
}

impl TooLargeError {
    /// How much was allowed.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }
}

impl fmt::Display for TooLargeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, limit } = self;
        write!(f, "the {what} has more than {limit} units")
    }
}

impl std::error::Error for TooLargeError {}

/// Several rows have the key that was to name one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmbiguousError {
    what: &'static str,
}

impl AmbiguousError {
    /// What was looked for, such as `part`.
    #[must_use]
    pub fn what(&self) -> &'static str {
        self.what
    }
}

impl fmt::Display for AmbiguousError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the key fits more than one {}", self.what)
    }
}

impl std::error::Error for AmbiguousError {}

/// An answer lacks a member that its operation selects and the job needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncompleteError {
    what: &'static str,
    member: &'static str,
}

impl IncompleteError {
    /// What the answer is about, such as `part`.
    #[must_use]
    pub fn what(&self) -> &'static str {
        self.what
    }

    /// The member that is null, such as `_etag`.
    #[must_use]
    pub fn member(&self) -> &'static str {
        self.member
    }
}

impl fmt::Display for IncompleteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, member } = self;
        write!(f, "the {what} came without its {member}")
    }
}

impl std::error::Error for IncompleteError {}

/// Others wrote the row between reading and writing it, as often as the job was allowed to try.
///
/// Nothing of the job has been written.
#[derive(Debug)]
pub struct ContendedError {
    pub(crate) attempts: u32,
    pub(crate) last: Box<JobError>,
}

impl ContendedError {
    /// How often the row was read and the change was sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
}

impl fmt::Display for ContendedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "others wrote the row before each of {} attempts",
            self.attempts
        )
    }
}

impl std::error::Error for ContendedError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.last {
            JobError::Call(error) => Some(error),
            error => Some(error),
        }
    }
}
