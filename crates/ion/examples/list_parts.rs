//! Lists the latest revision of every part.
//!
//! With `ION_CLIENT_ID`, `ION_CLIENT_SECRET` and `ION_ENVIRONMENT` set it asks the vendor; with none of
//! them set it starts a sandbox of its own.

#![expect(clippy::print_stdout, reason = "an example shows what it found")]

mod support;

use std::error::Error;

use futures_util::TryStreamExt;
use ion::{
    queries::ListParts,
    types::{BooleanFilter, PartsInputFilters},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (client, _sandbox) = support::client().await?;

    let latest = PartsInputFilters::new().is_latest_revision(BooleanFilter::new().eq(true));
    let mut parts = client.items(ListParts::new().filters(latest).first(200));

    let mut count = 0;
    while let Some(part) = parts.try_next().await? {
        count += 1;
        println!(
            "{:12} {:3} {}",
            part.part_number.as_deref().unwrap_or("-"),
            part.revision.as_deref().unwrap_or("-"),
            part.description.as_deref().unwrap_or("")
        );
    }
    println!("{count} parts");
    Ok(())
}
