//! The store in Redis, against a real server.

use std::time::{Duration, Instant};

use sdk_auth::{
    Lease, Published, RedisStore, StoreError, StoreFailure, StoreKey, StoreReach, TokenEndpoint,
    TokenRecord, TokenStore,
};
use sdk_sandbox::RedisServer;

const SECOND: Duration = Duration::from_secs(1);

fn key() -> StoreKey {
    let endpoint = TokenEndpoint::new("https://auth.example.com/token".parse().unwrap());
    StoreKey::new(&endpoint, "ada")
}

fn store(server: &RedisServer) -> RedisStore {
    RedisStore::new(&server.url()).unwrap()
}

/// A record of a token that was issued in that second, for an hour.
fn record(issued: u64) -> TokenRecord {
    let (from, to) = (issued * 1000, (issued + 3600) * 1000);
    let json = format!(
        r#"{{"version":1,"generation":1,"token":{{"order":{{"at":{issued},"fence":1}},"issued_at":{from},
        "expires_at":{to},"key_id":"k","sealed":"c2VhbGVk"}},"intent":null,"spent_until":0}}"#
    );
    TokenRecord::from_json(json.as_bytes()).unwrap()
}

async fn take(store: &RedisStore) -> Lease {
    store.lease(&key(), "process 1").await.unwrap().unwrap()
}

/// Runs a program against the server, as an operator would.
fn operator(server: &RedisServer, arguments: &[&str]) -> String {
    let mut command = std::process::Command::new("redis-cli");
    command.args(["--no-auth-warning", "-u", &server.url()]);
    let output = command.args(arguments).output().unwrap();
    String::from_utf8(output.stdout)
        .unwrap()
        .trim_end()
        .to_owned()
}

fn name(part: &str) -> String {
    format!("sdk-auth:{{{}}}:{part}", key())
}

#[tokio::test]
async fn one_process_at_a_time_has_the_lease_and_every_lease_a_greater_fence() {
    let server = RedisServer::start().unwrap();
    let (mine, theirs) = (store(&server), store(&server));
    let first = take(&mine).await;
    assert!(theirs.lease(&key(), "process 2").await.unwrap().is_none());
    assert_eq!(
        theirs.holder(&key()).await.unwrap().as_deref(),
        Some("process 1")
    );
    let fence = first.fence();
    mine.release(&key(), first).await.unwrap();
    assert_eq!(theirs.holder(&key()).await.unwrap(), None);
    let second = take(&theirs).await;
    assert!(second.fence() > fence);
    assert_eq!(second.lifetime(), Some(15 * SECOND));
    assert_eq!(mine.reach(), StoreReach::Fleet);
}

#[tokio::test]
async fn fences_grow_although_the_server_has_lost_everything() {
    let mut server = RedisServer::start().unwrap();
    let store = store(&server);
    let before = take(&store).await;
    server.restart().unwrap();
    let after = take(&store).await;
    assert!(after.fence() > before.fence());
}

#[tokio::test]
async fn a_lease_that_ran_out_is_free_and_its_old_holder_cannot_end_the_new_one() {
    let server = RedisServer::start().unwrap();
    let hasty = store(&server).lease_time(Duration::from_millis(20));
    let store = store(&server);
    let old = take(&hasty).await;
    tokio::time::sleep(Duration::from_millis(40)).await;
    let new = take(&store).await;
    hasty.release(&key(), old).await.unwrap();
    assert!(store.holder(&key()).await.unwrap().is_some());
    store.release(&key(), new).await.unwrap();
    assert_eq!(store.holder(&key()).await.unwrap(), None);
}

#[tokio::test]
async fn the_holder_writes_and_who_has_lost_the_lease_only_what_is_newer_and_in_nobodys_way() {
    let server = RedisServer::start().unwrap();
    let store = store(&server);
    assert_eq!(store.load(&key()).await.unwrap(), None);
    let lost = take(&store.lease_time(Duration::from_millis(20))).await;
    tokio::time::sleep(Duration::from_millis(40)).await;

    let store = RedisStore::new(&server.url()).unwrap();
    let publish =
        async |lease: &Lease, at| store.publish(&key(), lease, &record(at)).await.unwrap();
    let mine = take(&store).await;
    assert_eq!(publish(&mine, 20).await, Published::Done);
    // Written already, by a command whose answer was lost.
    assert_eq!(publish(&mine, 20).await, Published::Done);
    assert_eq!(store.load(&key()).await.unwrap(), Some(record(20)));
    assert_eq!(publish(&lost, 30).await, Published::Wait);
    let superseded = Published::Superseded(Some(record(20)));
    assert_eq!(publish(&lost, 10).await, superseded);
    store.release(&key(), mine).await.unwrap();
    assert_eq!(publish(&lost, 10).await, superseded);
    assert_eq!(publish(&lost, 30).await, Published::Done);
    assert_eq!(store.load(&key()).await.unwrap(), Some(record(30)));
}

