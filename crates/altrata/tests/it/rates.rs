//! Requests that wait for their turn.

use std::future::IntoFuture as _;
use std::time::Duration;

use altrata::{Error, RateLimit, RetryPolicy, Service, queries::profile::SearchPeople};

use crate::setup::{Setup, builder, unlimited};

/// Stops the clock until it is dropped, or moved on by hand.
///
/// A paused clock jumps ahead when nothing is left to do but to wait for the network, unless a blocking task
/// is under way.
struct Stopped(
    #[expect(dead_code, reason = "dropped to end the task")] std::sync::mpsc::Sender<()>,
);

impl Stopped {
    fn now() -> Self {
        tokio::time::pause();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || ended.recv());
        Self(end)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        tokio::time::resume();
    }
}

/// Waits until the vendor has seen so many requests, without time passing.
async fn until_seen(setup: &Setup, requests: u64) {
    while setup.vendor().counts().api_requests < requests {
        tokio::task::yield_now().await;
    }
}

/// Lets everything happen that needs no time.
async fn settle() {
    for _ in 0..10_000 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn requests_keep_to_the_rate_of_their_service() {
    let setup = Setup::start().await;
    let limit = RateLimit::per_second(20).burst(1);
    let client = unlimited(builder(setup.vendor()))
        .rate_limit(Service::Profile, limit)
        .build()
        .unwrap();
    let _stopped = Stopped::now();
    let calls = (0..3).map(|_| {
        client
            .clone()
            .execute(SearchPeople::new("ada"))
            .into_future()
    });
    let calls = tokio::spawn(futures_util::future::join_all(calls));
    for seen in 1..=3 {
        until_seen(&setup, seen).await;
        // A turn of 50 ms, and one more that a timer is late.
        tokio::time::advance(Duration::from_millis(49)).await;
        settle().await;
        assert_eq!(setup.vendor().counts().api_requests, seen);
        tokio::time::advance(Duration::from_millis(2)).await;
    }
    let answers = calls.await.unwrap();
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
}

#[tokio::test]
async fn a_turn_that_comes_too_late_is_a_deadline_that_says_so() {
    let setup = Setup::start().await;
    // By default the Profile API takes two requests at once, and the third waits for half a second.
    let client = builder(setup.vendor()).build().unwrap();
    let _stopped = Stopped::now();
    for _ in 0..2 {
        client.execute(SearchPeople::new("ada")).await.unwrap();
    }
    let call = client.execute(SearchPeople::new("ada"));
    let call = tokio::spawn(call.timeout(Duration::from_millis(50)).into_future());
    settle().await;
    tokio::time::advance(Duration::from_millis(51)).await;
    let error = call.await.unwrap().unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert!(error.to_string().contains("waiting for a turn"), "{error}");
    assert_eq!(setup.vendor().counts().api_requests, 2);
}

#[tokio::test]
async fn a_client_that_keeps_to_its_rates_gets_through_a_vendor_that_enforces_them() {
    let setup = Setup::start().await;
    setup.vendor().enforce_rates(true);
    let client = builder(setup.vendor()).build().unwrap();
    for _ in 0..3 {
        client.execute(SearchPeople::new("ada")).await.unwrap();
    }
    let hasty = unlimited(builder(setup.vendor()))
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let calls = (0..20).map(|_| hasty.execute(SearchPeople::new("ada")).into_future());
    let answers = futures_util::future::join_all(calls).await;
    let mut refused = answers.iter().filter_map(|answer| answer.as_ref().err());
    assert!(refused.any(Error::is_rate_limited));
}

#[test]
fn the_default_rates_are_the_published_ones() {
    assert_eq!(Service::Profile.rate_limit(), RateLimit::per_second(2));
    assert_eq!(Service::Events.rate_limit(), RateLimit::per_second(2));
    let fast = RateLimit::per_second(100).burst(50);
    assert_eq!(Service::Matching.rate_limit(), fast);
    assert_eq!(Service::Relationships.rate_limit(), fast);
}
