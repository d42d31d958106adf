//! What goes over the wire, as the sandbox saw it.

use altrata::queries::profile::SearchPeople;
use sdk_sandbox::Recorded;

use crate::setup::Setup;

/// Requests without what differs from run to run.
fn stable(requests: Vec<Recorded>) -> Vec<Recorded> {
    requests
        .into_iter()
        .map(|mut request| {
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
    setup
        .client
        .execute(SearchPeople::new("ada").first(5))
        .await
        .unwrap();
    insta::assert_json_snapshot!(stable(setup.vendor().requests()));
}
