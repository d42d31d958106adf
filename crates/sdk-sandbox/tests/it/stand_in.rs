//! A vendor made of nothing but a schema.

use reqwest::{Client, RequestBuilder};
use sdk_sandbox::{StandIn, TokenShape};
use serde_json::{Value, json};

const SCHEMA: &str = "
    type Query { ship: Ship! found: [Found] named: Named rows: [[Cell!]!]! }
    type Mutation { rename(name: String!): Ship }
    interface Named { name: String! }
    type Ship implements Named { name: String! kind: Kind at: DateTime tons: Float id: ID! afloat: Boolean }
    type Berth implements Named { name: String! number: Int }
    type Cell { next: [Cell!]! }
    union Found = Ship | Berth
    enum Kind { SLOOP BRIG }
    scalar DateTime
";

async fn body(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn token(vendor: &StandIn) -> String {
    let request = json!({
        "grant_type": "client_credentials",
        "client_id": vendor.client_id(),
        "client_secret": vendor.client_secret(),
    });
    let (_, answer) = body(Client::new().post(vendor.token_url()).json(&request)).await;
    answer["access_token"].as_str().unwrap().to_owned()
}

async fn ask(vendor: &StandIn, query: &str) -> Value {
    let token = token(vendor).await;
    let request = Client::new()
        .post(vendor.api_url())
        .bearer_auth(token)
        .json(&json!({"query": query}));
    body(request).await.1
}

#[tokio::test]
async fn every_type_has_a_value_that_fits_it() {
    let vendor = StandIn::start(SCHEMA, TokenShape::Json).await.unwrap();
    let query = "{ ship { name kind at tons id afloat } found { __typename ... on Berth { number } } named { name } }";
    let ship = json!({
        "name": "some name", "kind": "SLOOP", "at": "2026-01-02T03:04:05Z", "tons": 1.5, "id": "some id",
        "afloat": false,
    });
    let berth = json!({"__typename": "Berth", "number": 1});
    assert_eq!(
        ask(&vendor, query).await,
        json!({"data": {"ship": ship, "found": [berth, berth], "named": {"name": "some name"}}})
    );
    let renamed = ask(&vendor, "mutation { rename(name: \"x\") { name } }").await;
    assert_eq!(renamed["data"]["rename"]["name"], "some name");
}

#[tokio::test]
async fn what_is_not_valid_or_too_large_is_refused() {
    let vendor = StandIn::start(SCHEMA, TokenShape::Json).await.unwrap();
    let wrong = ask(&vendor, "{ boat { name } }").await;
    assert!(
        wrong["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("boat")
    );
    let deep = format!(
        "{{ rows {} {{ __typename }} {} }}",
        "{ next ".repeat(20),
        "}".repeat(20)
    );
    let large = ask(&vendor, &deep).await;
    assert!(
        large["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("too much"),
        "{large}"
    );
    let broken = StandIn::start("type Query { a: Missing }", TokenShape::Json).await;
    assert!(broken.unwrap_err().to_string().contains("Missing"));
}

#[tokio::test]
async fn each_shape_takes_its_own_token_request_alone() {
    let http = Client::new();
    let (id, secret) = ("sandbox+client%2B1", "sandbox%2Fsecret%2B%253A%3D51d8");
    let form = "application/x-www-form-urlencoded";
    let fields = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    for shape in [
        TokenShape::Basic,
        TokenShape::Form,
        TokenShape::Json,
        TokenShape::Query,
        TokenShape::App,
    ] {
        let vendor = StandIn::start(SCHEMA, shape).await.unwrap();
        let url = vendor.token_url();
        let json = json!({
            "grant_type": "client_credentials",
            "client_id": vendor.client_id(),
            "client_secret": vendor.client_secret(),
        });
        let basic = http.post(&url).basic_auth(id, Some(secret));
        let basic = basic
            .header("content-type", form)
            .body("grant_type=client_credentials");
        let in_form = http
            .post(&url)
            .header("content-type", form)
            .body(fields.clone());
        let query = http
            .post(format!("{url}?grant_type=client_credentials"))
            .basic_auth(vendor.client_id(), Some(vendor.client_secret()));
        let app = json!({"app_id": vendor.client_id(), "secret": vendor.client_secret()});
        let requests = [
            (TokenShape::Query, query),
            (TokenShape::App, http.post(&url).json(&app)),
            (TokenShape::Basic, basic),
            (TokenShape::Form, in_form),
            (TokenShape::Json, http.post(&url).json(&json)),
        ];
        for (of, request) in requests {
            let (status, answer) = body(request).await;
            assert_eq!(status == 200, of == shape, "{of:?} at {shape:?}: {answer}");
        }
        assert_eq!(vendor.counts().tokens_issued, 1);
        let (status, _) = body(
            http.post(vendor.api_url())
                .json(&json!({"query": "{ __typename }"})),
        )
        .await;
        assert_eq!(status, 401);
    }
}
