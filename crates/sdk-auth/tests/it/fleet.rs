//! Processes that share a token through a store; here as providers that know of each other only through it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sdk_auth::{
    ApiAuth, AuthorizedHttp, Clock, Credentials, Error, FileStore, Lease, LifetimeRule,
    MemoryStore, Published, StoreError, StoreFailure, StoreFuture, StoreKey, StoreOutage,
    StoreReach, TokenEndpoint, TokenFailure, TokenProvider, TokenProviderBuilder, TokenRecord,
    TokenSharing, TokenStore,
};
use tokio::task::JoinSet;

use crate::server::{Act, Heard, Server, json};
use crate::setup::{by_status, credentials, grant, http, manual_clock, read};
use crate::tokens::text;

const SECOND: Duration = Duration::from_secs(1);
const EIGHT_HOURS: u64 = 28_800;

/// A directory for one test, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!(
            "sdk-auth-fleet-{}-{:016x}",
            std::process::id(),
            fastrand::u64(..)
        );
        Self(std::env::temp_dir().join(name))
    }

    fn store(&self) -> FileStore {
        FileStore::open(&self.0).unwrap()
    }

    /// Everything that is stored, as text.
    fn content(&self) -> String {
        let entries = std::fs::read_dir(&self.0).unwrap();
        entries
            .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The vendor: only the token it issued last is good.
#[derive(Clone, Default)]
struct Vendor {
    issued: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
}

impl Vendor {
    fn issue(&self) -> usize {
        self.issued.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn issued(&self) -> usize {
        self.issued.load(Ordering::SeqCst)
    }

    fn refused(&self) -> usize {
        self.refused.load(Ordering::SeqCst)
    }

    fn act(&self, heard: &Heard) -> Act {
        if heard.target.starts_with("/token") {
            return grant(&format!("canary-token-{}", self.issue()), EIGHT_HOURS);
        }
        let good = format!("Bearer canary-token-{}", self.issued());
        if heard.header("authorization") == Some(&good) {
            json(200, "{}")
        } else {
            self.refused.fetch_add(1, Ordering::SeqCst);
            json(401, "{}")
        }
    }

    async fn serve(&self) -> Server {
        let vendor = self.clone();
        Server::start(move |heard| vendor.act(heard)).await
    }
}

fn builder(server: &Server, store: impl Into<TokenSharing>, clock: Clock) -> TokenProviderBuilder {
    let endpoint = TokenEndpoint::new(server.url("/token")).lifetime_rule(LifetimeRule::NewestOnly);
    TokenProvider::builder(http(), endpoint, credentials())
        .clock(clock)
        .token_store(store)
}

/// One process of the fleet, as it were.
fn member(server: &Server, store: impl Into<TokenSharing>, clock: &Clock) -> AuthorizedHttp {
    let provider = builder(server, store, clock.clone()).build().unwrap();
    AuthorizedHttp::builder(http(), provider, ApiAuth::bearer()).build()
}

async fn call(client: &AuthorizedHttp, server: &Server) -> u16 {
    let reply = client.send(read(server), by_status).await.unwrap();
    reply.status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cold_fleet_makes_one_request_and_no_call_fails() {
    let (folder, vendor) = (Folder::new(), Vendor::default());
    let server = Arc::new(vendor.serve().await);
    let mut calls = JoinSet::new();
    for _ in 0..8 {
        let client = member(&server, folder.store(), &Clock::system());
        for _ in 0..10 {
            let (client, server) = (client.clone(), Arc::clone(&server));
            calls.spawn(async move { call(&client, &server).await });
        }
    }
    assert_eq!(calls.join_all().await, [200; 80]);
    assert_eq!((vendor.issued(), vendor.refused()), (1, 0));
}

#[tokio::test]
async fn a_token_that_one_replaced_is_adopted_by_the_other_after_one_refusal() {
    let (folder, vendor) = (Folder::new(), Vendor::default());
    let server = vendor.serve().await;
    let time = manual_clock();
    let [one, two] = [(); 2].map(|()| member(&server, folder.store(), &time.clock()));
    assert_eq!(
        (call(&one, &server).await, call(&two, &server).await),
        (200, 200)
    );
    time.advance(60 * SECOND);
    // Somebody outside the fleet asks for a token.
    vendor.issue();
    assert_eq!(call(&one, &server).await, 200);
    assert_eq!((vendor.issued(), vendor.refused()), (3, 1));
    assert_eq!(call(&two, &server).await, 200);
    assert_eq!(vendor.issued(), 3);
    assert_eq!(two.provider().stats().requests, 0);
}

#[tokio::test]
async fn the_stored_token_outlives_the_process_that_asked_for_it() {
    let (folder, vendor) = (Folder::new(), Vendor::default());
    let server = vendor.serve().await;
    for _ in 0..3 {
        let client = member(&server, folder.store(), &Clock::system());
        assert_eq!(call(&client, &server).await, 200);
    }
    assert_eq!(vendor.issued(), 1);
}

#[tokio::test]
async fn nothing_that_is_stored_shows_a_token_or_a_secret() {
    let (folder, vendor) = (Folder::new(), Vendor::default());
    let server = vendor.serve().await;
    let client = member(&server, folder.store(), &Clock::system());
    call(&client, &server).await;
    let content = folder.content();
    assert!(content.contains("\"sealed\""), "{content}");
    for canary in ["canary", "Y2FuYXJ5", "63616e617279", "secret"] {
        assert!(!content.contains(canary), "{content}");
    }
}

#[tokio::test]
async fn a_new_secret_retires_what_was_sealed_with_the_old_one() {
    let (folder, vendor) = (Folder::new(), Vendor::default());
    let server = vendor.serve().await;
    let with_secret = |secret: &str| {
        let url = server.url("/token");
        let endpoint = TokenEndpoint::new(url).lifetime_rule(LifetimeRule::NewestOnly);
        let credentials = Credentials::client("ada", secret);
        let builder = TokenProvider::builder(http(), endpoint, credentials);
        builder.token_store(folder.store()).build().unwrap()
    };
    let old = with_secret("old").token().await.unwrap();
    assert_eq!(text(&old), "canary-token-1");
    let new = with_secret("new").token().await.unwrap();
    assert_eq!(text(&new), "canary-token-2");
    let again = with_secret("new").token().await.unwrap();
    assert_eq!(text(&again), "canary-token-2");
}

#[tokio::test]
async fn a_store_that_others_cannot_see_takes_the_statement() {
    let server = Vendor::default().serve().await;
    let build = TokenProviderBuilder::build;
    let memory = || builder(&server, MemoryStore::new(), Clock::system());
    let Err(Error::Config(error)) = build(memory()) else {
        panic!("it must not be built");
    };
    assert_eq!(error.names().collect::<Vec<_>>(), ["token_store"]);
    assert!(build(memory().single_process()).is_ok());
    assert!(build(memory().token_store(TokenSharing::SingleProcess)).is_ok());
    let locally = memory()
        .single_process()
        .store_outage(StoreOutage::RequestLocally);
    let Err(Error::Config(error)) = build(locally) else {
        panic!("it must not be built");
    };
    assert_eq!(error.names().collect::<Vec<_>>(), ["store_outage"]);
}

#[tokio::test]
async fn a_store_takes_a_secret_to_seal_with() {
    let server = Vendor::default().serve().await;
    let endpoint = TokenEndpoint::new(server.url("/token"));
    let builder = TokenProvider::builder(http(), endpoint, Credentials::client("ada", ""));
    let Err(Error::Config(error)) = builder.token_store(MemoryStore::new()).build() else {
        panic!("it must not be built");
    };
    assert_eq!(error.names().collect::<Vec<_>>(), ["the client secret"]);
}

#[test]
fn a_client_outlives_the_runtime_it_was_made_on() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(1).enable_all().build().unwrap()
    };
    let (servers, first, second) = (runtime(), runtime(), runtime());
    let (folder, vendor) = (Folder::new(), Vendor::default());
    let server = servers.block_on(vendor.serve());
    let client = first.block_on(async {
        let client = member(&server, folder.store(), &Clock::system());
        assert_eq!(call(&client, &server).await, 200);
        client
    });
    drop(first);
    vendor.issue();
    let statuses = second.block_on(async {
        // Its connections ended with the runtime, so that the first call may find none.
        [call(&client, &server).await, call(&client, &server).await]
    });
    assert_eq!(statuses, [200, 200]);
}

/// A store in memory that can be made to fail, and that counts what is asked of it.
#[derive(Debug, Clone, Default)]
struct Fickle {
    inner: MemoryStore,
    state: Arc<Mutex<FickleState>>,
}

#[derive(Debug, Default)]
struct FickleState {
    is_down: bool,
    refuses_publish_after: Option<usize>,
    loads: usize,
    last_key: Option<StoreKey>,
}

impl Fickle {
    fn set(&self, change: impl FnOnce(&mut FickleState)) {
        change(&mut self.state.lock().unwrap());
    }

    fn loads(&self) -> usize {
        self.state.lock().unwrap().loads
    }

    fn check(&self, action: &'static str) -> Result<(), StoreError> {
        let unavailable = StoreError::new("fickle", action, StoreFailure::Unavailable);
        let mut state = self.state.lock().unwrap();
        if action == "publish"
            && let Some(left) = &mut state.refuses_publish_after
        {
            if *left == 0 {
                return Err(unavailable);
            }
            *left -= 1;
        }
        if state.is_down {
            Err(unavailable)
        } else {
            Ok(())
        }
    }

    /// What is stored now.
    async fn record(&self) -> TokenRecord {
        let key = self.state.lock().unwrap().last_key.clone().unwrap();
        self.inner.load(&key).await.unwrap().unwrap()
    }

    /// Puts `record` in the place of what is stored.
    async fn put(&self, record: &TokenRecord) {
        let key = self.state.lock().unwrap().last_key.clone().unwrap();
        let lease = self.inner.lease(&key, "a test").await.unwrap().unwrap();
        self.inner.publish(&key, &lease, record).await.unwrap();
    }
}

impl TokenStore for Fickle {
    fn identity(&self) -> String {
        "fickle".to_owned()
    }

    fn reach(&self) -> StoreReach {
        StoreReach::Fleet
    }

    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<TokenRecord>> {
        self.set(|state| {
            state.loads += 1;
            state.last_key = Some(key.clone());
        });
        Box::pin(async move {
            self.check("load")?;
            self.inner.load(key).await
        })
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, holder: &'a str) -> StoreFuture<'a, Option<Lease>> {
        Box::pin(async move {
            self.check("lease")?;
            self.inner.lease(key, holder).await
        })
    }

    fn publish<'a>(
        &'a self,
        key: &'a StoreKey,
        lease: &'a Lease,
        record: &'a TokenRecord,
    ) -> StoreFuture<'a, Published> {
        Box::pin(async move {
            self.check("publish")?;
            self.inner.publish(key, lease, record).await
        })
    }

    fn release<'a>(&'a self, key: &'a StoreKey, lease: Lease) -> StoreFuture<'a, ()> {
        self.inner.release(key, lease)
    }
}

