//! Streams all findings of an asset version with `finitestate`, counts them and drops them.
//!
//! Started by the benchmark, not by people: `all_findings VERSION SELECTION [PAGE_SIZE]`, with the variables of
//! the sandbox. What it says and waits for is in `src/stream/client.rs`.

use std::io::{Read, stdin};

use anyhow::{Context, Result, bail};
use finitestate::{
    Client, Id, Items, Paged,
    queries::ListFindings,
    types::{FindingFilter, FindingOrderBy},
};
use futures_util::TryStreamExt;
use sdk_bench::{generated::finitestate::AllFindings, stream};

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let version = arguments.next().context("which asset version?")?;
    let selection = arguments.next().context("which selection?")?;
    let page_size: Option<i32> = arguments.next().map(|size| size.parse()).transpose()?;
    println!("ready");
    stdin().read_line(&mut String::new())?;

    let client = Client::from_env()?;
    let filter = FindingFilter::new()
        .asset_version_ref_id(version)
        .merged_finding_ref_id(None)
        .deleted_at(None);
    let order = vec![FindingOrderBy::TitleAsc];
    let (count, checksum) = match selection.as_str() {
        stream::SAME => {
            let mut all = AllFindings::new().filter(filter).order_by(order);
            if let Some(size) = page_size {
                all = all.first(size);
            }
            drain(client.items(all), |finding| &finding.id).await?
        }
        stream::SHIPPED => {
            let mut all = ListFindings::new().filter(filter).order_by(order);
            if let Some(size) = page_size {
                all = all.first(size);
            }
            drain(client.items(all), |finding| &finding.id).await?
        }
        other => bail!("no selection is called {other}"),
    };
    println!("done");
    println!("{count} {checksum}");
    stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// How many items there are, and a checksum of their ids in the order they came.
async fn drain<O: Paged>(mut items: Items<O>, id: impl Fn(&O::Item) -> &Id) -> Result<(u64, u64)> {
    let (mut count, mut checksum) = (0, 0_u64);
    while let Some(item) = items.try_next().await? {
        let id: u64 = id(&item).as_str().parse()?;
        checksum = checksum.wrapping_mul(31).wrapping_add(id);
        count += 1;
    }
    Ok((count, checksum))
}
