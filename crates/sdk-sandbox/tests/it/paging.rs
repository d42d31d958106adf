//! Paging by cursor, as on the vendor's page "Pagination".

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::client::Client;

const FINDINGS: &str = "query Findings($filter: FindingFilter, $after: String, $first: Int, $skip: Int, $orderBy: [FindingOrderBy!]) {
    allFindings(filter: $filter, after: $after, first: $first, skip: $skip, orderBy: $orderBy) { _cursor id title severity riskScore }
}";

/// The filter that the vendor's SDK sends: rows of one version, without merged and deleted ones.
fn visible(client: &Client) -> Value {
    json!({
        "assetVersionRefId": client.finitestate().main_asset_version_id(),
        "mergedFindingRefId": null,
        "deletedAt": null,
    })
}

async fn walk(client: &Client, order_by: Value, first: usize) -> Vec<Value> {
    let mut all = Vec::new();
    let mut after = Value::Null;
    loop {
        let variables =
            json!({"filter": visible(client), "after": after, "first": first, "orderBy": order_by});
        let mut data = client.data(FINDINGS, variables).await;
        let page = data["allFindings"].as_array_mut().unwrap();
        assert!(page.len() <= first);
        let Some(last) = page.last() else { return all };
        after = last["_cursor"].clone();
        all.append(page);
    }
}

#[tokio::test]
async fn pages_end_with_an_empty_one_and_hold_every_row_once() {
    let client = Client::start(250).await;
    for order_by in [
        json!(null),
        json!(["title_ASC"]),
        json!(["severity_DESC", "riskScore_ASC"]),
        json!(["id_DESC"]),
        json!(["cvssScore_ASC"]),
        json!(["deletedAt_DESC", "createdAt_DESC"]),
    ] {
        let all = walk(&client, order_by.clone(), 60).await;
        let ids: HashSet<_> = all
            .iter()
            .map(|finding| finding["id"].as_str().unwrap())
            .collect();
        assert_eq!((all.len(), ids.len()), (250, 250), "{order_by}");
    }
}

#[tokio::test]
async fn merged_and_deleted_rows_show_unless_null_leaves_them_out() {
    let client = Client::start(250).await;
    let version = client.finitestate().main_asset_version_id();
    let count =
        "query Count($filter: FindingFilter) { _allFindingsMeta(filter: $filter) { count } }";
    let all = client
        .data(count, json!({"filter": {"assetVersionRefId": version}}))
        .await;
    let visible = client
        .data(count, json!({"filter": visible(&client)}))
        .await;
    assert_eq!(all["_allFindingsMeta"]["count"], 260);
    assert_eq!(visible["_allFindingsMeta"]["count"], 250);
}

#[tokio::test]
async fn cursor_is_a_json_object_of_the_order_keys_and_the_id() {
    let client = Client::start(20).await;
    let cursor = async |order_by| {
        let data = client
            .data(FINDINGS, json!({"first": 1, "orderBy": order_by}))
            .await;
        let finding = data["allFindings"][0].clone();
        let cursor: Value = serde_json::from_str(finding["_cursor"].as_str().unwrap()).unwrap();
        (finding, cursor)
    };
    let (finding, plain) = cursor(json!(null)).await;
    assert_eq!(plain, json!({"id": finding["id"]}));
    let (finding, ordered) = cursor(json!(["title_ASC"])).await;
    assert_eq!(
        ordered,
        json!({"title": finding["title"], "id": finding["id"]})
    );
}

#[tokio::test]
async fn cursor_of_another_order_is_refused_with_a_code() {
    let client = Client::start(20).await;
    let cases = [
        (r#"{"id":"2000000001"}"#, json!(["title_ASC"])),
        (r#"{"id":"2000000001","title":"x"}"#, json!(null)),
        (r#"{"id":"2000000001","riskScore":1}"#, json!(["title_ASC"])),
        (r#"{"id":[],"title":"x"}"#, json!(["title_ASC"])),
        ("nonsense", json!(null)),
        ("", json!(null)),
    ];
    for (after, order_by) in cases {
        let variables = json!({"after": after, "orderBy": order_by});
        let error = client.error(FINDINGS, variables).await;
        assert_eq!(error["extensions"]["code"], "INVALID_CURSOR", "{after}");
        assert_eq!(error["path"], json!(["allFindings"]));
    }
}

#[tokio::test]
async fn skip_counts_from_the_cursor() {
    let client = Client::start(20).await;
    let all = walk(&client, json!(["title_ASC"]), 20).await;
    let variables = json!({
        "filter": visible(&client),
        "after": all[4]["_cursor"],
        "skip": 3,
        "first": 2,
        "orderBy": ["title_ASC"],
    });
    let data = client.data(FINDINGS, variables).await;
    assert_eq!(data["allFindings"], json!([all[8], all[9]]));
}

#[tokio::test]
async fn negative_counts_are_out_of_range() {
    let client = Client::start(5).await;
    for variables in [json!({"first": -1}), json!({"skip": -1})] {
        let error = client.error(FINDINGS, variables).await;
        assert_eq!(error["extensions"]["code"], "ARGUMENT_OUT_OF_RANGE");
    }
}
