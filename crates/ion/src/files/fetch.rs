//! Fetches what is attached.

use std::path::Path;

use sdk_transfer::{Download, OnProgress};
use tokio::io::AsyncWrite;

use super::{LINKS, is_worth_another_link, link};
use crate::{Client, Id, JobError, queries::GetFileAttachment};

/// A file that waits for being fetched; [`Client::download`] makes it.
#[derive(Debug, Clone)]
#[must_use = "nothing is fetched until it is opened, saved or written"]
pub struct FetchFile {
    client: Client,
    attachment: Id,
    progress: OnProgress,
}

impl Client {
    /// Fetches an attached file, by the attachment's id. Memory does not grow with the file's size.
    pub fn download(&self, attachment: impl Into<Id>) -> FetchFile {
        FetchFile {
            client: self.clone(),
            attachment: attachment.into(),
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

    /// Writes the file under this path, where it appears only once it is whole; gives its size in bytes.
    ///
    /// A download that breaks off begins again, with another link, three times at most.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), and when the connection breaks each time, or the file cannot be written, on a
    /// full disk for instance; what had the name before is untouched then.
    pub async fn save(self, path: impl AsRef<Path>) -> Result<u64, JobError> {
        let mut tries = 1;
        loop {
            let download = self.clone().open().await?;
            match download.save(path.as_ref(), &self.progress).await {
                Ok(bytes) => return Ok(bytes),
                Err(error) if error.is_transient() && tries < LINKS => tries += 1,
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
    /// A link that has expired meanwhile is asked for anew, three times at most.
    ///
    /// # Errors
    ///
    /// When the operation fails, there is no such attachment, nothing has been uploaded for it, or the
    /// object store refuses ([`JobError::Transfer`]).
    pub async fn open(self) -> Result<Download, JobError> {
        let mut links = 1;
        loop {
            let get = GetFileAttachment::new(self.attachment.clone());
            let file = self.client.execute(get).await?.file_attachment;
            let file = file.ok_or_else(|| JobError::not_found("file attachment"))?;
            let link = link(file.download_url, "downloadUrl")?;
            match self.client.storage().get("Download", &link).await {
                Ok(download) => return Ok(download),
                Err(error) if is_worth_another_link(&error) && links < LINKS => links += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }
}
