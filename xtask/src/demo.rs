//! `cargo xtask demo`: the main job of every vendor, from a token to a result.
//!
//! With no variable of a vendor set, its part runs on a sandbox started for it; with them set, it does
//! the part that only reads against the vendor.

#![expect(clippy::print_stdout, reason = "the demo is what it prints")]

mod altrata;
mod chart;
mod finitestate;
mod finlex;
mod ion;

use anyhow::Result;

/// What a vendor's part took, for the table at the end.
struct Took {
    vendor: &'static str,
    token_requests: u64,
    api_requests: u64,
}

pub(crate) fn run() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let took = [
            finitestate::play().await?,
            altrata::play().await?,
            ion::play().await?,
            finlex::play().await?,
        ];
        println!("\nWhat it took\n");
        let rows = took.iter().map(|took| {
            [
                took.vendor.to_owned(),
                took.token_requests.to_string(),
                took.api_requests.to_string(),
            ]
        });
        println!(
            "{}",
            chart::table(["vendor", "token requests", "API requests"], rows)
        );
        Ok(())
    })
}
