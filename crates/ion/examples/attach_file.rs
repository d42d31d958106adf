//! Attaches a file to a run, and fetches it again.
//!
//! With `ION_CLIENT_ID`, `ION_CLIENT_SECRET` and `ION_ENVIRONMENT` set it asks the vendor, and wants two
//! arguments: the `entityId` of what to attach to, and the path of a file. With none of them set it starts a
//! sandbox of its own, and attaches a few bytes to the first run.

#![expect(clippy::print_stdout, reason = "an example shows what it did")]

mod support;

use std::{error::Error, path::Path};

use futures_util::TryStreamExt;
use ion::{
    Client, Id,
    files::{OnProgress, Source},
    queries::ListRuns,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (client, sandbox) = support::client().await?;
    let mut arguments = std::env::args().skip(1);
    let (entity, filename, source) = match (arguments.next(), arguments.next()) {
        (Some(entity), Some(path)) => {
            let filename = Path::new(&path)
                .file_name()
                .ok_or("the path names no file")?;
            let filename = filename.to_string_lossy().into_owned();
            (Id::from(entity), filename, Source::file(path))
        }
        (None, None) if sandbox.is_some() => {
            let content = Source::bytes("torque\n42.5\n");
            (
                first_run(&client).await?,
                "measured.csv".to_owned(),
                content,
            )
        }
        _ => return Err("two arguments are wanted: an entityId, and the path of a file".into()),
    };

    let progress = OnProgress::new(|progress| println!("{} bytes sent", progress.done_bytes));
    let attached = client
        .attach_file(entity, filename, source)
        .on_progress(progress)
        .send()
        .await?;
    let file = attached.file;
    let (name, kind) = (file.filename.unwrap_or_default(), file.content_type);
    println!(
        "attached {name} as {} ({})",
        file.id,
        kind.unwrap_or_default()
    );

    let mut fetched = Vec::new();
    let bytes = client.download(file.id).write_to(&mut fetched).await?;
    println!("fetched {bytes} bytes");
    Ok(())
}

async fn first_run(client: &Client) -> Result<Id, Box<dyn Error>> {
    let mut runs = client.items(ListRuns::new().first(1));
    let run = runs.try_next().await?.ok_or("there is no run")?;
    Ok(run.entity_id.ok_or("the run has no entityId")?)
}
