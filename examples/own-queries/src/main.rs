//! Runs the operations on the vendors that the environment names: `FINITESTATE_*` and `ALTRATA_*`.
//!
//! Without credentials: `cargo xtask sandbox` prints variables that name a sandbox.

#![expect(clippy::print_stdout, reason = "a program says what it did")]

use anyhow::Result;
use finitestate::types::FindingSeverity;
use own_queries::{accept, derived::product_names, websites};

#[tokio::main]
async fn main() -> Result<()> {
    let client = finitestate::Client::from_env()?;
    let accepted = accept(&client, FindingSeverity::Critical).await?;
    println!(
        "{} critical findings counted, {} listed",
        accepted.counted,
        accepted.ids.len()
    );

    println!("products: {}", product_names(&client, 3).await?.join(", "));

    let client = altrata::Client::from_env()?;
    for words in ["a", " "] {
        match websites(&client, words).await? {
            Ok(websites) => println!("{words:?}: {} websites", websites.len()),
            Err(reason) => println!("{words:?}: {reason}"),
        }
    }
    Ok(())
}
