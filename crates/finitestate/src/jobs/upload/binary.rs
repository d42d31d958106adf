//! The upload of a binary: in parts, several at once, continued where it stopped.

use std::fmt;
use std::future::IntoFuture;
use std::path::PathBuf;

use futures_util::future::BoxFuture;
use sdk_transfer::{FileWatch, OnProgress, PartSizes, PartUpload, SaveState, Source};

use super::chain::{Chain, TestKind};
use super::finish::{self, LaunchAnalysis, Stored};
use super::kept::Kept;
use super::parts::UploadParts;
use super::refusal::is_given_up;
use super::state::Multipart;
use super::{Choices, Upload, UploadState};
use crate::jobs::error::{JobError, Needed as _};
use crate::queries::StartMultipartUpload;
use crate::types::BinaryAnalysisConfigurationOption;
use crate::{Client, Id};

const MIB: u64 = 1024 * 1024;

/// Part sizes that the vendor's Python SDK allows: at least 5 MiB, less than 2000 MiB.
const PART_SIZES: PartSizes = PartSizes::new(5 * MIB, 2000 * MIB - 1);

/// Names that the vendor's Python SDK gives.
const KIND: TestKind<'static> = TestKind {
    format: "finite_state_binary_analysis",
    tool: Some("Finite State Binary Analysis"),
    description: "Firmware Binary",
};

/// An upload of a binary, made by [`Client::upload_binary`]; it runs when awaited.
#[must_use = "nothing is uploaded until this is awaited"]
pub struct BinaryUpload {
    client: Client,
    asset: Id,
    version_name: String,
    source: Source,
    choices: Choices,
    options: Vec<BinaryAnalysisConfigurationOption>,
    part_bytes: Option<u64>,
    parallel: usize,
    kept: Kept,
    progress: OnProgress,
}

impl Client {
    /// Uploads a binary as a new version of an asset and launches its analysis.
    ///
    /// It makes the version, its artifact and a test, sends the file in parts, and launches the analysis.
    /// Give it a [state file](BinaryUpload::state_file), and an upload that was interrupted, even by a crash,
    /// goes on where it stopped: no second version, and no finished part is sent again.
    ///
    /// ```
    /// # use finitestate::{Client, Id, JobError, Source};
    /// # async fn run(client: Client, asset: Id, folder: &std::path::Path) -> Result<(), JobError> {
    /// let upload = client
    ///     .upload_binary(asset, "2.4.1", Source::file(folder.join("router-2.4.1.bin")))
    ///     .state_file(folder.join("router-2.4.1.upload.json"))
    ///     .await?;
    /// client.wait_for_processing(upload.test_id).await?;
    /// # Ok(())
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// #     let sandbox = sdk_sandbox::Sandbox::builder().items(5).looks_until_done(0).start().await?;
    /// #     let env = finitestate::Env::from_pairs(sandbox.finitestate().variables());
    /// #     let client = finitestate::Config::from_env(&env)?.into_builder().build()?;
    /// #     let assets = client.execute(finitestate::queries::ListAssets::new().first(1)).await?;
    /// #     let asset = assets.all_assets.into_iter().flatten().next().ok_or("no asset")?.id;
    /// #     let folder = std::env::temp_dir().join(format!("upload-{}", std::process::id()));
    /// #     std::fs::create_dir_all(&folder)?;
    /// #     std::fs::write(folder.join("router-2.4.1.bin"), "firmware")?;
    /// #     run(client, asset, &folder).await?;
    /// #     assert_eq!(sandbox.finitestate().stored_objects().len(), 1);
    /// #     std::fs::remove_dir_all(folder)?;
    /// #     Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When awaited: the asset is not there, an operation or a part failed for good, the source cannot be
    /// read, or the state cannot be saved or belongs to another upload. With [`JobError::UploadLost`] the
    /// store does not have what was sent: the next run with the same state sends the file again.
    pub fn upload_binary(
        &self,
        asset_id: impl Into<Id>,
        version_name: impl Into<String>,
        source: Source,
    ) -> BinaryUpload {
        BinaryUpload {
            client: self.clone(),
            asset: asset_id.into(),
            version_name: version_name.into(),
            source,
            choices: Choices::default(),
            options: Vec::new(),
            part_bytes: None,
            parallel: 4,
            kept: Kept::default(),
            progress: OnProgress::default(),
        }
    }
}

impl BinaryUpload {
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

