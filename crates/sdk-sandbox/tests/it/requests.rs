//! Requests that are odd, wrong or hostile, and introspection.

use reqwest::StatusCode;
use sdk_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::client::Client;

#[tokio::test]
async fn graphql_failures_are_http_200_with_errors() {
    let client = Client::start(5).await;
    let cases = [
        ("{ allFindings { nonsense } }", json!({}), "nonsense"),
        ("{ allFindings(first: 1", json!({}), "expected"),
        (
            "query Q($first: Int!) { allFindings(first: $first) { id } }",
            json!({}),
            "first",
        ),
        (
            "query Q($first: Int) { allFindings(first: $first) { id } }",
            json!({"first": "x"}),
            "first",
        ),
        (
            "query Q($f: FindingFilter) { allFindings(filter: $f) { id } }",
            json!({"f": {"no": 1}}),
            "no",
        ),
        (
            "query A { __typename } query B { __typename }",
            json!({}),
            "operation",
        ),
        (
            "{ allFindings(orderBy: [color_ASC]) { id } }",
            json!({}),
            "color_ASC",
        ),
        ("subscription { x }", json!({}), "subscription"),
        ("", json!({}), ""),
    ];
    for (query, variables, word) in cases {
        let response = client.execute(query, variables).await;
        let message = response["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(word), "{query}: {message}");
        assert_eq!(response.get("data"), None, "{query}");
    }
}

#[tokio::test]
async fn body_that_is_no_request_is_a_bad_request() {
    let client = Client::start(5).await;
    for body in [
        "",
        "nonsense",
        "[]",
        "{}",
        r#"{"query": 1}"#,
        r#"{"query": "{a}", "variables": []}"#,
    ] {
        let response = client.request().body(body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{body}");
    }
    let get = client
        .http
        .get(client.finitestate().api_url())
        .send()
        .await
        .unwrap();
    assert_eq!(get.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn body_beyond_the_limit_is_refused() {
    let client = Client::start(5).await;
    let body = vec![b' '; 9 * 1024 * 1024];
    let response = client.request().body(body).send().await;
    // The server may close the connection before the client has sent everything.
    if let Ok(response) = response {
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
    client.data("{ allProducts { id } }", json!({})).await;
}

#[tokio::test]
async fn deep_documents_are_refused() {
    let client = Client::start(5).await;
    let deep = format!(
        "{{ allProducts {}{{ id }}{} }}",
        "{ children ".repeat(40),
        "}".repeat(40)
    );
    let error = client.error(&deep, json!({})).await;
    assert_eq!(
        error["message"],
        "the document nests more than 24 levels of selections"
    );
    let deeper = format!(
        "{{ allProducts {}{{ id }}{} }}",
        "{ children ".repeat(4000),
        "}".repeat(4000)
    );
    assert!(client.error(&deeper, json!({})).await["message"].is_string());
    let mut filter = json!({});
    for _ in 0..50 {
        filter = json!({"AND": [filter]});
    }
    let document = "query Q($filter: FindingFilter) { allFindings(filter: $filter) { id } }";
    assert!(
        client
            .execute(document, json!({"filter": filter}))
            .await
            .is_object()
    );
}

#[tokio::test]
async fn fragments_that_multiply_cost_no_time() {
    let client = Client::start(5).await;
    let spread = |number: usize| format!("... F{number} ").repeat(20);
    let fragment = |number: usize| {
        format!(
            "fragment F{number} on Product {{ {} }}\n",
            spread(number + 1)
        )
    };
    let mut document: String = (0..100).map(fragment).collect();
    document.push_str("fragment F100 on Product { id }\n{ allProducts(first: 1) { ... F0 } }");
    let response = client.execute(&document, json!({})).await;
    assert!(response["data"]["allProducts"][0]["id"].is_string() || response["errors"].is_array());
    let chain =
        |number: usize| format!("fragment F{number} on Product {{ ... F{} }}\n", number + 1);
    let mut document: String = (0..2000).map(chain).collect();
    document.push_str("fragment F2000 on Product { id }\n{ allProducts(first: 1) { ... F0 } }");
    let response = client.execute(&document, json!({})).await;
    assert!(response["data"]["allProducts"][0]["id"].is_string() || response["errors"].is_array());
}

#[tokio::test]
async fn request_for_too_much_ends_with_few_errors() {
    let sandbox = Sandbox::builder()
        .items(50)
        .max_fields(2_000)
        .start()
        .await
        .unwrap();
    let client = Client::connect(sandbox).await;
    let document = "{ allFindings { title assetVersion { findings { title assetVersion { findings { title } } } } } }";
    let response = client.execute(document, json!({})).await;
    let errors = response["errors"].as_array().unwrap();
    assert!(errors.len() < 100, "{}", errors.len());
    assert_eq!(
        errors[0]["message"],
        "the request asks for too much at once"
    );
    let instances = "{ allLicenses { instances { name licenses { instances { name } } } } }";
    let response = client.execute(instances, json!({})).await;
    assert!(response["errors"].as_array().unwrap().len() < 100);
    client
        .data("{ allFindings(first: 50) { title } }", json!({}))
        .await;
}

#[tokio::test]
async fn endless_token_lifetime_is_no_trouble() {
    let sandbox = Sandbox::builder()
        .token_ttl(std::time::Duration::MAX)
        .start()
        .await
        .unwrap();
    Client::connect(sandbox)
        .await
        .data("{ allGroups { name } }", json!({}))
        .await;
}

#[tokio::test]
async fn deepest_document_that_is_let_in_is_answered() {
    let client = Client::start(5).await;
    let levels = "{ asset { defaultVersion ".repeat(11);
    let document = format!(
        "{{ allAssetVersions(first: 1) {levels} {{ id }} {} }}",
        "} }".repeat(11)
    );
    let data = client.data(&document, json!({})).await;
    assert!(data["allAssetVersions"][0]["asset"]["defaultVersion"]["asset"].is_object());
}

#[tokio::test]
async fn sandbox_without_items_still_has_an_inventory() {
    let client = Client::start(0).await;
    let id = client.finitestate().main_asset_version_id();
    let document =
        "query Q($id: ID) { AssetVersion(id: $id) { findings { id } products { name } } }";
    let data = client.data(document, json!({"id": id})).await;
    let expected = json!({"findings": [], "products": [{"name": "R7 Home Router"}]});
    assert_eq!(data["AssetVersion"], expected);
}

#[tokio::test]
async fn named_operation_is_chosen_and_fragments_are_merged() {
    let client = Client::start(5).await;
    let query = "query A { allProducts(first: 1) { ...P id } } query B { allGroups { name } }
                 fragment P on Product { name ... on Product { group { name } } __typename }";
    let body = json!({"query": query, "operationName": "A", "variables": null});
    let response: Value = client.post(&body).await.json().await.unwrap();
    let product = &response["data"]["allProducts"][0];
    assert_eq!(product["__typename"], "Product");
    assert!(product["name"].is_string() && product["group"]["name"].is_string());
}

#[tokio::test]
async fn object_is_found_by_text_and_by_number_and_absent_is_null() {
    let client = Client::start(5).await;
    let id = client.finitestate().main_asset_version_id();
    let document = format!(
        "{{ text: AssetVersion(id: \"{id}\") {{ id }} none: AssetVersion(id: \"1690\") {{ id }}
            number: Finding(id: 1690) {{ id }} other: Finding(id: \"{id}\") {{ id }} }}"
    );
    let data = client.data(&document, json!({})).await;
    assert_eq!(
        data,
        json!({"text": {"id": id}, "none": null, "number": null, "other": null})
    );
}

#[tokio::test]
async fn introspection_gives_the_checked_in_schema() {
    let client = Client::start(5).await;
    let document = "{ __schema { queryType { name } mutationType { name } types { name fields(includeDeprecated: true) { name isDeprecated } } } }";
    let data = client.data(document, json!({})).await;
    assert_eq!(data["__schema"]["mutationType"]["name"], "Mutation");
    let types = data["__schema"]["types"].as_array().unwrap();
    let mutation = types
        .iter()
        .find(|item| item["name"] == "Mutation")
        .unwrap();
    let fields = mutation["fields"].as_array().unwrap();
    let deprecated = fields.iter().filter(|field| field["isDeprecated"] == true);
    assert!(deprecated.count() >= 5);
}

#[tokio::test]
async fn data_is_the_same_in_every_sandbox() {
    let query = "{ allFindings(first: 50) { _cursor _revision id title cves { cveId } linkedFindingHash } }";
    let one = Client::start(50).await.data(query, json!({})).await;
    let two = Client::start(50).await.data(query, json!({})).await;
    assert_eq!(one, two);
}
