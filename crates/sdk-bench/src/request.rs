//! One request over loopback, from an operation's value to its typed data.

mod peers;

use std::hint::black_box;

use anyhow::{Context, Result};
use finitestate::{Client, ClientBuilder, Credentials, queries::ListFindings};
use tokio::runtime::{Builder, Runtime};

use self::peers::{ByHand, ORGANIZATION, PostGraphql, RunGraphql};
use crate::{
    builds::own_cpu_time,
    loopback::Loopback,
    report::{Goal, Line, Unit},
    rounds::{Contender, Effort, race, repetitions, warm_up},
};

const PART: &str = "request: execute over loopback, CPU of the client's process";

/// Measures a small and a medium response.
///
/// # Errors
///
/// When a request fails.
pub fn measure(effort: Effort, loopback: &Loopback) -> Result<Vec<Line>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut lines = Vec::new();
    for (case, path) in [("1 KB", "/graphql/small"), ("100 KB", "/graphql/medium")] {
        let url = loopback.url(path);
        let ours = client(&loopback.url("/token"), &url)?;
        let by_hand = ByHand::new(&url)?;
        let (helper, cynic) = (PostGraphql::new(&url)?, RunGraphql::new(&url)?);
        // One request: the token is there.
        runtime.block_on(execute(&ours, 1))?;
        let times = repetitions(effort.round, |times| {
            runtime.block_on(by_hand.execute(times))
        })?;
        let mut contenders = vec![
            Contender::new("finitestate", || {
                cpu_micros(&runtime, times, execute(&ours, times))
            }),
            Contender::new("hand-written reqwest", || {
                cpu_micros(&runtime, times, by_hand.execute(times))
            }),
            Contender::new("graphql_client's post_graphql", || {
                cpu_micros(&runtime, times, helper.execute(times))
            }),
            Contender::new("cynic's run_graphql", || {
                cpu_micros(&runtime, times, cynic.execute(times))
            }),
        ];
        warm_up(&mut contenders)?;
        // Twice the rounds: the promise is about a twentieth, which one round cannot show.
        let samples = race(effort.rounds * 2 + 1, contenders)?;
        let (ours, peers) = samples.split_first().context("no contenders")?;
        for (place, peer) in peers.iter().enumerate() {
            let line = Line::raced(PART, case, Unit::CpuMicroseconds, ours, peer);
            lines.push(match place {
                0 => line.goal(Goal::RatioAtMost(1.05)),
                _ => line,
            });
        }
    }
    Ok(lines)
}

/// CPU time of this process per request.
pub(crate) fn cpu_micros(
    runtime: &Runtime,
    times: u64,
    requests: impl Future<Output = Result<()>>,
) -> Result<f64> {
    let before = own_cpu_time()?;
    runtime.block_on(requests)?;
    Ok((own_cpu_time()? - before).as_secs_f64() * 1e6 / times as f64)
}

/// Our client, with tokens and answers from the loopback server.
pub(crate) fn client(token_url: &str, api_url: &str) -> Result<Client> {
    builder(token_url, api_url)?.build().map_err(Into::into)
}

/// What that client is made from.
pub(crate) fn builder(token_url: &str, api_url: &str) -> Result<ClientBuilder> {
    Ok(Client::builder()
        .credentials(Credentials::client("client", "not a secret"))
        .organization_context(ORGANIZATION)
        .token_url(token_url.parse()?)
        .api_url(api_url.parse()?))
}

async fn execute(client: &Client, times: u64) -> Result<()> {
    for _ in 0..times {
        let data = client.execute(ListFindings::new().first(100)).await?;
        black_box(data.all_findings.context("no findings")?);
    }
    Ok(())
}
