//! Jobs: upload a binary and wait for its analysis, save a bill of materials.

use anyhow::{Context as _, Result, ensure};
use finitestate::{Client, CycloneDxContents, Export, Id, OnProgress, Source, queries::ListAssets};
use indicatif::{ProgressBar, ProgressStyle};

/// Enough for a bar, little enough for a demo.
const BINARY_BYTES: usize = 24 * 1024 * 1024;

/// Uploads bytes of no meaning as a new version of the first asset.
pub(super) async fn upload(client: &Client) -> Result<()> {
    let assets = client.execute(ListAssets::new().first(1)).await?;
    let asset = assets.all_assets.into_iter().flatten().next();
    let asset = asset.context("there is no asset")?;
    println!(
        "\nUploading a binary to {}",
        asset.name.as_deref().unwrap_or("(no name)")
    );
    let bar = ProgressBar::new(BINARY_BYTES as u64);
    let style = "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec}";
    bar.set_style(ProgressStyle::with_template(style)?);
    let shown = bar.clone();
    let upload = client
        .upload_binary(asset.id, "demo", Source::bytes(vec![7; BINARY_BYTES]))
        .on_progress(OnProgress::new(move |it| shown.set_position(it.done_bytes)))
        .await?;
    bar.finish();
    let state = client.wait_for_processing(upload.test_id).await?;
    println!(
        "Its analysis is {}",
        state.status.as_deref().unwrap_or("done")
    );
    Ok(())
}

/// Saves the bill of materials of a version to a temporary file.
pub(super) async fn export(client: &Client, version: &Id) -> Result<()> {
    let name = format!("demo-{}.cdx.json", std::process::id());
    let path = std::env::temp_dir().join(name);
    let contents = CycloneDxContents::ComponentsAndVulnerabilities;
    let export = client.export(Export::cyclone_dx(version, contents));
    let bytes = export.save(&path).await?;
    let saved = std::fs::metadata(&path)?.len();
    std::fs::remove_file(&path)?;
    ensure!(saved == bytes, "the file has {saved} bytes of {bytes}");
    println!("Its bill of materials has {bytes} bytes");
    Ok(())
}
