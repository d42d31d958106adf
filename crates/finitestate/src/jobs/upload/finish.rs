//! The last steps: the parts become a file, and the file is analysed or imported.

use std::sync::atomic::{AtomicBool, Ordering};

use sdk_transfer::FinishedPart;

use super::Upload;
use super::chain::{Chain, Once};
use super::refusal::{is_without_effect, may_mean_joined, may_mean_lost};
use super::state::{Multipart, Step};
use crate::Id;
use crate::jobs::error::{JobError, Needed as _};
use crate::queries::{
    CompleteMultipartUpload, LaunchBinaryUploadProcessing, LaunchTestResultProcessing,
};
use crate::types::{BinaryAnalysisConfigurationOption, PartInput};

/// A file in the store.
pub(super) struct Stored {
    pub(super) key: String,
    /// True if the store has told this very run that it has the file. Otherwise an earlier run was told,
    /// or the file was taken to be there because its parts cannot be joined any more.
    pub(super) is_certain: bool,
}

/// Joins the parts of a binary.
pub(super) async fn complete(chain: &Chain, multipart: &Multipart) -> Result<Stored, JobError> {
    let begun_before = chain.state().begun == Some(Step::Complete);
    let join = JoinParts {
        chain,
        multipart,
        may_be_joined: AtomicBool::new(begun_before),
    };
    let stored = chain.once(&join).await?;
    let kept = stored.key.clone();
    chain
        .record(|state| (state.key, state.begun) = (Some(kept), None))
        .await?;
    Ok(stored)
}

/// Launches what has not been launched. A file that may not be in the store is forgotten when the launch
/// is refused.
pub(super) async fn launch(
    chain: &Chain,
    launch: &impl Once<Made = Option<Id>>,
    file: &Stored,
) -> Result<(), JobError> {
    if chain.state().launched {
        return Ok(());
    }
    let scan = match chain.once(launch).await {
        Err(error) if !file.is_certain && may_mean_lost(&error) => {
            return Err(chain.lose_file(error).await);
        }
        launched => launched?,
    };
    let done = |state: &mut super::UploadState| {
        state.bandit_scan = scan;
        state.launched = true;
        state.begun = None;
    };
    chain.record(done).await
}

struct JoinParts<'a> {
    chain: &'a Chain,
    multipart: &'a Multipart,
    /// Whether an earlier request may have had its effect without an answer.
    may_be_joined: AtomicBool,
}

impl Once for JoinParts<'_> {
    type Made = Stored;

    const STEP: Step = Step::Complete;

    /// Nothing shows whether parts have been joined but joining them.
    async fn find(&self) -> Result<Option<Stored>, JobError> {
        Ok(None)
    }

    async fn make(&self) -> Result<Stored, JobError> {
        // A number is at most that of the last part, which an `Int` holds.
        let number = |part: &FinishedPart| i32::try_from(part.number).unwrap_or(i32::MAX);
        let part = |part: &FinishedPart| PartInput::new(part.etag.clone(), number(part));
        let parts: Vec<_> = self.chain.state().parts.values().map(part).collect();
        let (upload_id, key) = (&self.multipart.upload_id, &self.multipart.key);
        let operation = CompleteMultipartUpload::new(parts, upload_id.clone(), key.clone());
        let data = match self.chain.client.execute(operation).await {
            Ok(data) => data,
            // The upload is not open any more: the parts have been joined, under the key that it began
            // with. If they have not, the launch is refused.
            Err(error) if may_mean_joined(&error) && self.may_be_joined.load(Ordering::Relaxed) => {
                return Ok(Stored {
                    key: self.multipart.key.clone(),
                    is_certain: false,
                });
            }
            Err(error) => {
                let error = JobError::from(error);
                if !is_without_effect(&error) {
                    self.may_be_joined.store(true, Ordering::Relaxed);
                }
                return Err(error);
            }
        };
        let completed = data.complete_multipart_upload_v2;
        let key = completed.and_then(|completed| completed.key);
        Ok(Stored {
            key: key.needed("CompleteMultipartUpload", "key")?,
            is_certain: true,
        })
    }
}

/// The launch of a binary analysis; it gives the id of the Bandit scan, if there is one.
pub(super) struct LaunchAnalysis<'a> {
    pub(super) chain: &'a Chain,
    pub(super) test: &'a Id,
    pub(super) key: &'a str,
    pub(super) options: &'a [BinaryAnalysisConfigurationOption],
}

/// The launch of an import.
pub(super) struct LaunchImport<'a> {
    pub(super) chain: &'a Chain,
    pub(super) test: &'a Id,
    pub(super) key: &'a str,
}

impl Once for LaunchAnalysis<'_> {
    type Made = Option<Id>;

    const STEP: Step = Step::Launch;

    async fn find(&self) -> Result<Option<Option<Id>>, JobError> {
        find_launch(self.chain, self.test).await
    }

    async fn make(&self) -> Result<Option<Id>, JobError> {
        let mut operation = LaunchBinaryUploadProcessing::new(self.key, self.test.clone());
        if !self.options.is_empty() {
            let options: Vec<_> = self.options.iter().cloned().map(Some).collect();
            operation = operation.configuration_options(options);
        }
        let data = self.chain.client.execute(operation).await?;
        let launched = data.launch_binary_upload_processing;
        Ok(launched.and_then(|launched| launched.new_bandit_scan_id))
    }
}

impl Once for LaunchImport<'_> {
    type Made = Option<Id>;

    const STEP: Step = Step::Launch;

    async fn find(&self) -> Result<Option<Option<Id>>, JobError> {
        find_launch(self.chain, self.test).await
    }

    async fn make(&self) -> Result<Option<Id>, JobError> {
        let operation = LaunchTestResultProcessing::new(self.key, self.test.clone());
        self.chain.client.execute(operation).await?;
        Ok(None)
    }
}

/// A test has a state only once it has been launched.
async fn find_launch(chain: &Chain, test: &Id) -> Result<Option<Option<Id>>, JobError> {
    let state = chain.client.test_state(test).await?;
    Ok(state.map(|_| None))
}

impl Chain {
    /// What has been made.
    pub(super) fn finished(&self, test_id: Id, key: String) -> Result<Upload, JobError> {
        let state = self.state();
        let made = |id: &Option<Id>| id.clone().needed("the upload", "an id");
        Ok(Upload {
            asset_version_id: made(&state.version)?,
            artifact_id: made(&state.artifact)?,
            test_id,
            key,
            bandit_scan_id: state.bandit_scan.clone(),
        })
    }
}
