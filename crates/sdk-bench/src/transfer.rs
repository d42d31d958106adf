//! Uploads and downloads against the sandbox's storage, beside the loop that a user would write with reqwest.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result, ensure};
use finitestate::{
    Client, Config, Env, Export, Id, Source,
    queries::{
        GenerateUploadPartUrl, GetExportDownloadPresignedUrl, LaunchSpdxExport, ListAssets,
        StartMultipartUpload,
    },
    types::SpdxExportSubtype,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::runtime::Runtime;

use crate::{
    report::{Goal, Line, Unit},
    rounds::{Contender, Effort, race},
    sandbox::SandboxProcess,
};

const PART: &str = "transfer: a file to and from the sandbox's storage";
const MEMORY: &str = "transfer: memory on top of what the process had before";

const MIB: u64 = 1024 * 1024;

/// Parts of what the job chooses by itself for 2 GiB.
const PART_BYTES: u64 = 16 * MIB;

/// Parts under way at once, the job's default.
const PARALLEL: usize = 4;

/// Measures uploads and downloads of 2 GiB; of 256 MiB when in a hurry.
///
/// # Errors
///
/// When a transfer fails, or there is no room for the files.
pub fn measure(effort: Effort, scratch: &Path) -> Result<Vec<Line>> {
    let length = if effort.quick { 256 * MIB } else { 2048 * MIB };
    let rounds = if effort.quick { 5 } else { 3 };
    let runtime = Runtime::new()?;
    let sandbox = SandboxProcess::start(5, length)?;
    let file = scratch.join("upload.bin");
    let saved = scratch.join("download.bin");
    write_file(&file, length)?;
    let bench = Bench {
        client: Config::from_env(&Env::from_pairs(sandbox.variables.iter().cloned()))?
            .into_builder()
            .build()?,
        version: sandbox.version.as_str().into(),
        http: reqwest::Client::builder().no_proxy().build()?,
        file,
        saved,
        length,
    };
    let megabytes = length as f64 / 1e6;
    let speed = |took: Result<f64>| took.map(|seconds| megabytes / seconds);

    let mut lines = Vec::new();
    let asset = runtime.block_on(bench.asset())?;
    let before = resident_peak()?;
    runtime.block_on(bench.upload(&asset))?;
    let upload_memory = resident_peak()?.saturating_sub(before);
    let before = resident_peak()?;
    runtime.block_on(bench.download())?;
    let download_memory = resident_peak()?.saturating_sub(before);
    for (case, bytes) in [("upload", upload_memory), ("download", download_memory)] {
        let line = Line::counted(
            MEMORY,
            case,
            Unit::Bytes,
            bytes as f64,
            "the limit",
            64.0 * MIB as f64,
        );
        lines.push(line.goal(Goal::OursAtMost(64.0 * MIB as f64)));
    }

    let uploads = vec![
        Contender::new("finitestate", || {
            speed(runtime.block_on(bench.upload(&asset)))
        }),
        Contender::new("a loop over reqwest", || {
            speed(runtime.block_on(bench.bare_upload(&asset)))
        }),
    ];
    let downloads = vec![
        Contender::new("finitestate", || speed(runtime.block_on(bench.download()))),
        Contender::new("a loop over reqwest", || {
            speed(runtime.block_on(bench.bare_download()))
        }),
    ];
    for (case, contenders) in [("upload", uploads), ("download", downloads)] {
        if let [ours, peer] = race(rounds, contenders)?.as_slice() {
            let case = format!("{case}, {} MiB", length / MIB);
            let line = Line::raced(PART, case, Unit::MegabytesPerSecond, ours, peer);
            lines.push(line.goal(Goal::RatioAtLeast(0.9)));
        }
    }
    std::fs::remove_file(&bench.file)?;
    std::fs::remove_file(&bench.saved)?;
    Ok(lines)
}

struct Bench {
    client: Client,
    version: Id,
    http: reqwest::Client,
    file: PathBuf,
    saved: PathBuf,
    length: u64,
}

impl Bench {
    async fn asset(&self) -> Result<Id> {
        let assets = self.client.execute(ListAssets::new().first(1)).await?;
        let asset = assets.all_assets.into_iter().flatten().next();
        Ok(asset.context("the sandbox has an asset")?.id)
    }

    /// Seconds of a whole upload: version, artifact, test, parts with their links, completion, launch.
    async fn upload(&self, asset: &Id) -> Result<f64> {
        let start = Instant::now();
        self.client
            .upload_binary(asset, "bench", Source::file(&self.file))
            .part_bytes(PART_BYTES)
            .parallel(PARALLEL)
            .await?;
        Ok(start.elapsed().as_secs_f64())
    }

    /// Seconds of the parts alone, with links that are there before: read a part, send it.
    async fn bare_upload(&self, asset: &Id) -> Result<f64> {
        let small = self
            .client
            .upload_binary(asset, "bench", Source::bytes("small"));
        let test = small.await?.test_id;
        let started = self.client.execute(StartMultipartUpload::new(test)).await?;
        let started = started.start_multipart_upload_v2.context("no upload")?;
        let (id, key) = (
            started.upload_id.context("no id")?,
            started.key.context("no key")?,
        );
        let mut links = Vec::new();
        for number in 1..=self.length.div_ceil(PART_BYTES) {
            let part = GenerateUploadPartUrl::new(i32::try_from(number)?, id.clone(), key.clone());
            let link = self.client.execute(part).await?.generate_upload_part_url_v2;
            links.push((
                number - 1,
                link.and_then(|link| link.upload_url).context("no link")?,
            ));
        }
        let start = Instant::now();
        stream::iter(links)
            .map(|(part, link)| self.bare_part(part, link))
            .buffer_unordered(PARALLEL)
            .try_collect::<Vec<()>>()
            .await?;
        Ok(start.elapsed().as_secs_f64())
    }

    async fn bare_part(&self, part: u64, link: String) -> Result<()> {
        let (file, left) = (self.file.clone(), self.length - part * PART_BYTES);
        let read = move || {
            let mut file = File::open(file)?;
            file.seek(SeekFrom::Start(part * PART_BYTES))?;
            let mut bytes = Vec::with_capacity(usize::try_from(PART_BYTES)?);
            file.take(left.min(PART_BYTES)).read_to_end(&mut bytes)?;
            anyhow::Ok(bytes)
        };
        let bytes = tokio::task::spawn_blocking(read).await??;
        let answer = self.http.put(link).body(bytes).send().await?;
        ensure!(answer.status().is_success() && answer.headers().contains_key("etag"));
        Ok(())
    }

    /// Seconds of a whole export: launch, look, download to a file that is on the disk.
    async fn download(&self) -> Result<f64> {
        let start = Instant::now();
        let export = self.client.export(Export::spdx(&self.version));
        let bytes = export.save(&self.saved).await?;
        ensure!(bytes == self.length, "the export has {bytes} bytes");
        Ok(start.elapsed().as_secs_f64())
    }

    /// Seconds of the download alone, with a link that is there before, to a file that is on the disk.
    async fn bare_download(&self) -> Result<f64> {
        let launch = LaunchSpdxExport::new(SpdxExportSubtype::SbomOnly, self.version.clone());
        let job = self.client.execute(launch).await?.launch_spdx_export;
        let job = job.and_then(|job| job.export_job_id).context("no export")?;
        let look = self
            .client
            .execute(GetExportDownloadPresignedUrl::new(job))
            .await?;
        let look = look.generate_export_download_presigned_url;
        let link = look
            .and_then(|look| look.download_link)
            .context("no link")?;
        let start = Instant::now();
        let mut answer = self.http.get(link).send().await?;
        let mut file = File::create(&self.saved)?;
        while let Some(piece) = answer.chunk().await? {
            file.write_all(&piece)?;
        }
        file.sync_all()?;
        Ok(start.elapsed().as_secs_f64())
    }
}

/// The most memory this process has had since this was last asked, in bytes.
fn resident_peak() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("needs Linux's /proc")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.context("no VmHWM")?.trim().trim_end_matches(" kB");
    let kib: u64 = kib.parse()?;
    // Sets the mark to what is resident now.
    std::fs::write("/proc/self/clear_refs", "5")?;
    Ok(kib * 1024)
}

fn write_file(path: &Path, length: u64) -> Result<()> {
    let mut file = File::create(path)?;
    let piece: Vec<u8> = (0..MIB).map(|at| (at % 251) as u8).collect();
    for _ in 0..length / MIB {
        file.write_all(&piece)?;
    }
    file.sync_all()?;
    Ok(())
}
