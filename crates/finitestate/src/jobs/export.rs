//! Exports: bills of materials and reports, made by the server and streamed from its storage.

use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use sdk_auth::PresignedUrl;
use sdk_transfer::{Backoff, Download, OnProgress, TransferError, WaitError, wait_until};
use tokio::io::AsyncWrite;

use super::error::{JobError, JobFailedError, Needed as _};
use super::processing::{has_failed, is_done};
use super::seen::Seen;
use crate::queries::{
    GetExportDownloadPresignedUrl, LaunchArtifactCsvExport, LaunchArtifactPdfExport,
    LaunchCycloneDxExport, LaunchProductCsvExport, LaunchSpdxExport,
};
use crate::types::{
    ArtifactCSVExportSubtype, ArtifactPdfExportSubtype, CycloneDxExportSubtype,
    ProductCSVExportSubtype, SpdxExportSubtype,
};
use crate::{Client, Id};

const JOB: &str = "export";

/// Making an export can take minutes ("Generation can take minutes" in the vendor's Python SDK).
const DEADLINE: Duration = Duration::from_secs(30 * 60);

/// How often a download begins again: links expire, and connections break.
const DOWNLOADS: u32 = 4;

/// What to export, and of what: only pairs that the vendor offers can be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    CycloneDx(Id, CycloneDxContents),
    Spdx(Id),
    Csv(Id, VersionCsv),
    Pdf(Id),
    ProductCsv(Id),
}

/// What a CycloneDX file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CycloneDxContents {
    /// The components.
    Components,
    /// The components and their vulnerabilities.
    ComponentsAndVulnerabilities,
    /// The vulnerabilities: a vulnerability disclosure report.
    Vulnerabilities,
}

/// What a CSV report on an asset version holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionCsv {
    /// Every finding.
    Findings,
    /// Every software component.
    Components,
    /// What is known of exploits of its findings.
    ExploitIntelligence,
}

impl Export {
    /// An asset version's bill of materials as CycloneDX.
    pub fn cyclone_dx(asset_version_id: impl Into<Id>, contents: CycloneDxContents) -> Self {
        Self(Kind::CycloneDx(asset_version_id.into(), contents))
    }

    /// An asset version's bill of materials as SPDX.
    pub fn spdx(asset_version_id: impl Into<Id>) -> Self {
        Self(Kind::Spdx(asset_version_id.into()))
    }

    /// A report on an asset version as CSV.
    pub fn csv(asset_version_id: impl Into<Id>, contents: VersionCsv) -> Self {
        Self(Kind::Csv(asset_version_id.into(), contents))
    }

    /// The risk summary of an asset version as PDF.
    pub fn risk_summary_pdf(asset_version_id: impl Into<Id>) -> Self {
        Self(Kind::Pdf(asset_version_id.into()))
    }

    /// All findings of a product as CSV.
    pub fn product_findings_csv(product_id: impl Into<Id>) -> Self {
        Self(Kind::ProductCsv(product_id.into()))
    }

    /// Starts the export. A second one does no harm, so a lost answer is asked for again.
    async fn launch(self, client: &Client) -> Result<Id, JobError> {
        let (job, operation) = match self.0 {
            Kind::CycloneDx(of, contents) => {
                let launch = LaunchCycloneDxExport::new(contents.subtype(), of);
                let data = client.execute(launch).repeatable().await?;
                let job = data.launch_cyclone_dx_export;
                (
                    job.and_then(|job| job.export_job_id),
                    "LaunchCycloneDxExport",
                )
            }
            Kind::Spdx(of) => {
                let launch = LaunchSpdxExport::new(SpdxExportSubtype::SbomOnly, of);
                let data = client.execute(launch).repeatable().await?;
                let job = data.launch_spdx_export;
                (job.and_then(|job| job.export_job_id), "LaunchSpdxExport")
            }
            Kind::Csv(of, contents) => {
                let launch = LaunchArtifactCsvExport::new(contents.subtype(), of);
                let data = client.execute(launch).repeatable().await?;
                let job = data.launch_artifact_csv_export;
                (
                    job.and_then(|job| job.export_job_id),
                    "LaunchArtifactCsvExport",
                )
            }
            Kind::Pdf(of) => {
                let launch =
                    LaunchArtifactPdfExport::new(ArtifactPdfExportSubtype::RiskSummary, of);
                let data = client.execute(launch).repeatable().await?;
                let job = data.launch_artifact_pdf_export;
                (
                    job.and_then(|job| job.export_job_id),
                    "LaunchArtifactPdfExport",
                )
            }
            Kind::ProductCsv(of) => {
                let launch = LaunchProductCsvExport::new(ProductCSVExportSubtype::AllFindings, of);
                let data = client.execute(launch).repeatable().await?;
                let job = data.launch_product_csv_export;
                (
                    job.and_then(|job| job.export_job_id),
                    "LaunchProductCsvExport",
                )
            }
        };
        Ok(job.needed(operation, "exportJobId")?)
    }
}

impl CycloneDxContents {
    fn subtype(self) -> CycloneDxExportSubtype {
        match self {
            Self::Components => CycloneDxExportSubtype::SbomOnly,
            Self::ComponentsAndVulnerabilities => CycloneDxExportSubtype::SbomWithVdr,
            Self::Vulnerabilities => CycloneDxExportSubtype::VdrOnly,
        }
    }
}

impl VersionCsv {
    fn subtype(self) -> ArtifactCSVExportSubtype {
        match self {
            Self::Findings => ArtifactCSVExportSubtype::AllFindings,
            Self::Components => ArtifactCSVExportSubtype::AllComponents,
            Self::ExploitIntelligence => ArtifactCSVExportSubtype::ExploitIntelligence,
        }
    }
}

