//! How far a job came, kept where the next process finds it.

use std::fmt;
use std::io::{self, Write as _};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::save::Unfinished;

/// A file that holds one value as JSON, and always a whole one: it is replaced, never written over.
///
/// Nothing keeps two runs from using it at once but its [lock](Self::lock).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateFile {
    path: PathBuf,
}

/// A state that could not be read or saved.
#[derive(Debug, thiserror::Error)]
#[error("could not {doing} the state in {}", .path.display())]
pub struct StateError {
    doing: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl StateError {
    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the file system said, such as a full disk ([`io::ErrorKind::StorageFull`]).
    #[must_use]
    pub fn io_error(&self) -> &io::Error {
        &self.source
    }
}

/// An error of the same kind, which still names the file.
impl From<StateError> for io::Error {
    fn from(error: StateError) -> Self {
        Self::new(error.source.kind(), error)
    }
}

impl StateFile {
    /// The file with this path; it need not be there yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The state that was saved last; `None` when there is no file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or holds something else.
    pub fn load<T: DeserializeOwned>(&self) -> Result<Option<T>, StateError> {
        let text = match std::fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.error("read", error)),
        };
        serde_json::from_slice(&text)
            .map(Some)
            .map_err(|error| self.error("read", error.into()))
    }

    /// Saves a state: when this returns, it is on the disk, and no crash leaves half of it.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn save<T: Serialize>(&self, state: &T) -> Result<(), StateError> {
        self.write(state).map_err(|error| self.error("save", error))
    }

    /// Removes the file; one that is not there is fine.
    ///
    /// # Errors
    ///
    /// When the file cannot be removed.
    pub fn remove(&self) -> Result<(), StateError> {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(self.error("remove", error))
            }
            _ => Ok(()),
        }
    }

    fn write<T: Serialize>(&self, state: &T) -> io::Result<()> {
        let text = serde_json::to_vec(state)?;
        let (unfinished, mut file) = Unfinished::create(&self.path)?;
        file.write_all(&text)?;
        unfinished.keep(&file, &self.path)
    }

    pub(crate) fn error(&self, doing: &'static str, source: io::Error) -> StateError {
        StateError {
            doing,
            path: self.path.clone(),
            source,
        }
    }
}

type Save<T> = Arc<dyn Fn(&T) -> io::Result<()> + Send + Sync>;

/// Where a job saves its state after every step: nowhere, a file, or a function of the caller's.
///
/// It is called from a thread where blocking is allowed. When saving fails, the job stops: going on would
/// do what could not be continued later.
pub struct SaveState<T>(Option<Save<T>>, PhantomData<fn(T)>);

impl<T> SaveState<T> {
    /// Calls this function with each new state.
    pub fn new(save: impl Fn(&T) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(save)), PhantomData)
    }

    /// Saves a state. Blocks.
    ///
    /// # Errors
    ///
    /// When the file cannot be written, or the function says so.
    pub fn save(&self, state: &T) -> io::Result<()> {
        self.0.as_ref().map_or(Ok(()), |save| save(state))
    }
}

impl<T: Serialize> From<StateFile> for SaveState<T> {
    fn from(file: StateFile) -> Self {
        Self::new(move |state| Ok(file.save(state)?))
    }
}

impl<T> Default for SaveState<T> {
    /// Saves nowhere.
    fn default() -> Self {
        Self(None, PhantomData)
    }
}

impl<T> Clone for SaveState<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<T> fmt::Debug for SaveState<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.0.as_ref().map(|_| "a function");
        f.debug_tuple("SaveState").field(&place).finish()
    }
}
