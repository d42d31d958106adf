//! The service's own operations against the sandbox, and the types they share with the vendors' crates.

use anyhow::Result;
use finitestate::{Config, Env, Id, Input, OperationKind};
use own_queries::{
    accept,
    queries::{
        altrata::{
            FindOrganizations, find_organizations::OrganizationPagedSearchResult as Found,
            types::PageInfoInput,
        },
        finitestate::{
            CountByFilter, ListVulnerabilities, RecordVerdict, list_vulnerabilities, types,
        },
    },
};
use sdk_sandbox::Sandbox;

fn finitestate(sandbox: &Sandbox) -> Result<finitestate::Client> {
    let env = Env::from_pairs(sandbox.finitestate().variables());
    Ok(Config::from_env(&env)?.into_builder().build()?)
}

#[test]
fn enums_and_inputs_are_those_of_the_vendors_crate() {
    let severity: finitestate::types::FindingSeverity = types::FindingSeverity::High;
    let filter: finitestate::types::FindingFilter = types::FindingFilter::new().severity(severity);
    let own = CountByFilter::new(filter.clone());
    let shipped = finitestate::queries::CountFindings::new().filter(filter);
    assert_eq!(
        own.filter.severity,
        shipped.filter.as_value().unwrap().severity
    );
}

#[test]
fn an_enum_in_an_answer_is_that_of_the_vendors_crate() {
    let of_answer = |finding: list_vulnerabilities::Finding| finding.severity;
    let _same: fn(_) -> Option<finitestate::types::FindingSeverity> = of_answer;
    let status = |status: list_vulnerabilities::FindingStatus| status.status;
    let _same: fn(_) -> Option<finitestate::types::FindingStatusOption> = status;
}

#[test]
fn a_type_that_the_vendors_crate_replaced_is_replaced_here_too() {
    let verdict = finitestate::FindingStatusUpdate::fixed();
    let operation = RecordVerdict::new(["1"].map(Id::from), verdict, "2");
    assert_eq!(
        finitestate::Operation::kind(&operation),
        OperationKind::Mutation
    );
    assert_eq!(operation.verdict, finitestate::FindingStatusUpdate::fixed());
}

#[test]
fn a_type_that_the_vendors_crate_lacks_is_generated_here() {
    assert_eq!(PageInfoInput::new().first(3).first, Input::Value(3));
}

#[tokio::test]
async fn operations_run_and_page_through_the_vendors_client() -> Result<()> {
    let sandbox = Sandbox::start().await?;
    let client = finitestate(&sandbox)?;
    let accepted = accept(&client, types::FindingSeverity::Critical).await?;
    assert!(!accepted.ids.is_empty());
    assert_eq!(accepted.counted, i64::try_from(accepted.ids.len())?);
    Ok(())
}

#[tokio::test]
async fn a_list_asks_for_pages_of_the_vendors_default_size() -> Result<()> {
    use futures_util::TryStreamExt;

    let sandbox = Sandbox::start().await?;
    let client = finitestate(&sandbox)?;
    let mut pages = client.pages(ListVulnerabilities::new());
    let first = pages.try_next().await?.unwrap();
    assert_eq!(
        first.items.len(),
        usize::try_from(finitestate::DEFAULT_PAGE_SIZE)?
    );
    assert!(first.next.is_some());
    let small: Vec<_> = client
        .pages(ListVulnerabilities::new().first(7))
        .try_next()
        .await?
        .into_iter()
        .flat_map(|page| page.items)
        .collect();
    assert_eq!(small.len(), 7);
    Ok(())
}

#[tokio::test]
async fn a_union_is_an_enum_and_its_service_is_known() -> Result<()> {
    let sandbox = Sandbox::start().await?;
    let env = altrata::Env::from_pairs(sandbox.altrata().variables());
    let client = altrata::Config::from_env(&env)?.into_builder().build()?;
    let operation = FindOrganizations::new("a").page(PageInfoInput::new().first(2));
    assert_eq!(altrata::Operation::service(&operation), "profile");
    assert!(
        !FindOrganizations::DOCUMENT.contains("fragment "),
        "the vendor refuses named fragments, and that is known here too"
    );
    let found = client.execute(operation).await?;
    let Some(Found::OrganizationPagedResult(page)) = found.organization_keyword_search else {
        panic!("no page: {found:?}");
    };
    assert_eq!(page.items.into_iter().flatten().flatten().count(), 2);
    Ok(())
}
