//! A client of one service at the sandbox, and the smallest operations.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use sdk_auth::{
    ApiAuth, AuthorizedHttp, BodyFormat, ClientAuth, Credentials, Http, HttpConfig, TokenEndpoint,
    TokenProvider,
};
use sdk_graphql::{GraphqlClient, Operation, OperationKind, Response, Service};
use sdk_sandbox::{FiniteState, Sandbox};

pub(crate) struct Setup {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: GraphqlClient,
}

impl Setup {
    /// A client with standard rules.
    pub(crate) async fn start() -> Self {
        Self::with(|service| service).await
    }

    /// A client with rules of the test's own.
    pub(crate) async fn with(rules: impl FnOnce(Service) -> Service) -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let client = client(sandbox.finitestate(), rules);
        Self { sandbox, client }
    }

    pub(crate) fn vendor(&self) -> &FiniteState {
        self.sandbox.finitestate()
    }
}

fn client(vendor: &FiniteState, rules: impl FnOnce(Service) -> Service) -> GraphqlClient {
    let http = Http::new(HttpConfig::new()).unwrap();
    let api_url = vendor.api_url().to_owned();
    let endpoint = TokenEndpoint::new(vendor.token_url().parse().unwrap())
        .body(BodyFormat::Json)
        .client_auth(ClientAuth::in_body())
        .audience(api_url);
    let credentials = Credentials::client(vendor.client_id(), vendor.client_secret());
    let tokens = TokenProvider::new(http.clone(), endpoint, credentials).unwrap();
    let http = AuthorizedHttp::new(http, tokens, ApiAuth::bearer());
    let organization = HeaderValue::from_str(vendor.organization_context()).unwrap();
    let header = HeaderName::from_static("organization-context");
    let service = Service::new("things", vendor.api_url().parse().unwrap())
        .headers(HeaderMap::from_iter([(header, organization)]));
    GraphqlClient::new(http, vec![rules(service)], Duration::from_secs(10)).unwrap()
}

/// Gets one group.
pub(crate) struct FirstGroup;

#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
pub(crate) struct Groups {
    #[serde(rename = "allGroups")]
    pub(crate) groups: Vec<Group>,
}

#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
pub(crate) struct Group {
    pub(crate) id: String,
}

impl Operation for FirstGroup {
    type Data = Groups;

    fn name(&self) -> &'static str {
        "FirstGroup"
    }

    fn document(&self) -> &'static str {
        "query FirstGroup { allGroups(first: 1) { id } }"
    }

    fn kind(&self) -> OperationKind {
        OperationKind::Query
    }

    fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&serde_json::json!({
            "query": self.document(), "operationName": self.name(), "variables": {},
        }))
    }

    fn decode(body: &[u8]) -> Result<Response<Groups>, serde_json::Error> {
        serde_json::from_slice(body)
    }
}

/// Creates a product.
pub(crate) struct Create;

#[derive(Debug, serde::Deserialize)]
pub(crate) struct Created {
    #[serde(rename = "createProduct")]
    pub(crate) product: Group,
}

impl Operation for Create {
    type Data = Created;

    fn name(&self) -> &'static str {
        "Create"
    }

    fn document(&self) -> &'static str {
        r#"mutation Create { createProduct(input: {name: "one of a kind"}) { id } }"#
    }

    fn kind(&self) -> OperationKind {
        OperationKind::Mutation
    }

    fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&serde_json::json!({
            "query": self.document(), "operationName": self.name(), "variables": {},
        }))
    }

    fn decode(body: &[u8]) -> Result<Response<Created>, serde_json::Error> {
        serde_json::from_slice(body)
    }
}

/// An operation for a service that the client does not have.
pub(crate) struct Elsewhere;

impl Operation for Elsewhere {
    type Data = Groups;

    fn name(&self) -> &'static str {
        "Elsewhere"
    }

    fn document(&self) -> &'static str {
        "query Elsewhere { a }"
    }

    fn kind(&self) -> OperationKind {
        OperationKind::Query
    }

    fn service(&self) -> &'static str {
        "elsewhere"
    }

    fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        Ok(Vec::new())
    }

    fn decode(body: &[u8]) -> Result<Response<Groups>, serde_json::Error> {
        serde_json::from_slice(body)
    }
}
