//! ION's files: links to a store on another origin, which sees no token.

use reqwest::{Response, StatusCode};
use sdk_sandbox::{Endpoint, Fault};
use serde_json::{Value, json};

use crate::ion_client::Client;

const REQUEST: &str = "query R($filename: String!) { requestFileUploadUrl(filename: $filename) { uploadUrl s3Key contentType } }";

const CREATE: &str = "mutation C($input: CreateFileAttachmentInput!) {
    createFileAttachment(input: $input) { fileAttachment { id entityId contentType } uploadUrl }
}";

const DOWNLOAD: &str = "query D($id: ID!) { fileAttachment(id: $id) { downloadUrl } }";

async fn run_entity(client: &Client) -> Value {
    let runs = "{ runs(first: 1) { edges { node { entityId } } } }";
    let data = client.data(runs, json!({})).await;
    data["runs"]["edges"][0]["node"]["entityId"].clone()
}

async fn put(client: &Client, url: &Value, content_type: &str, body: &'static str) -> Response {
    let request = client.http.put(url.as_str().unwrap());
    let request = request.header("Content-Type", content_type).body(body);
    request.send().await.unwrap()
}

fn etag(response: &Response) -> String {
    let etag = response.headers().get("etag").unwrap();
    etag.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_file_is_uploaded_then_registered_and_comes_back_the_same() {
    let client = Client::start(8).await;
    let variables = json!({"filename": "inspection.jpg"});
    let link = client.data(REQUEST, variables).await["requestFileUploadUrl"].take();
    assert_eq!(link["contentType"], "image/jpeg");
    let stored = put(&client, &link["uploadUrl"], "image/jpeg", "pixels").await;
    assert_eq!(stored.status(), StatusCode::OK);
    let input = json!({
        "entityId": run_entity(&client).await, "filename": "inspection.jpg",
        "s3Key": link["s3Key"], "s3Etag": etag(&stored),
    });
    let data = client.data(CREATE, json!({"input": input})).await;
    let made = &data["createFileAttachment"];
    assert_eq!(made["uploadUrl"], Value::Null);
    assert_eq!(made["fileAttachment"]["entityId"], input["entityId"]);

    let id = &made["fileAttachment"]["id"];
    let data = client.data(DOWNLOAD, json!({"id": id})).await;
    let url = data["fileAttachment"]["downloadUrl"].as_str().unwrap();
    let response = client.http.get(url).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "image/jpeg");
    assert_eq!(response.text().await.unwrap(), "pixels");
    let with_token = client.http.get(url).bearer_auth(client.token());
    let refused = with_token.send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    assert_eq!(client.ion().counts().storage_authorizations, 1);
}

#[tokio::test]
async fn the_older_way_registers_first_and_has_nothing_to_fetch_until_the_upload() {
    let client = Client::start(8).await;
    let input = json!({"entityId": run_entity(&client).await, "filename": "notes.txt"});
    let data = client.data(CREATE, json!({"input": input})).await;
    let made = data["createFileAttachment"].clone();
    let id = made["fileAttachment"]["id"].clone();
    let before = client.data(DOWNLOAD, json!({"id": id})).await;
    assert_eq!(before["fileAttachment"]["downloadUrl"], Value::Null);
    put(&client, &made["uploadUrl"], "text/plain", "tight").await;
    let after = client.data(DOWNLOAD, json!({"id": id})).await;
    assert!(after["fileAttachment"]["downloadUrl"].is_string());
}

#[tokio::test]
async fn a_link_holds_for_its_type_and_its_time_and_a_registration_for_its_upload() {
    let client = Client::start(8).await;
    let variables = json!({"filename": "a.pdf"});
    let link = client.data(REQUEST, variables).await["requestFileUploadUrl"].take();
    let other = put(&client, &link["uploadUrl"], "text/plain", "x").await;
    assert_eq!(other.status(), StatusCode::FORBIDDEN);
    client.ion().expire_links();
    let late = put(&client, &link["uploadUrl"], "application/pdf", "x").await;
    assert_eq!(late.status(), StatusCode::FORBIDDEN);

    let entity = run_entity(&client).await;
    for (entity, key) in [(&entity, &link["s3Key"]), (&json!(1), &Value::Null)] {
        let input = json!({"entityId": entity, "filename": "a.pdf", "s3Key": key});
        let error = client.error(CREATE, json!({"input": input})).await;
        assert!(error["message"].is_string(), "{input}");
    }
    let variables = json!({"filename": "a.pdf"});
    let link = client.data(REQUEST, variables).await["requestFileUploadUrl"].take();
    put(&client, &link["uploadUrl"], "application/pdf", "x").await;
    let input = json!({"entityId": entity, "s3Key": link["s3Key"], "s3Etag": "\"another\""});
    let error = client.error(CREATE, json!({"input": input})).await;
    assert_eq!(error["message"], "s3Etag is not that of the upload");
}

#[tokio::test]
async fn the_store_meets_faults_of_its_own() {
    let client = Client::start(8).await;
    client
        .ion()
        .fail_next(Endpoint::Storage, Fault::status(503));
    let variables = json!({"filename": "a.pdf"});
    let link = client.data(REQUEST, variables).await["requestFileUploadUrl"].take();
    let statuses = [
        put(&client, &link["uploadUrl"], "application/pdf", "x").await,
        put(&client, &link["uploadUrl"], "application/pdf", "x").await,
    ];
    assert_eq!(statuses.map(|it| it.status().as_u16()), [503, 200]);
    assert_eq!(client.ion().counts().storage_requests, 2);
    assert_eq!(client.ion().stored_objects().len(), 1);
}
