//! Uploads, step by step as in the vendor's Python SDK.

use reqwest::StatusCode;
use sdk_sandbox::{Endpoint, Fault};
use serde_json::{Value, json};

use crate::client::Client;

const START: &str =
    "mutation S($test: ID!) { startMultipartUploadV2(testId: $test) { uploadId key } }";
const PART: &str = "mutation U($n: Int!, $id: ID!, $key: String!) {
    generateUploadPartUrlV2(partNumber: $n, uploadId: $id, uploadKey: $key) { uploadUrl }
}";
const COMPLETE: &str = "mutation C($parts: [PartInput!]!, $id: ID!, $key: String!) {
    completeMultipartUploadV2(partData: $parts, uploadId: $id, uploadKey: $key) { key }
}";
const LAUNCH: &str = "mutation L($key: String!, $test: ID!, $options: [BinaryAnalysisConfigurationOption]) {
    launchBinaryUploadProcessing(key: $key, testId: $test, configurationOptions: $options) { key newBanditScanId }
}";
const STATE: &str = "query T($id: ID) { allTests(filter: {id: $id}) { state { status errorMessage completedDateTime } } }";

async fn new_test(client: &Client) -> String {
    let data = client
        .data("{ allArtifacts(first: 1) { id } }", json!({}))
        .await;
    let document = "mutation T($input: CreateTestInput!) { createTest(input: $input) { id } }";
    let input = json!({"name": "t", "artifactUnderTest": data["allArtifacts"][0]["id"]});
    let data = client.data(document, json!({"input": input})).await;
    data["createTest"]["id"].as_str().unwrap().to_owned()
}

async fn start(client: &Client, test: &str) -> (String, String) {
    let data = client.data(START, json!({"test": test})).await;
    let text = |name: &str| {
        data["startMultipartUploadV2"][name]
            .as_str()
            .unwrap()
            .to_owned()
    };
    (text("uploadId"), text("key"))
}

