//! What tells one source from another, so that an upload is not made of two files.

use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::error::{LocalError, TransferError};
use crate::payload::blocking;

/// What tells one source from another: a file's length and when it was changed, the SHA-256 of bytes, and
/// of a reader its length at most.
///
/// Kept with the state of an upload, so that it is not continued with another file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    length_bytes: Option<u64>,
    modified_ns: Option<u128>,
    /// In hexadecimal.
    sha256: Option<String>,
}

impl Fingerprint {
    /// The length in bytes; `None` for a reader that does not say.
    #[must_use]
    pub fn length_bytes(&self) -> Option<u64> {
        self.length_bytes
    }

    /// True if another source has another fingerprint. That of a reader tells too little: whoever
    /// continues an upload with a reader may be sending something else.
    #[must_use]
    pub fn is_telling(&self) -> bool {
        self.modified_ns.is_some() || self.sha256.is_some()
    }

    pub(crate) fn of_reader(length_bytes: Option<u64>) -> Self {
        Self {
            length_bytes,
            modified_ns: None,
            sha256: None,
        }
    }

    /// Reads all of the bytes, which takes about a second for a gigabyte.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        let digest = digest(&SHA256, bytes);
        let hex = digest.as_ref().iter().map(|byte| format!("{byte:02x}"));
        Self {
            length_bytes: Some(bytes.len() as u64),
            modified_ns: None,
            sha256: Some(hex.collect()),
        }
    }

    pub(crate) async fn of_file(path: &Path) -> Result<Self, TransferError> {
        let looked_at = path.to_owned();
        let found = blocking(move || std::fs::metadata(looked_at)).await;
        let found = found.map_err(|error| LocalError::new("read", Some(path), error))?;
        let modified = found.modified().ok();
        let since = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Ok(Self {
            length_bytes: Some(found.len()),
            modified_ns: since.map(|since| since.as_nanos()),
            sha256: None,
        })
    }
}

/// Notices when a file changes while it is sent; made by [`Source::watch`](crate::Source::watch).
///
/// Files are opened anew for each part. What was read before [`check`](Self::check) has found no change is
/// of the file that the upload began with.
#[derive(Debug, Clone)]
pub struct FileWatch(pub(crate) Option<(PathBuf, Fingerprint)>);

impl FileWatch {
    /// Looks whether the file is the same as ever; what is no file does not change.
    ///
    /// # Errors
    ///
    /// When the file has another fingerprint than the watch began with
    /// ([`io::ErrorKind::InvalidData`]), or cannot be looked at.
    pub async fn check(&self) -> Result<(), TransferError> {
        let Some((path, before)) = &self.0 else {
            return Ok(());
        };
        if Fingerprint::of_file(path).await? == *before {
            return Ok(());
        }
        let changed = "the file has changed since the upload began";
        let error = io::Error::new(io::ErrorKind::InvalidData, changed);
        Err(LocalError::new("send", Some(path), error).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;

    #[tokio::test]
    async fn bytes_of_one_length_differ_and_a_reader_tells_nothing_but_its_length() {
        let of = async |source: Source| source.fingerprint().await.unwrap();
        let one = of(Source::bytes("firmware")).await;
        assert_eq!(one, of(Source::bytes("firmware")).await);
        assert_ne!(one, of(Source::bytes("FIRMWARE")).await);
        let sized = of(Source::sized_reader(&b"firmware"[..], 8)).await;
        assert_ne!(one, sized);
        assert_eq!(one.length_bytes(), sized.length_bytes());
        assert!(one.is_telling() && !sized.is_telling());
        assert!(!of(Source::reader(&b"firmware"[..])).await.is_telling());
    }

    #[test]
    fn a_saved_fingerprint_of_bytes_is_their_sha_256_in_hexadecimal() {
        let saved = serde_json::to_string(&Fingerprint::of_bytes(b"abc")).unwrap();
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert!(saved.contains(expected), "{saved}");
    }

    #[tokio::test]
    async fn a_watch_notices_another_length_another_time_and_a_file_that_is_gone() {
        let name = format!("sdk-transfer-watch-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, "one").unwrap();
        let source = Source::file(&path);
        let begun_with = source.fingerprint().await.unwrap();
        let watch = source.watch(&begun_with);
        watch.check().await.unwrap();

        let file = std::fs::File::options().write(true).open(&path).unwrap();
        let earlier = file.metadata().unwrap().modified().unwrap();
        file.set_modified(earlier - std::time::Duration::from_secs(1))
            .unwrap();
        let error = watch.check().await.unwrap_err();
        let kind = error.io_error().map(io::Error::kind);
        assert_eq!(kind, Some(io::ErrorKind::InvalidData));
        file.set_modified(earlier).unwrap();
        watch.check().await.unwrap();
        std::fs::write(&path, "other").unwrap();
        assert!(watch.check().await.is_err());
        std::fs::remove_file(&path).unwrap();
        let error = watch.check().await.unwrap_err();
        let kind = error.io_error().map(io::Error::kind);
        assert_eq!(kind, Some(io::ErrorKind::NotFound));
    }
}
