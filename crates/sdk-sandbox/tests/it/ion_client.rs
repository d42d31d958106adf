//! A client written from ION's pages "Access tokens" and "Pagination" alone.

use reqwest::{Response, StatusCode};
use sdk_sandbox::{Ion, Sandbox};
use serde_json::{Value, json};

pub(crate) struct Client {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: reqwest::Client,
    token: String,
}

impl Client {
    pub(crate) async fn start(items: usize) -> Self {
        let sandbox = Sandbox::builder().items(items).start().await.unwrap();
        let http = reqwest::Client::new();
        let form = token_form(sandbox.ion());
        let response = ask_token(&http, &sandbox.ion().token_url(), &form).await;
        assert_eq!(response.status(), StatusCode::OK);
        let body: Value = response.json().await.unwrap();
        let token = body["access_token"].as_str().unwrap().to_owned();
        Self {
            sandbox,
            http,
            token,
        }
    }

    pub(crate) fn ion(&self) -> &Ion {
        self.sandbox.ion()
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Sends a document with the whole value of the `Authorization` header.
    pub(crate) async fn post_as(&self, authorization: &str, body: &Value) -> Response {
        let request = self.http.post(self.ion().api_url()).json(body);
        let request = request.header("Authorization", authorization);
        request.send().await.unwrap()
    }

    /// Executes a document and gives the whole response.
    pub(crate) async fn execute(&self, query: &str, variables: Value) -> Value {
        let body = json!({"query": query, "variables": variables});
        let response = self.post_as(&format!("Bearer {}", self.token), &body).await;
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

/// The fields of a token request as the vendor's command line example sends them.
pub(crate) fn token_form(ion: &Ion) -> Vec<(&'static str, String)> {
    vec![
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", ion.client_id().to_owned()),
        ("client_secret", ion.client_secret().to_owned()),
    ]
}

pub(crate) async fn ask_token(
    http: &reqwest::Client,
    url: &str,
    form: &[(&str, String)],
) -> Response {
    // Of these values only an audience has characters that a form escapes.
    let pairs: Vec<_> = form
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace(':', "%3A").replace('/', "%2F")))
        .collect();
    http.post(url)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(pairs.join("&"))
        .send()
        .await
        .unwrap()
}
