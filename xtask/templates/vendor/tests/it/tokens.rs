//! One token for everyone, and what a rejected one costs.

use acme::Derived;
use acme::graphql_client::{GraphQLQuery, QueryBody};

use crate::setup::Setup;

/// The smallest question there is.
struct Ping;

impl GraphQLQuery for Ping {
    type Variables = ();
    type ResponseData = serde_json::Value;

    fn build_query(variables: ()) -> QueryBody<()> {
        QueryBody {
            variables,
            query: "query Ping { __typename }",
            operation_name: "Ping",
        }
    }
}

#[tokio::test]
async fn calls_share_one_token_until_it_is_rejected() {
    let setup = Setup::start().await;
    for _ in 0..3 {
        let data = setup
            .client
            .execute(Derived::<Ping>::new(()))
            .await
            .unwrap();
        assert!(data["__typename"].is_string());
    }
    assert_eq!(setup.vendor.counts().token_requests, 1);
    setup.vendor.revoke_tokens();
    setup
        .client
        .execute(Derived::<Ping>::new(()))
        .await
        .unwrap();
    assert_eq!(setup.vendor.counts().token_requests, 2);
}
