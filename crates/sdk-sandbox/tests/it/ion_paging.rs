//! ION's connections, as on the vendor's page "Pagination": at the root and inside rows.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::ion_client::Client;

const PARTS: &str = "query P($filters: PartsInputFilters, $first: Int, $after: String, $last: Int, $before: String) {
    parts(filters: $filters, first: $first, after: $after, last: $last, before: $before) {
        edges { node { id partNumber } } pageInfo { endCursor hasNextPage totalCount count }
    }
}";

const GRID: &str = "query G($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    step(id: $id) {
        datagridRows(first: $first, after: $after, last: $last, before: $before) {
            edges { node { id index } } pageInfo { endCursor hasNextPage totalCount count }
        }
    }
}";

fn nodes(connection: &Value) -> Vec<&Value> {
    let edges = connection["edges"].as_array().unwrap();
    edges.iter().map(|edge| &edge["node"]).collect()
}

fn numbers(connection: &Value) -> Vec<&str> {
    let nodes = nodes(connection);
    let numbers = nodes
        .iter()
        .map(|node| node["partNumber"].as_str().unwrap());
    numbers.collect()
}

async fn parts(client: &Client, variables: Value) -> Value {
    client.data(PARTS, variables).await["parts"].take()
}

#[tokio::test]
async fn a_walk_forward_sees_every_row_once_and_counts_them() {
    let client = Client::start(25).await;
    let (mut ids, mut sizes, mut after) = (HashSet::new(), Vec::new(), Value::Null);
    loop {
        let page = parts(&client, json!({"first": 10, "after": after})).await;
        let info = &page["pageInfo"];
        assert_eq!(info["totalCount"], 25);
        assert_eq!(info["count"], nodes(&page).len());
        sizes.push(nodes(&page).len());
        ids.extend(nodes(&page).iter().map(|node| node["id"].as_u64().unwrap()));
        if info["hasNextPage"] == false {
            break;
        }
        after = info["endCursor"].clone();
    }
    assert_eq!((sizes, ids.len()), (vec![10, 10, 5], 25));
}

#[tokio::test]
async fn a_walk_backward_sees_the_same_rows() {
    let client = Client::start(25).await;
    let end = parts(&client, json!({"last": 3})).await;
    assert_eq!(numbers(&end), ["P-00023", "P-00024", "P-00025"]);
    let ten = parts(&client, json!({"first": 10})).await;
    let cursor = ten["pageInfo"]["endCursor"].clone();
    let before = parts(&client, json!({"last": 4, "before": cursor})).await;
    assert_eq!(
        numbers(&before),
        ["P-00006", "P-00007", "P-00008", "P-00009"]
    );
    let all_before = parts(&client, json!({"before": cursor})).await;
    assert_eq!(nodes(&all_before).len(), 9);
    let between = json!({"first": 2, "after": before["pageInfo"]["endCursor"], "before": cursor});
    assert!(nodes(&parts(&client, between).await).is_empty());
}

#[tokio::test]
async fn a_list_without_a_size_comes_whole() {
    let client = Client::start(25).await;
    let all = parts(&client, json!({})).await;
    assert_eq!(nodes(&all).len(), 25);
    assert_eq!(all["pageInfo"]["hasNextPage"], false);
}

#[tokio::test]
async fn cursors_are_offsets_as_in_the_vendors_sample_and_the_end_has_none() {
    let client = Client::start(25).await;
    // `arrayconnection:4` in base64: the fifth row, of whatever list it is given to.
    let after = parts(
        &client,
        json!({"first": 1, "after": "YXJyYXljb25uZWN0aW9uOjQ="}),
    )
    .await;
    assert_eq!(numbers(&after), ["P-00006"]);
    // `arrayconnection:9999`, beyond the end.
    let beyond = parts(&client, json!({"after": "YXJyYXljb25uZWN0aW9uOjk5OTk="})).await;
    assert!(nodes(&beyond).is_empty());
    assert_eq!(beyond["pageInfo"]["endCursor"], Value::Null);
    assert_eq!(beyond["pageInfo"]["hasNextPage"], false);
}

