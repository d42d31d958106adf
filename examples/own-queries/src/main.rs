//! Runs the operations on the vendors that the environment names: `FINITESTATE_*` and `ALTRATA_*`.
//!
//! Without credentials: `cargo xtask sandbox` prints variables that name a sandbox.

#![expect(clippy::print_stdout, reason = "a program says what it did")]

use anyhow::Result;
use finitestate::types::FindingSeverity;
use own_queries::{
    accept,
    queries::altrata::{
        FindOrganizations, find_organizations::OrganizationPagedSearchResult as Found,
        types::PageInfoInput,
    },
};

#[tokio::main]
async fn main() -> Result<()> {
    let client = finitestate::Client::from_env()?;
    let accepted = accept(&client, FindingSeverity::Critical).await?;
    println!(
        "{} critical findings counted, {} listed",
        accepted.counted,
        accepted.ids.len()
    );

    let client = altrata::Client::from_env()?;
    let page = PageInfoInput::new().first(3);
    let found = client
        .execute(FindOrganizations::new("a").page(page))
        .await?;
    match found.organization_keyword_search {
        Some(Found::OrganizationPagedResult(page)) => {
            for organization in page.items.into_iter().flatten().flatten() {
                println!("{}", organization.organization_name.unwrap_or_default());
            }
        }
        Some(other) => println!("the service answered with {}", other.type_name()),
        None => println!("the service found nothing"),
    }
    Ok(())
}
