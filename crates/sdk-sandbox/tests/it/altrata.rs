//! Altrata seen from outside, by a plain HTTP client that follows the vendor's public documentation.

use reqwest::{Client, Response, StatusCode};
use sdk_sandbox::{Altrata, Sandbox};
use serde_json::{Value, json};

async fn ask_token(http: &Client, altrata: &Altrata) -> Response {
    http.post(format!(
        "{}?grant_type=client_credentials",
        altrata.token_url()
    ))
    .basic_auth(altrata.username(), Some(altrata.password()))
    .header("x-api-key", altrata.api_key())
    .send()
    .await
    .unwrap()
}

async fn token(http: &Client, altrata: &Altrata) -> String {
    let response = ask_token(http, altrata).await;
    assert_eq!(response.status(), StatusCode::OK);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["expires_in"], 28_800);
    assert_eq!(body["token_type"], "Bearer");
    body["access_token"].as_str().unwrap().to_owned()
}

async fn post(http: &Client, altrata: &Altrata, url: &str, token: &str, query: &str) -> Response {
    http.post(url)
        .bearer_auth(token)
        .header("x-api-key", altrata.api_key())
        .json(&json!({"query": query}))
        .send()
        .await
        .unwrap()
}

async fn execute(http: &Client, altrata: &Altrata, url: &str, query: &str) -> Value {
    let token = token(http, altrata).await;
    let response = post(http, altrata, url, &token, query).await;
    assert_eq!(response.status(), StatusCode::OK, "{query}");
    response.json().await.unwrap()
}

#[tokio::test]
async fn a_new_altrata_token_ends_the_one_before_for_every_service() {
    let sandbox = Sandbox::start().await.unwrap();
    let (altrata, http) = (sandbox.altrata(), Client::new());
    let first = token(&http, altrata).await;
    let second = token(&http, altrata).await;
    let query = "{ __typename }";
    for (url, refused) in [
        (altrata.profile_url(), StatusCode::UNAUTHORIZED),
        (altrata.matching_url(), StatusCode::UNAUTHORIZED),
        (altrata.events_url(), StatusCode::OK),
        (altrata.relationships_url(), StatusCode::UNAUTHORIZED),
    ] {
        let answer = post(&http, altrata, url, &first, query).await;
        assert_eq!(answer.status(), refused, "{url}");
        let body: Value = answer.json().await.unwrap();
        assert!(body.get("data").is_none_or(Value::is_null), "{body}");
        let answer = post(&http, altrata, url, &second, query).await;
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["data"]["__typename"], "Query", "{url}");
    }
    assert_eq!(altrata.counts().tokens_issued, 2);
}

#[tokio::test]
async fn an_altrata_token_request_needs_its_key_its_query_and_no_body() {
    let sandbox = Sandbox::start().await.unwrap();
    let (altrata, http) = (sandbox.altrata(), Client::new());
    let good = format!("{}?grant_type=client_credentials", altrata.token_url());
    let request = |url: &str, password: &str| {
        http.post(url)
            .basic_auth(altrata.username(), Some(password))
    };
    let key = altrata.api_key();
    for (request, status) in [
        (request(&good, altrata.password()), 403),
        (
            request(&good, altrata.password()).header("x-api-key", "wrong"),
            403,
        ),
        (request(&good, "wrong").header("x-api-key", key), 401),
        (
            request(altrata.token_url(), altrata.password()).header("x-api-key", key),
            400,
        ),
        (
            request(&good, altrata.password())
                .header("x-api-key", key)
                .body("a=b"),
            400,
        ),
    ] {
        assert_eq!(request.send().await.unwrap().status(), status);
    }
    assert_eq!(altrata.counts().tokens_issued, 0);
}

#[tokio::test]
async fn altrata_services_answer_callers_without_a_token_each_in_its_way() {
    let sandbox = Sandbox::start().await.unwrap();
    let (altrata, http) = (sandbox.altrata(), Client::new());
    for (url, status, kind) in [
        (altrata.profile_url(), 401, Value::Null),
        (altrata.matching_url(), 403, Value::Null),
        (altrata.events_url(), 403, Value::Null),
        (
            altrata.relationships_url(),
            401,
            json!("UnauthorizedException"),
        ),
    ] {
        let answer = http
            .post(url)
            .json(&json!({"query": "{ __typename }"}))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), status, "{url}");
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["errorType"], kind, "{url}");
    }
}