#[tokio::test]
async fn what_is_no_cursor_and_what_is_no_size_is_an_error() {
    let client = Client::start(8).await;
    for variables in [
        json!({"after": "YXJyYXljb25uZWN0aW9uOg=="}),
        json!({"after": "not base64"}),
        json!({"before": ""}),
        json!({"first": -1}),
        json!({"last": -1}),
        json!({"first": "ten"}),
    ] {
        let error = client.error(PARTS, variables.clone()).await;
        assert!(error["message"].is_string(), "{variables}");
    }
}

#[tokio::test]
async fn a_connection_inside_a_row_pages_like_one_at_the_root() {
    let client = Client::start(8).await;
    let steps = "{ steps(first: 1) { edges { node { id datagridColumns { edges { node { header } } pageInfo { totalCount } } } } } }";
    let data = client.data(steps, json!({})).await;
    let step = nodes(&data["steps"])[0].clone();
    assert_eq!(step["datagridColumns"]["pageInfo"]["totalCount"], 1);
    let grid = async |mut variables: Value| {
        variables["id"] = step["id"].clone();
        client.data(GRID, variables).await["step"]["datagridRows"].take()
    };
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = grid(json!({"first": 2, "after": after})).await;
        let indices = nodes(&page).into_iter().map(|row| row["index"].as_i64());
        seen.extend(indices.map(Option::unwrap));
        assert_eq!(page["pageInfo"]["totalCount"], 5);
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen, [0, 1, 2, 3, 4]);
    let end = grid(json!({"last": 2, "before": after})).await;
    let indices: Vec<_> = nodes(&end).iter().map(|row| row["index"].clone()).collect();
    assert_eq!(indices, [1, 2]);
}

#[tokio::test]
async fn filters_combine_and_each_operator_has_its_meaning() {
    let client = Client::start(25).await;
    for (filters, found) in [
        (json!({"partNumber": {"eq": "P-00007"}}), 1),
        (json!({"partNumber": {"eq": "p-00007"}}), 0),
        (json!({"partNumber": {"neq": "P-00007"}}), 24),
        (
            json!({"partNumber": {"in": ["P-00007", "P-00009", "none"]}}),
            2,
        ),
        (json!({"partNumber": {"ilike": "p-0001%"}}), 10),
        (json!({"partNumber": {"ilike": "p-0001"}}), 0),
        (json!({"partType": {"eq": "TOOL"}}), 2),
        (
            json!({"partType": {"eq": "TOOL"}, "partNumber": {"ilike": "%20"}}),
            1,
        ),
        (json!({"isLatestRevision": {"eq": true}}), 25),
        (json!({"isLatestRevision": {"eq": false}}), 0),
        (json!({}), 25),
    ] {
        let page = parts(&client, json!({"filters": filters, "first": 3})).await;
        assert_eq!(page["pageInfo"]["totalCount"], found, "{filters}");
        assert_eq!(nodes(&page).len(), 3.min(found), "{filters}");
    }
}

#[tokio::test]
async fn rows_are_found_by_the_ids_they_refer_to_and_by_fields_of_those_rows() {
    let client = Client::start(25).await;
    let list = "query I($filters: PartInventoriesInputFilters) {
        partInventories(filters: $filters) { edges { node { serialNumber partId locationId } } pageInfo { totalCount } }
    }";
    let found = async |filters: Value| {
        let data = client.data(list, json!({"filters": filters})).await;
        data["partInventories"]["pageInfo"]["totalCount"].clone()
    };
    let first = client.data(list, json!({})).await;
    let unit = nodes(&first["partInventories"])[0].clone();
    let (part, location) = (&unit["partId"], &unit["locationId"]);
    assert_eq!(found(json!({"partId": {"eq": part}})).await, 1);
    assert_eq!(found(json!({"locationId": {"in": [location]}})).await, 13);
    let tools = json!({"part": {"partType": {"eq": "TOOL"}}});
    assert_eq!(found(tools).await, 2);
    assert_eq!(found(json!({"partId": {"eq": 1}})).await, 0);
}
