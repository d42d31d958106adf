//! Requests that wait for their turn.

use std::future::IntoFuture as _;
use std::time::{Duration, Instant};

use altrata::{Error, RateLimit, RetryPolicy, Service, queries::profile::SearchPeople};

use crate::setup::{Setup, builder, unlimited};

#[tokio::test]
async fn requests_keep_to_the_rate_of_their_service() {
    let setup = Setup::start().await;
    let limit = RateLimit::per_second(20).burst(1);
    let client = unlimited(builder(setup.vendor()))
        .rate_limit(Service::Profile, limit)
        .build()
        .unwrap();
    let started = Instant::now();
    client.execute(SearchPeople::new("ada")).await.unwrap();
    client.execute(SearchPeople::new("ada")).await.unwrap();
    client
        .clone()
        .execute(SearchPeople::new("ada"))
        .await
        .unwrap();
    // Two turns of 50 ms after the first one.
    assert!(started.elapsed() >= Duration::from_millis(100));
}

#[tokio::test]
async fn a_turn_that_comes_too_late_is_a_deadline_that_says_so() {
    let setup = Setup::start().await;
    // By default the Profile API takes two requests at once, and the third waits for half a second.
    let client = builder(setup.vendor()).build().unwrap();
    for _ in 0..2 {
        client.execute(SearchPeople::new("ada")).await.unwrap();
    }
    let call = client.execute(SearchPeople::new("ada"));
    let error = call.timeout(Duration::from_millis(50)).await.unwrap_err();
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
    let calls = (0..3).map(|_| hasty.execute(SearchPeople::new("ada")).into_future());
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
