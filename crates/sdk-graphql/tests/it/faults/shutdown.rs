//! Runtimes that end while a request is under way, as those of synchronous wrappers do.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use sdk_fault_server::{Fault, FaultServer};
use tokio::runtime::{Builder, Runtime};

use super::cell::{Place, Servers, Setting, client};
use crate::setup::FirstGroup;
use crate::streams::ListFindings;

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Waits until so many requests have arrived.
async fn arrived(server: &FaultServer, count: usize) {
    let begun = Instant::now();
    while server.counts().arrived < count {
        assert!(begun.elapsed() < Duration::from_secs(20), "{count} arrive");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Servers of which one says nothing to a single request.
fn silent_once(place: Place) -> Servers {
    let mut setting = Setting::new(place, Fault::Silence);
    setting.times = Some(1);
    Servers::start(setting)
}

#[test]
fn a_token_request_lost_with_its_runtime_is_made_again_by_the_next_call() {
    let servers = silent_once(Place::Token);
    let (client, _) = client(&servers, Duration::from_secs(20));
    let ending = runtime();
    ending.block_on(async {
        let call = client.execute(FirstGroup);
        tokio::spawn(call.into_future());
        arrived(&servers.tokens, 1).await;
    });
    drop(ending);
    let groups = runtime().block_on(client.execute(FirstGroup).into_future());
    assert_eq!(groups.unwrap().groups.len(), 1);
    assert_eq!(servers.tokens.counts().arrived, 2);
    assert_eq!(
        servers.api.counts().arrived,
        1,
        "the lost call sent nothing"
    );
}

#[test]
fn a_call_that_waits_elsewhere_survives_the_runtime_of_the_token_request() {
    let servers = silent_once(Place::Token);
    let (client, _) = client(&servers, Duration::from_secs(20));
    let (ending, lasting) = (runtime(), Runtime::new().unwrap());
    ending.block_on(async {
        tokio::spawn(client.execute(FirstGroup).into_future());
        arrived(&servers.tokens, 1).await;
    });
    // Joins the token request that is under way.
    let waiting = lasting.spawn(client.execute(FirstGroup).into_future());
    lasting.block_on(async { tokio::time::sleep(Duration::from_millis(20)).await });
    drop(ending);
    let groups = lasting.block_on(waiting).unwrap();
    assert_eq!(groups.unwrap().groups.len(), 1);
    assert_eq!(servers.tokens.counts().arrived, 2);
}

#[test]
fn a_page_lost_with_its_runtime_is_asked_for_again_and_no_item_is_lost() {
    let servers = silent_once(Place::PageTwo);
    let (client, _) = client(&servers, Duration::from_secs(20));
    let mut items = client.items(ListFindings::default());
    let ending = runtime();
    let first = ending.block_on(async {
        let first = items.try_next().await.unwrap().unwrap();
        arrived(&servers.api, 2).await;
        first
    });
    drop(ending);
    let rest: Vec<_> = runtime().block_on(items.try_collect()).unwrap();
    let ids: Vec<&str> = std::iter::once(&first)
        .chain(&rest)
        .map(|item| item.id.as_str())
        .collect();
    assert_eq!(ids, ["a", "b"]);
    assert_eq!(servers.api.counts().arrived, 3);
}
