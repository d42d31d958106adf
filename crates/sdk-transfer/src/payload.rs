//! What one PUT sends: bytes in memory, or a stretch of a file that is read while it is sent.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::{Stream, stream};
use sdk_auth::UploadBody;
use tokio::task::JoinHandle;

use crate::error::{LocalError, TransferError};

/// Read at once from a file; two such pieces are in memory, one on its way and one read ahead.
const PIECE_BYTES: u64 = 512 * 1024;

/// What one PUT sends. It can be sent again: cloning copies no bytes.
#[derive(Debug, Clone)]
pub struct Payload(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Bytes(Bytes),
    File {
        path: PathBuf,
        start: u64,
        length: u64,
    },
}

impl Payload {
    /// These bytes.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self(Kind::Bytes(bytes.into()))
    }

    /// A whole file, as long as it is now.
    ///
    /// # Errors
    ///
    /// When the file is not there or cannot be looked at.
    pub async fn file(path: impl Into<PathBuf>) -> Result<Self, TransferError> {
        let path = path.into();
        let length = file_length(&path).await?;
        Ok(Self::file_part(path, 0, length))
    }

    /// `length_bytes` bytes of a file from `start_byte` on.
    pub fn file_part(path: impl Into<PathBuf>, start_byte: u64, length_bytes: u64) -> Self {
        Self(Kind::File {
            path: path.into(),
            start: start_byte,
            length: length_bytes,
        })
    }

    /// How many bytes are sent.
    #[must_use]
    pub fn length_bytes(&self) -> u64 {
        match &self.0 {
            Kind::Bytes(bytes) => bytes.len() as u64,
            Kind::File { length, .. } => *length,
        }
    }

    /// The body of a request, and where it leaves the error if reading fails.
    pub(crate) async fn open(&self) -> Result<(UploadBody, ReadFailure), LocalError> {
        let failure = ReadFailure::default();
        let body = match &self.0 {
            Kind::Bytes(bytes) => UploadBody::bytes(bytes.clone()),
            Kind::File {
                path,
                start,
                length,
            } => {
                let file = open(path.clone(), *start).await;
                let file = file.map_err(|error| LocalError::new("read", Some(path), error))?;
                failure.watch(path);
                UploadBody::stream(*length, pieces(file, *length, failure.clone()))
            }
        };
        Ok((body, failure))
    }
}

/// The length of a file in bytes.
pub(crate) async fn file_length(path: &Path) -> Result<u64, TransferError> {
    let looked_at = path.to_owned();
    let found = blocking(move || std::fs::metadata(looked_at)).await;
    let metadata = found.map_err(|error| LocalError::new("read", Some(path), error))?;
    Ok(metadata.len())
}

/// Runs file work away from the reactor.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
}

async fn open(path: PathBuf, start: u64) -> io::Result<File> {
    blocking(move || {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(start))?;
        Ok(file)
    })
    .await
}

/// A piece that is being read.
type Reading = JoinHandle<io::Result<(File, Bytes)>>;

/// The pieces of a stretch of a file, each read while the one before it is sent.
fn pieces(
    file: File,
    length: u64,
    failure: ReadFailure,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let begin = (read_ahead(file, length), length);
    stream::try_unfold(begin, move |(reading, left): (Option<Reading>, u64)| {
        let failure = failure.clone();
        async move {
            let Some(reading) = reading else {
                return Ok(None);
            };
            let read = reading
                .await
                .unwrap_or_else(|error| Err(io::Error::other(error)));
            let (file, piece) = read.map_err(|error| failure.keep(error))?;
            let left = left.saturating_sub(piece.len() as u64);
            Ok(Some((piece, (read_ahead(file, left), left))))
        }
    })
}

fn read_ahead(mut file: File, left: u64) -> Option<Reading> {
    let length = usize::try_from(left.min(PIECE_BYTES)).unwrap_or(0);
    (length > 0).then(|| {
        tokio::task::spawn_blocking(move || {
            let mut piece = Vec::with_capacity(length);
            let read = (&mut file).take(length as u64).read_to_end(&mut piece)?;
            if read < length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Ok((file, piece.into()))
        })
    })
}

/// Keeps what went wrong with a file, which the HTTP library would only report as a broken request.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadFailure(Arc<Mutex<Failure>>);

#[derive(Debug, Default)]
struct Failure {
    path: Option<PathBuf>,
    error: Option<io::Error>,
}

impl ReadFailure {
    fn watch(&self, path: &Path) {
        self.lock().path = Some(path.to_owned());
    }

    fn keep(&self, error: io::Error) -> io::Error {
        let kind = error.kind();
        self.lock().error = Some(error);
        kind.into()
    }

    /// The failure, if there was one.
    pub(crate) fn take(&self) -> Option<LocalError> {
        let mut failure = self.lock();
        let error = failure.error.take()?;
        Some(LocalError::new("read", failure.path.as_deref(), error))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Failure> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