#[tokio::test]
async fn while_the_store_is_down_the_current_token_is_used_and_none_is_requested() {
    let (store, vendor) = (Fickle::default(), Vendor::default());
    let server = vendor.serve().await;
    let time = manual_clock();
    let client = member(&server, store.clone(), &time.clock());
    assert_eq!(call(&client, &server).await, 200);
    store.set(|state| state.is_down = true);
    // Up to the end of its last minute, in which a new one is called for.
    for _ in 0..2 {
        time.advance(Duration::from_secs(EIGHT_HOURS / 2 - 15));
        assert_eq!(call(&client, &server).await, 200);
    }
    time.advance(30 * SECOND);
    let error = client.send(read(&server), by_status).await.unwrap_err();
    assert!(matches!(&error, Error::Store(error) if error.store() == "fickle"));
    assert!(error.is_transient());
    assert_eq!(vendor.issued(), 1);
    store.set(|state| state.is_down = false);
    time.advance(60 * SECOND);
    assert_eq!(call(&client, &server).await, 200);
    assert_eq!(vendor.issued(), 2);
}

#[tokio::test]
async fn an_ordinary_vendor_is_asked_without_the_store_unless_told_otherwise() {
    let (store, vendor) = (Fickle::default(), Vendor::default());
    let server = vendor.serve().await;
    store.set(|state| state.is_down = true);
    let build = |outage: Option<StoreOutage>| {
        let endpoint = TokenEndpoint::new(server.url("/token"));
        let builder = TokenProvider::builder(http(), endpoint, credentials());
        let builder = builder.token_store(store.clone());
        match outage {
            Some(outage) => builder.store_outage(outage),
            None => builder,
        }
        .build()
        .unwrap()
    };
    let token = build(None).token().await.unwrap();
    assert_eq!(text(&token), "canary-token-1");
    let error = build(Some(StoreOutage::KeepToken))
        .token()
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Store(_)));
    assert_eq!(vendor.issued(), 1);
}

