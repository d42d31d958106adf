//! The service's own operations against the sandbox, and the types they share with the vendors' crates.

use anyhow::Result;
use finitestate::{Config, Env, Id, Input, OperationKind};
use own_queries::{
    accept, derived,
    queries::{
        events::{ListDates, list_dates},
        finitestate::{
            CountByFilter, ListVulnerabilities, RecordVerdict, list_vulnerabilities, types,
        },
        profile::{
            FindOrganizations, ListWebsites,
            find_organizations::OrganizationPagedSearchResult as Found, types::PageInfoInput,
        },
    },
    websites,
};
use sdk_sandbox::Sandbox;

fn finitestate(sandbox: &Sandbox) -> Result<finitestate::Client> {
    let env = Env::from_pairs(sandbox.finitestate().variables());
    Ok(Config::from_env(&env)?.into_builder().build()?)
}

fn altrata(sandbox: &Sandbox) -> Result<altrata::Client> {
    let env = altrata::Env::from_pairs(sandbox.altrata().variables());
    Ok(altrata::Config::from_env(&env)?.into_builder().build()?)
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

#[test]
fn an_enum_of_one_of_several_services_is_that_of_the_vendors_crate() {
    let precision = |date: list_dates::DateInformation| date.date_precision;
    let _same: fn(_) -> altrata::queries::events::types::DatePrecision = precision;
}

#[tokio::test]
async fn a_list_behind_a_union_is_a_stream() -> Result<()> {
    use futures_util::TryStreamExt;

    let sandbox = Sandbox::start().await?;
    let client = altrata(&sandbox)?;
    let shipped: Vec<_> = client
        .items(altrata::queries::profile::SearchOrganizations::new("i").first(100))
        .map_ok(|organization| organization.website)
        .try_collect()
        .await?;
    let own: Vec<_> = client
        .items(ListWebsites::new("i").first(2))
        .map_ok(|organization| organization.website)
        .try_collect()
        .await?;
    assert!(own.len() > 2, "{}", own.len());
    assert_eq!(own, shipped);
    Ok(())
}

#[tokio::test]
async fn a_list_goes_backwards_where_it_has_what_that_takes() -> Result<()> {
    use futures_util::TryStreamExt;

    let sandbox = Sandbox::start().await?;
    let client = altrata(&sandbox)?;
    let list = || ListDates::new(sandbox.altrata().first_person_id());
    let all: Vec<_> = client.items(list().first(5)).try_collect().await?;
    assert_eq!(all.len(), 12);

    let mut pages = client.pages(list().first(10));
    let first = pages.try_next().await?.unwrap();
    let end = first.next.unwrap().into_string();
    let mut back: Vec<list_dates::Event> = Vec::new();
    let mut pages = client.pages(list().last(4).before(end));
    while let Some(page) = pages.try_next().await? {
        back.splice(0..0, page.items);
    }
    assert_eq!(back, all[..back.len()]);
    assert!(back.len() > 4, "{}", back.len());
    Ok(())
}

#[tokio::test]
async fn derived_operations_run_through_the_same_clients() -> Result<()> {
    let sandbox = Sandbox::start().await?;
    let names = derived::product_names(&finitestate(&sandbox)?, 3).await?;
    assert_eq!(names.len(), 3);

    let client = altrata(&sandbox)?;
    let id = sandbox.altrata().first_person_id();
    let derived = derived::person_name(&client, &id).await?;
    let shipped = altrata::queries::profile::GetPerson::new(id);
    assert_eq!(derived, client.fetch(shipped).await?.name);
    let restricted = sandbox.altrata().restricted_person_id();
    assert_eq!(derived::person_name(&client, restricted).await?, None);
    Ok(())
}

#[tokio::test]
async fn a_typed_error_in_the_data_is_one_of_the_client() -> Result<()> {
    let sandbox = Sandbox::start().await?;
    let client = altrata(&sandbox)?;
    let refused = websites(&client, " ").await?.unwrap_err();
    assert_eq!(refused, "there is nothing to search for");

    let error = client.fetch(ListWebsites::new(" ")).await.unwrap_err();
    let refusal = error.refusal().unwrap();
    assert_eq!(refusal.kind(), "ValidationError");
    assert_eq!(refusal.code(), Some("INVALID_INPUT"));

    // All errors are selected at once by the interface they have in common, and still told apart.
    let error = client.execute(ListDates::new("1-per-1")).await.unwrap_err();
    let refusal = error.refusal().unwrap();
    assert_eq!(refusal.kind(), "ValidationError");
    assert!(refusal.correlation_id().unwrap().starts_with("sandbox-"));

    let page = client.fetch(ListWebsites::new("a").first(2)).await?;
    assert_eq!(page.items.into_iter().flatten().count(), 2);
    Ok(())
}

#[tokio::test]
async fn a_union_is_an_enum_and_its_service_is_known() -> Result<()> {
    let sandbox = Sandbox::start().await?;
    let client = altrata(&sandbox)?;
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
