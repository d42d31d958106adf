//! Many operations at once.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use sdk_graphql::{BulkOutcome, Operation, OperationKind, Response};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::{Create, Created, FirstGroup, Setup};

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

/// Lets everything happen that can happen without time passing: server and client share one thread, and each
/// turn of it reads what the one before has written.
async fn settle() {
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn until(mut reached: impl FnMut() -> bool) {
    while !reached() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    settle().await;
}

/// A time that no test takes, and short enough for the client to wait by itself, which would hold back one
/// call and none of the others.
const WHILE: Duration = Duration::from_secs(8);

/// A time for which the client would not wait.
const LONG: Duration = Duration::from_secs(500);

fn refusal(wait: Duration) -> Fault {
    Fault::too_many_requests(wait.as_secs().to_string())
}

/// Lets the time pass that the server has asked for.
async fn let_pass(wait: Duration) {
    tokio::time::pause();
    tokio::time::advance(wait).await;
    tokio::time::resume();
}

/// A setup that has its token, so that only the faults decide what happens.
async fn ready() -> Setup {
    let setup = Setup::start().await;
    setup.client.execute(Create).await.unwrap();
    setup.vendor().reset_records();
    setup
}

/// Runs operations of which four at once are refused for their rate: none is sent until the time is over.
async fn check_all_wait<O: Operation + 'static>(make: impl Fn(u32) -> O) -> Setup {
    let setup = ready().await;
    setup.vendor().fail_times(Endpoint::Api, refusal(WHILE), 4);
    let bulk = setup.client.bulk((0..12).map(make)).concurrency(4);
    let running = tokio::spawn(bulk.into_future());
    until(|| setup.vendor().counts().api_requests >= 4).await;
    assert_eq!(setup.vendor().counts().api_requests, 4);
    let_pass(WHILE).await;
    assert_eq!(kinds(&running.await.unwrap()), "dddddddddddd");
    assert_eq!(setup.vendor().counts().api_requests, 4 + 12);
    setup
}

/// Runs operations of which one is refused for its rate while another one is under way: that one comes to its
/// end, and nothing more is sent until the time is over.
async fn check_one_holds_all<O: Operation + 'static>(make: impl Fn(u32) -> O) {
    let setup = ready().await;
    setup.vendor().fail_next(Endpoint::Api, refusal(WHILE));
    let late = Fault::delay(Duration::from_millis(50));
    setup.vendor().fail_next(Endpoint::Api, late);
    let ended = Arc::new(AtomicUsize::new(0));
    let bulk = setup.client.bulk((0..6).map(make)).concurrency(2);
    let bulk = bulk.on_progress({
        let ended = Arc::clone(&ended);
        move |progress| ended.store(progress.ended, Ordering::Relaxed)
    });
    let running = tokio::spawn(bulk.into_future());
    until(|| ended.load(Ordering::Relaxed) > 0).await;
    assert_eq!(ended.load(Ordering::Relaxed), 1);
    assert_eq!(setup.vendor().counts().api_requests, 2);
    let_pass(WHILE).await;
    assert_eq!(kinds(&running.await.unwrap()), "dddddd");
    assert_eq!(setup.vendor().counts().api_requests, 1 + 6);
}

#[tokio::test]
async fn a_429_holds_back_all_who_send_mutations_and_loses_none() {
    let setup = check_all_wait(|number| CreateNamed(Some(number))).await;
    assert_eq!(arrived(&setup).len(), 16);
    check_one_holds_all(|number| CreateNamed(Some(number))).await;
}

#[tokio::test]
async fn a_429_holds_back_all_who_send_queries_as_well() {
    check_all_wait(|_| FirstGroup).await;
    check_one_holds_all(|_| FirstGroup).await;
}

#[tokio::test]
async fn what_the_client_repeats_by_itself_is_held_back_too() {
    let setup = ready().await;
    setup.vendor().fail_next(Endpoint::Api, Fault::status(503));
    setup.vendor().fail_next(Endpoint::Api, refusal(LONG));
    let bulk = setup.client.bulk((0..4).map(|_| FirstGroup)).concurrency(2);
    let ended = Arc::new(AtomicUsize::new(0));
    let bulk = bulk.on_progress({
        let ended = Arc::clone(&ended);
        move |progress| ended.store(progress.ended, Ordering::Relaxed)
    });
    let running = tokio::spawn(bulk.into_future());
    // Its time would run out while it waits, so that the 503 is its outcome.
    until(|| ended.load(Ordering::Relaxed) > 0).await;
    assert_eq!(setup.vendor().counts().api_requests, 2);
    let_pass(LONG).await;
    let outcomes = running.await.unwrap();
    let failed = outcomes
        .into_iter()
        .filter_map(|outcome| outcome.into_result()?.err());
    let failed: Vec<String> = failed.map(|error| error.to_string()).collect();
    assert!(
        matches!(&failed[..], [error] if error.contains("503")),
        "{failed:?}"
    );
    assert_eq!(setup.vendor().counts().api_requests, 2 + 3);
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
