//! The directory of a file store: its files, and whether others could get at them.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::Fault;
use crate::store::{StoreError, StoreFailure, StoreKey};

/// Files are for their owner alone.
pub(super) const FILE_MODE: u32 = 0o600;
const DIRECTORY_MODE: u32 = 0o700;
const OPEN_TO_OTHERS: u32 = 0o077;

/// A directory that belongs to us alone.
#[derive(Debug)]
pub(super) struct Place {
    directory: PathBuf,
    owner: u32,
}

/// Tells a file, and what is in it, from every other, as far as `stat` can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    pub(super) fn is_same_file(&self, other: &Self) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }
}

impl Place {
    pub(super) fn open(directory: &Path) -> Result<Self, StoreError> {
        let name = format!("file:{}", directory.display());
        let place = Self::open_or_fault(directory);
        place.map_err(|fault| match fault {
            Fault::Io(error) => StoreError::because(name, "open", StoreFailure::Unavailable, error),
            Fault::Failure(failure) => StoreError::new(name, "open", failure),
        })
    }

    fn open_or_fault(directory: &Path) -> Result<Self, Fault> {
        match DirBuilder::new().mode(DIRECTORY_MODE).create(directory) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
            _ => {}
        }
        let found = fs::symlink_metadata(directory)?;
        if !found.is_dir() {
            let how = "because its path is no directory, or a symbolic link to one";
            return Err(StoreFailure::Unsafe(how).into());
        }
        let directory = directory.canonicalize()?;
        let owner = own_user(&directory)?;
        if found.uid() != owner {
            let how = "because its directory belongs to another user";
            return Err(StoreFailure::Unsafe(how).into());
        }
        if found.mode() & OPEN_TO_OTHERS != 0 {
            let how = "because its directory is open to other users (expected mode 0700)";
            return Err(StoreFailure::Unsafe(how).into());
        }
        if is_remote(found.dev()) {
            let how = "because locks on a network file system are not dependable";
            return Err(StoreFailure::Unsafe(how).into());
        }
        Ok(Self { directory, owner })
    }

    pub(super) fn identity(&self) -> String {
        format!("file:{}", self.directory.display())
    }

    pub(super) fn record(&self, key: &StoreKey) -> PathBuf {
        self.directory.join(format!("{key}.json"))
    }

    pub(super) fn lock(&self, key: &StoreKey) -> PathBuf {
        self.directory.join(format!("{key}.lock"))
    }

    /// What is at `path` now, if anything is; an error if others could read or change it.
    pub(super) fn stamp(&self, path: &Path) -> Result<Option<Stamp>, Fault> {
        match fs::symlink_metadata(path) {
            Ok(found) => self.check(&found).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn stamp_of(&self, file: &File) -> Result<Stamp, Fault> {
        self.check(&file.metadata()?)
    }

    fn check(&self, found: &Metadata) -> Result<Stamp, Fault> {
        let how = if !found.is_file() {
            "because one of its files is a symbolic link, or no file at all"
        } else if found.uid() != self.owner {
            "because one of its files belongs to another user"
        } else if found.mode() & OPEN_TO_OTHERS != 0 {
            "because one of its files is open to other users (expected mode 0600)"
        } else {
            return Ok(Stamp {
                device: found.dev(),
                inode: found.ino(),
                length: found.len(),
                modified: (found.mtime(), found.mtime_nsec()),
                changed: (found.ctime(), found.ctime_nsec()),
            });
        };
        Err(StoreFailure::Unsafe(how).into())
    }

    /// Makes what was renamed in the directory last.
    pub(super) fn sync(&self) -> io::Result<()> {
        File::open(&self.directory)?.sync_all()
    }
}

/// The user that this process writes files as, learnt by writing one.
fn own_user(directory: &Path) -> io::Result<u32> {
    let unique = format!(".probe-{}-{:016x}", std::process::id(), fastrand::u64(..));
    let path = directory.join(unique);
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(FILE_MODE)
        .open(&path)?;
    let owner = file.metadata().map(|found| found.uid());
    fs::remove_file(&path)?;
    owner
}

/// True if the device is known to be a network file system.
#[cfg(target_os = "linux")]
fn is_remote(device: u64) -> bool {
    fs::read_to_string("/proc/self/mountinfo").is_ok_and(|mounts| {
        mounts
            .lines()
            .filter_map(mount)
            .any(|(mounted, kind)| mounted == device && REMOTE.contains(&kind))
    })
}

#[cfg(not(target_os = "linux"))]
fn is_remote(_device: u64) -> bool {
    false
}

#[cfg(target_os = "linux")]
const REMOTE: &[&str] = &[
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "afs",
    "ceph",
    "fuse.sshfs",
    "fuse.glusterfs",
    "glusterfs",
    "lustre",
    "gpfs",
    "ocfs2",
];

/// Device and type of a line of `mountinfo` (proc(5)).
#[cfg(target_os = "linux")]
fn mount(line: &str) -> Option<(u64, &str)> {
    let (mounted, rest) = line.split_once(" - ")?;
    let (major, minor) = mounted.split_ascii_whitespace().nth(2)?.split_once(':')?;
    let (major, minor): (u64, u64) = (major.parse().ok()?, minor.parse().ok()?);
    // As glibc's makedev(3) puts the two together.
    let device = ((major & 0xffff_f000) << 32)
        | ((major & 0xfff) << 8)
        | ((minor & 0xffff_ff00) << 12)
        | (minor & 0xff);
    Some((device, rest.split_ascii_whitespace().next()?))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_mount_is_told_by_device_and_type() {
        let line = "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - nfs4 server:/export rw";
        assert_eq!(mount(line), Some((98 << 8, "nfs4")));
        let line = "40 1 0:1048577 / /far rw - cifs //server/share rw";
        assert_eq!(mount(line), Some(((0x10_0000 << 12) | 1, "cifs")));
        assert_eq!(mount("nonsense"), None);
    }

    #[test]
    fn the_own_temporary_directory_is_found_among_the_mounts() {
        let device = fs::metadata("/proc/self").unwrap().dev();
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
        let kinds: Vec<_> = mounts.lines().filter_map(mount).collect();
        assert!(kinds.contains(&(device, "proc")), "{kinds:?}");
        assert!(!is_remote(device));
    }
}
