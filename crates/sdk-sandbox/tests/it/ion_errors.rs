//! What ION's API answers when it refuses, and what it answers under faults.

use reqwest::StatusCode;
use sdk_sandbox::{Endpoint, Fault};
use serde_json::{Value, json};

use crate::ion_client::Client;

const ME: &str = "{ me { name } }";

#[tokio::test]
async fn what_is_no_request_is_a_400_and_what_is_no_valid_document_a_200() {
    let client = Client::start(8).await;
    let authorization = format!("Bearer {}", client.token());
    for body in [json!({}), json!([]), json!({"query": 7})] {
        let response = client.post_as(&authorization, &body).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{body}");
    }
    for query in [
        "{ nothing }",
        "{ parts { edges",
        "query Q($id: ID!) { part(id: $id) { id } }",
        "{ part(id: 1) { id nothing } }",
        "mutation M { deletePart(id: 1) { id } }",
        "{ parts(filters: {nothing: {eq: 1}}) { pageInfo { count } } }",
    ] {
        let body = client.execute(query, json!({})).await;
        assert!(body["errors"][0]["message"].is_string(), "{query}");
        assert!(body.get("data").is_none_or(Value::is_null), "{query}");
    }
}

#[tokio::test]
async fn an_id_that_names_nothing_is_null_to_read_and_an_error_to_write() {
    let client = Client::start(8).await;
    let read = "query P($id: ID!) { part(id: $id) { id } run(id: $id) { id } }";
    for id in [json!("999"), json!(999), json!("none"), json!("")] {
        let data = client.data(read, json!({"id": id})).await;
        assert_eq!(data, json!({"part": null, "run": null}), "{id}");
    }
    let write =
        "mutation U($input: UpdatePartInput!) { updatePart(input: $input) { part { id } } }";
    let input = json!({"id": "999", "etag": "any"});
    let error = client.error(write, json!({"input": input})).await;
    assert_eq!(error["extensions"]["code"], "NOT_FOUND");
}

#[tokio::test]
async fn ids_are_numbers_in_answers_and_numbers_or_text_in_arguments() {
    let client = Client::start(8).await;
    let list = "{ runs(first: 1) { edges { node { id entityId } } } }";
    let data = client.data(list, json!({})).await;
    let node = &data["runs"]["edges"][0]["node"];
    let id = node["id"].as_u64().unwrap();
    assert_ne!(node["entityId"].as_u64().unwrap(), id);
    let read = "query R($id: ID!) { run(id: $id) { id } }";
    for given in [json!(id), json!(id.to_string())] {
        let data = client.data(read, json!({"id": given})).await;
        assert_eq!(data["run"]["id"], id, "{given}");
    }
}

#[tokio::test]
async fn decimals_come_as_numbers_and_as_text() {
    let client = Client::start(8).await;
    let list = "{ parts(first: 2) { edges { node { quantity } } } }";
    let data = client.data(list, json!({})).await;
    let edges = &data["parts"]["edges"];
    assert_eq!(edges[0]["node"]["quantity"], 0.5);
    assert_eq!(edges[1]["node"]["quantity"], "1.250");
}

#[tokio::test]
async fn a_second_part_of_the_same_number_and_revision_already_exists() {
    let client = Client::start(8).await;
    let create = "mutation C($input: CreatePartInput!) { createPart(input: $input) { part { id revision } } }";
    let input = |revision: &str| json!({"input": {"partNumber": "P-00001", "revision": revision}});
    let error = client.error(create, input("A")).await;
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("already exists"), "{message}");
    let data = client.data(create, input("B")).await;
    assert_eq!(data["createPart"]["part"]["revision"], "B");
}

#[tokio::test]
async fn a_step_takes_values_while_it_is_in_progress_and_of_the_type_of_their_field() {
    let client = Client::start(8).await;
    let runs = "{ runs(filters: {status: {eq: \"IN_PROGRESS\"}}, first: 1) { edges { node { steps { id status fields { id _etag type } } } } } }";
    let data = client.data(runs, json!({})).await;
    let steps = data["runs"]["edges"][0]["node"]["steps"].clone();
    assert_eq!(steps[0]["status"], "IN_PROGRESS");
    let submit = "mutation S($input: UpdateRunStepFieldValueInput!) { updateRunStepFieldValue(input: $input) { runStepField { value } } }";
    let input = |step: usize, field: usize, value: Value| {
        let field = &steps[step]["fields"][field];
        json!({"input": {"id": field["id"], "etag": field["_etag"], "value": value}})
    };
    for (step, field, value) in [
        (1, 0, json!(12.5)),
        (0, 0, json!("12.5")),
        (0, 1, json!("yes")),
        (0, 2, json!(1)),
    ] {
        let error = client
            .error(submit, input(step, field, value.clone()))
            .await;
        assert!(error["message"].is_string(), "{value}");
    }
    for (field, value) in [(0, json!(12.5)), (1, json!(true)), (2, json!("fine"))] {
        let data = client.data(submit, input(0, field, value.clone())).await;
        let taken = &data["updateRunStepFieldValue"]["runStepField"]["value"];
        assert_eq!(*taken, value);
    }
}

#[tokio::test]
async fn faults_happen_once_in_order_and_per_endpoint() {
    let client = Client::start(8).await;
    let ion = client.ion();
    let authorization = format!("Bearer {}", client.token());
    let refusal = "User does not have permission to update this resource.";
    ion.fail_next(Endpoint::Api, Fault::Html { status: 502 });
    ion.fail_next(Endpoint::Api, Fault::status(409));
    ion.fail_next(
        Endpoint::Api,
        Fault::GraphqlError {
            message: refusal.to_owned(),
            code: None,
        },
    );
    ion.fail_next(Endpoint::Token, Fault::status(503));
    let mut seen = Vec::new();
    for _ in 0..4 {
        let response = client.post_as(&authorization, &json!({"query": ME})).await;
        let status = response.status().as_u16();
        let body: Value = response.json().await.unwrap_or_default();
        seen.push((status, body["errors"][0]["message"].clone()));
    }
    let expected = [
        (502, Value::Null),
        (409, Value::Null),
        (200, json!(refusal)),
        (200, Value::Null),
    ];
    assert_eq!(seen, expected);
    let form = crate::ion_client::token_form(ion);
    let url = ion.token_url();
    for status in [503, 200] {
        let response = crate::ion_client::ask_token(&client.http, &url, &form).await;
        assert_eq!(response.status(), status);
    }
    assert_eq!(ion.counts().faults, 4);
}

#[tokio::test]
async fn a_cut_body_and_errors_beside_data_are_as_they_are_named() {
    let client = Client::start(8).await;
    let authorization = format!("Bearer {}", client.token());
    client.ion().fail_next(Endpoint::Api, Fault::Truncate);
    let response = client.post_as(&authorization, &json!({"query": ME})).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.bytes().await.is_err());
    let fault = Fault::PartialErrors {
        message: "one shard did not answer".to_owned(),
        code: None,
    };
    client.ion().fail_next(Endpoint::Api, fault);
    let body = client.execute(ME, json!({})).await;
    assert_eq!(body["data"]["me"]["name"], "Ada");
    assert_eq!(body["errors"][0]["message"], "one shard did not answer");
}