#[tokio::test]
async fn what_is_no_record_is_replaced_and_what_is_newer_is_left_alone() {
    let server = RedisServer::start().unwrap();
    let store = store(&server);
    let lease = take(&store).await;
    let failure = |error: StoreError| error.failure();
    for (text, expected) in [
        ("{\"version\":1,\"gen", StoreFailure::Damaged),
        ("not ours", StoreFailure::Damaged),
    ] {
        operator(&server, &["SET", &name("record"), text]);
        assert_eq!(store.load(&key()).await.map_err(failure), Err(expected));
        let published = store.publish(&key(), &lease, &record(10)).await;
        assert_eq!(published.unwrap(), Published::Done);
        assert_eq!(store.load(&key()).await.unwrap(), Some(record(10)));
    }
    operator(&server, &["DEL", &name("record")]);
    operator(&server, &["LPUSH", &name("record"), "not ours"]);
    assert_eq!(store.load(&key()).await.unwrap(), None);
    let published = store.publish(&key(), &lease, &record(10)).await;
    assert_eq!(published.unwrap(), Published::Done);

    let newer = r#"{"version":2,"token":"of another kind"}"#;
    operator(&server, &["SET", &name("record"), newer]);
    let newer_version = Some(StoreFailure::NewerVersion);
    let loaded = store.load(&key()).await;
    assert_eq!(loaded.err().map(failure), newer_version);
    let published = store.publish(&key(), &lease, &record(10)).await;
    assert_eq!(published.err().map(failure), newer_version);
    assert_eq!(operator(&server, &["GET", &name("record")]), newer);
}

#[tokio::test]
async fn nothing_stays_on_the_server_for_ever() {
    let server = RedisServer::start().unwrap();
    let store = store(&server);
    let lease = take(&store).await;
    store.publish(&key(), &lease, &record(10)).await.unwrap();
    for (part, longest) in [
        ("record", 3600 + 7 * 86_400),
        ("lease", 15),
        ("fence", 30 * 86_400),
    ] {
        let left: i64 = operator(&server, &["TTL", &name(part)]).parse().unwrap();
        assert!((longest - 5..=longest).contains(&left), "{part}: {left} s");
    }
    let keys = operator(&server, &["KEYS", "*"]);
    assert_eq!(keys.lines().count(), 3, "{keys}");
}

#[tokio::test]
async fn a_user_needs_its_own_keys_and_no_dangerous_command() {
    let server = RedisServer::start_with_user("fleet", "canary-password", "sdk-auth:*").unwrap();
    let store = store(&server);
    let lease = take(&store).await;
    let published = store.publish(&key(), &lease, &record(10)).await;
    assert_eq!(published.unwrap(), Published::Done);
    store.release(&key(), lease).await.unwrap();
    assert_eq!(store.load(&key()).await.unwrap(), Some(record(10)));

    let wrong = server.url().replace("canary-password", "canary-passwort");
    let stranger = RedisStore::new(&wrong).unwrap();
    let error = stranger.load(&key()).await.unwrap_err();
    assert_eq!(error.failure(), StoreFailure::Unavailable);
    for shown in [
        format!("{error} {error:?} {stranger:?}"),
        format!("{:?} {}", store, store.identity()),
        std::error::Error::source(&error).unwrap().to_string(),
    ] {
        assert!(!shown.contains("canary"), "{shown}");
    }
}

#[tokio::test]
async fn a_server_that_is_gone_or_silent_is_an_error_within_seconds_and_is_found_again() {
    let mut server = RedisServer::start().unwrap();
    let store = store(&server);
    assert_eq!(store.load(&key()).await.unwrap(), None);
    let failure = async || {
        let asked = Instant::now();
        let error = store.load(&key()).await.unwrap_err();
        assert!(error.is_transient());
        asked.elapsed()
    };
    server.pause().unwrap();
    assert!(failure().await < 5 * SECOND);
    server.resume().unwrap();
    assert_eq!(store.load(&key()).await.unwrap(), None);
    server.stop();
    assert!(failure().await < SECOND);
    server.restart().unwrap();
    assert_eq!(store.load(&key()).await.unwrap(), None);
}

#[tokio::test]
async fn a_new_record_is_told_to_who_waits_for_it_and_a_lost_server_to_nobody() {
    let mut server = RedisServer::start().unwrap();
    let (mine, theirs) = (store(&server), store(&server));
    let key = key();
    let wait = Duration::from_millis(200);
    // The first hint says that it has begun to listen.
    tokio::time::timeout(SECOND, mine.changed(&key))
        .await
        .unwrap()
        .unwrap();
    assert!(
        tokio::time::timeout(wait, mine.changed(&key))
            .await
            .is_err()
    );
    let (lease, record) = (take(&theirs).await, record(10));
    let (told, published) = tokio::join!(
        tokio::time::timeout(SECOND, mine.changed(&key)),
        theirs.publish(&key, &lease, &record),
    );
    assert_eq!(published.unwrap(), Published::Done);
    told.unwrap().unwrap();
    server.stop();
    assert!(
        tokio::time::timeout(wait, mine.changed(&key))
            .await
            .is_err()
    );
}

#[test]
fn a_store_outlives_the_runtime_that_it_was_used_on() {
    let server = RedisServer::start().unwrap();
    let store = store(&server);
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap()
    };
    // The first is stopped and kept, the second is gone.
    let kept = runtime();
    assert_eq!(kept.block_on(store.load(&key())).unwrap(), None);
    let asked = Instant::now();
    assert_eq!(runtime().block_on(store.load(&key())).unwrap(), None);
    assert!(asked.elapsed() < 3 * SECOND);
    assert_eq!(runtime().block_on(store.load(&key())).unwrap(), None);
}
