//! Many operations at once.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use sdk_graphql::{BulkOutcome, Operation, OperationKind, Response};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::{Create, Created, Setup};

/// Creates a product with a numbered name; without a number the server refuses it.
#[derive(Clone)]
struct CreateNamed(Option<u32>);

impl Operation for CreateNamed {
    type Data = Created;

    fn name(&self) -> &'static str {
        "CreateNamed"
    }

    fn document(&self) -> &'static str {
        "mutation CreateNamed($name: String!) { createProduct(input: {name: $name}) { id } }"
    }

    fn kind(&self) -> OperationKind {
        OperationKind::Mutation
    }

    fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        let name = self.0.map(|number| format!("product {number}"));
        serde_json::to_vec(&serde_json::json!({
            "query": self.document(), "operationName": self.name(), "variables": {"name": name},
        }))
    }

    fn decode(body: &[u8]) -> Result<Response<Created>, serde_json::Error> {
        serde_json::from_slice(body)
    }
}

/// The numbers of the products that were asked for, in the order in which they arrived.
fn arrived(setup: &Setup) -> Vec<u32> {
    let requests = setup.vendor().requests();
    let names = requests.iter().filter_map(|request| {
        let name = request.body["variables"]["name"].as_str()?;
        name.strip_prefix("product ")?.parse().ok()
    });
    names.collect()
}

fn kinds<T>(outcomes: &[BulkOutcome<T>]) -> String {
    let kind = |outcome: &BulkOutcome<T>| match outcome {
        BulkOutcome::Done(_) => 'd',
        BulkOutcome::Failed(_) => 'f',
        _ => '-',
    };
    outcomes.iter().map(kind).collect()
}

#[tokio::test]
async fn outcomes_come_in_the_order_of_the_operations_whichever_ended_first() {
    let setup = Setup::start().await;
    // One of the first is held back until all others have long ended.
    let fault = Fault::delay(Duration::from_millis(100));
    setup.vendor().fail_next(Endpoint::Api, fault);
    let operations = (0..20).map(|number| CreateNamed((number != 7).then_some(number)));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let outcomes = setup
        .client
        .bulk(operations)
        .on_progress({
            let seen = Arc::clone(&seen);
            move |progress| seen.lock().unwrap().push(progress)
        })
        .await;
    assert_eq!(kinds(&outcomes), "dddddddfdddddddddddd");
    let ids: Vec<u64> = outcomes
        .into_iter()
        .filter_map(|outcome| outcome.into_result()?.ok())
        .map(|created| created.product.id.parse().unwrap())
        .collect();
    assert!(ids.iter().collect::<std::collections::HashSet<_>>().len() == 19);
    assert!(!ids.is_sorted(), "none ended out of turn: {ids:?}");
    let seen = seen.lock().unwrap();
    let ended: Vec<usize> = seen.iter().map(|progress| progress.ended).collect();
    assert_eq!(ended, (1..=20).collect::<Vec<_>>());
    let last = seen.last().unwrap();
    assert_eq!((last.failed, last.total), (1, 20));
}

#[tokio::test]
async fn a_429_holds_every_worker_back_and_loses_no_mutation() {
    let setup = Setup::start().await;
    setup.client.execute(Create).await.unwrap();
    setup.vendor().reset_records();
    setup
        .vendor()
        .fail_times(Endpoint::Api, Fault::too_many_requests("1"), 4);
    let started = Instant::now();
    let bulk = setup
        .client
        .bulk((0..12).map(|number| CreateNamed(Some(number))));
    let running = tokio::spawn(bulk.concurrency(4).into_future());
    tokio::time::sleep(Duration::from_millis(150)).await;
    // Each of the four workers asked once, was refused, and waits.
    assert!(arrived(&setup).len() <= 4);
    let outcomes = running.await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!(kinds(&outcomes), "dddddddddddd");
    assert_eq!(arrived(&setup).len(), 16);
}

#[tokio::test]
async fn after_a_failure_it_goes_on_or_stops_as_the_caller_chooses() {
    let setup = Setup::start().await;
    let operations = || (0..6).map(|number| CreateNamed((number != 2).then_some(number)));
    let goes_on = setup.client.bulk(operations()).concurrency(1).await;
    assert_eq!(kinds(&goes_on), "ddfddd");
    let stops = setup
        .client
        .bulk(operations())
        .concurrency(1)
        .stop_on_error();
    assert_eq!(kinds(&stops.await), "ddf---");
}

#[tokio::test]
async fn a_quota_that_is_used_up_stops_what_every_further_operation_would_meet() {
    let setup = Setup::with(|service| service.quota_marks(&["Limit Exceeded"])).await;
    setup.client.execute(Create).await.unwrap();
    let spent = Fault::Status {
        status: 429,
        retry_after: None,
        body: Some("Limit Exceeded".to_owned()),
    };
    setup.vendor().fail_next(Endpoint::Api, spent);
    let operations = (0..5).map(|number| CreateNamed(Some(number)));
    let outcomes = setup.client.bulk(operations).concurrency(1).await;
    assert_eq!(kinds(&outcomes), "f----");
}

#[tokio::test]
async fn a_mutation_whose_answer_is_lost_is_not_sent_again() {
    let setup = Setup::start().await;
    setup.client.execute(Create).await.unwrap();
    setup.vendor().reset_records();
    setup.vendor().fail_next(Endpoint::Api, Fault::Disconnect);
    let operations = (0..3).map(|number| CreateNamed(Some(number)));
    let outcomes = setup.client.bulk(operations).concurrency(1).await;
    assert_eq!(kinds(&outcomes), "fdd");
    assert_eq!(arrived(&setup), [0, 1, 2]);
}

#[tokio::test]
async fn no_operations_are_no_outcomes() {
    let setup = Setup::start().await;
    let none: [Create; 0] = [];
    assert!(setup.client.bulk(none).await.is_empty());
}
