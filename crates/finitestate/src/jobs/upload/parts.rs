//! The parts of a binary, as the vendor knows them.

use sdk_auth::PresignedUrl;
use sdk_transfer::{FileWatch, FinishedPart, Parts, TransferError};

use super::chain::Chain;
use super::state::Multipart;
use crate::jobs::error::{JobError, Needed as _};
use crate::queries::GenerateUploadPartUrl;

/// The parts of one multipart upload.
pub(super) struct UploadParts<'a> {
    pub(super) chain: &'a Chain,
    pub(super) multipart: &'a Multipart,
    pub(super) watch: &'a FileWatch,
}

impl Parts for UploadParts<'_> {
    type Error = JobError;

    async fn link(&self, number: u32) -> Result<PresignedUrl, JobError> {
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        let operation = GenerateUploadPartUrl::new(
            number,
            self.multipart.upload_id.clone(),
            self.multipart.key.clone(),
        );
        // A second link does no harm.
        let data = self.chain.client.execute(operation).repeatable().await?;
        let link = data.generate_upload_part_url_v2;
        let link = link.and_then(|link| link.upload_url);
        let link = link.needed("GenerateUploadPartUrl", "uploadUrl")?;
        Ok(link.parse().map_err(TransferError::from)?)
    }

    fn is_finished(&self, number: u32) -> bool {
        self.chain.state().parts.contains_key(&number)
    }

    async fn finish(&self, part: FinishedPart) -> Result<(), JobError> {
        // A part of a file that has changed meanwhile does not go with the others.
        self.watch.check().await?;
        let keep = |state: &mut super::UploadState| {
            state.parts.insert(part.number, part);
        };
        self.chain.record(keep).await
    }
}