#[tokio::test]
async fn altrata_refuses_named_fragments_and_takes_inline_ones() {
    let sandbox = Sandbox::start().await.unwrap();
    let (altrata, http) = (sandbox.altrata(), Client::new());
    let named =
        "query A { personIdSearch(id: \"1-per-4000000\") { ...P } } fragment P on Person { id }";
    let body = execute(&http, altrata, altrata.profile_url(), named).await;
    assert_eq!(body["errors"][0]["errorType"], "GenericError");
    assert_eq!(body["data"], Value::Null);
    let inline = "{ personIdSearch(id: \"1-per-4000000\") { __typename ... on Person { id } } }";
    let body = execute(&http, altrata, altrata.profile_url(), inline).await;
    assert_eq!(body["data"]["personIdSearch"]["id"], "1-per-4000000");
}

#[tokio::test]
async fn altrata_errors_have_their_kind_beside_the_message() {
    let sandbox = Sandbox::start().await.unwrap();
    let (altrata, http) = (sandbox.altrata(), Client::new());
    for (query, kind, has_data) in [
        (
            "{ debug { permissionDeniedExample } }",
            "unauthorized",
            true,
        ),
        ("{ debug { deprecatedExample } }", "DEPRECATED", true),
        ("{ noSuchField }", "ValidationError", false),
    ] {
        let body = execute(&http, altrata, altrata.profile_url(), query).await;
        let error = &body["errors"][0];
        assert_eq!(error["errorType"], kind, "{body}");
        assert!(error["message"].is_string() && error.get("extensions").is_none());
        assert_eq!(body["data"].is_object(), has_data, "{body}");
    }
}

#[tokio::test]
async fn altrata_enforces_its_rates_on_demand_each_service_its_own() {
    let sandbox = Sandbox::start().await.unwrap();
    let (altrata, http) = (sandbox.altrata(), Client::new());
    let token = token(&http, altrata).await;
    let ask = async |url: &str| post(&http, altrata, url, &token, "{ __typename }").await;
    altrata.enforce_rates(true);
    for _ in 0..2 {
        assert_eq!(ask(altrata.profile_url()).await.status(), StatusCode::OK);
    }
    let refused = ask(altrata.profile_url()).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["message"], "Too Many Requests");
    assert_eq!(ask(altrata.events_url()).await.status(), StatusCode::OK);
    altrata.enforce_rates(false);
    assert_eq!(ask(altrata.profile_url()).await.status(), StatusCode::OK);
    altrata.spend_quota(true);
    let refused = ask(altrata.profile_url()).await;
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["message"], "Limit Exceeded");
}

#[tokio::test]
async fn a_matching_job_ordered_to_fail_says_so_at_its_end_and_has_no_results() {
    let sandbox = Sandbox::builder()
        .looks_until_done(1)
        .start()
        .await
        .unwrap();
    let (altrata, http) = (sandbox.altrata(), Client::new());
    let url = altrata.matching_url();
    let back_door = format!("{}/fail-next-job", altrata.back_door_url());
    let order = http
        .post(back_door)
        .json(&json!({"message": "out of luck"}));
    assert_eq!(order.send().await.unwrap().status(), StatusCode::OK);
    for (record, end) in [("1", "Matching Failed"), ("2", "Matched Results Available")] {
        let submit = format!(
            "mutation {{ personsMatch(persons: [{{clientSuppliedId: \"{record}\", altrataId: \"1-per-4000000\"}}])
            {{ ... on RequestResponse {{ requestId }} }} }}"
        );
        let body = execute(&http, altrata, url, &submit).await;
        let id = body["data"]["personsMatch"]["requestId"]
            .as_str()
            .unwrap()
            .to_owned();
        let look = format!(
            "{{ requestStatus(input: {{requestId: \"{id}\"}})
            {{ ... on StatusDescription {{ status description }} }} }}"
        );
        let mut states = Vec::new();
        for _ in 0..2 {
            let body = execute(&http, altrata, url, &look).await;
            states.push(body["data"]["requestStatus"]["status"].clone());
        }
        assert_eq!(states, ["Matching Started", end]);
        let results =
            format!("{{ personUniqueMatches(input: {{requestId: \"{id}\"}}) {{ __typename }} }}");
        let body = execute(&http, altrata, url, &results).await;
        let kind = &body["data"]["personUniqueMatches"]["__typename"];
        let failed = end == "Matching Failed";
        assert_eq!(kind == "ValidationError", failed, "{body}");
    }
    assert_eq!(altrata.jobs_started(), 2);
}
