//! The last steps: the parts become a file, and the file is analysed or imported.

use std::sync::atomic::{AtomicBool, Ordering};

use sdk_transfer::FinishedPart;

use super::Upload;
use super::chain::{Chain, Once};
use super::state::{Multipart, Step};
use crate::jobs::error::{JobError, Needed as _};
use crate::queries::{
    CompleteMultipartUpload, LaunchBinaryUploadProcessing, LaunchTestResultProcessing,
};
use crate::types::{BinaryAnalysisConfigurationOption, PartInput};
use crate::{Error, Id};

/// Joins the parts of a binary, and gives the key of the whole file.
pub(super) async fn complete(chain: &Chain, multipart: &Multipart) -> Result<String, JobError> {
    let begun_before = chain.state().begun == Some(Step::Complete);
    let join = JoinParts {
        chain,
        multipart,
        may_be_joined: AtomicBool::new(begun_before),
    };
    let key = chain.once(&join).await?;
    let kept = key.clone();
    chain
        .record(|state| (state.key, state.begun) = (Some(kept), None))
        .await?;
    Ok(key)
}

/// True if the server has understood the request, and refused it.
fn is_refusal(error: &Error) -> bool {
    matches!(error, Error::Graphql(_)) && !error.is_retryable()
}

/// Launches what has not been launched.
pub(super) async fn launch(
    chain: &Chain,
    launch: &impl Once<Made = Option<Id>>,
) -> Result<(), JobError> {
    if chain.state().launched {
        return Ok(());
    }
    let scan = chain.once(launch).await?;
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
    type Made = String;

    const STEP: Step = Step::Complete;

    /// Nothing shows whether parts have been joined but joining them.
    async fn find(&self) -> Result<Option<String>, JobError> {
        Ok(None)
    }

    async fn make(&self) -> Result<String, JobError> {
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
            Err(error) if is_refusal(&error) && self.may_be_joined.load(Ordering::Relaxed) => {
                return Ok(self.multipart.key.clone());
            }
            Err(error) => {
                self.may_be_joined.store(true, Ordering::Relaxed);
                return Err(error.into());
            }
        };
        let completed = data.complete_multipart_upload_v2;
        let key = completed.and_then(|completed| completed.key);
        Ok(key.needed("CompleteMultipartUpload", "key")?)
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
