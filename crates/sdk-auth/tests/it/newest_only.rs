//! A vendor whose new token ends the old one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::StatusCode;
use sdk_auth::{
    ApiAuth, AuthorizedHttp, Error, LifetimeRule, ManualClock, TokenEndpoint, TokenFailure,
    TokenProvider, TokenProviderBuilder, TokenRequestError,
};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use url::Url;

use crate::server::{Act, Heard, Server, answer, json};
use crate::setup::{by_status, credentials, grant, http, manual_clock, read, tokens_and};
use crate::tokens::{text, until};

const SECOND: Duration = Duration::from_secs(1);
const EIGHT_HOURS: u64 = 28_800;

fn builder(url: Url, clock: &ManualClock) -> TokenProviderBuilder {
    let endpoint = TokenEndpoint::new(url).lifetime_rule(LifetimeRule::NewestOnly);
    TokenProvider::builder(http(), endpoint, credentials()).clock(clock.clock())
}

fn provider(server: &Server, clock: &ManualClock) -> TokenProvider {
    let builder = builder(server.url("/token"), clock);
    builder.single_process().build().unwrap()
}

fn client(server: &Server, clock: &ManualClock) -> AuthorizedHttp {
    AuthorizedHttp::builder(http(), provider(server, clock), ApiAuth::bearer())
        .clock(clock.clock())
        .build()
}

/// The vendor: only the token it issued last is good.
#[derive(Clone, Default)]
struct Vendor {
    issued: Arc<AtomicUsize>,
}

