//! Hosts that sleep and processes that are held up, with clocks moved by hand.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sdk_auth::{
    Lease, LifetimeRule, ManualClock, MemoryStore, Published, StoreFuture, StoreKey, StoreReach,
    TokenEndpoint, TokenProvider, TokenRecord, TokenStore,
};

use crate::server::{Server, json};
use crate::setup::{credentials, http, manual_clock, tokens_and};
use crate::tokens::text;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// A store whose leases last 15 s, and that takes its time to store what it is given.
#[derive(Debug, Clone, Default)]
struct Slow {
    inner: MemoryStore,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    leases: usize,
    /// By how much time moves on whose clock while the next records are stored.
    delays: VecDeque<(ManualClock, Duration)>,
}

impl TokenStore for Slow {
    fn identity(&self) -> String {
        "slow".to_owned()
    }

    fn reach(&self) -> StoreReach {
        StoreReach::Fleet
    }

    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<TokenRecord>> {
        self.inner.load(key)
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, holder: &'a str) -> StoreFuture<'a, Option<Lease>> {
        Box::pin(async move {
            let lease = self.inner.lease(key, holder).await?;
            self.state.lock().unwrap().leases += 1;
            Ok(lease.map(|lease| lease.lasting(15 * SECOND)))
        })
    }

    fn publish<'a>(
        &'a self,
        key: &'a StoreKey,
        lease: &'a Lease,
        record: &'a TokenRecord,
    ) -> StoreFuture<'a, Published> {
        Box::pin(async move {
            let delay = self.state.lock().unwrap().delays.pop_front();
            if let Some((clock, delay)) = delay {
                clock.advance(delay);
            }
            self.inner.publish(key, lease, record).await
        })
    }

    fn release<'a>(&'a self, key: &'a StoreKey, lease: Lease) -> StoreFuture<'a, ()> {
        self.inner.release(key, lease)
    }
}

async fn vendor() -> Server {
    Server::start(tokens_and(8 * 3600, |_| json(200, "{}"))).await
}

fn host(server: &Server, store: &Slow, clock: &ManualClock) -> TokenProvider {
    let endpoint = TokenEndpoint::new(server.url("/token"));
    let endpoint = endpoint.lifetime_rule(LifetimeRule::NewestOnly);
    TokenProvider::builder(http(), endpoint, credentials())
        .token_store(store.clone())
        .clock(clock.clock())
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_process_that_was_held_up_after_its_announcement_does_not_ask_late() {
    let (server, store, clock) = (vendor().await, Slow::default(), manual_clock());
    let late = (clock.clone(), 4 * SECOND);
    store.state.lock().unwrap().delays.push_back(late);
    let provider = host(&server, &store, &clock);
    assert_eq!(text(&provider.token().await.unwrap()), "token-1");
    // Of the first lease too little was left: 11 s, where a request and storing its outcome take 12.
    assert_eq!(store.state.lock().unwrap().leases, 2);
    assert_eq!(server.count("/token"), 1);
}

#[tokio::test]
async fn a_host_that_slept_through_the_end_of_its_token_takes_the_one_that_others_have() {
    let (server, store) = (vendor().await, Slow::default());
    let (asleep, awake) = (manual_clock(), manual_clock());
    let sleeper = host(&server, &store, &asleep);
    let other = host(&server, &store, &awake);
    for provider in [&sleeper, &other] {
        assert_eq!(text(&provider.token().await.unwrap()), "token-1");
    }
    awake.advance(9 * HOUR);
    assert_eq!(text(&other.token().await.unwrap()), "token-2");
    // Its monotonic clock has stood still.
    asleep.set_wall(awake.wall());
    assert!(sleeper.ready().is_none());
    assert_eq!(text(&sleeper.token().await.unwrap()), "token-2");
    assert_eq!(server.count("/token"), 2);
}
