//! A store in files, for the processes of one machine.

mod lock;
mod place;

use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::{
    Lease, Ownership, PublishDecision, Published, StoreError, StoreFailure, StoreFuture, StoreKey,
    StoreReach, TokenRecord, TokenStore,
};
use lock::{Lock, LockFile};
use place::{Place, Stamp};

/// Keeps records in a directory, for all processes of one user on one machine.
///
/// Each client has two files there: `<key>.json`, the record, which is replaced as a whole and never changed,
/// and `<key>.lock`, which is locked by whoever asks for a token, says who that is, and **must never be
/// deleted**: who holds the deleted file and who holds the new one would both think the lease theirs. The
/// kernel frees the lock when its holder dies.
///
/// Directory and files belong to the user and are closed to everyone else; anything else there, symbolic links
/// included, is refused and not repaired. Records and directory are synced to disk before a token counts as
/// stored. Network file systems are refused on Linux, as far as they can be told, because their locks are not
/// dependable; processes on several machines want a store that is a server.
///
/// Files are read and written on the runtime's blocking threads. Reading a record that has not changed takes
/// one `stat`.
#[derive(Clone)]
pub struct FileStore(Arc<Inner>);

struct Inner {
    place: Place,
    identity: String,
    /// What was read last, so that an unchanged file is not read again.
    seen: Mutex<HashMap<StoreKey, (Stamp, TokenRecord)>>,
}

/// No record is larger: a token has 16 KiB at most.
const MAX_RECORD_BYTES: u64 = 64 * 1024;

impl FileStore {
    /// The store in this directory, which is created, closed to others, if it is not there.
    ///
    /// # Errors
    ///
    /// If the directory cannot be created or written, or is unsafe: it belongs to another user, is open to
    /// others, is a symbolic link, or is on a network file system.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let place = Place::open(&directory.into())?;
        let identity = place.identity();
        Ok(Self(Arc::new(Inner {
            place,
            identity,
            seen: Mutex::default(),
        })))
    }

    /// Does what blocks where blocking is allowed.
    fn run<'a, T: Send + 'static>(
        &self,
        action: &'static str,
        work: impl FnOnce(&Inner) -> Result<T, Fault> + Send + 'static,
    ) -> StoreFuture<'a, T> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            let store = inner.identity.clone();
            let done = tokio::task::spawn_blocking(move || work(&inner)).await;
            match done {
                Ok(Ok(value)) => Ok(value),
                Ok(Err(Fault::Io(error))) => Err(StoreError::because(
                    store,
                    action,
                    StoreFailure::Unavailable,
                    error,
                )),
                Ok(Err(Fault::Failure(failure))) => Err(StoreError::new(store, action, failure)),
                Err(error) => Err(StoreError::because(
                    store,
                    action,
                    StoreFailure::Unavailable,
                    error,
                )),
            }
        })
    }
}

/// What went wrong, before it has a name and a place.
enum Fault {
    Io(io::Error),
    Failure(StoreFailure),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<StoreFailure> for Fault {
    fn from(failure: StoreFailure) -> Self {
        Self::Failure(failure)
    }
}

impl Inner {
    fn load(&self, key: &StoreKey) -> Result<Option<TokenRecord>, Fault> {
        let path = self.place.record(key);
        let Some(stamp) = self.place.stamp(&path)? else {
            return Ok(None);
        };
        if let Some((seen, record)) = self.seen().get(key)
            && *seen == stamp
        {
            return Ok(Some(record.clone()));
        }
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        // Of the file that was opened, which may be a newer one by now.
        let stamp = self.place.stamp_of(&file)?;
        let mut json = Vec::new();
        file.take(MAX_RECORD_BYTES + 1).read_to_end(&mut json)?;
        if json.len() as u64 > MAX_RECORD_BYTES {
            return Err(StoreFailure::Damaged.into());
        }
        let record = TokenRecord::from_json(&json)?;
        self.seen().insert(key.clone(), (stamp, record.clone()));
        Ok(Some(record))
    }

