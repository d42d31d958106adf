//! What it costs to share a token: looking at a store, its lease, storing, and what is left of that on the way
//! of every call.

mod bare;

use std::{hint::black_box, path::Path, sync::Arc, time::Instant};

use anyhow::{Context, Result, ensure};
use sdk_auth::{
    Credentials, FileStore, Http, HttpConfig, MemoryStore, Published, RedisStore, StoreKey,
    TokenEndpoint, TokenProvider, TokenRecord, TokenScheme, TokenStore,
};
use tokio::runtime::Runtime;

use self::bare::{Files, Redis, Socket};
use crate::{
    report::{Goal, Line, Unit},
    rounds::{Contender, Effort, race, repetitions, warm_up},
};

const PART: &str = "stores: sharing a token between processes";

/// What one call pays for the token on top of nothing, whatever the store.
const ON_THE_WAY: f64 = 60.0;

/// Measures both stores beside the bare operations below them, and the way of a call with every store.
///
/// # Errors
///
/// When there is no `redis-server`, or a store breaks.
pub fn measure(effort: Effort, token_url: &str, scratch: &Path) -> Result<Vec<Line>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let redis = Redis::start()?;
    let folder = scratch.join("token-store");
    let files = Files::new(&scratch.join("bare-files"))?;
    let mut lines = Vec::new();
    let file_store: Arc<dyn TokenStore> = Arc::new(FileStore::open(&folder)?);
    let redis_store: Arc<dyn TokenStore> = Arc::new(RedisStore::new(&redis.url())?);
    let store = Measured::new(&runtime, &file_store)?;
    lines.push(
        store.beside(effort, "file: look", Step::Load, "one stat", |_| {
            files.stat()
        })?,
    );
    lines.push(store.beside(
        effort,
        "file: lease and release",
        Step::Lease,
        "lock and unlock",
        |_| files.lock_and_unlock(),
    )?);
    lines.push(store.beside(
        effort,
        "file: store",
        Step::Publish,
        "write, sync, rename, sync",
        |turn| files.replace(&record(turn)?.to_json()),
    )?);

    let store = Measured::new(&runtime, &redis_store)?;
    let mut socket = Socket::connect(&redis)?;
    lines.push(
        store.beside(effort, "Redis: look", Step::Load, "bare GET", |_| {
            socket.get()
        })?,
    );
    lines.push(store.beside(
        effort,
        "Redis: lease and release",
        Step::Lease,
        "bare SET NX PX, DEL",
        |_| socket.lock_and_unlock(),
    )?);
    lines.push(
        store.beside(effort, "Redis: store", Step::Publish, "bare SET", |turn| {
            socket.set(&record(turn)?.to_json())
        })?,
    );
    let stores: [(_, Arc<dyn TokenStore>); 3] = [
        ("memory", Arc::new(MemoryStore::new())),
        ("file", file_store),
        ("Redis", redis_store),
    ];
    lines.extend(on_the_way(effort, &runtime, token_url, stores)?);
    Ok(lines)
}

/// What is done with a store.
#[derive(Clone, Copy)]
enum Step {
    Load,
    Lease,
    Publish,
}

struct Measured<'a> {
    runtime: &'a Runtime,
    store: &'a Arc<dyn TokenStore>,
    key: StoreKey,
}

impl<'a> Measured<'a> {
    /// The store with a record in it.
    fn new(runtime: &'a Runtime, store: &'a Arc<dyn TokenStore>) -> Result<Self> {
        let endpoint = TokenEndpoint::new("https://auth.example.com/token".parse()?);
        let key = StoreKey::new(&endpoint, "ada");
        let measured = Self {
            runtime,
            store,
            key,
        };
        runtime.block_on(measured.times(Step::Publish, 1))?;
        Ok(measured)
    }

    async fn times(&self, step: Step, times: u64) -> Result<()> {
        let Self { store, key, .. } = self;
        match step {
            Step::Load => {
                for _ in 0..times {
                    ensure!(store.load(key).await?.is_some(), "the record is gone");
                }
            }
            Step::Lease => {
                for _ in 0..times {
                    let lease = store.lease(key, "bench").await?;
                    store
                        .release(key, lease.context("the lease is taken")?)
                        .await?;
                }
            }
            Step::Publish => {
                let lease = store.lease(key, "bench").await?;
                let lease = lease.context("the lease is taken")?;
                for turn in 0..times {
                    let published = store.publish(key, &lease, &record(turn)?).await?;
                    ensure!(published == Published::Done, "the record was not stored");
                }
                store.release(key, lease).await?;
            }
        }
        Ok(())
    }

