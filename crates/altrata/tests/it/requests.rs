//! What goes over the wire, as the sandbox saw it.

use altrata::{RetryPolicy, queries::profile::SearchPeople};
use sdk_sandbox::{Endpoint, Fault, Recorded};

use crate::setup::{Setup, builder, unlimited};

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

#[tokio::test]
async fn every_request_names_this_crate_and_its_version() {
    let setup = Setup::start().await;
    let people = SearchPeople::new("ada");
    setup.client.execute(people).await.unwrap();
    let expected = concat!("altrata/", env!("CARGO_PKG_VERSION"));
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
        let builder = unlimited(builder(setup.vendor()));
        let client = builder.retry(policy).build().unwrap();
        setup.vendor().reset_records();
        let fault = Fault::too_many_requests("0");
        setup.vendor().fail_times(Endpoint::Api, fault, sent);
        let error = client.execute(SearchPeople::new("ada")).await.unwrap_err();
        assert!(error.is_rate_limited(), "{error}");
        assert_eq!(setup.vendor().counts().api_requests, u64::from(sent));
    }
}