    /// The record that a new one would replace; a damaged one is as good as none.
    fn load_to_replace(&self, key: &StoreKey) -> Result<Option<TokenRecord>, Fault> {
        match self.load(key) {
            Err(Fault::Failure(StoreFailure::Damaged)) => Ok(None),
            other => other,
        }
    }

    fn lease(&self, key: &StoreKey, holder: &str) -> Result<Option<Lease>, Fault> {
        let Lock::Taken(mut file) = LockFile::take(&self.place, key)? else {
            return Ok(None);
        };
        // Fences go on from whichever is greater, should one of the two files have been lost.
        let stored = self.load_to_replace(key)?;
        let of_record = stored.as_ref().map_or(0, TokenRecord::last_fence);
        let fence = file.fence().max(of_record).saturating_add(1);
        file.note(fence, Some(holder))?;
        Ok(Some(Lease::new(fence).holding(Arc::new(Mutex::new(file)))))
    }

    fn publish(
        &self,
        key: &StoreKey,
        held: Option<&Mutex<LockFile>>,
        record: &TokenRecord,
    ) -> Result<Published, Fault> {
        let is_mine = match held {
            Some(file) => lock(file).is_in_place(&self.place, key)?,
            None => false,
        };
        // Only if somebody has deleted the lock file, against all advice.
        let (_other, ownership) = if is_mine {
            (None, Ownership::Mine)
        } else {
            match LockFile::take(&self.place, key)? {
                Lock::Taken(file) => (Some(file), Ownership::Free),
                Lock::Held => (None, Ownership::Other),
            }
        };
        let stored = self.load_to_replace(key)?;
        Ok(
            match PublishDecision::new(ownership, stored.as_ref(), record) {
                PublishDecision::Write => {
                    self.replace(key, record)?;
                    Published::Done
                }
                PublishDecision::Wait => Published::Wait,
                PublishDecision::Discard => Published::Superseded(stored),
            },
        )
    }

    /// Puts the record in place as a whole: whoever reads sees the old one or the new one.
    fn replace(&self, key: &StoreKey, record: &TokenRecord) -> io::Result<()> {
        let path = self.place.record(key);
        let new = path.with_extension("new");
        // Left over from a process that was killed; writing is for the holder of the lock alone.
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(place::FILE_MODE)
            .open(&new)?;
        file.write_all(record.to_json().as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &path)?;
        self.place.sync()
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, HashMap<StoreKey, (Stamp, TokenRecord)>> {
        lock(&self.seen)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl TokenStore for FileStore {
    fn identity(&self) -> String {
        self.0.identity.clone()
    }

    fn reach(&self) -> StoreReach {
        StoreReach::Host
    }

    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<TokenRecord>> {
        let key = key.clone();
        self.run("load", move |store| store.load(&key))
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, holder: &'a str) -> StoreFuture<'a, Option<Lease>> {
        let (key, holder) = (key.clone(), holder.to_owned());
        self.run("lease", move |store| store.lease(&key, &holder))
    }

    fn publish<'a>(
        &'a self,
        key: &'a StoreKey,
        lease: &'a Lease,
        record: &'a TokenRecord,
    ) -> StoreFuture<'a, Published> {
        let (key, record) = (key.clone(), record.clone());
        let held = lease.guard::<Arc<Mutex<LockFile>>>().cloned();
        self.run("publish", move |store| {
            store.publish(&key, held.as_deref(), &record)
        })
    }

    fn release<'a>(&'a self, _key: &'a StoreKey, lease: Lease) -> StoreFuture<'a, ()> {
        self.run("release", move |_| {
            if let Some(file) = lease.guard::<Arc<Mutex<LockFile>>>() {
                lock(file).note(lease.fence(), None)?;
            }
            drop(lease);
            Ok(())
        })
    }

    fn holder<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<String>> {
        let key = key.clone();
        self.run("look at the lease", move |store| {
            Ok(LockFile::holder(&store.place, &key)?)
        })
    }
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FileStore").field(&self.0.identity).finish()
    }
}

#[cfg(test)]
mod tests;
