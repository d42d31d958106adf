//! What goes over the wire, as the sandbox saw it.

use finlex::{AcceptCovernote, ListCovernotes, RetryPolicy};
use sdk_sandbox::{Endpoint, Fault, Recorded};

use crate::setup::{Setup, builder};

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

#[tokio::test]
async fn every_request_names_this_crate_and_its_version() {
    let setup = Setup::start().await;
    setup.client.execute(ListCovernotes::new()).await.unwrap();
    let expected = concat!("finlex/", env!("CARGO_PKG_VERSION"));
    let requests = setup.vendor().requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert_eq!(request.headers["user-agent"], expected);
    }
}

#[tokio::test]
async fn how_often_a_request_is_sent_is_the_callers_choice() {
    let setup = Setup::start().await;
    for (policy, sent) in [(RetryPolicy::never(), 1), (RetryPolicy::default(), 3)] {
        let client = builder(setup.vendor()).retry(policy).build().unwrap();
        setup.vendor().reset_records();
        let fault = Fault::too_many_requests("0");
        setup.vendor().fail_times(Endpoint::Api, fault, sent);
        client.execute(ListCovernotes::new()).await.unwrap_err();
        assert_eq!(setup.vendor().counts().api_requests, u64::from(sent));
    }
}