async fn part_url(client: &Client, number: u32, id: &str, key: &str) -> String {
    let data = client
        .data(PART, json!({"n": number, "id": id, "key": key}))
        .await;
    data["generateUploadPartUrlV2"]["uploadUrl"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn put(client: &Client, url: &str, body: &'static [u8]) -> String {
    let response = client.http.put(url).body(body).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    response.headers()["etag"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn multipart_upload_ends_in_a_test_that_completes() {
    let client = Client::start(5).await;
    let test = new_test(&client).await;
    let (id, key) = start(&client, &test).await;
    let second = put(&client, &part_url(&client, 2, &id, &key).await, b"world").await;
    let first = put(&client, &part_url(&client, 1, &id, &key).await, b"hello ").await;
    assert!(first.starts_with('"') && first.ends_with('"') && first != second);
    let parts = json!([{"ETag": first, "PartNumber": 1}, {"ETag": second, "PartNumber": 2}]);
    let variables = json!({"parts": parts, "id": id, "key": key});
    let data = client.data(COMPLETE, variables).await;
    assert_eq!(data["completeMultipartUploadV2"]["key"], key.as_str());
    let stored = client.finitestate().stored_objects();
    assert_eq!(
        (stored.len(), stored[0].bytes, stored[0].parts.len()),
        (1, 11, 2)
    );
    let variables = json!({"key": key, "test": test, "options": ["ENABLE_BANDIT_SCAN"]});
    let data = client.data(LAUNCH, variables).await;
    assert!(data["launchBinaryUploadProcessing"]["newBanditScanId"].is_string());
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let data = client.data(STATE, json!({"id": test})).await;
        statuses.push(
            data["allTests"][0]["state"]["status"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    assert_eq!(
        statuses,
        ["QUEUED", "IN_PROGRESS", "COMPLETED", "COMPLETED"]
    );
}

#[tokio::test]
async fn completion_checks_parts_order_and_etags() {
    let client = Client::start(5).await;
    let test = new_test(&client).await;
    let (id, key) = start(&client, &test).await;
    let one = put(&client, &part_url(&client, 1, &id, &key).await, b"one").await;
    let two = put(&client, &part_url(&client, 2, &id, &key).await, b"two").await;
    let part = |etag: &str, number: i32| json!({"ETag": etag, "PartNumber": number});
    let cases = [
        (json!([]), "MalformedXML"),
        (json!([part(&two, 2), part(&one, 1)]), "InvalidPartOrder"),
        (json!([part(&one, 1), part(&one, 1)]), "InvalidPartOrder"),
        (json!([part(&one, 1), part(&one, 2)]), "InvalidPart:"),
        (json!([part(one.trim_matches('"'), 1)]), "InvalidPart:"),
        (json!([part(&one, 1), part(&two, 3)]), "InvalidPart:"),
        (json!([part(&one, -1)]), "out of range"),
    ];
    for (parts, word) in cases {
        let error = client
            .error(COMPLETE, json!({"parts": parts, "id": id, "key": key}))
            .await;
        assert!(
            error["message"].as_str().unwrap().contains(word),
            "{parts}: {error}"
        );
    }
    let launch = client
        .error(LAUNCH, json!({"key": key, "test": test}))
        .await;
    assert_eq!(launch["message"], "no completed upload has this key");
    let good = json!({"parts": [part(&one, 1), part(&two, 2)], "id": id, "key": key});
    client.data(COMPLETE, good.clone()).await;
    assert_eq!(
        client.error(COMPLETE, good).await["extensions"]["code"],
        "NOT_FOUND"
    );
}

#[tokio::test]
async fn presigned_links_allow_one_thing_for_a_while_and_no_token() {
    let client = Client::start(5).await;
    let test = new_test(&client).await;
    let (id, key) = start(&client, &test).await;
    let url = part_url(&client, 1, &id, &key).await;
    assert!(
        !url.starts_with(
            client
                .finitestate()
                .api_url()
                .trim_end_matches("/api/v1/graphql")
        )
    );
    let with_token = client
        .http
        .put(&url)
        .bearer_auth(client.token())
        .body("x")
        .send()
        .await
        .unwrap();
    assert_eq!(with_token.status(), StatusCode::BAD_REQUEST);
    assert_eq!(client.finitestate().counts().storage_authorizations, 1);
    let get = client.http.get(&url).send().await.unwrap();
    assert_eq!(get.status(), StatusCode::FORBIDDEN);
    let other = url.replace("partNumber=1", "partNumber=2");
    assert_eq!(
        client
            .http
            .put(other)
            .body("x")
            .send()
            .await
            .unwrap()
            .status(),
        StatusCode::FORBIDDEN
    );
    client.finitestate().expire_links();
    let late = client.http.put(&url).body("x").send().await.unwrap();
    assert_eq!(late.status(), StatusCode::FORBIDDEN);
    assert!(late.text().await.unwrap().contains("Request has expired"));
    put(&client, &part_url(&client, 1, &id, &key).await, b"x").await;
    client
        .finitestate()
        .fail_next(Endpoint::Storage, Fault::status(503));
    let url = part_url(&client, 1, &id, &key).await;
    let busy = client
        .http
        .put(&url)
        .body(vec![0; 1 << 20])
        .send()
        .await
        .unwrap();
    assert_eq!(busy.status(), StatusCode::SERVICE_UNAVAILABLE);
    put(&client, &url, b"x").await;
    assert_eq!(client.finitestate().counts().storage_requests, 7);
}

#[tokio::test]
async fn single_part_upload_and_the_older_mutations_work_too() {
    let client = Client::start(5).await;
    let test = new_test(&client).await;
    let document =
        "mutation G($test: ID!) { generateSinglePartUploadUrl(testId: $test) { key uploadUrl } }";
    let link =
        client.data(document, json!({"test": test})).await["generateSinglePartUploadUrl"].take();
    put(&client, link["uploadUrl"].as_str().unwrap(), b"{}").await;
    let document = "mutation L($key: String!, $test: ID!) { launchTestResultProcessing(key: $key, testId: $test) { key } }";
    let data = client
        .data(document, json!({"test": test, "key": link["key"]}))
        .await;
    assert_eq!(data["launchTestResultProcessing"]["key"], link["key"]);
    let document = "mutation G($i: generateTestResultUploadUrlInput!) { generateTestResultUploadUrl(input: $i) { key uploadUrl } }";
    let link =
        client.data(document, json!({"i": {"testId": test}})).await["generateTestResultUploadUrl"]
            .take();
    put(&client, link["uploadUrl"].as_str().unwrap(), b"{}").await;
    let document = "mutation L($i: completeTestResultUploadInput!) { completeTestResultUpload(input: $i) { key } }";
    client
        .data(document, json!({"i": {"testId": test, "key": link["key"]}}))
        .await;
    let document =
        "mutation S($i: startMultipartUploadInput!) { startMultipartUpload(input: $i) { id key } }";
    let upload =
        client.data(document, json!({"i": {"testId": test}})).await["startMultipartUpload"].take();
    let document = "mutation U($i: generateUploadPartUrlInput!) { generateUploadPartUrl(input: $i) { uploadUrl } }";
    let input = json!({"partNumber": 1, "uploadId": upload["id"], "uploadKey": upload["key"]});
    let data = client.data(document, json!({"i": input})).await;
    let etag = put(
        &client,
        data["generateUploadPartUrl"]["uploadUrl"].as_str().unwrap(),
        b"fw",
    )
    .await;
    let document = "mutation C($i: CompleteMultipartUploadInput!) { completeMultipartUpload(input: $i) { key } }";
    let input = json!({
        "testId": test, "uploadId": upload["id"], "uploadKey": upload["key"],
        "partData": [{"ETag": etag, "PartNumber": 1}],
    });
    client.data(document, json!({"i": input})).await;
    assert_eq!(client.finitestate().stored_objects().len(), 3);
}

#[tokio::test]
async fn analysis_fails_on_demand() {
    let client = Client::start(5).await;
    let test = new_test(&client).await;
    let document =
        "mutation G($test: ID!) { generateSinglePartUploadUrl(testId: $test) { key uploadUrl } }";
    let link =
        client.data(document, json!({"test": test})).await["generateSinglePartUploadUrl"].take();
    put(&client, link["uploadUrl"].as_str().unwrap(), b"{}").await;
    client.finitestate().fail_next_job("unsupported archive");
    let document = "mutation L($key: String!, $test: ID!) { launchTestResultProcessing(key: $key, testId: $test) { key } }";
    client
        .data(document, json!({"test": test, "key": link["key"]}))
        .await;
    let mut last = Value::Null;
    for _ in 0..3 {
        last = client.data(STATE, json!({"id": test})).await["allTests"][0]["state"].take();
    }
    assert_eq!(
        (last["status"].as_str(), last["errorMessage"].as_str()),
        (Some("ERROR"), Some("unsupported archive"))
    );
}

#[tokio::test]
async fn an_upload_cut_in_its_middle_leaves_no_part_behind_and_breaks_the_connection() {
    let client = Client::start(5).await;
    let test = new_test(&client).await;
    let (id, key) = start(&client, &test).await;
    let url = part_url(&client, 1, &id, &key).await;
    client
        .finitestate()
        .fail_next(Endpoint::Storage, Fault::CutUpload);
    let cut = client.http.put(&url).body(vec![7; 4 << 20]).send().await;
    assert!(cut.is_err(), "the answer was {:?}", cut.map(|r| r.status()));

    let etag = put(&client, &url, b"whole").await;
    let parts = json!([{"ETag": etag, "PartNumber": 1}]);
    let variables = json!({"parts": parts, "id": id, "key": key});
    client.data(COMPLETE, variables).await;
    assert_eq!(client.finitestate().stored_objects()[0].bytes, 5);
}

#[tokio::test]
async fn a_held_answer_comes_late_and_its_request_has_had_its_effect() {
    let client = Client::start(5).await;
    let count = async || {
        let data = client.data("{ allTests { id } }", json!({})).await;
        data["allTests"].as_array().unwrap().len()
    };
    let before = count().await;
    let minute = std::time::Duration::from_secs(60);
    let finitestate = client.finitestate();
    finitestate.fail_next(Endpoint::Api, Fault::delay(std::time::Duration::ZERO));
    finitestate.fail_next(Endpoint::Api, Fault::hold_answer(minute));
    let waiting = new_test(&client);
    let held = async {
        while client.finitestate().counts().answers_held == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = waiting => panic!("the answer was not held back"),
        () = held => {}
    }
    assert_eq!(count().await, before + 1);
}
