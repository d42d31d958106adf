//! Lists the critical findings of every product.
//!
//! With `FINITESTATE_CLIENT_ID`, `FINITESTATE_CLIENT_SECRET` and `FINITESTATE_ORGANIZATION_CONTEXT` set
//! it asks the vendor; with none of them set it starts a sandbox of its own.

#![expect(clippy::print_stdout, reason = "an example shows what it found")]

mod support;

use std::error::Error;

use finitestate::{
    queries::ListFindings,
    types::{FindingFilter, FindingSeverity},
};
use futures_util::TryStreamExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (client, _sandbox) = support::client().await?;

    let critical = FindingFilter::new()
        .severity(FindingSeverity::Critical)
        .merged_finding_ref_id(None) // null: leave out findings that were merged into another
        .deleted_at(None);
    let mut findings = client.items(ListFindings::new().filter(critical).first(200));

    let mut count = 0;
    while let Some(finding) = findings.try_next().await? {
        count += 1;
        let score = finding
            .risk_score
            .map_or_else(String::new, |score| format!("{score:.1}"));
        println!(
            "{score:>6}  {}",
            finding.title.as_deref().unwrap_or("(no title)")
        );
    }
    println!("{count} critical findings");
    Ok(())
}
