//! Uploads a file as a new version of an asset, with a bar, and waits for its analysis.
//!
//! `cargo run -p finitestate --example upload_binary -- FILE [ASSET_ID [VERSION_NAME]]`
//!
//! With `FINITESTATE_*` set it uploads to the vendor and needs the asset's id; with none of them set it
//! starts a sandbox of its own and takes the first asset. Started again after an interruption, it goes on
//! where it stopped: the state is in `FILE.upload.json`.

#![expect(clippy::print_stdout, reason = "an example shows what it did")]

mod support;

use std::error::Error;

use finitestate::{Client, Id, OnProgress, Source, queries::ListAssets};
use indicatif::{ProgressBar, ProgressStyle};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let Some(file) = arguments.next() else {
        return Err("usage: upload_binary FILE [ASSET_ID [VERSION_NAME]]".into());
    };
    let (client, sandbox) = support::client().await?;
    let asset = match (arguments.next(), &sandbox) {
        (Some(asset), _) => Id::from(asset),
        (None, Some(_)) => first_asset(&client).await?,
        (None, None) => return Err("say which asset the file is a version of".into()),
    };
    let version = arguments.next().unwrap_or_else(|| "1.0.0".to_owned());

    let bar = ProgressBar::no_length();
    let style = "{bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
    bar.set_style(ProgressStyle::with_template(style)?);
    let shown = bar.clone();
    let progress = OnProgress::new(move |progress| {
        shown.set_length(progress.total_bytes.unwrap_or_default());
        shown.set_position(progress.done_bytes);
    });
    let upload = client
        .upload_binary(asset, version, Source::file(&file))
        .state_file(format!("{file}.upload.json"))
        .on_progress(progress)
        .await?;
    bar.finish();
    println!("version {} is uploaded", upload.asset_version_id);

    let state = client
        .wait_for_processing(upload.test_id)
        .on_change(|state| println!("{}", state.status.as_deref().unwrap_or("(no status)")))
        .await?;
    println!("done: {}", state.status.as_deref().unwrap_or("(no status)"));
    Ok(())
}

async fn first_asset(client: &Client) -> Result<Id, Box<dyn Error>> {
    let assets = client.execute(ListAssets::new().first(1)).await?;
    let asset = assets.all_assets.into_iter().flatten().next();
    Ok(asset.ok_or("there is no asset")?.id)
}
