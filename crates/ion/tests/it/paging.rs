//! Relay connections as streams.

use std::{collections::BTreeSet, fs, path::Path};

use futures_util::TryStreamExt;
use ion::{
    Error, Operation, PageFault, Paged, queries,
    queries::{ListParts, ListRoles, ListStepDatagridRows, ListSteps},
    types::{BooleanFilter, PartsInputFilters, StringFilter},
};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::Setup;

#[tokio::test]
async fn pages_have_the_size_asked_for_and_end_without_another_request() {
    let setup = Setup::start().await;
    let sizes: Vec<usize> = setup
        .client
        .pages(ListParts::new().first(100))
        .map_ok(|page| page.items.len())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(sizes, [100, 100, 50]);
    assert_eq!(setup.vendor().counts().api_requests, 3);
}

#[tokio::test]
async fn filters_hold_at_once_and_on_every_page() {
    let setup = Setup::start().await;
    let filters = PartsInputFilters::new()
        .part_number(StringFilter::new().ilike("p-0000%"))
        .is_latest_revision(BooleanFilter::new().eq(true));
    let list = ListParts::new().filters(filters).first(4);
    let parts: Vec<_> = setup.client.items(list).try_collect().await.unwrap();
    assert_eq!(parts.len(), 9);
    assert_eq!(parts[8].part_number.as_deref(), Some("P-00009"));
}

#[tokio::test]
async fn last_gives_the_end_of_a_list_and_nothing_else() {
    let setup = Setup::start().await;
    let last: Vec<_> = setup
        .client
        .items(ListParts::new().last(3))
        .try_collect()
        .await
        .unwrap();
    assert_eq!(last.len(), 3);
    assert_eq!(last[2].part_number.as_deref(), Some("P-00250"));
    let info = setup
        .client
        .execute(ListParts::new().first(10))
        .await
        .unwrap();
    let end = info.parts.unwrap().page_info.unwrap().end_cursor.unwrap();
    let before: Vec<_> = setup
        .client
        .items(ListParts::new().last(2).before(end))
        .try_collect()
        .await
        .unwrap();
    assert_eq!(before[1].part_number.as_deref(), Some("P-00009"));
}

#[tokio::test]
async fn a_nested_connection_is_a_stream_too() {
    let setup = Setup::start().await;
    let step = setup
        .client
        .items(ListSteps::new())
        .try_next()
        .await
        .unwrap()
        .unwrap();
    let rows = ListStepDatagridRows::new(step.id).first(2);
    let rows: Vec<_> = setup.client.items(rows).try_collect().await.unwrap();
    assert_eq!(rows.len(), 5);
    assert!(rows.iter().all(|row| row.values.is_some()));
}

/// The fields of the schema that are connections, without what is deprecated.
fn connections() -> BTreeSet<String> {
    let lines = ion::SCHEMA.lines().map(str::trim);
    let current = lines.filter(|line| !line.contains("@deprecated"));
    let fields = current.filter_map(|line| line.rsplit_once("): ").zip(line.split_once('(')));
    let connections = fields.filter(|((_, kind), _)| kind.ends_with("Connection"));
    connections.map(|(_, (name, _))| name.to_owned()).collect()
}

#[test]
fn every_connection_of_the_schema_is_a_stream() {
    let mut paged = BTreeSet::new();
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/queries")).unwrap() {
        let path = entry.unwrap().path();
        let document = fs::read_to_string(&path).unwrap();
        let Some((before, _)) = document.split_once("after: $after") else {
            continue;
        };
        let generated = Path::new(env!("OUT_DIR")).join(path.file_name().unwrap());
        let generated = fs::read_to_string(generated.with_extension("rs")).unwrap();
        assert!(
            generated.contains("\ncrate::codegen::paged! {\n"),
            "{}",
            path.display()
        );
        let (field, _) = before.rsplit_once('(').unwrap();
        paged.insert(field.rsplit(' ').next().unwrap().to_owned());
    }
    assert_eq!(connections().len(), 24);
    assert_eq!(paged, connections());
}

#[tokio::test]
async fn a_page_that_repeats_is_an_error_and_no_endless_loop() {
    let setup = Setup::start().await;
    let body = r#"{"data":{"roles":{"edges":[{"node":{"id":1,"name":"n"}}],
        "pageInfo":{"endCursor":"same","hasNextPage":true,"totalCount":2}}}}"#;
    let fault = Fault::Status {
        status: 200,
        retry_after: None,
        body: Some(body.to_owned()),
    };
    setup.vendor().fail_times(Endpoint::Api, fault, 20);
    let mut roles = setup.client.items(ListRoles::new());
    let mut seen = 0;
    let error = loop {
        match roles.try_next().await {
            Ok(Some(_)) => seen += 1,
            Ok(None) => panic!("the list ended"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Paging(_)), "{error:?}");
    assert!(seen <= 2, "{seen}");
    assert!(roles.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_foreign_cursor_is_refused_or_is_an_offset_and_the_list_ends() {
    let setup = Setup::start().await;
    let foreign = ListParts::new().after("a cursor of another vendor");
    let error = setup.client.items(foreign).try_next().await.unwrap_err();
    assert!(matches!(error, Error::Graphql(_)), "{error:?}");

    let parts = ListParts::new().first(100);
    let data = setup.client.execute(parts).await.unwrap().parts.unwrap();
    let cursor = data.page_info.unwrap().end_cursor.unwrap();
    let roles = setup.client.items(ListRoles::new().after(cursor));
    let roles: Vec<_> = roles.try_collect().await.unwrap();
    assert!(roles.is_empty());
}

fn page(body: &str) -> Result<ion::Page<queries::list_roles::Role>, PageFault> {
    let data = queries::ListRoles::decode(body.as_bytes())
        .unwrap()
        .data
        .unwrap();
    queries::ListRoles::new().page(data)
}

#[test]
fn null_edges_and_nodes_are_skipped() {
    let body = r#"{"data":{"roles":{"edges":[null,{"node":null},{"node":{"id":1,"name":"n"}}],
        "pageInfo":{"endCursor":"c","hasNextPage":true,"totalCount":3}}}}"#;
    let page = page(body).unwrap();
    assert_eq!(page.items.len(), 1);
    assert_eq!(page.next.unwrap().as_str(), "c");
}

#[test]
fn another_page_without_a_cursor_is_a_fault_and_no_end() {
    let body = r#"{"data":{"roles":{"edges":[],
        "pageInfo":{"endCursor":null,"hasNextPage":true,"totalCount":3}}}}"#;
    assert_eq!(page(body), Err(PageFault::MissingCursor));
}

#[test]
fn a_page_that_does_not_speak_of_another_one_is_the_last() {
    for info in [
        "null",
        r#"{"endCursor":"c","hasNextPage":null,"totalCount":1}"#,
    ] {
        let body = format!(r#"{{"data":{{"roles":{{"edges":null,"pageInfo":{info}}}}}}}"#);
        assert_eq!(page(&body).unwrap().next, None);
    }
}
