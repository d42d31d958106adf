//! Fetches what is attached.

use std::path::Path;

use sdk_transfer::{Backoff, Download, OnProgress};
use tokio::io::AsyncWrite;

use super::{Tries, default_backoff, link};
use crate::{Client, Id, JobError, queries::GetFileAttachment};

/// A file that waits for being fetched; [`Client::download`] makes it.
#[derive(Debug, Clone)]
#[must_use = "nothing is fetched until it is opened, saved or written"]
pub struct FetchFile {
    client: Client,
    attachment: Id,
    backoff: Backoff,
    progress: OnProgress,
}

impl Client {
    /// Fetches an attached file, by the attachment's id. Memory does not grow with the file's size.
    pub fn download(&self, attachment: impl Into<Id>) -> FetchFile {
        FetchFile {
            client: self.clone(),
            attachment: attachment.into(),
            backoff: default_backoff(),
            progress: OnProgress::default(),
        }
    }
}

impl FetchFile {
    /// Tells how far the download is. Default: nobody is told.
    pub fn on_progress(mut self, progress: OnProgress) -> Self {
        self.progress = progress;
        self
    }

    /// The pauses before the download is tried again. Default: 250 ms, and twice as long the second time.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Writes the file under this path, where it appears only once it is whole; gives its size in bytes.
    ///
    /// A download that breaks off begins again, with another link and after a [pause](Self::backoff); it is
    /// tried three times in all.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), and when the connection breaks each time, or the file cannot be written, on a
    /// full disk for instance; what had the name before is untouched then.
    pub async fn save(self, path: impl AsRef<Path>) -> Result<u64, JobError> {
        let mut tries = Tries::new(self.backoff);
        loop {
            let download = self.begin(&mut tries).await?;
            match download.save(path.as_ref(), &self.progress).await {
                Ok(bytes) => return Ok(bytes),
                Err(error) if tries.another(&error).await => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Writes the file to a writer; gives its size in bytes.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), and when the connection breaks or the writer fails: what is written is
    /// written.
    pub async fn write_to(self, writer: impl AsyncWrite + Unpin) -> Result<u64, JobError> {
        let progress = self.progress.clone();
        Ok(self.open().await?.write_to(writer, &progress).await?)
    }

    /// Begins the download, to be read piece by piece.
    ///
    /// A link that has expired meanwhile is asked for anew; a store that is not well is asked again after a
    /// [pause](Self::backoff); three times in all.
    ///
    /// # Errors
    ///
    /// When the operation fails, there is no such attachment, nothing has been uploaded for it, or the
    /// object store refuses ([`JobError::Transfer`]).
    pub async fn open(self) -> Result<Download, JobError> {
        self.begin(&mut Tries::new(self.backoff)).await
    }

    async fn begin(&self, tries: &mut Tries) -> Result<Download, JobError> {
        loop {
            let get = GetFileAttachment::new(self.attachment.clone());
            let file = self.client.execute(get).await?.file_attachment;
            let file = file.ok_or_else(|| JobError::not_found("file attachment"))?;
            let link = link(file.download_url, "downloadUrl")?;
            match self.client.storage().get("Download", &link).await {
                Ok(download) => return Ok(download),
                Err(error) if tries.another(&error).await => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
