//! Mutations, and what later queries see of them.

use serde_json::{Value, json};

use crate::client::Client;

const UPDATE: &str =
    "mutation Update($ids: [ID!]!, $input: UpdateFindingStatusesInput!, $user: ID!) {
    updateFindingsStatuses(ids: $ids, updateStatusInput: $input, userId: $user) { ids }
}";

const STATUS: &str = "query Status($id: ID) {
    Finding(id: $id) { currentStatus { status justification responses comment updatedBy { email } } statuses { status } updatedAt }
}";

async fn first(client: &Client, list: &str, selection: &str) -> Value {
    let mut data = client
        .data(&format!("{{ {list}(first: 1) {selection} }}"), json!({}))
        .await;
    data[list][0].take()
}

async fn id(client: &Client, list: &str) -> String {
    first(client, list, "{ id }").await["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn finding_status_is_read_back_after_its_update() {
    let client = Client::start(20).await;
    let (finding, user) = (
        id(&client, "allFindings").await,
        id(&client, "allUsers").await,
    );
    let input = json!({"status": "AFFECTED", "responses": "UPDATE_REQUIRED", "comment": "in 2.1"});
    let data = client
        .data(
            UPDATE,
            json!({"ids": [finding], "input": input, "user": user}),
        )
        .await;
    assert_eq!(data["updateFindingsStatuses"]["ids"], json!([finding]));
    let input = json!({"status": "NOT_AFFECTED", "justification": "COMPONENT_NOT_PRESENT"});
    client
        .data(
            UPDATE,
            json!({"ids": [finding], "input": input, "user": user}),
        )
        .await;
    let data = client.data(STATUS, json!({"id": finding})).await;
    let current = &data["Finding"]["currentStatus"];
    assert_eq!(current["status"], "NOT_AFFECTED");
    assert_eq!(current["justification"], "COMPONENT_NOT_PRESENT");
    assert_eq!(current["updatedBy"]["email"], "amal.haddad@acme.example");
    let statuses = json!([{"status": "AFFECTED"}, {"status": "NOT_AFFECTED"}]);
    assert_eq!(data["Finding"]["statuses"], statuses);
    let filter = json!({"id": finding, "currentStatus": {"status": "NOT_AFFECTED"}});
    let count =
        "query Count($filter: FindingFilter) { _allFindingsMeta(filter: $filter) { count } }";
    assert_eq!(
        client.data(count, json!({"filter": filter})).await["_allFindingsMeta"]["count"],
        1
    );
}

#[tokio::test]
async fn wrong_status_updates_change_nothing() {
    let client = Client::start(20).await;
    let (finding, user) = (
        id(&client, "allFindings").await,
        id(&client, "allUsers").await,
    );
    let before = client.data(STATUS, json!({"id": finding})).await;
    let affected = json!({"status": "AFFECTED", "justification": "COMPONENT_NOT_PRESENT"});
    let not_affected = json!({"status": "NOT_AFFECTED", "responses": ["WILL_NOT_FIX"]});
    let fixed = json!({"status": "FIXED"});
    let cases = [
        (json!([finding]), &affected, user.as_str(), Value::Null),
        (json!([finding]), &not_affected, user.as_str(), Value::Null),
        (json!([finding]), &json!({}), user.as_str(), Value::Null),
        (
            json!([finding, "1690"]),
            &fixed,
            user.as_str(),
            json!("NOT_FOUND"),
        ),
        (json!([finding]), &fixed, "1690", json!("NOT_FOUND")),
    ];
    for (ids, input, user, code) in cases {
        let error = client
            .error(UPDATE, json!({"ids": ids, "input": input, "user": user}))
            .await;
        assert!(error["message"].is_string(), "{input}");
        assert_eq!(error["extensions"]["code"], code, "{input}");
    }
    assert_eq!(client.data(STATUS, json!({"id": finding})).await, before);
}

#[tokio::test]
async fn created_chain_is_linked_from_product_to_test() {
    let client = Client::start(20).await;
    let (user, group) = (
        id(&client, "allUsers").await,
        id(&client, "allGroups").await,
    );
    let input = json!({
        "name": "Kettle", "group": group, "createdBy": user, "createVendor": {"name": "Dune"},
        "ctx": {"businessUnit": group},
    });
    let document = "mutation P($input: CreateProductInput!) { createProduct(input: $input) { id name vendor { name } group { id } createdBy { id } } }";
    let product = client.data(document, json!({"input": input})).await["createProduct"].take();
    assert_eq!(product["vendor"]["name"], "Dune");
    let document = "mutation A($input: CreateAssetInput!) { createAsset(input: $input) { id ctx { asset products businessUnits } } }";
    let input = json!({
        "name": "Kettle Firmware", "group": group, "createdBy": user,
        "ctx": {"products": product["id"], "businessUnits": [group]},
    });
    let asset = client.data(document, json!({"input": input})).await["createAsset"].take();
    assert_eq!(
        asset["ctx"],
        json!({"asset": asset["id"], "products": [product["id"]], "businessUnits": [group]})
    );
    let document = "mutation V($name: String!, $asset: ID!, $user: ID, $product: ID) {
        createNewAssetVersionOnAsset(assetVersionName: $name, assetId: $asset, createdByUserId: $user, productId: $product) {
            id assetVersion { id name asset { id } group { id } products { id } }
        }
    }";
    let variables =
        json!({"name": "1.0", "asset": asset["id"], "user": user, "product": product["id"]});
    let made = client.data(document, variables).await["createNewAssetVersionOnAsset"].take();
    let version = &made["assetVersion"];
    assert_eq!(version["products"], json!([{"id": product["id"]}]));
    assert_eq!(version["group"]["id"], group.as_str());
    let document = "mutation F($input: CreateArtifactInput!) { createArtifact(input: $input) { id assetVersion { id } } }";
    let input = json!({"name": "Kettle 1.0 - Firmware Binary", "createdBy": user, "assetVersion": version["id"], "ctx": {"asset": version["id"]}});
    let artifact = client.data(document, json!({"input": input})).await["createArtifact"].take();
    let document = "mutation T($input: CreateTestInput!) { createTest(input: $input) { id tools { name } uploadMethod artifactUnderTest { assetVersion { asset { name } } } state { status } } }";
    let input = json!({
        "name": "Kettle 1.0", "createdBy": user, "artifactUnderTest": artifact["id"],
        "testResultFileFormat": "finite_state_binary_analysis", "uploadMethod": "API",
        "tools": [{"name": "Finite State Binary Analysis", "description": "x"}],
    });
    let test = client.data(document, json!({"input": input})).await["createTest"].take();
    assert_eq!(
        test["artifactUnderTest"]["assetVersion"]["asset"]["name"],
        "Kettle Firmware"
    );
    assert_eq!(
        (test["uploadMethod"].as_str(), &test["state"]),
        (Some("API"), &Value::Null)
    );
    let document = "query P($filter: ProductFilter) { allProducts(filter: $filter) { assets { name asset { defaultVersion { name } versions { name } } } } }";
    let data = client
        .data(document, json!({"filter": {"name": "Kettle"}}))
        .await;
    let expected = json!({"name": "1.0", "asset": {"defaultVersion": {"name": "1.0"}, "versions": [{"name": "1.0"}]}});
    assert_eq!(data["allProducts"], json!([{"assets": [expected]}]));
}

