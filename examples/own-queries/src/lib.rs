//! A service with GraphQL operations of its own: `queries/<vendor>/*.graphql` and a `build.rs`.
//!
//! The operations are values like those that the vendors' crates ship. They run through the same clients,
//! their lists are streams, and their enums and inputs are the very types of the vendors' crates.

pub mod derived;
pub mod queries;

use anyhow::{Context as _, Result};
use futures_util::TryStreamExt;

use finitestate::{
    FindingStatusUpdate, Id,
    queries::ListUsers,
    types::{FindingFilter, FindingSeverity},
};
use queries::{
    finitestate::{CountByFilter, ListVulnerabilities, RecordVerdict},
    profile::ListWebsites,
};

/// What [`accept`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// How many findings of the severity there are.
    pub counted: i64,
    /// Their ids, in the order of the server.
    pub ids: Vec<Id>,
}

/// Counts and lists the findings of a severity, and says of the first that it is being looked at.
///
/// # Errors
///
/// When a request fails, or the organization has no user in whose name to speak.
pub async fn accept(client: &finitestate::Client, severity: FindingSeverity) -> Result<Accepted> {
    let filter = FindingFilter::new().severity(severity);
    let counted = client.execute(CountByFilter::new(filter.clone())).await?;
    let counted = counted.all_findings_meta.and_then(|meta| meta.count);

    let ids: Vec<Id> = client
        .items(ListVulnerabilities::new().filter(filter))
        .map_ok(|finding| finding.id)
        .try_collect()
        .await?;

    if let Some(first) = ids.first() {
        // A shipped operation, through the same client.
        let author = client.items(ListUsers::new()).try_next().await?;
        let author = author.context("the organization has no users")?.id;
        let verdict = FindingStatusUpdate::under_investigation();
        let recorded = client
            .execute(RecordVerdict::new([first.clone()], verdict, author))
            .await?;
        recorded
            .update_findings_statuses
            .context("the vendor did not say what it updated")?;
    }
    Ok(Accepted {
        counted: counted.unwrap_or_default(),
        ids,
    })
}

/// The websites of organizations whose name has these words, or what the vendor has against the words.
///
/// # Errors
///
/// When a request fails for another reason than the words.
pub async fn websites(
    client: &altrata::Client,
    words: &str,
) -> Result<Result<Vec<String>, String>> {
    let organizations = client.items(ListWebsites::new(words).first(10));
    let websites = organizations.try_filter_map(async |organization| Ok(organization.website));
    match websites.try_collect().await {
        Ok(websites) => Ok(Ok(websites)),
        // The vendor answers with a union; the client finds its errors in an own operation, too.
        Err(error) if error.class() == Some(altrata::ErrorClass::InvalidInput) => {
            let message = error.refusal().and_then(altrata::Refusal::message);
            Ok(Err(message.unwrap_or("no reason given").to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}
