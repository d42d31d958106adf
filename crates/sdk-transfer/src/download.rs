//! A download that has begun, and where its bytes go.

use std::fmt;
use std::io::Write;
use std::path::Path;

use bytes::Bytes;
use futures_util::future::join;
use sdk_auth::PresignedDownload;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;

use crate::OnProgress;
use crate::error::{LocalError, TransferError};
use crate::payload::blocking;
use crate::save;

/// Pieces between the connection and the disk: some MiB at most.
const PIECES_IN_FLIGHT: usize = 16;

/// A download that has begun. Memory does not grow with its size.
pub struct Download {
    body: PresignedDownload,
    done: u64,
}

impl Download {
    pub(crate) fn new(body: PresignedDownload) -> Self {
        Self { body, done: 0 }
    }

    /// Its length in bytes, where the store says it.
    #[must_use]
    pub fn total_bytes(&self) -> Option<u64> {
        self.body.length_bytes()
    }

    /// The media type, where the store says it.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        let value = self.body.headers().get(http::header::CONTENT_TYPE);
        value.and_then(|value| value.to_str().ok())
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    ///
    /// When the connection breaks before the end, or stands still.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransferError> {
        let piece = self.body.chunk().await?;
        self.done = self
            .done
            .saturating_add(piece.as_ref().map_or(0, |piece| piece.len() as u64));
        Ok(piece)
    }

    /// Writes everything to a file, which has its name only once it is whole; gives the number of bytes.
    ///
    /// The bytes go to a temporary file in the same folder, which then takes the place of whatever has the
    /// name. After a failure the temporary file is gone and what had the name is untouched.
    ///
    /// # Errors
    ///
    /// When the connection breaks or stands still, or the file cannot be written: a full disk, for instance.
    pub async fn save(
        self,
        path: impl AsRef<Path>,
        progress: &OnProgress,
    ) -> Result<u64, TransferError> {
        save::save(self, path.as_ref(), progress, |file| file).await
    }

    /// Writes everything to an asynchronous writer and flushes it; gives the number of bytes.
    ///
    /// # Errors
    ///
    /// When the connection breaks or stands still, or the writer fails.
    pub async fn write_to(
        mut self,
        mut writer: impl AsyncWrite + Unpin,
        progress: &OnProgress,
    ) -> Result<u64, TransferError> {
        let local = |error| LocalError::new("write", None, error);
        let total = self.total_bytes();
        while let Some(piece) = self.chunk().await? {
            writer.write_all(&piece).await.map_err(local)?;
            progress.report(self.done, total);
        }
        writer.flush().await.map_err(local)?;
        Ok(self.done)
    }

    /// Writes everything to a blocking writer on a thread of its own, and gives the writer back.
    pub(crate) async fn write_blocking<W: Write + Send + 'static>(
        mut self,
        mut writer: W,
        path: &Path,
        progress: &OnProgress,
    ) -> Result<(W, u64), TransferError> {
        let (pieces, mut arriving) = mpsc::channel::<Bytes>(PIECES_IN_FLIGHT);
        let writing = blocking(move || {
            while let Some(piece) = arriving.blocking_recv() {
                writer.write_all(&piece)?;
            }
            writer.flush()?;
            Ok(writer)
        });
        let total = self.total_bytes();
        let receiving = async {
            let pieces = pieces; // Dropped at the end, which is how the writer learns of it.
            while let Some(piece) = self.chunk().await? {
                if pieces.send(piece).await.is_err() {
                    break; // The writer has failed, and says why.
                }
                progress.report(self.done, total);
            }
            Ok::<u64, TransferError>(self.done)
        };
        let (received, written) = join(receiving, writing).await;
        let writer = written.map_err(|error| LocalError::new("write", Some(path), error))?;
        Ok((writer, received?))
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("body", &self.body)
            .field("done_bytes", &self.done)
            .finish()
    }
}
