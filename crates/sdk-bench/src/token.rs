//! From a cached token to a header: what every request pays before it is sent.

mod peers;

use std::{
    fmt,
    hint::black_box,
    sync::{Arc, Barrier},
    time::Instant,
};

use anyhow::{Context, Result, anyhow};
use futures_util::future::BoxFuture;
use sdk_auth::{Credentials, Http, HttpConfig, TokenEndpoint, TokenProvider, TokenScheme};
use tokio::runtime::{Builder, Runtime};

use crate::{
    allocations::Allocations,
    report::{Goal, Line, Unit},
    rounds::{Contender, Effort, race, repetitions, warm_up},
};

const PART: &str = "token: cached token to header, per read";

/// What the counts call an allocation.
pub const COUNTED: &str = "allocations";
/// What the counts call getting the token once.
pub const ONE_READ: &str = "1 thread";

type Reads = dyn Fn(u64) -> BoxFuture<'static, Result<()>> + Send + Sync;

/// A cache with a token in it.
pub struct Reader {
    /// Whose cache it is.
    pub name: &'static str,
    reads: Arc<Reads>,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Reader {
    fn new<F>(name: &'static str, reads: impl Fn(u64) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        Self {
            name,
            reads: Arc::new(move |times| Box::pin(reads(times))),
        }
    }

    /// Gets the token this many times.
    pub fn read(&self, times: u64) -> BoxFuture<'static, Result<()>> {
        (self.reads)(times)
    }
}

/// Every cache, ours first, each with its token already fetched.
///
/// # Errors
///
/// When one of them cannot be filled.
pub async fn readers(token_url: &str) -> Result<Vec<Reader>> {
    let readers = vec![
        ours(token_url)?,
        peers::smithy()?,
        peers::azure()?,
        peers::google(token_url)?,
        peers::by_hand()?,
    ];
    for reader in &readers {
        reader
            .read(1)
            .await
            .with_context(|| format!("filling {}", reader.name))?;
    }
    Ok(readers)
}

/// Measures every cache on 1, 2 and 8 threads, and counts its allocations.
///
/// # Errors
///
/// When a cache breaks.
pub fn measure(effort: Effort, token_url: &str, counted: &Allocations) -> Result<Vec<Line>> {
    // Caches that renew in the background do it here, away from the measured threads.
    let home = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let readers = home.block_on(readers(token_url))?;
    let mut lines = Vec::new();
    for threads in [1, 2, 8] {
        lines.extend(contended(effort, &readers, threads)?);
    }
    let counts = counted.lines(PART, COUNTED, ONE_READ, Unit::Allocations);
    lines.extend(promise(counts, Goal::OursAtMost(0.0)));
    Ok(lines)
}

fn ours(token_url: &str) -> Result<Reader> {
    let endpoint = TokenEndpoint::new(token_url.parse()?);
    let http = Http::new(HttpConfig::new())?;
    let provider = TokenProvider::new(
        http,
        endpoint,
        Credentials::client("client", "not a secret"),
    )?;
    Ok(Reader::new("sdk-auth", move |times| {
        let provider = provider.clone();
        async move {
            for _ in 0..times {
                let header = match provider.ready() {
                    Some(token) => token.authorization(TokenScheme::Bearer).clone(),
                    None => provider
                        .token()
                        .await?
                        .authorization(TokenScheme::Bearer)
                        .clone(),
                };
                black_box(header);
            }
            Ok(())
        }
    }))
}

fn contended(effort: Effort, readers: &[Reader], threads: usize) -> Result<Vec<Line>> {
    let mut contenders = readers
        .iter()
        .map(|reader| {
            let times = repetitions(effort.round, |times| drop_cost(aggregate(reader, 1, times)))?;
            Ok(Contender::new(reader.name, move || {
                aggregate(reader, threads, times)
            }))
        })
        .collect::<Result<Vec<_>>>()?;
    warm_up(&mut contenders)?;
    let samples = race(effort.rounds, contenders)?;
    let (ours, peers) = samples.split_first().context("no contenders")?;
    let case = format!("{threads} thread{}", if threads == 1 { "" } else { "s" });
    let lines = peers
        .iter()
        .map(|peer| Line::raced(PART, case.as_str(), Unit::Nanoseconds, ours, peer))
        .collect();
    // The promise is about one thread; more threads show what sharing costs.
    Ok(if threads == 1 {
        promise(lines, Goal::OursAtMost(60.0))
    } else {
        lines
    })
}

/// Puts a goal that no peer decides on the first line only.
fn promise(mut lines: Vec<Line>, goal: Goal) -> Vec<Line> {
    if let Some(first) = lines.first_mut() {
        *first = first.clone().goal(goal);
    }
    lines
}

fn drop_cost(cost: Result<f64>) -> Result<()> {
    cost.map(|_| ())
}

/// Nanoseconds of wall time over all reads of all threads: perfect scaling on two cores halves it.
fn aggregate(reader: &Reader, threads: usize, times: u64) -> Result<f64> {
    let runtimes: Vec<Runtime> = (0..threads)
        .map(|_| Builder::new_current_thread().enable_all().build())
        .collect::<Result<_, _>>()?;
    let start_line = Barrier::new(threads + 1);
    let each = times.div_ceil(threads as u64);
    let took = std::thread::scope(|scope| {
        let running: Vec<_> = runtimes
            .iter()
            .map(|runtime| {
                scope.spawn(|| {
                    start_line.wait();
                    let start = Instant::now();
                    runtime
                        .block_on(reader.read(each))
                        .map(|()| (start, Instant::now()))
                })
            })
            .collect();
        start_line.wait();
        let mut spans = Vec::new();
        for thread in running {
            spans.push(
                thread
                    .join()
                    .map_err(|_| anyhow!("a reading thread panicked"))??,
            );
        }
        let first = spans.iter().map(|span| span.0).min();
        let last = spans.iter().map(|span| span.1).max();
        first
            .zip(last)
            .map(|(first, last)| last - first)
            .context("no thread ran")
    })?;
    Ok(took.as_nanos() as f64 / (each * threads as u64) as f64)
}
