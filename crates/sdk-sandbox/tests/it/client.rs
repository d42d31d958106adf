//! A client written from the vendor's pages "Authentication" and "Pagination" alone.

use reqwest::{Response, StatusCode};
use sdk_sandbox::{FiniteState, Sandbox};
use serde_json::{Value, json};

pub(crate) struct Client {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: reqwest::Client,
    token: String,
}

impl Client {
    pub(crate) async fn start(items: usize) -> Self {
        Self::connect(Sandbox::builder().items(items).start().await.unwrap()).await
    }

    pub(crate) async fn connect(sandbox: Sandbox) -> Self {
        let http = reqwest::Client::new();
        let response = ask_token(
            &http,
            sandbox.finitestate(),
            token_request(sandbox.finitestate()),
        )
        .await;
        assert_eq!(response.status(), StatusCode::OK);
        let body: Value = response.json().await.unwrap();
        let token = body["access_token"].as_str().unwrap().to_owned();
        Self {
            sandbox,
            http,
            token,
        }
    }

    pub(crate) fn finitestate(&self) -> &FiniteState {
        self.sandbox.finitestate()
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Sends a request with the right headers.
    pub(crate) async fn post(&self, body: &Value) -> Response {
        self.request().json(body).send().await.unwrap()
    }

    pub(crate) fn request(&self) -> reqwest::RequestBuilder {
        let finitestate = self.sandbox.finitestate();
        self.http
            .post(finitestate.api_url())
            .bearer_auth(&self.token)
            .header("Organization-Context", finitestate.organization_context())
    }

    /// Executes a document and gives the whole response.
    pub(crate) async fn execute(&self, query: &str, variables: Value) -> Value {
        let response = self
            .post(&json!({"query": query, "variables": variables}))
            .await;
        assert_eq!(response.status(), StatusCode::OK);
        response.json().await.unwrap()
    }

    /// Executes a document that must not fail, and gives its data.
    pub(crate) async fn data(&self, query: &str, variables: Value) -> Value {
        let mut response = self.execute(query, variables).await;
        assert_eq!(response.get("errors"), None, "{query}");
        response["data"].take()
    }

    /// Executes a document that must fail, and gives the first error.
    pub(crate) async fn error(&self, query: &str, variables: Value) -> Value {
        let response = self.execute(query, variables).await;
        response["errors"][0].clone()
    }
}

pub(crate) fn token_request(finitestate: &FiniteState) -> Value {
    json!({
        "client_id": finitestate.client_id(),
        "client_secret": finitestate.client_secret(),
        "audience": finitestate.api_url(),
        "grant_type": "client_credentials",
    })
}

pub(crate) async fn ask_token(
    http: &reqwest::Client,
    finitestate: &FiniteState,
    body: Value,
) -> Response {
    http.post(finitestate.token_url())
        .json(&body)
        .send()
        .await
        .unwrap()
}
