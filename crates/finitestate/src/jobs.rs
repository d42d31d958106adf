//! Jobs: what takes several operations in order, done by one call.
//!
//! A job is a builder that runs when it is awaited. It reports progress, waits with growing pauses up to a
//! deadline, and moves bytes over links without a token. The [cookbook] shows each.

mod compare;
mod error;
mod export;
pub mod formats;
mod processing;
mod replicate;
mod seen;
mod triage;
mod upload;

pub use compare::{Change, Comparison, ComponentBrief, FindingBrief};
pub use error::{
    AmbiguousError, IncompleteAnswerError, JobDeadlineError, JobError, JobFailedError,
    MissingError, ReaderResumedError, SaveStateError, StateMismatchError, UploadLostError,
};
pub use export::{CycloneDxContents, Export, ExportJob, VersionCsv};
pub use processing::ProcessingWait;
pub use replicate::{Replication, SkipReason, Skipped, StatusReplication};
pub use triage::{Triage, TriageOutcome};
pub use upload::{BinaryUpload, TestResultsUpload, Upload, UploadState};

#[doc = include_str!("../docs/cookbook.md")]
pub mod cookbook {}
