//! What an observer is told, in the words of its metrics.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sdk_auth::{
    ApiAuth, AuthorizedHttp, Error, Lease, LifetimeRule, ManualClock, MemoryStore, Published,
    StoreError, StoreFailure, StoreFuture, StoreKey, StoreReach, TokenEndpoint, TokenEvent,
    TokenObserver, TokenOrigin, TokenProvider, TokenProviderBuilder, TokenRecord, TokenStore,
};

use crate::server::{Act, Heard, Server, json};
use crate::setup::{by_status, credentials, grant, http, manual_clock, read, tokens_and};
use crate::tokens::until;

/// Writes down what it is told.
#[derive(Debug, Default)]
struct Diary(Mutex<Vec<String>>);

impl Diary {
    fn read(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl TokenObserver for Diary {
    fn observe(&self, event: &TokenEvent<'_>) {
        let detail = match event {
            TokenEvent::Waited { got_token, .. } => format!("{got_token}"),
            TokenEvent::Renewed {
                origin, remaining, ..
            } => format!("{origin:?}, {} s", remaining.as_secs()),
            TokenEvent::Refused { consequence, .. } => format!("{consequence:?}"),
            TokenEvent::OverBudget { wait, .. } => format!("{} s", wait.as_secs()),
            TokenEvent::LeaseAwaited { took, .. } => format!("{} s", took.as_secs()),
            TokenEvent::StoreFailed { error, .. } => format!("{:?}", error.failure()),
            TokenEvent::NotRenewed { error, .. } => match error {
                Error::TokenRequest(error) => format!("{:?}", error.status()),
                other => format!("{other:?}"),
            },
            _ => String::new(),
        };
        let line = format!("{} {detail}", event.name());
        self.0.lock().unwrap().push(line.trim_end().to_owned());
    }
}

fn builder(server: &Server, clock: &ManualClock) -> TokenProviderBuilder {
    let endpoint = TokenEndpoint::new(server.url("/token"));
    TokenProvider::builder(http(), endpoint, credentials()).clock(clock.clock())
}

fn observed(server: &Server, clock: &ManualClock) -> (TokenProvider, Arc<Diary>) {
    let diary = Arc::new(Diary::default());
    let observer: Arc<dyn TokenObserver> = diary.clone();
    let provider = builder(server, clock).observer(observer).build().unwrap();
    (provider, diary)
}

#[tokio::test]
async fn an_observer_hears_of_waits_new_tokens_failures_and_stale_tokens() {
    let is_down = Arc::new(AtomicBool::new(false));
    let server = Server::start({
        let is_down = Arc::clone(&is_down);
        move |_: &Heard| match is_down.load(Ordering::SeqCst) {
            true => json(503, "{}"),
            false => grant("a-token", 3_600),
        }
    })
    .await;
    let clock = manual_clock();
    let (provider, diary) = observed(&server, &clock);

    provider.token().await.unwrap();
    let first = ["token.renewed Vendor, 3600 s", "token.wait true"];
    assert_eq!(diary.read(), first);
    provider.token().await.unwrap();
    assert_eq!(diary.read(), [""; 0], "a valid token is no event");

    clock.advance(Duration::from_secs(3_560));
    is_down.store(true, Ordering::SeqCst);
    provider.token().await.unwrap();
    let stale = [
        "token.not_renewed Some(503)",
        "token.stale_served",
        "token.wait true",
    ];
    assert_eq!(diary.read(), stale);
}

#[tokio::test]
async fn an_observer_hears_of_refused_tokens() {
    let api = |heard: &Heard| match heard.header("authorization") {
        Some("Bearer token-1") => json(401, "{}"),
        _ => json(200, "{}"),
    };
    let server = Server::start(tokens_and(3_600, api)).await;
    let clock = manual_clock();
    let (provider, diary) = observed(&server, &clock);
    provider.token().await.unwrap();
    clock.advance(Duration::from_secs(60));
    diary.read();
    let client = AuthorizedHttp::builder(http(), provider, ApiAuth::bearer())
        .clock(clock.clock())
        .build();
    client.send(read(&server), by_status).await.unwrap();
    let events = [
        "token.refused Replace",
        "token.renewed Vendor, 3600 s",
        "token.wait true",
    ];
    assert_eq!(diary.read(), events);
}

#[tokio::test]
async fn an_observer_hears_of_tokens_that_others_have_stored() {
    let server = Server::start(|_: &Heard| grant("a-token", 3_600)).await;
    let clock = manual_clock();
    let store = MemoryStore::new();
    let (mut tokens, mut diaries) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let diary = Arc::new(Diary::default());
        let observer: Arc<dyn TokenObserver> = diary.clone();
        let provider = builder(&server, &clock)
            .token_store(store.clone())
            .observer(observer)
            .build()
            .unwrap();
        tokens.push(provider);
        diaries.push(diary);
    }
    for provider in &tokens {
        provider.token().await.unwrap();
    }
    assert_eq!(diaries[0].read()[0], "token.renewed Vendor, 3600 s");
    let adopted = format!("token.renewed {:?}, ", TokenOrigin::Store);
    let heard = diaries[1].read();
    assert!(heard[0].starts_with(&adopted), "{heard:?}");
}

#[tokio::test]
async fn an_observer_hears_of_a_wait_that_the_caller_gave_up() {
    let server = Server::start(|_: &Heard| Act::Hang).await;
    let (provider, diary) = observed(&server, &manual_clock());
    tokio::select! {
        _ = provider.token() => panic!("nothing was answered"),
        () = until(|| server.count("/token") == 1) => {}
    }
    assert_eq!(diary.read(), ["token.wait false"]);
}

#[tokio::test]
async fn an_observer_hears_each_time_that_no_token_may_be_asked_for() {
    let server = Server::start(tokens_and(28_800, |_| Act::Close)).await;
    let clock = manual_clock();
    let endpoint = TokenEndpoint::new(server.url("/token")).lifetime_rule(LifetimeRule::NewestOnly);
    let diary = Arc::new(Diary::default());
    let observer: Arc<dyn TokenObserver> = diary.clone();
    let provider = TokenProvider::builder(http(), endpoint, credentials())
        .clock(clock.clock())
        .single_process()
        .observer(observer)
        .build()
        .unwrap();
    for _ in 0..3 {
        let token = provider.token().await.unwrap();
        clock.advance(Duration::from_secs(61));
        provider.reject(token.generation());
    }
    diary.read();
    for left in [117, 107] {
        provider.token().await.unwrap_err();
        assert_eq!(diary.read(), [format!("token.over_budget {left} s")]);
        clock.advance(Duration::from_secs(10));
    }
}

/// A store that is down, or whose lease others hold a few times.
#[derive(Debug, Default)]
struct Troubled {
    inner: MemoryStore,
    is_down: bool,
    leases_refused: AtomicUsize,
}

impl TokenStore for Troubled {
    fn identity(&self) -> String {
        "troubled".to_owned()
    }