#[tokio::test]
async fn no_request_is_made_that_could_not_be_announced() {
    let (store, vendor) = (Fickle::default(), Vendor::default());
    let server = vendor.serve().await;
    store.set(|state| state.refuses_publish_after = Some(0));
    let provider = builder(&server, store.clone(), Clock::system())
        .build()
        .unwrap();
    let error = provider.token().await.unwrap_err();
    assert!(matches!(error, Error::Store(_)));
    assert_eq!(vendor.issued(), 0);
}

#[tokio::test]
async fn a_token_that_could_not_be_stored_is_used_and_stored_later() {
    let (store, vendor) = (Fickle::default(), Vendor::default());
    let server = vendor.serve().await;
    let time = manual_clock();
    // The announcement goes through, and the token does not.
    store.set(|state| state.refuses_publish_after = Some(1));
    let client = member(&server, store.clone(), &time.clock());
    assert_eq!(call(&client, &server).await, 200);
    assert!(store.record().await.token().is_none());
    store.set(|state| state.refuses_publish_after = None);
    heal(&client, &server, &store, &time).await;
    let other = member(&server, store.clone(), &time.clock());
    assert_eq!(call(&other, &server).await, 200);
    assert_eq!(vendor.issued(), 1);
}

/// Lets looks happen until the store has a token again.
async fn heal(
    client: &AuthorizedHttp,
    server: &Server,
    store: &Fickle,
    time: &sdk_auth::ManualClock,
) {
    for _ in 0..200 {
        time.advance(3 * SECOND);
        assert_eq!(call(client, server).await, 200);
        tokio::time::sleep(Duration::from_millis(5)).await;
        if store.record().await.token().is_some() {
            return;
        }
    }
    panic!("the token was not stored again");
}

