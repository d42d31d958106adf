//! Exports: launch, poll, download, step by step as in the vendor's Python SDK.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::Client;

const POLL: &str = "query P($id: ID!) { generateExportDownloadPresignedUrl(exportId: $id) { status downloadLink } }";

async fn launch(client: &Client, field: &str, arguments: &str) -> String {
    let document = format!("mutation {{ {field}({arguments}) {{ exportJobId }} }}");
    let data = client.data(&document, json!({})).await;
    data[field]["exportJobId"].as_str().unwrap().to_owned()
}

async fn poll(client: &Client, id: &str) -> Value {
    client.data(POLL, json!({"id": id})).await["generateExportDownloadPresignedUrl"].take()
}

/// Polls until there is a link and downloads it.
async fn download(client: &Client, field: &str, arguments: &str) -> Vec<u8> {
    let id = launch(client, field, arguments).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let reply = poll(client, &id).await;
        statuses.push(reply["status"].as_str().unwrap().to_owned());
        if let Some(link) = reply["downloadLink"].as_str() {
            assert_eq!(statuses, ["PENDING", "IN_PROGRESS", "COMPLETED"]);
            let response = client.http.get(link).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
            return response.bytes().await.unwrap().to_vec();
        }
    }
    panic!("{statuses:?}")
}

#[tokio::test]
async fn bills_of_materials_hold_what_they_are_asked_for() {
    let client = Client::start(100).await;
    let version = client.finitestate().main_asset_version_id();
    for (subtype, components, vulnerabilities) in [
        ("SBOM_ONLY", 20, 0),
        ("SBOM_WITH_VDR", 20, 88),
        ("VDR_ONLY", 0, 88),
    ] {
        let arguments = format!("cdxSubtype: {subtype}, assetVersionId: \"{version}\"");
        let body = download(&client, "launchCycloneDxExport", &arguments).await;
        let document: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(document["bomFormat"], "CycloneDX");
        let count = |list: &str| document[list].as_array().map_or(0, Vec::len);
        assert_eq!(
            (count("components"), count("vulnerabilities")),
            (components, vulnerabilities)
        );
    }
    let arguments = format!("spdxSubtype: SBOM_ONLY, assetVersionId: \"{version}\"");
    let body = download(&client, "launchSpdxExport", &arguments).await;
    let document: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(document["packages"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn reports_are_csv_and_pdf() {
    let client = Client::start(100).await;
    let version = client.finitestate().main_asset_version_id();
    let lines = async |field, arguments: String| {
        let body = download(&client, field, &arguments).await;
        String::from_utf8(body).unwrap().lines().count()
    };
    let arguments =
        |subtype| format!("artifactCsvSubtype: {subtype}, assetVersionId: \"{version}\"");
    assert_eq!(
        lines("launchArtifactCSVExport", arguments("ALL_FINDINGS")).await,
        101
    );
    assert_eq!(
        lines("launchArtifactCSVExport", arguments("ALL_COMPONENTS")).await,
        21
    );
    let exploited = lines("launchArtifactCSVExport", arguments("EXPLOIT_INTELLIGENCE")).await;
    assert!(exploited > 1 && exploited < 101, "{exploited}");
    let data = client
        .data("{ allProducts(first: 1) { id } }", json!({}))
        .await;
    let product = data["allProducts"][0]["id"].as_str().unwrap();
    let arguments = format!("productCsvSubtype: ALL_FINDINGS, productId: \"{product}\"");
    assert_eq!(
        lines("launchProductCSVExport", arguments).await,
        1 + 100 + 12 + 12
    );
    let arguments = format!("artifactPdfSubtype: RISK_SUMMARY, assetVersionId: \"{version}\"");
    let body = download(&client, "launchArtifactPdfExport", &arguments).await;
    assert!(body.starts_with(b"%PDF-1.4") && body.ends_with(b"%%EOF\n"));
}

#[tokio::test]
async fn export_fails_on_demand_and_an_expired_link_is_replaced() {
    let client = Client::start(10).await;
    let version = client.finitestate().main_asset_version_id();
    let arguments = format!("spdxSubtype: SBOM_ONLY, assetVersionId: \"{version}\"");
    client.finitestate().fail_next_job("out of space");
    let id = launch(&client, "launchSpdxExport", &arguments).await;
    let mut last = Value::Null;
    for _ in 0..3 {
        last = poll(&client, &id).await;
    }
    assert_eq!(last, json!({"status": "FAILED", "downloadLink": null}));
    let id = launch(&client, "launchSpdxExport", &arguments).await;
    for _ in 0..3 {
        last = poll(&client, &id).await;
    }
    client.finitestate().expire_links();
    let get = async |link: &Value| {
        client
            .http
            .get(link.as_str().unwrap())
            .send()
            .await
            .unwrap()
            .status()
    };
    assert_eq!(get(&last["downloadLink"]).await, StatusCode::FORBIDDEN);
    let fresh = poll(&client, &id).await;
    assert_eq!(get(&fresh["downloadLink"]).await, StatusCode::OK);
}