/// An export to be made, by [`Client::export`]; it is launched when its bytes are asked for.
#[derive(Clone)]
#[must_use = "nothing is exported until it is saved, written or downloaded"]
pub struct ExportJob {
    client: Client,
    export: Export,
    deadline: Duration,
    backoff: Backoff,
    progress: OnProgress,
}

impl Client {
    /// Makes an export: launches it, waits until it is made, and streams it without holding it in memory.
    ///
    /// ```
    /// # use finitestate::{Client, Export, Id, JobError};
    /// # async fn run(client: Client, version: Id, folder: &std::path::Path) -> Result<(), JobError> {
    /// let bytes = client.export(Export::spdx(version)).save(folder.join("sbom.spdx.json")).await?;
    /// # assert!(bytes > 0);
    /// # Ok(())
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// #     let sandbox = sdk_sandbox::Sandbox::builder().items(5).looks_until_done(0).start().await?;
    /// #     let env = finitestate::Env::from_pairs(sandbox.finitestate().variables());
    /// #     let client = finitestate::Config::from_env(&env)?.into_builder().build()?;
    /// #     let version = Id::from(sandbox.finitestate().main_asset_version_id());
    /// #     let folder = std::env::temp_dir().join(format!("export-{}", std::process::id()));
    /// #     std::fs::create_dir_all(&folder)?;
    /// #     run(client, version, &folder).await?;
    /// #     std::fs::remove_dir_all(folder)?;
    /// #     Ok(())
    /// # }
    /// ```
    pub fn export(&self, export: Export) -> ExportJob {
        ExportJob {
            client: self.clone(),
            export,
            deadline: DEADLINE,
            backoff: Backoff::default(),
            progress: OnProgress::default(),
        }
    }
}

impl ExportJob {
    /// How long the making may take; default 30 minutes. The download has no limit but on standing still.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The pauses between looks; default 1 s, growing to 30 s.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Is told how far the download is.
    pub fn on_progress(mut self, progress: OnProgress) -> Self {
        self.progress = progress;
        self
    }

    /// Saves the export to a file, which has its name only once it is whole; gives the number of bytes.
    ///
    /// A download that breaks off begins again, with a new link.
    ///
    /// # Errors
    ///
    /// When the export cannot be launched, fails or is not made within the deadline; when the download
    /// breaks off each time, or the file cannot be written.
    pub async fn save(self, path: impl AsRef<Path>) -> Result<u64, JobError> {
        let id = self.export.clone().launch(&self.client).await?;
        let mut tries = 1;
        loop {
            let download = self.begin(&id).await?;
            match download.save(path.as_ref(), &self.progress).await {
                Ok(bytes) => return Ok(bytes),
                Err(error) if error.is_transient() && tries < DOWNLOADS => tries += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Writes the export to an asynchronous writer; gives the number of bytes.
    ///
    /// # Errors
    ///
    /// As [`save`](Self::save), but a download that breaks off is an error at once: what is written is
    /// written.
    pub async fn write_to(self, writer: impl AsyncWrite + Unpin) -> Result<u64, JobError> {
        let progress = self.progress.clone();
        let download = self.download().await?;
        Ok(download.write_to(writer, &progress).await?)
    }

    /// Begins the download and leaves the reading to the caller.
    ///
    /// # Errors
    ///
    /// When the export cannot be launched, fails or is not made within the deadline, or its link is
    /// refused each time.
    pub async fn download(self) -> Result<Download, JobError> {
        let id = self.export.clone().launch(&self.client).await?;
        self.begin(&id).await
    }

    /// Waits for a link and follows it; with a new one when it has expired meanwhile.
    async fn begin(&self, id: &Id) -> Result<Download, JobError> {
        let mut tries = 1;
        let mut backoff = self.backoff;
        loop {
            let link = self.wait_for_link(id).await?;
            match self.client.storage().get("DownloadExport", &link).await {
                Ok(download) => return Ok(download),
                Err(error) if tries < DOWNLOADS && error.may_pass_with_new_link() => tries += 1,
                Err(error) => return Err(error.into()),
            }
            tokio::time::sleep(backoff.pause()).await;
        }
    }

    async fn wait_for_link(&self, id: &Id) -> Result<PresignedUrl, JobError> {
        let seen = Seen::default();
        let look = || async {
            let call = self
                .client
                .execute(GetExportDownloadPresignedUrl::new(id.clone()));
            let data = match call.await {
                Ok(data) => data.generate_export_download_presigned_url,
                Err(error) if error.is_retryable() => {
                    seen.failure(error.into());
                    return Ok(ControlFlow::Continue(()));
                }
                Err(error) => return Err(JobError::from(error)),
            };
            let Some(state) = data else {
                seen.nothing();
                return Ok(ControlFlow::Continue(()));
            };
            seen.state(state.status.as_deref());
            let status = state.status.unwrap_or_default();
            if has_failed(&status) {
                return Err(failed(id, status));
            }
            let link = state.download_link.filter(|link| !link.is_empty());
            if let Some(link) = link.filter(|_| is_done(&status)) {
                let link = link.parse::<PresignedUrl>();
                return Ok(ControlFlow::Break(link.map_err(TransferError::from)?));
            }
            Ok(ControlFlow::Continue(()))
        };
        match wait_until(self.backoff, self.deadline, look).await {
            Ok(link) => Ok(link),
            Err(WaitError::Deadline(passed)) => Err(seen.deadline(JOB, id, passed)),
            Err(WaitError::Look(error)) => Err(error),
        }
    }
}

fn failed(id: &Id, status: String) -> JobError {
    JobFailedError {
        job: JOB,
        id: id.clone(),
        status,
        message: None,
    }
    .into()
}

impl fmt::Debug for ExportJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExportJob")
            .field("export", &self.export)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
