//! The upload of a bill of materials, or of another scanner's results: one piece, the same chain.

use std::fmt;
use std::future::IntoFuture;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::HeaderMap;
use sdk_transfer::{Backoff, OnProgress, Payload, SaveState, Source, TransferError};

use super::chain::{Chain, TestKind};
use super::finish::{self, LaunchImport, Stored};
use super::kept::Kept;
use super::{Choices, Upload, UploadState};
use crate::jobs::error::{JobError, Needed as _};
use crate::queries::GenerateSinglePartUploadUrl;
use crate::{Client, Id};

/// How often the file is sent at most.
const ATTEMPTS: u32 = 5;

/// An upload of results, made by [`Client::upload_test_results`]; it runs when awaited.
#[must_use = "nothing is uploaded until this is awaited"]
pub struct TestResultsUpload {
    client: Client,
    asset: Id,
    version_name: String,
    format: String,
    source: Source,
    choices: Choices,
    kept: Kept,
    progress: OnProgress,
}

impl Client {
    /// Uploads a bill of materials or a scanner's results as a new version of an asset and launches its import.
    ///
    /// Give it a [state file](TestResultsUpload::state_file), and an upload that was interrupted, even by a
    /// crash, goes on where it stopped, without a second version. The file is one piece: it is sent again
    /// unless the store is known to have it.
    ///
    /// `format` is the slug of the format, such as [`formats::CYCLONEDX`](crate::formats::CYCLONEDX); a slug
    /// that the vendor adds later is as good.
    ///
    /// # Errors
    ///
    /// When awaited: the asset is not there, an operation or the upload failed for good, the source cannot be
    /// read, or the state cannot be saved or belongs to another upload. With [`JobError::UploadLost`] the
    /// store does not have what an earlier run sent: the next run with the same state sends it again.
    pub fn upload_test_results(
        &self,
        asset_id: impl Into<Id>,
        version_name: impl Into<String>,
        format: impl Into<String>,
        source: Source,
    ) -> TestResultsUpload {
        TestResultsUpload {
            client: self.clone(),
            asset: asset_id.into(),
            version_name: version_name.into(),
            format: format.into(),
            source,
            choices: Choices::default(),
            kept: Kept::default(),
            progress: OnProgress::default(),
        }
    }
}

impl TestResultsUpload {
    /// Puts the new version into a product, too. Default: only into those of the asset.
    pub fn product(mut self, product_id: impl Into<Id>) -> Self {
        self.choices.product = Some(product_id.into());
        self
    }

    /// The user in whose name things are made. Default: who made the asset.
    pub fn user(mut self, user_id: impl Into<Id>) -> Self {
        self.choices.user = Some(user_id.into());
        self
    }

    /// The business unit that may see the upload. Default: the asset's.
    pub fn business_unit(mut self, group_id: impl Into<Id>) -> Self {
        self.choices.group = Some(group_id.into());
        self
    }

    /// What the file is; the artifact and the test are named after it. Default: `Unspecified Artifact`.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.choices.description = Some(description.into());
        self
    }

    /// Goes on from this state, saved by an earlier upload of the same file.
    ///
    /// A file is known by its length and when it was changed, bytes by their SHA-256. A reader is known by
    /// nothing, so that an upload from one is not continued after it was sent
    /// ([`JobError::ReaderResumed`]), unless the state [forgets](UploadState::forget_sent) that.
    pub fn resume(mut self, state: UploadState) -> Self {
        self.kept.resume = Some(state);
        self
    }

    /// Saves the state after every step. See [`state_file`](Self::state_file) for the easy way; with both,
    /// each state goes to the file first, and then here.
    pub fn save_state(mut self, save: SaveState<UploadState>) -> Self {
        self.kept.save = save;
        self
    }

    /// Keeps the state in this file: goes on from it if it is there, saves every step, and removes it when
    /// the import has been launched.
    ///
    /// A second run with the same file is refused while the first one goes on ([`JobError::StateHeld`]). Its
    /// lock, the empty file `<path>.lock`, stays behind and may be removed when no upload is running.
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.kept.file = Some(path.into());
        self
    }

    /// Is told how many bytes are sent.
    pub fn on_progress(mut self, progress: OnProgress) -> Self {
        self.progress = progress;
        self
    }

    async fn run(self) -> Result<Upload, JobError> {
        let source = self.source.fingerprint().await?;
        let watch = self.source.watch(&source);
        let (resume, save, kept) = self.kept.open().await?;
        let state = match resume {
            Some(state) => {
                state.check(&self.asset, &self.version_name, &self.format, &source)?;
                state
            }
            None => UploadState::new(self.asset, self.version_name, &self.format, source, 0),
        };
        let chain = Chain::new(self.client, self.choices, state, save);
        let kind = TestKind {
            format: &self.format,
            tool: None,
            description: "Unspecified Artifact",
        };
        let test = chain.prepare(&kind).await?;
        let known = chain.state().key.clone();
        let file = match known {
            Some(key) => Stored {
                key,
                is_certain: false,
            },
            None => {
                let payload = self.source.into_payload().await?;
                let key = send(&chain, &test, &payload, &self.progress).await?;
                watch.check().await?;
                let same = key.clone();
                chain.record(|state| state.key = Some(same)).await?;
                Stored {
                    key,
                    is_certain: true,
                }
            }
        };
        let launch = LaunchImport {
            chain: &chain,
            test: &test,
            key: &file.key,
        };
        finish::launch(&chain, &launch, &file).await?;
        let uploaded = chain.finished(test, file.key)?;
        kept.remove().await?;
        Ok(uploaded)
    }
}

/// Sends the file, each time with a new link, and gives its key.
async fn send(
    chain: &Chain,
    test: &Id,
    payload: &Payload,
    progress: &OnProgress,
) -> Result<String, JobError> {
    const OPERATION: &str = "GenerateSinglePartUploadUrl";
    let mut backoff = Backoff::new(Duration::from_millis(250)).factor(2.0);
    let mut attempt = 1;
    loop {
        let operation = GenerateSinglePartUploadUrl::new(test.clone());
        let data = chain.client.execute(operation).repeatable().await?;
        let link = data.generate_single_part_upload_url;
        let link = link.needed(OPERATION, "generateSinglePartUploadUrl")?;
        let key = link.key.needed(OPERATION, "key")?;
        let link = link.upload_url.needed(OPERATION, "uploadUrl")?;
        let link = link.parse().map_err(TransferError::from)?;
        let storage = chain.client.storage();
        let sent = storage
            .put(
                "UploadTestResults",
                &link,
                HeaderMap::new(),
                payload,
                progress,
            )
            .await;
        match sent {
            Ok(_) => return Ok(key),
            Err(error) if attempt < ATTEMPTS && error.may_pass_with_new_link() => attempt += 1,
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(backoff.pause()).await;
    }
}

impl IntoFuture for TestResultsUpload {
    type Output = Result<Upload, JobError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for TestResultsUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestResultsUpload")
            .field("asset", &self.asset)
            .field("version_name", &self.version_name)
            .field("format", &self.format)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}
