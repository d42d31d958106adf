//! What an observer is told, in the words of its metrics.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sdk_auth::{
    ApiAuth, AuthorizedHttp, Error, ManualClock, MemoryStore, TokenEndpoint, TokenEvent,
    TokenObserver, TokenOrigin, TokenProvider, TokenProviderBuilder,
};

use crate::server::{Heard, Server, json};
use crate::setup::{by_status, credentials, grant, http, manual_clock, read, tokens_and};

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
        "token.wait false",
        "token.stale_served",
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
