//! The lock of a state file: one run of a job at a time.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use crate::{SaveState, StateError, StateFile};

/// A state file that no other run has, made by [`StateFile::lock`].
///
/// The lock ends when the last clone is dropped, and with the process, however that ends. The lock file
/// stays behind, and is empty: whoever removed it would let two runs in.
///
/// ```
/// use sdk_transfer::{LockError, SaveState, StateFile};
///
/// # fn main() -> Result<(), LockError> {
/// # let path = std::env::temp_dir().join(format!("locked-{}.json", std::process::id()));
/// let lock = StateFile::new(&path).lock()?;
/// let begun: Option<Vec<u32>> = lock.file().load()?;
/// assert_eq!(begun, None);
/// assert!(matches!(StateFile::new(&path).lock(), Err(LockError::Held(_))));
///
/// let save: SaveState<Vec<u32>> = lock.clone().into(); // the job saves here, under the lock
/// # drop(save);
/// lock.file().remove()?;
/// # drop(lock);
/// # let _removed = std::fs::remove_file(path.with_extension("json.lock"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct StateLock {
    file: StateFile,
    /// Locked until the last clone closes it.
    _held: Arc<File>,
}

/// Why a state file could not be locked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another run has it.
    #[error(transparent)]
    Held(#[from] StateHeldError),
    /// The lock file cannot be made, or its file system knows no locks.
    #[error(transparent)]
    State(#[from] StateError),
}

/// A state that another run works on: of this process, or of another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("another run holds the state in {}", .path.display())]
pub struct StateHeldError {
    path: PathBuf,
}

impl StateHeldError {
    /// The state file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl StateLock {
    /// The file, to load the state from, and to remove when the job is done.
    #[must_use]
    pub fn file(&self) -> &StateFile {
        &self.file
    }
}

impl StateFile {
    /// Locks the state for one run of a job, without waiting: two runs that go on from one state would do
    /// its next step twice.
    ///
    /// What is locked is an empty file beside it, `<file>.lock`, because the state file itself is replaced
    /// each time. Locks of many network file systems do not reach other hosts.
    ///
    /// # Errors
    ///
    /// When another run holds the state, the lock file cannot be made, or there are no locks in its file
    /// system.
    pub fn lock(&self) -> Result<StateLock, LockError> {
        let mut name = OsString::from(self.path());
        name.push(".lock");
        let mut options = File::options();
        // Only made: nothing is ever written to it.
        let made = options.write(true).create(true).truncate(false).open(name);
        let held = made.map_err(|error| self.error("lock", error))?;
        match held.try_lock() {
            Ok(()) => Ok(StateLock {
                file: self.clone(),
                _held: Arc::new(held),
            }),
            Err(TryLockError::WouldBlock) => Err(StateHeldError {
                path: self.path().to_owned(),
            }
            .into()),
            Err(TryLockError::Error(error)) => Err(self.error("lock", error).into()),
        }
    }
}

/// Saves to the file, which stays locked for as long as something may still be saved.
impl<T: Serialize> From<StateLock> for SaveState<T> {
    fn from(lock: StateLock) -> Self {
        // All of it goes into the function, not its file alone.
        Self::new(move |state| Ok(lock.file().save(state)?))
    }
}