#[tokio::test]
async fn older_way_to_a_version_leaves_the_default_to_update_asset() {
    let client = Client::start(20).await;
    let asset = id(&client, "allAssets").await;
    let document =
        "mutation V($input: CreateAssetVersionInput!) { createAssetVersion(input: $input) { id } }";
    let data = client
        .data(document, json!({"input": {"name": "9.9", "asset": asset}}))
        .await;
    let version = data["createAssetVersion"]["id"].clone();
    let read =
        "query A($id: ID) { Asset(id: $id) { defaultVersion { id } _versionsMeta { count } } }";
    let before = client.data(read, json!({"id": asset})).await;
    assert_ne!(before["Asset"]["defaultVersion"]["id"], version);
    let document = "mutation U($input: UpdateAssetInput!) { updateAsset(input: $input) { defaultVersion { id } } }";
    client
        .data(
            document,
            json!({"input": {"id": asset, "defaultVersion": version}}),
        )
        .await;
    let after = client.data(read, json!({"id": asset})).await;
    assert_eq!(after["Asset"]["defaultVersion"]["id"], version);
    assert_eq!(after["Asset"]["_versionsMeta"]["count"], 4);
}

#[tokio::test]
async fn ids_that_name_nothing_are_not_found() {
    let client = Client::start(20).await;
    let cases = [
        "mutation { createArtifact(input: {name: \"x\", assetVersion: \"1\"}) { id } }",
        "mutation { createTest(input: {name: \"x\", artifactUnderTest: 1}) { id } }",
        "mutation { createProduct(input: {name: \"x\", group: \"1\"}) { id } }",
        "mutation { createAsset(input: {name: \"x\", createdBy: \"1\"}) { id } }",
        "mutation { createNewAssetVersionOnAsset(assetVersionName: \"x\", assetId: \"1\") { id } }",
        "mutation { updateAsset(input: {id: \"1\"}) { id } }",
        "mutation { launchSpdxExport(spdxSubtype: SBOM_ONLY, assetVersionId: \"1\") { exportJobId } }",
        "mutation { startMultipartUploadV2(testId: \"1\") { key } }",
        "query { generateExportDownloadPresignedUrl(exportId: \"1\") { status } }",
    ];
    for document in cases {
        assert_eq!(
            client.error(document, json!({})).await["extensions"]["code"],
            "NOT_FOUND",
            "{document}"
        );
    }
}

#[tokio::test]
async fn fields_of_one_mutation_happen_in_order() {
    let client = Client::start(20).await;
    let document = "mutation { a: createProduct(input: {name: \"A\"}) { id } b: createProduct(input: {name: \"B\"}) { id } }";
    let data = client.data(document, json!({})).await;
    let number = |alias: &str| data[alias]["id"].as_str().unwrap().parse::<u64>().unwrap();
    assert_eq!(number("b"), number("a") + 1);
}
