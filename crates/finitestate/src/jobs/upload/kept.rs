//! Where an upload goes on from, and where it keeps how far it came.

use std::io;
use std::path::PathBuf;

use sdk_transfer::{LockError, SaveState, StateFile, StateLock};

use super::UploadState;
use crate::jobs::error::{JobError, SaveStateError};

/// What the caller says about the state of an upload.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) resume: Option<UploadState>,
    pub(super) save: SaveState<UploadState>,
    pub(super) file: Option<PathBuf>,
}

/// The state file of an upload under way, if it has one, locked.
#[derive(Debug)]
pub(super) struct KeptFile(Option<StateLock>);

impl Kept {
    /// The state to go on from, where to save the next ones, and what to clean up in the end.
    ///
    /// A state that the caller gives counts more than one in the file. Both the file and the caller are
    /// given each new state.
    pub(super) async fn open(
        self,
    ) -> Result<(Option<UploadState>, SaveState<UploadState>, KeptFile), JobError> {
        let Some(path) = self.file else {
            return Ok((self.resume, self.save, KeptFile(None)));
        };
        let opened = away(move || {
            let lock = StateFile::new(path).lock()?;
            let saved = lock.file().load()?;
            Ok((lock, saved))
        });
        let (lock, saved) = opened.await?;
        let (in_file, callers) = (SaveState::from(lock.clone()), self.save);
        let save = SaveState::new(move |state| {
            in_file.save(state)?;
            callers.save(state)
        });
        Ok((self.resume.or(saved), save, KeptFile(Some(lock))))
    }
}

impl KeptFile {
    /// Removes the file: nothing is left to go on with.
    pub(super) async fn remove(self) -> Result<(), JobError> {
        match self.0 {
            Some(lock) => away(move || Ok(lock.file().remove()?)).await,
            None => Ok(()),
        }
    }
}

/// Works with the file where blocking is allowed.
async fn away<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LockError> + Send + 'static,
) -> Result<T, JobError> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|error| SaveStateError(io::Error::other(error)))?;
    done.map_err(|error| match error {
        LockError::Held(held) => held.into(),
        LockError::State(error) => SaveStateError(error.into()).into(),
        other => SaveStateError(io::Error::other(other)).into(),
    })
}
