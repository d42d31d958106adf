//! Where an upload goes on from, and where it keeps how far it came.

use std::io;
use std::path::PathBuf;

use sdk_transfer::{SaveState, StateError, StateFile};

use super::UploadState;
use crate::jobs::error::{JobError, SaveStateError};

/// What the caller says about the state of an upload.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) resume: Option<UploadState>,
    pub(super) save: SaveState<UploadState>,
    pub(super) file: Option<PathBuf>,
}

/// The state file of an upload under way, if it has one.
#[derive(Debug)]
pub(super) struct KeptFile(Option<StateFile>);

impl Kept {
    /// The state to go on from, where to save the next ones, and what to clean up in the end.
    ///
    /// A state that the caller gives counts more than one in the file.
    pub(super) async fn open(
        self,
    ) -> Result<(Option<UploadState>, SaveState<UploadState>, KeptFile), JobError> {
        let Some(path) = self.file else {
            return Ok((self.resume, self.save, KeptFile(None)));
        };
        let file = StateFile::new(path);
        let read = file.clone();
        let saved = away(move || read.load()).await?;
        let save = file.clone().into();
        Ok((self.resume.or(saved), save, KeptFile(Some(file))))
    }
}

impl KeptFile {
    /// Removes the file: nothing is left to go on with.
    pub(super) async fn remove(self) -> Result<(), JobError> {
        match self.0 {
            Some(file) => away(move || file.remove()).await,
            None => Ok(()),
        }
    }
}

/// Works with the file where blocking is allowed.
async fn away<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StateError> + Send + 'static,
) -> Result<T, JobError> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(io::Error::other);
    let done = done.and_then(|done| done.map_err(io::Error::other));
    Ok(done.map_err(SaveStateError)?)
}