impl Vendor {
    /// Issues a token, as it does to anyone who asks.
    fn issue(&self) -> usize {
        self.issued.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn act(&self, heard: &Heard) -> Act {
        if heard.target.starts_with("/token") {
            return grant(&format!("token-{}", self.issue()), EIGHT_HOURS);
        }
        let good = format!("Bearer token-{}", self.issued.load(Ordering::SeqCst));
        let status = if heard.header("authorization") == Some(&good) {
            200
        } else {
            401
        };
        json(status, "{}")
    }

    async fn serve(&self) -> Server {
        let vendor = self.clone();
        Server::start(move |heard| vendor.act(heard)).await
    }
}

/// The error of a token request that failed.
async fn failure(provider: &TokenProvider) -> TokenRequestError {
    match provider.token().await {
        Err(Error::TokenRequest(error)) => error,
        other => panic!("expected the error of a token request, got {other:?}"),
    }
}

#[test]
fn without_the_statement_there_is_no_provider_and_the_error_says_why() {
    let url = "https://auth.example.com/token".parse().unwrap();
    let Err(Error::Config(error)) = builder(url, &manual_clock()).build() else {
        panic!("it must not be built");
    };
    assert_eq!(error.names().collect::<Vec<_>>(), ["token_store"]);
    assert_eq!(
        error.to_string(),
        "token_store is not set (expected a store that all processes with these credentials share, or the \
         statement that there is a single one, because a new token ends the old one wherever it is in use)"
    );
}

#[tokio::test]
async fn nothing_is_requested_before_the_last_minute_of_a_token() {
    let server = Vendor::default().serve().await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    assert_eq!(text(&provider.token().await.unwrap()), "token-1");
    // Eight hours of calls every minute, but for the margin at the end.
    for _ in 0..478 {
        time.advance(60 * SECOND);
        assert!(provider.ready().is_some());
        provider.token().await.unwrap();
    }
    time.advance(59 * SECOND);
    assert!(provider.ready().is_some());
    assert_eq!((server.count("/token"), provider.stats().requests), (1, 1));
    time.advance(SECOND);
    assert!(provider.ready().is_none());
    assert_eq!(server.count("/token"), 1);
    assert_eq!(text(&provider.token().await.unwrap()), "token-2");
    assert_eq!(server.count("/token"), 2);
}

#[tokio::test]
async fn a_token_ended_from_outside_costs_one_new_token_and_no_failed_call() {
    let vendor = Vendor::default();
    let server = vendor.serve().await;
    let time = manual_clock();
    let client = client(&server, &time);
    let calls = || async {
        let mut calls = JoinSet::new();
        for _ in 0..10 {
            let (client, request) = (client.clone(), read(&server));
            calls.spawn(async move { client.send(request, by_status).await.unwrap().status() });
        }
        calls.join_all().await
    };
    assert_eq!(calls().await, [200; 10]);
    time.advance(60 * SECOND);
    vendor.issue();
    assert_eq!(calls().await, [200; 10]);
    assert_eq!(server.count("/token"), 2);
    assert_eq!(client.provider().stats().rejected, 1);
}

#[tokio::test]
async fn tokens_that_worked_and_are_ended_from_outside_within_a_minute_do_not_stop_the_asking() {
    let vendor = Vendor::default();
    let server = vendor.serve().await;
    let time = manual_clock();
    let client = client(&server, &time);
    let call = async || {
        client
            .send(read(&server), by_status)
            .await
            .unwrap()
            .status()
    };
    assert_eq!(call().await, 200);
    // Long enough for the budget to be whole again.
    time.advance(600 * SECOND);
    for _ in 0..3 {
        vendor.issue();
        assert_eq!(call().await, 200);
        time.advance(10 * SECOND);
    }
    assert_eq!(server.count("/token"), 4);
    assert_eq!(client.provider().stats().rejected, 3);
}

#[tokio::test]
async fn a_call_that_was_under_way_while_the_token_was_renewed_adopts_the_new_one() {
    let gate = Arc::new(Semaphore::new(0));
    let (vendor, held) = (Vendor::default(), Arc::clone(&gate));
    let server = Server::start(move |heard| {
        let first = heard.header("authorization") == Some("Bearer token-1");
        if heard.target == "/api" && first {
            Act::AnswerWhen(Arc::clone(&held), answer(401, &[], "{}"))
        } else {
            vendor.act(heard)
        }
    })
    .await;
    let time = manual_clock();
    let client = client(&server, &time);
    let early = tokio::spawn({
        let (client, request) = (client.clone(), read(&server));
        async move { client.send(request, by_status).await.unwrap().status() }
    });
    until(|| server.count("/api") == 1).await;
    time.advance(Duration::from_secs(EIGHT_HOURS - 60));
    let late = client.send(read(&server), by_status).await.unwrap();
    gate.add_permits(1);
    assert_eq!(
        (early.await.unwrap(), late.status()),
        (StatusCode::OK, StatusCode::OK)
    );
    assert_eq!(server.count("/token"), 2);
    assert_eq!(client.provider().stats().rejected, 0);
}

#[tokio::test]
async fn after_three_requests_the_next_is_allowed_five_minutes_after_the_first() {
    let server = Vendor::default().serve().await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    for _ in 0..3 {
        let token = provider.token().await.unwrap();
        time.advance(61 * SECOND);
        provider.reject(token.generation());
    }
    let error = failure(&provider).await;
    assert_eq!(error.failure(), TokenFailure::OverBudget);
    assert_eq!(error.retry_after(), Some(117 * SECOND));
    assert!(error.is_transient() && !error.is_unauthorized());
    let text = error.to_string();
    assert!(
        text.ends_with("/token was not made: too many of late (next in 117s)"),
        "{text}"
    );
    time.advance(116 * SECOND);
    assert_eq!(failure(&provider).await.retry_after(), Some(SECOND));
    assert_eq!(server.count("/token"), 3);
    time.advance(SECOND);
    provider.token().await.unwrap();
    assert_eq!(server.count("/token"), 4);
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_within_the_budget_is_used_to_its_end() {
    let tokens = tokens_and(600, |_| Act::Close);
    let first = Mutex::new(true);
    let server = Server::start(move |heard| {
        let first = std::mem::take(&mut *first.lock().unwrap());
        if first {
            tokens(heard)
        } else {
            json(500, "{}")
        }
    })
    .await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    provider.token().await.unwrap();
    for (wait, requests) in [(540, 2), (10, 3), (10, 4), (10, 4), (24, 4)] {
        time.advance(wait * SECOND);
        assert_eq!(text(&provider.token().await.unwrap()), "token-1");
        assert_eq!(server.count("/token"), requests);
    }
    time.advance(SECOND);
    let error = failure(&provider).await;
    assert_eq!(error.status(), Some(StatusCode::INTERNAL_SERVER_ERROR));
    assert_eq!(error.retry_after(), Some(245 * SECOND));
    time.advance(244 * SECOND);
    failure(&provider).await;
    assert_eq!(server.count("/token"), 4);
    time.advance(SECOND);
    failure(&provider).await;
    assert_eq!(server.count("/token"), 5);
}

#[tokio::test]
async fn refusals_do_not_count_and_stay_the_reason() {
    let server = Server::start(|_| json(401, r#"{"error":"invalid_client"}"#)).await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    for probe in 1..=10 {
        assert_eq!(failure(&provider).await.code(), Some("invalid_client"));
        assert_eq!(server.count("/token"), probe);
        time.advance(30 * SECOND);
    }
}

/// A server that does `first` on the first token request and issues tokens afterwards.
async fn after(first: Act) -> Server {
    let (first, tokens) = (
        Mutex::new(Some(first)),
        tokens_and(EIGHT_HOURS, |_| Act::Close),
    );
    Server::start(move |heard| {
        let first = first.lock().unwrap().take();
        first.unwrap_or_else(|| tokens(heard))
    })
    .await
}

#[tokio::test]
async fn a_request_without_an_answer_is_not_repeated_before_it_has_settled() {
    for first in [
        Act::Close,
        Act::Answer(answer(504, &[], "")),
        Act::Answer(answer(502, &[], "")),
    ] {
        let server = after(first).await;
        let time = manual_clock();
        let provider = provider(&server, &time);
        assert_eq!(failure(&provider).await.retry_after(), Some(2 * SECOND));
        time.advance(2 * SECOND - Duration::from_millis(1));
        failure(&provider).await;
        assert_eq!(server.count("/token"), 1);
        time.advance(Duration::from_millis(1));
        provider.token().await.unwrap();
        assert_eq!(server.count("/token"), 2);
    }
}

#[tokio::test]
async fn a_request_that_could_not_be_sent_is_repeated_and_costs_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/token", listener.local_addr().unwrap());
    drop(listener);
    let time = manual_clock();
    let builder = builder(url.parse().unwrap(), &time).single_process();
    let provider = builder.build().unwrap();
    for round in 1..=5 {
        assert_eq!(failure(&provider).await.failure(), TokenFailure::Incomplete);
        assert_eq!(provider.stats().requests, 3 * round);
        time.advance(60 * SECOND);
    }
}

#[test]
fn a_request_lost_with_its_runtime_is_left_to_settle_before_the_next() {
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap()
    };
    let (own, other) = (runtime(), runtime());
    let server = own.block_on(after(Act::Hang));
    let time = manual_clock();
    let provider = provider(&server, &time);
    other.block_on(async {
        let provider = provider.clone();
        tokio::spawn(async move { provider.token().await });
        until(|| server.count("/token") == 1).await;
    });
    let before = time.wall();
    other.shutdown_timeout(SECOND);
    let token = own.block_on(provider.token()).unwrap();
    assert_eq!(text(&token), "token-1");
    assert_eq!(server.count("/token"), 2);
    assert_eq!(time.wall(), before + 2 * SECOND);
}
