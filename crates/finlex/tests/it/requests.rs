//! What goes over the wire, as the sandbox saw it.

use finlex::{AcceptCovernote, ListCovernotes};
use sdk_sandbox::Recorded;

use crate::setup::Setup;

/// Requests without what differs from run to run.
fn stable(mut requests: Vec<Recorded>) -> Vec<Recorded> {
    for request in &mut requests {
        if let Some(agent) = request.headers.get_mut("user-agent") {
            *agent = "[product/version]".to_owned();
        }
    }
    requests
}

#[tokio::test]
async fn a_token_request_a_list_a_decision_and_a_revocation() {
    let setup = Setup::start().await;
    let list = ListCovernotes::new().skip(2).limit(1);
    let list = setup.client.execute(list).await.unwrap();
    let id = &list.payload[0].id;
    setup
        .client
        .execute(AcceptCovernote::new(id))
        .await
        .unwrap();
    setup.client.revoke_token().await.unwrap();
    insta::assert_json_snapshot!(stable(setup.vendor().requests()));
}
