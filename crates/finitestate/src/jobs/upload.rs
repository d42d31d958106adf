//! Uploads: from a file on this machine to an analysis that runs on the server, in one call.

mod binary;
mod chain;
mod finish;
mod kept;
mod parts;
mod refusal;
mod results;
mod state;
mod steps;

pub use binary::BinaryUpload;
pub use results::TestResultsUpload;
pub use state::UploadState;

use crate::Id;

/// What an upload has made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Upload {
    /// The new version of the asset.
    pub asset_version_id: Id,
    /// The artifact: the file under test.
    pub artifact_id: Id,
    /// The test, for [`Client::wait_for_processing`](crate::Client::wait_for_processing).
    pub test_id: Id,
    /// The key of the uploaded file.
    pub key: String,
    /// The id of the Bandit scan, where one was asked for and its launch was answered.
    pub bandit_scan_id: Option<Id>,
}

/// Who and what an upload is for; what is not said is taken from the asset, as the vendor's SDK does.
#[derive(Debug, Clone, Default)]
pub(super) struct Choices {
    pub(super) product: Option<Id>,
    pub(super) user: Option<Id>,
    pub(super) group: Option<Id>,
    pub(super) description: Option<String>,
}