#[tokio::test]
async fn what_the_store_has_lost_is_stored_again() {
    let (store, vendor) = (Fickle::default(), Vendor::default());
    let server = vendor.serve().await;
    let time = manual_clock();
    let client = member(&server, store.clone(), &time.clock());
    assert_eq!(call(&client, &server).await, 200);
    store.put(&TokenRecord::default()).await;
    heal(&client, &server, &store, &time).await;
    assert_eq!(vendor.issued(), 1);
}

#[tokio::test]
async fn a_valid_token_costs_one_look_in_a_quarter_of_a_second_at_most() {
    let (store, vendor) = (Fickle::default(), Vendor::default());
    let server = vendor.serve().await;
    let time = manual_clock();
    let client = member(&server, store.clone(), &time.clock());
    assert_eq!(call(&client, &server).await, 200);
    let before = store.loads();
    for round in 1..=4 {
        for _ in 0..5 {
            assert_eq!(call(&client, &server).await, 200);
        }
        assert!(store.loads() - before <= round, "{} looks", store.loads());
        time.advance(Duration::from_millis(250));
    }
    for _ in 0..100 {
        assert!(client.provider().ready().is_some());
    }
    assert_eq!(store.loads() - before, 3);
}

#[tokio::test]
async fn a_request_that_another_announced_is_left_to_settle() {
    let (store, vendor) = (Fickle::default(), Vendor::default());
    let server = vendor.serve().await;
    let time = manual_clock();
    let client = member(&server, store.clone(), &time.clock());
    assert_eq!(call(&client, &server).await, 200);
    let json = store.record().await.to_json();
    // As a process leaves it that is killed after it has announced its request.
    let announced = json.replace(
        "\"intent\":null",
        r#""intent":{"fence":90,"started_at":5,"holder":"process 9"}"#,
    );
    assert_ne!(announced, json);
    let announced = TokenRecord::from_json(announced.as_bytes()).unwrap();
    store.put(&announced).await;
    time.advance(Duration::from_secs(EIGHT_HOURS));
    let before = time.wall();
    assert_eq!(call(&client, &server).await, 200);
    assert_eq!(vendor.issued(), 2);
    assert!(time.wall() >= before + 2 * SECOND);
    assert_eq!(store.record().await.intent(), None);
}

#[tokio::test]
async fn the_fleet_has_one_budget() {
    let (store, vendor) = (Fickle::default(), Vendor::default());
    let server = vendor.serve().await;
    let time = manual_clock();
    let mut failures = Vec::new();
    for _ in 0..5 {
        let provider = builder(&server, store.clone(), time.clock())
            .build()
            .unwrap();
        // Every process finds the stored token refused, and asks for another.
        for _ in 0..2 {
            match provider.token().await {
                Ok(token) => {
                    time.advance(6 * SECOND);
                    provider.reject(token.generation());
                }
                Err(Error::TokenRequest(error)) => failures.push(error.failure()),
                Err(error) => panic!("{error}"),
            }
        }
    }
    assert_eq!(vendor.issued(), 3);
    assert!(
        failures
            .iter()
            .all(|failure| *failure == TokenFailure::OverBudget)
    );
    assert!(!failures.is_empty());
    let record = store.record().await;
    assert_eq!(record.generation(), 3);
    let left = |minutes: u32| {
        let at = time.wall() + minutes * 60 * SECOND;
        record.requests_left(LifetimeRule::NewestOnly, at)
    };
    assert_eq!([left(0), left(5), left(60)], [0, 1, 3]);
}