    /// One step beside the bare operation below it, each as often as fits into a round.
    fn beside(
        &self,
        effort: Effort,
        case: &str,
        step: Step,
        peer: &str,
        mut bare: impl FnMut(u64) -> Result<()>,
    ) -> Result<Line> {
        let ours = |times| self.runtime.block_on(self.times(step, times));
        let often = repetitions(effort.round, ours)?;
        let mut theirs = |times| (0..times).try_for_each(&mut bare);
        let bare_often = repetitions(effort.round, &mut theirs)?;
        let mut contenders = vec![
            Contender::new("sdk-auth", || per_time(often, ours)),
            Contender::new(peer, || per_time(bare_often, &mut theirs)),
        ];
        warm_up(&mut contenders)?;
        let samples = race(effort.rounds, contenders)?;
        let [ours, theirs] = samples.as_slice() else {
            anyhow::bail!("two contenders have two figures");
        };
        Ok(Line::raced(PART, case, Unit::Nanoseconds, ours, theirs))
    }
}

fn per_time(times: u64, mut work: impl FnMut(u64) -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    work(times)?;
    Ok(start.elapsed().as_nanos() as f64 / times as f64)
}

/// A record with a sealed token of 1 200 bytes; each turn another one.
fn record(turn: u64) -> Result<TokenRecord> {
    let sealed = "A".repeat(1636);
    let json = format!(
        r#"{{"version":1,"generation":{turn},"token":{{"order":{{"at":{turn},"fence":1}},"issued_at":1,
        "expires_at":28800000,"key_id":"0123456789abcdef","sealed":"{sealed}"}},"intent":null,"spent_until":0}}"#
    );
    let record = TokenRecord::from_json(json.as_bytes());
    record.map_err(|failure| anyhow::anyhow!("the record is {failure:?}"))
}

/// From the token in use to a header, with every store, beside none; processes look every 250 ms meanwhile.
fn on_the_way(
    effort: Effort,
    runtime: &Runtime,
    token_url: &str,
    stores: [(&str, Arc<dyn TokenStore>); 3],
) -> Result<Vec<Line>> {
    let provider = |store: Option<Arc<dyn TokenStore>>| -> Result<TokenProvider> {
        let endpoint = TokenEndpoint::new(token_url.parse()?);
        let http = Http::new(HttpConfig::new())?;
        let credentials = Credentials::client("client", "not a secret");
        let mut builder = TokenProvider::builder(http, endpoint, credentials);
        if let Some(store) = store {
            builder = builder.token_store(store);
        }
        let provider = builder.build()?;
        runtime.block_on(provider.token())?;
        Ok(provider)
    };
    let alone = provider(None)?;
    let mut lines = Vec::new();
    for (name, store) in stores {
        let shared = provider(Some(store))?;
        let read = |provider: &TokenProvider, times| {
            // Looks run on the runtime's own thread.
            let _inside = runtime.enter();
            for _ in 0..times {
                let token = provider.ready().context("there is no token")?;
                black_box(token.authorization(TokenScheme::Bearer).clone());
            }
            Ok(())
        };
        let often = repetitions(effort.round, |times| read(&alone, times))?;
        let mut contenders = vec![
            Contender::new(name, || per_time(often, |times| read(&shared, times))),
            Contender::new("no store", || per_time(often, |times| read(&alone, times))),
        ];
        warm_up(&mut contenders)?;
        let samples = race(effort.rounds, contenders)?;
        let [ours, theirs] = samples.as_slice() else {
            anyhow::bail!("two contenders have two figures");
        };
        let case = format!("{name}: cached token to header");
        let line = Line::raced(PART, case, Unit::Nanoseconds, ours, theirs);
        lines.push(line.goal(Goal::OursAtMost(ON_THE_WAY)));
    }
    Ok(lines)
}