    /// What the file is; the artifact and the test are named after it. Default: `Firmware Binary`.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.choices.description = Some(description.into());
        self
    }

    /// Switches of the analysis. Default: none.
    pub fn options(
        mut self,
        options: impl IntoIterator<Item = BinaryAnalysisConfigurationOption>,
    ) -> Self {
        self.options = options.into_iter().collect();
        self
    }

    /// The size of a part in bytes, from 5 MiB to just under 2000 MiB. Default: 8 to 64 MiB after the file's
    /// size, larger for files beyond 625 GiB.
    ///
    /// An upload that is continued keeps the size it began with.
    pub fn part_bytes(mut self, part_bytes: u64) -> Self {
        self.part_bytes = Some(part_bytes);
        self
    }

    /// How many parts are sent at once, at least 1; default 4.
    pub fn parallel(mut self, parts: usize) -> Self {
        self.parallel = parts;
        self
    }

    /// Goes on from this state, saved by an earlier upload of the same file.
    ///
    /// A file is known by its length and when it was changed, bytes by their SHA-256. A reader is known by
    /// nothing, so that an upload from one is not continued after parts of it were sent
    /// ([`JobError::ReaderResumed`]), unless the state [forgets](UploadState::forget_sent) them.
    pub fn resume(mut self, state: UploadState) -> Self {
        self.kept.resume = Some(state);
        self
    }

    /// Saves the state after every step and every part. See [`state_file`](Self::state_file) for the easy
    /// way; with both, each state goes to the file first, and then here.
    pub fn save_state(mut self, save: SaveState<UploadState>) -> Self {
        self.kept.save = save;
        self
    }

    /// Keeps the state in this file: goes on from it if it is there, saves every step, and removes it when
    /// the analysis has been launched.
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
        let (resume, save, file) = self.kept.open().await?;
        let length = source.length_bytes();
        let watch = self.source.watch(&source);
        let state = match resume {
            Some(state) => {
                state.check(&self.asset, &self.version_name, KIND.format, &source)?;
                state
            }
            None => {
                let part_bytes = match self.part_bytes {
                    Some(part_bytes) => PART_SIZES.check(part_bytes, length)?,
                    None => PART_SIZES.choose(length)?,
                };
                UploadState::new(
                    self.asset,
                    self.version_name,
                    KIND.format,
                    source,
                    part_bytes,
                )
            }
        };
        let chain = Chain::new(self.client, self.choices, state, save);
        let upload = PartUpload::new(chain.client.storage().clone(), "UploadPart")
            .parallel(self.parallel)
            .on_progress(self.progress);
        let uploaded = send(&chain, &upload, self.source, &watch, &self.options).await?;
        file.remove().await?;
        Ok(uploaded)
    }
}

/// All steps of an upload that are still to be done.
async fn send(
    chain: &Chain,
    upload: &PartUpload,
    source: Source,
    watch: &FileWatch,
    options: &[BinaryAnalysisConfigurationOption],
) -> Result<Upload, JobError> {
    let test = chain.prepare(&KIND).await?;
    let known = chain.state().key.clone();
    let file = match known {
        Some(key) => Stored {
            key,
            is_certain: false,
        },
        None => {
            let multipart = start(chain, &test).await?;
            let parts = UploadParts {
                chain,
                multipart: &multipart,
                watch,
            };
            let part_bytes = chain.state().part_bytes;
            let stored = match upload.run(source, part_bytes, &parts).await {
                Ok(()) => finish::complete(chain, &multipart).await,
                Err(error) => Err(error),
            };
            match stored {
                // Every further request for this upload would be refused alike.
                Err(error) if is_given_up(&error) => return Err(chain.lose_file(error).await),
                stored => stored?,
            }
        }
    };
    let launch = LaunchAnalysis {
        chain,
        test: &test,
        key: &file.key,
        options,
    };
    finish::launch(chain, &launch, &file).await?;
    chain.finished(test, file.key)
}

async fn start(chain: &Chain, test: &Id) -> Result<Multipart, JobError> {
    let known = chain.state().multipart.clone();
    if let Some(multipart) = known {
        return Ok(multipart);
    }
    // One that was opened and forgotten holds no parts.
    let operation = StartMultipartUpload::new(test.clone());
    let data = chain.client.execute(operation).repeatable().await?;
    let started = data.start_multipart_upload_v2;
    let started = started.needed("StartMultipartUpload", "startMultipartUploadV2")?;
    let multipart = Multipart {
        upload_id: started
            .upload_id
            .needed("StartMultipartUpload", "uploadId")?,
        key: started.key.needed("StartMultipartUpload", "key")?,
    };
    let kept = multipart.clone();
    chain.record(|state| state.multipart = Some(kept)).await?;
    Ok(multipart)
}

impl IntoFuture for BinaryUpload {
    type Output = Result<Upload, JobError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for BinaryUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BinaryUpload")
            .field("asset", &self.asset)
            .field("version_name", &self.version_name)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}
