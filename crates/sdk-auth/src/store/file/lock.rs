//! The lock file of one record: locked by whoever holds the lease, and never deleted.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;

use serde::{Deserialize, Serialize};

use super::Fault;
use super::place::{FILE_MODE, Place};
use crate::store::StoreKey;

/// A lock file that is locked until it is dropped.
pub(super) struct LockFile {
    file: File,
    note: Note,
}

/// What stands in a lock file: nothing that is needed for the lock itself.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Note {
    fence: u64,
    holder: Option<String>,
}

/// What became of an attempt to lock.
pub(super) enum Lock {
    Taken(LockFile),
    Held,
}

/// No note is longer; the rest of a longer one is not read.
const MAX_NOTE_BYTES: u64 = 4 * 1024;

impl LockFile {
    /// Locks the file of `key`, unless somebody else has; never waits.
    pub(super) fn take(place: &Place, key: &StoreKey) -> Result<Lock, Fault> {
        let path = place.lock(key);
        // Refuses what is there and is not ours before it is opened.
        place.stamp(&path)?;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(FILE_MODE)
            .open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Lock::Held),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let mut locked = Self {
            file,
            note: Note::default(),
        };
        // Deleted between opening and locking: a lock on it keeps nobody out.
        if !locked.is_in_place(place, key)? {
            return Ok(Lock::Held);
        }
        locked.note = locked.read_note()?;
        Ok(Lock::Taken(locked))
    }

    /// True while the locked file is the one that others would lock.
    pub(super) fn is_in_place(&self, place: &Place, key: &StoreKey) -> Result<bool, Fault> {
        let own = place.stamp_of(&self.file)?;
        let other = place.stamp(&place.lock(key))?;
        Ok(other.is_some_and(|other| other.is_same_file(&own)))
    }

    /// The fence of the lease before; 0 if there was none, or its note was lost.
    pub(super) fn fence(&self) -> u64 {
        self.note.fence
    }

    /// Notes down who holds the lease.
    pub(super) fn note(&mut self, fence: u64, holder: Option<&str>) -> io::Result<()> {
        self.note = Note {
            fence,
            holder: holder.map(str::to_owned),
        };
        let text = serde_json::to_string(&self.note)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.set_len(0)?;
        self.file.write_all(text.as_bytes())
    }

    /// Who holds the lease now.
    pub(super) fn holder(place: &Place, key: &StoreKey) -> io::Result<Option<String>> {
        let file = match File::open(place.lock(key)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        // For a moment only, and shared, so that onlookers are not in each other's way.
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
            Err(TryLockError::WouldBlock) => {
                let note = Self {
                    file,
                    note: Note::default(),
                }
                .read_note()?;
                Ok(Some(
                    note.holder.unwrap_or_else(|| "somebody unknown".to_owned()),
                ))
            }
        }
    }

    /// What was noted; nothing if the note was cut off, or never written.
    fn read_note(&self) -> io::Result<Note> {
        let mut text = Vec::new();
        (&self.file).take(MAX_NOTE_BYTES).read_to_end(&mut text)?;
        Ok(serde_json::from_slice(&text).unwrap_or_default())
    }
}