    fn reach(&self) -> StoreReach {
        StoreReach::Fleet
    }

    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<TokenRecord>> {
        Box::pin(async move {
            if self.is_down {
                let unavailable = StoreFailure::Unavailable;
                return Err(StoreError::new("troubled", "load", unavailable));
            }
            self.inner.load(key).await
        })
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, holder: &'a str) -> StoreFuture<'a, Option<Lease>> {
        let others = self.leases_refused.load(Ordering::SeqCst);
        if others > 0 {
            self.leases_refused.store(others - 1, Ordering::SeqCst);
            return Box::pin(async { Ok(None) });
        }
        self.inner.lease(key, holder)
    }

    fn publish<'a>(
        &'a self,
        key: &'a StoreKey,
        lease: &'a Lease,
        record: &'a TokenRecord,
    ) -> StoreFuture<'a, Published> {
        self.inner.publish(key, lease, record)
    }

    fn release<'a>(&'a self, key: &'a StoreKey, lease: Lease) -> StoreFuture<'a, ()> {
        self.inner.release(key, lease)
    }
}

#[tokio::test]
async fn an_observer_hears_of_a_store_that_fails() {
    let server = Server::start(|_: &Heard| grant("a-token", 3_600)).await;
    let store = Troubled {
        is_down: true,
        ..Troubled::default()
    };
    let diary = Arc::new(Diary::default());
    let observer: Arc<dyn TokenObserver> = diary.clone();
    let provider = builder(&server, &manual_clock())
        .token_store(store)
        .observer(observer)
        .build()
        .unwrap();
    provider.token().await.unwrap();
    let events = [
        "token.store_error Unavailable",
        "token.renewed Vendor, 3600 s",
        "token.wait true",
    ];
    assert_eq!(diary.read(), events);
}

#[tokio::test]
async fn the_wait_for_a_lease_ends_where_the_own_request_begins() {
    let clock = manual_clock();
    let server = Server::start({
        let clock = clock.clone();
        move |_: &Heard| {
            clock.advance(Duration::from_secs(20));
            grant("a-token", 3_600)
        }
    })
    .await;
    let store = Troubled {
        leases_refused: AtomicUsize::new(3),
        ..Troubled::default()
    };
    let diary = Arc::new(Diary::default());
    let observer: Arc<dyn TokenObserver> = diary.clone();
    let provider = builder(&server, &clock)
        .token_store(store)
        .observer(observer)
        .build()
        .unwrap();
    provider.token().await.unwrap();
    assert_eq!(diary.read()[0], "token.lease_wait 0 s");
}

#[tokio::test]
async fn an_observer_that_panics_costs_no_token() {
    #[derive(Debug)]
    struct Panics;
    impl TokenObserver for Panics {
        fn observe(&self, event: &TokenEvent<'_>) {
            panic!("{event:?}");
        }
    }
    let server = Server::start(|_: &Heard| grant("a-token", 3_600)).await;
    let observer: Arc<dyn TokenObserver> = Arc::new(Panics);
    let provider = builder(&server, &manual_clock())
        .observer(observer)
        .build()
        .unwrap();
    provider.token().await.unwrap();
}
