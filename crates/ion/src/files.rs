//! Files: attached to anything that has an entity id, and fetched again.
//!
//! The bytes go to and come from an object store over presigned links. The store sees no token.

mod attach;
mod fetch;

pub use attach::{AttachFile, Attached};
pub use fetch::FetchFile;
pub use sdk_transfer::{Download, OnProgress, Progress, Source, TransferError};

use crate::JobError;

/// How often a link is asked for anew after a transfer that failed and may succeed with another one.
const LINKS: u32 = 3;

/// True where a new link may help: the old one has expired, or the connection broke.
fn is_worth_another_link(error: &TransferError) -> bool {
    error.may_pass_with_new_link()
}

/// Reads a link of an answer.
fn link(link: Option<String>, member: &'static str) -> Result<sdk_auth::PresignedUrl, JobError> {
    let link = link.ok_or_else(|| JobError::incomplete("file", member))?;
    let link = link.parse().map_err(TransferError::Config)?;
    Ok(link)
}
