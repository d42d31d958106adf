//! What goes over the wire, as the sandbox saw it.

use finitestate::{
    Derived,
    queries::ListFindings,
    types::{FindingFilter, FindingOrderBy, FindingSeverity},
};
use sdk_sandbox::{Endpoint, Recorded};

use crate::setup::Setup;

/// Requests without what differs from run to run.
fn stable(requests: Vec<Recorded>) -> Vec<Recorded> {
    requests
        .into_iter()
        .map(|mut request| {
            request.headers.remove("host");
            request.headers.remove("content-length");
            if let Some(agent) = request.headers.get_mut("user-agent") {
                *agent = "[product/version]".to_owned();
            }
            request
        })
        .collect()
}

#[tokio::test]
async fn a_token_request_and_an_operation() {
    let setup = Setup::start().await;
    let filter = FindingFilter::new()
        .severity_in([FindingSeverity::Critical, FindingSeverity::High])
        .merged_finding_ref_id(None);
    let list = ListFindings::new()
        .filter(filter)
        .order_by([FindingOrderBy::TitleAsc])
        .first(5);
    setup.client.execute(list).await.unwrap();
    let requests = stable(setup.vendor().requests());
    insta::assert_json_snapshot!(requests);
}

/// What `#[derive(graphql_client::GraphQLQuery)]` writes for a query of a user's own.
struct FirstGroup;

#[derive(Debug, serde::Deserialize)]
struct FirstGroupData {
    #[serde(rename = "allGroups")]
    groups: Vec<Group>,
}

#[derive(Debug, serde::Deserialize)]
struct Group {
    name: String,
}

impl graphql_client::GraphQLQuery for FirstGroup {
    type Variables = ();
    type ResponseData = FirstGroupData;

    fn build_query(variables: ()) -> graphql_client::QueryBody<()> {
        graphql_client::QueryBody {
            variables,
            query: "query FirstGroup { allGroups(first: 1) { name } }",
            operation_name: "FirstGroup",
        }
    }
}

#[tokio::test]
async fn an_operation_derived_with_graphql_client_runs_through_the_same_client() {
    let setup = Setup::start().await;
    let data = setup
        .client
        .execute(Derived::<FirstGroup>::new(()))
        .await
        .unwrap();
    assert_eq!(data.groups.len(), 1);
    assert!(!data.groups[0].name.is_empty());
    let api: Vec<_> = setup
        .vendor()
        .requests()
        .into_iter()
        .filter(|request| request.endpoint == Endpoint::Api)
        .collect();
    assert_eq!(api.len(), 1);
    assert_eq!(api[0].body["operationName"], "FirstGroup");
}

#[test]
fn a_generated_operation_is_a_graphql_client_query_too() {
    use graphql_client::GraphQLQuery;

    let body = ListFindings::build_query(ListFindings::new().first(5));
    assert_eq!(body.operation_name, "ListFindings");
    assert!(body.query.starts_with("query ListFindings("));
    let variables = serde_json::to_value(&body.variables).unwrap();
    assert_eq!(variables, serde_json::json!({"first": 5}));
}
