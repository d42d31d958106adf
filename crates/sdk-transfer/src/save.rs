//! Files that have their name only once they are whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::OnProgress;
use crate::download::Download;
use crate::error::{LocalError, TransferError};
use crate::payload::blocking;

/// A file under a temporary name beside its final one. Dropped before it is kept, it is removed.
#[derive(Debug)]
pub(crate) struct Unfinished {
    temporary: PathBuf,
    kept: bool,
}

impl Unfinished {
    /// Makes the temporary file; its folder must be there.
    pub(crate) fn create(path: &Path) -> io::Result<(Self, File)> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        loop {
            let mut hidden = std::ffi::OsString::from(".");
            hidden.push(name);
            hidden.push(format!(".{:016x}.part", fastrand::u64(..)));
            let temporary = path.with_file_name(hidden);
            match options.open(&temporary) {
                Ok(file) => {
                    let kept = false;
                    return Ok((Self { temporary, kept }, file));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives the file its name, once its bytes are on the disk; on Unix the name is there, too, afterwards.
    pub(crate) fn keep(mut self, file: &File, path: &Path) -> io::Result<()> {
        file.sync_all()?;
        fs::rename(&self.temporary, path)?;
        self.kept = true;
        sync_folder(path)
    }
}

/// Makes the name of a file last, too: it is in its folder, not in the file.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

/// Other systems open no folders as files, and have no other way.
#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// The folder of a file, which for a bare name is the one that the process is in.
#[cfg(unix)]
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.kept {
            // Nothing can be done about a failure here, and the error that led here matters more.
            let _removed = fs::remove_file(&self.temporary);
        }
    }
}

/// Saves a download; `through` may put something between the bytes and the file.
pub(crate) async fn save<W: Write + Send + 'static>(
    download: Download,
    path: &Path,
    progress: &OnProgress,
    through: impl FnOnce(File) -> W,
) -> Result<u64, TransferError> {
    let local = |error| LocalError::new("write", Some(path), error);
    let target = path.to_owned();
    let (unfinished, file) = blocking(move || Unfinished::create(&target))
        .await
        .map_err(local)?;
    let copy = file.try_clone().map_err(local)?;
    let (writer, bytes) = download
        .write_blocking(through(file), path, progress)
        .await?;
    drop(writer);
    let target = path.to_owned();
    blocking(move || unfinished.keep(&copy, &target))
        .await
        .map_err(local)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use sdk_auth::{Http, HttpConfig};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::Storage;

    /// A file on a disk with room for so many bytes.
    struct Small(File, usize);

    impl Write for Small {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let fits = bytes.len().min(self.1);
            if fits == 0 && !bytes.is_empty() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.1 -= fits;
            self.0.write(&bytes[..fits])
        }

        fn flush(&mut self) -> io::Result<()> {
            self.0.flush()
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_of_a_bare_name_is_the_one_of_the_process_and_a_missing_one_cannot_be_synced() {
        assert_eq!(folder_of(Path::new("job.json")), Path::new("."));
        assert_eq!(folder_of(Path::new("/job.json")), Path::new("/"));
        assert_eq!(folder_of(Path::new("jobs/a.json")), Path::new("jobs"));
        sync_folder(Path::new("job.json")).unwrap();
        let error = sync_folder(Path::new("/nonexistent/job.json")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }

    #[tokio::test]
    async fn a_disk_that_fills_up_leaves_no_half_file_and_keeps_the_older_one() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/report", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
            let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
            stream.write_all(head.as_bytes()).await.unwrap();
            let _gone = stream.write_all(&[7; 1_000_000]).await;
        });
        let folder = std::env::temp_dir().join(format!("sdk-transfer-full-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("report.bin");
        fs::write(&path, "older").unwrap();

        let storage = Storage::new(Http::new(HttpConfig::new()).unwrap());
        let download = storage.get("Fetch", &url.parse().unwrap()).await.unwrap();
        let small = |file| Small(file, 300_000);
        let saved = save(download, &path, &OnProgress::default(), small).await;
        let error = saved.unwrap_err();
        let kind = error.io_error().map(io::Error::kind);
        assert_eq!(kind, Some(io::ErrorKind::StorageFull));
        assert_eq!(fs::read(&path).unwrap(), b"older");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(&folder).unwrap();
    }
}
