//! Attaches a file: a link, the bytes, and the registration.

use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
use sdk_auth::PresignedUrl;
use sdk_transfer::{Backoff, OnProgress, Payload, PutReply, Source, TransferError};

use super::{Tries, default_backoff, link};
use crate::{
    Client, Id, JobError,
    queries::{CreateFileAttachment, RequestFileUploadUrl, create_file_attachment::FileAttachment},
    types::CreateFileAttachmentInput,
};

/// A file that waits for being attached; [`Client::attach_file`] makes it.
#[derive(Debug)]
#[must_use = "nothing is uploaded until it is sent"]
pub struct AttachFile {
    client: Client,
    entity: Id,
    filename: String,
    source: Source,
    is_registered_first: bool,
    backoff: Backoff,
    progress: OnProgress,
}

/// A file that is attached.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Attached {
    /// The attachment as the server registered it.
    pub file: FileAttachment,
    /// The `ETag` of the object store, verbatim with its quotes, where it sent one.
    pub etag: Option<String>,
}

impl Client {
    /// Attaches a file to anything that has an `entityId`: a run, a step, a step of a run, a location.
    ///
    /// `entity` is that `entityId`, a field of its own, and not the `id`. The type of the content follows
    /// from the extension of `filename`; the server chooses it, and the upload says exactly the same.
    ///
    /// ```
    /// use ion::{Client, Id, files::Source};
    ///
    /// # async fn example(client: &Client, entity: Id, path: &std::path::Path) -> Result<(), ion::JobError> {
    /// let photo = Source::file(path);
    /// let attached = client.attach_file(entity, "inspection.jpg", photo).send().await?;
    /// assert_eq!(attached.file.content_type.as_deref(), Some("image/jpeg"));
    /// # Ok(())
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// #     let sandbox = sdk_sandbox::Sandbox::start().await?;
    /// #     let env = ion::Env::from_pairs(sandbox.ion().variables());
    /// #     let client = ion::Config::from_env(&env)?.into_builder().build()?;
    /// #     use futures_util::TryStreamExt;
    /// #     let mut runs = client.items(ion::queries::ListRuns::new().first(1));
    /// #     let entity = runs.try_next().await?.and_then(|run| run.entity_id).ok_or("no run")?;
    /// #     let path = std::env::temp_dir().join(format!("inspection-{}.jpg", std::process::id()));
    /// #     std::fs::write(&path, "photo")?;
    /// #     example(&client, entity, &path).await?;
    /// #     std::fs::remove_file(path)?;
    /// #     Ok(())
    /// # }
    /// ```
    pub fn attach_file(
        &self,
        entity: impl Into<Id>,
        filename: impl Into<String>,
        source: Source,
    ) -> AttachFile {
        AttachFile {
            client: self.clone(),
            entity: entity.into(),
            filename: filename.into(),
            source,
            is_registered_first: false,
            backoff: default_backoff(),
            progress: OnProgress::default(),
        }
    }
}

impl AttachFile {
    /// Registers the file first and uploads then, as the vendor's older scripts do. Default: off.
    ///
    /// The registration gives the only link, so the upload is tried once; if it fails, an attachment without
    /// content stays behind.
    pub fn registered_first(mut self) -> Self {
        self.is_registered_first = true;
        self
    }

    /// The pauses before the upload is tried again. Default: 250 ms, and twice as long the second time.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Tells how far the upload is. Default: nobody is told.
    pub fn on_progress(mut self, progress: OnProgress) -> Self {
        self.progress = progress;
        self
    }

    /// Uploads the file and registers it.
    ///
    /// A link is for one use, and works for some minutes. If it has expired, the upload starts anew with
    /// another one; if the connection breaks or the store is not well, after a [pause](Self::backoff). It is
    /// tried three times in all, and once if it is [registered first](Self::registered_first). Files and
    /// bytes are sent as they are; a reader is read into memory first, because the store wants to know the
    /// length.
    ///
    /// # Errors
    ///
    /// When an operation fails, the source cannot be read, or the upload fails
    /// ([`JobError::Transfer`]). A registration whose outcome is unknown is not repeated.
    pub async fn send(mut self) -> Result<Attached, JobError> {
        let source = std::mem::replace(&mut self.source, Source::bytes(Vec::new()));
        let payload = source.into_payload().await?;
        match self.is_registered_first {
            true => self.register_and_upload(&payload).await,
            false => self.upload_and_register(&payload).await,
        }
    }

    async fn upload_and_register(&self, payload: &Payload) -> Result<Attached, JobError> {
        let mut tries = Tries::new(self.backoff);
        let (key, reply) = loop {
            let request = RequestFileUploadUrl::new(self.filename.clone());
            let data = self.client.execute(request).await?;
            let granted = data.request_file_upload_url;
            let granted = granted.ok_or_else(|| JobError::incomplete("file", "uploadUrl"))?;
            let key = granted.s3_key;
            let key = key.ok_or_else(|| JobError::incomplete("file", "s3Key"))?;
            let link = link(granted.upload_url, "uploadUrl")?;
            let sent = self.put(&link, granted.content_type.as_deref(), payload);
            match sent.await {
                Ok(reply) => break (key, reply),
                Err(error) if tries.another(&error).await => {}
                Err(error) => return Err(error.into()),
            }
        };
        let mut input = self.input().s3_key(key);
        if let Some(etag) = reply.etag() {
            input = input.s3_etag(etag);
        }
        let (file, _) = self.register(input).await?;
        Ok(Attached {
            file,
            etag: reply.etag().map(str::to_owned),
        })
    }

    async fn register_and_upload(&self, payload: &Payload) -> Result<Attached, JobError> {
        let (file, upload_url) = self.register(self.input()).await?;
        let link = link(upload_url, "uploadUrl")?;
        let reply = self
            .put(&link, file.content_type.as_deref(), payload)
            .await?;
        Ok(Attached {
            file,
            etag: reply.etag().map(str::to_owned),
        })
    }

    fn input(&self) -> CreateFileAttachmentInput {
        CreateFileAttachmentInput::new()
            .entity_id(self.entity.clone())
            .filename(self.filename.clone())
    }

    async fn register(
        &self,
        input: CreateFileAttachmentInput,
    ) -> Result<(FileAttachment, Option<String>), JobError> {
        let data = self
            .client
            .execute(CreateFileAttachment::new(input))
            .await?;
        let payload = data.create_file_attachment;
        let payload = payload.ok_or_else(|| JobError::incomplete("reply", "fileAttachment"))?;
        let file = payload.file_attachment;
        let file = file.ok_or_else(|| JobError::incomplete("reply", "fileAttachment"))?;
        Ok((file, payload.upload_url))
    }

    async fn put(
        &self,
        link: &PresignedUrl,
        content_type: Option<&str>,
        payload: &Payload,
    ) -> Result<PutReply, TransferError> {
        let mut headers = HeaderMap::new();
        // The link is signed for exactly this type.
        let content_type = content_type.and_then(|text| HeaderValue::from_str(text).ok());
        headers.extend(content_type.map(|value| (CONTENT_TYPE, value)));
        let storage = self.client.storage();
        storage
            .put("AttachFile", link, headers, payload, &self.progress)
            .await
    }
}
