//! ION's optimistic concurrency: a write names the etag it has read, and changes it.

use serde_json::{Value, json};

use crate::ion_client::Client;

const PART: &str =
    "query P($id: ID!) { part(id: $id) { id _etag description attributes { key value Etag } } }";

const UPDATE: &str = "mutation U($input: UpdatePartInput!) {
    updatePart(input: $input) { part { id _etag description attributes { key value Etag } } }
}";

const STALE: &str = "Etag does not match";

async fn first_part(client: &Client) -> Value {
    let data = client
        .data("{ parts(first: 1) { edges { node { id } } } }", json!({}))
        .await;
    let id = &data["parts"]["edges"][0]["node"]["id"];
    read(client, id).await
}

async fn read(client: &Client, id: &Value) -> Value {
    client.data(PART, json!({"id": id})).await["part"].take()
}

async fn update(client: &Client, input: Value) -> Value {
    let mut data = client.data(UPDATE, json!({"input": input})).await;
    data["updatePart"]["part"].take()
}

async fn refused(client: &Client, input: Value) {
    let error = client.error(UPDATE, json!({"input": input})).await;
    assert_eq!(error["message"], STALE, "{input}");
    assert_eq!(error["extensions"]["code"], "CONCURRENCY_ERROR", "{input}");
}

#[tokio::test]
async fn every_write_gives_an_etag_that_was_never_there_before() {
    let client = Client::start(8).await;
    let part = first_part(&client).await;
    let (id, mut etag) = (part["id"].clone(), part["_etag"].clone());
    let mut seen = vec![etag.clone()];
    for _ in 0..5 {
        let input = json!({"id": id, "etag": etag, "description": "the same"});
        etag = update(&client, input).await["_etag"].clone();
        assert!(!seen.contains(&etag), "{etag}");
        assert_eq!(read(&client, &id).await["_etag"], etag);
        seen.push(etag.clone());
    }
    for stale in seen.iter().rev().skip(1) {
        refused(
            &client,
            json!({"id": id, "etag": stale, "description": "x"}),
        )
        .await;
    }
    assert_eq!(read(&client, &id).await["description"], "the same");
}

#[tokio::test]
async fn an_attribute_needs_its_own_etag_and_a_new_one_needs_none() {
    let client = Client::start(8).await;
    let part = first_part(&client).await;
    let row = &part["attributes"][0];
    let with = |attributes: Value| json!({"id": part["id"], "etag": part["_etag"], "attributes": attributes});
    let changed = json!({"key": row["key"], "value": "titanium"});
    refused(&client, with(json!([changed]))).await;
    let mut right = changed;
    right["etag"] = row["Etag"].clone();
    let part = update(
        &client,
        with(json!([right, {"key": "finish", "value": "polished"}])),
    )
    .await;
    assert_eq!(part["attributes"][0]["value"], "titanium");
    assert_ne!(part["attributes"][0]["Etag"], row["Etag"]);
    assert_eq!(part["attributes"][1]["key"], "finish");
}

#[tokio::test]
async fn a_write_that_is_refused_changes_nothing_at_all() {
    let client = Client::start(8).await;
    let before = first_part(&client).await;
    let (id, etag) = (&before["id"], &before["_etag"]);
    let fresh = json!({"key": "finish", "value": "polished"});
    let stale = json!({"key": "material", "value": "titanium", "etag": "stale"});
    refused(
        &client,
        json!({"id": id, "etag": etag, "description": "half", "attributes": [fresh, stale]}),
    )
    .await;
    let input = json!({"id": id, "etag": etag, "description": "half", "unitOfMeasureId": 1});
    let error = client.error(UPDATE, json!({"input": input})).await;
    assert_eq!(error["extensions"]["code"], "NOT_FOUND");
    assert_eq!(read(&client, id).await, before);
}

#[tokio::test]
async fn a_row_that_could_not_be_made_is_not_there() {
    let client = Client::start(8).await;
    let count = async || {
        let query = "{ parts { pageInfo { totalCount } } runs { pageInfo { totalCount } } }";
        client.data(query, json!({})).await
    };
    let before = count().await;
    for (mutation, input) in [
        ("createPart($input) part", json!({"partNumber": "P-00001"})),
        (
            "createPart($input) part",
            json!({"partNumber": "N-1", "unitOfMeasureId": 1}),
        ),
        (
            "createRun($input) run",
            json!({"title": "Run", "procedureId": 1}),
        ),
    ] {
        let (field, payload) = mutation.split_once("($input) ").unwrap();
        let kind = field.replace("create", "Create");
        let document = format!(
            "mutation M($input: {kind}Input!) {{ {field}(input: $input) {{ {payload} {{ id }} }} }}"
        );
        let error = client.error(&document, json!({"input": input})).await;
        assert!(error["message"].is_string(), "{input}");
    }
    assert_eq!(count().await, before);
}

#[tokio::test]
async fn a_deletion_needs_the_etag_and_takes_the_row_out_of_every_list() {
    let client = Client::start(8).await;
    let lists = "{ locations { edges { node { id _etag } } pageInfo { totalCount } } }";
    let data = client.data(lists, json!({})).await;
    let row = data["locations"]["edges"][0]["node"].clone();
    let total = data["locations"]["pageInfo"]["totalCount"]
        .as_u64()
        .unwrap();
    let delete =
        "mutation D($id: ID!, $etag: String!) { deleteLocation(id: $id, etag: $etag) { id } }";
    let stale = json!({"id": row["id"], "etag": "stale"});
    assert_eq!(client.error(delete, stale).await["message"], STALE);
    let fresh = json!({"id": row["id"], "etag": row["_etag"]});
    client.data(delete, fresh.clone()).await;
    let error = client.error(delete, fresh).await;
    assert_eq!(error["extensions"]["code"], "NOT_FOUND");
    let data = client.data(lists, json!({})).await;
    assert_eq!(data["locations"]["pageInfo"]["totalCount"], total - 1);
    let by_id = "query L($id: ID!) { location(id: $id) { id } }";
    let data = client.data(by_id, json!({"id": row["id"]})).await;
    assert_eq!(data["location"], Value::Null);
}

#[tokio::test]
async fn of_writers_who_read_the_same_etag_one_is_let_through() {
    let client = Client::start(8).await;
    let part = first_part(&client).await;
    let writes = (0..8).map(|writer| {
        let input =
            json!({"id": part["id"], "etag": part["_etag"], "description": writer.to_string()});
        client.execute(UPDATE, json!({"input": input}))
    });
    let answers = futures_util::future::join_all(writes).await;
    let taken = answers
        .iter()
        .filter(|answer| answer.get("errors").is_none());
    assert_eq!(taken.count(), 1);
}
