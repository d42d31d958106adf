//! More callers at once, on one provider or one client.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use finitestate::{Client, queries::ListFindings};
use futures_util::future::try_join_all;
use sdk_auth::{Credentials, Http, HttpConfig, TokenEndpoint, TokenProvider, TokenScheme};
use tokio::runtime::{Builder, Runtime};

use super::Growth;
use crate::{
    loopback::{Loopback, allow_many_sockets},
    report::Unit,
    request::{builder, cpu_micros},
    rounds::{Contender, Effort, race, warm_up},
};

/// Callers of one provider, who need nothing but its token.
const READERS: [usize; 3] = [1, 100, 10_000];
/// Callers of one client, each with a connection. Linux lets 4096 new ones wait (`net.core.somaxconn`) and loses those
/// beyond, so that more callers at once would measure the system.
const CALLERS: [usize; 3] = [1, 100, 3_000];

const THREADS: usize = 2;

fn runtime() -> Result<Runtime> {
    Ok(Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build()?)
}

/// From a cached token to a header: the time of the threads over all reads together.
pub(super) fn tokens(effort: Effort, loopback: &Loopback, growth: &mut Growth) -> Result<()> {
    /// So many that starting a task for each caller is nothing beside them.
    const READS: usize = 4_000_000;
    let runtime = runtime()?;
    let endpoint = TokenEndpoint::new(loopback.url("/token").parse()?);
    let credentials = Credentials::client("client", "not a secret");
    let provider = TokenProvider::new(Http::new(HttpConfig::new())?, endpoint, credentials)?;
    runtime.block_on(provider.token())?;
    let read = |callers: usize| {
        let (provider, runtime) = (&provider, &runtime);
        move || {
            let start = Instant::now();
            runtime.block_on(async {
                let tasks = (0..callers).map(|_| {
                    let provider = provider.clone();
                    tokio::spawn(async move {
                        for _ in 0..READS / callers {
                            let token = provider.ready().context("there is no token")?;
                            black_box(token.authorization(TokenScheme::Bearer).clone());
                        }
                        anyhow::Ok(())
                    })
                });
                let tasks: Vec<_> = tasks.collect();
                for done in try_join_all(tasks).await? {
                    done?;
                }
                anyhow::Ok(())
            })?;
            let threads = callers.min(THREADS) as f64;
            Ok(start.elapsed().as_nanos() as f64 * threads / READS as f64)
        }
    };
    let mut contenders: Vec<_> = READERS
        .iter()
        .map(|&callers| Contender::new(format!("{callers} at once"), read(callers)))
        .collect();
    warm_up(&mut contenders)?;
    let samples = race(effort.rounds, contenders)?;
    let each: Vec<_> = READERS.into_iter().zip(samples).collect();
    let name = "cached token to header";
    growth.add(name, "callers", Unit::Nanoseconds, None, &each);
    Ok(())
}

/// Calls of 1 KB over loopback, CPU time of this process over all calls together.
pub(super) fn requests(effort: Effort, loopback: &Loopback, growth: &mut Growth) -> Result<()> {
    const CALLS: usize = 12_000;
    allow_many_sockets()?;
    let runtime = runtime()?;
    // Who comes last waits for all others.
    let client = builder(&loopback.url("/token"), &loopback.url("/graphql/small"))?
        .timeout(Duration::from_secs(300))
        .http(HttpConfig::new().connect_timeout(Duration::from_secs(60)))
        .build()?;
    runtime.block_on(calls(&client, 1))?;
    let mut contenders: Vec<_> = CALLERS
        .iter()
        .map(|&callers| {
            let (client, runtime) = (&client, &runtime);
            Contender::new(format!("{callers} at once"), move || {
                cpu_micros(runtime, CALLS as u64, async {
                    let tasks = (0..callers).map(|_| {
                        let client = client.clone();
                        tokio::spawn(async move { calls(&client, CALLS / callers).await })
                    });
                    let tasks: Vec<_> = tasks.collect();
                    for done in try_join_all(tasks).await? {
                        done?;
                    }
                    Ok(())
                })
            })
        })
        .collect();
    warm_up(&mut contenders)?;
    let samples = race(if effort.quick { 3 } else { 7 }, contenders)?;
    let each: Vec<_> = CALLERS.into_iter().zip(samples).collect();
    let name = "call over loopback";
    growth.add(name, "callers", Unit::CpuMicroseconds, Some(1.5), &each);
    Ok(())
}

async fn calls(client: &Client, times: usize) -> Result<()> {
    for _ in 0..times {
        let data = client.execute(ListFindings::new().first(100)).await?;
        black_box(data.all_findings.context("no findings")?);
    }
    Ok(())
}
