//! `cargo xtask soak`: many callers for minutes, tokens of a few seconds, random faults; and what must not grow.

mod calls;
mod process;
mod report;
mod server;

pub(crate) use server::{Arguments as ServerArguments, run as serve};

use anyhow::{Context as _, Result, ensure};
use std::sync::Arc;
use std::time::{Duration, Instant};

use calls::{Callers, Seen};
use process::{Reading, Readings};
use report::Report;
use server::Server;

/// How often the process is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// What a call may take; there are faults that last for seconds.
const DEADLINE: Duration = Duration::from_secs(30);

/// How much later than its deadline a call may end on a machine that is busy.
const SLACK: Duration = Duration::from_secs(10);

/// Arguments of the verb.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Arguments {
    /// How long the callers call.
    #[arg(long, value_name = "N", default_value_t = 300)]
    seconds: u64,
    /// How many callers there are, half of them on Finite State and half on Altrata with a shared store.
    #[arg(long, value_name = "N", default_value_t = 2000)]
    callers: usize,
    /// How many calls all of them make in a second, if none has to wait.
    #[arg(long, value_name = "N", default_value_t = 200)]
    calls_per_second: u32,
    /// How long a token lives.
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    token_ttl: u64,
    /// How many of 100 requests meet a fault.
    #[arg(long, value_name = "PERCENT", default_value_t = 5)]
    faults: u8,
    /// What the faults and the pauses of callers follow from.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Print one JSON object instead of lines.
    #[arg(long)]
    json: bool,
}

/// Runs the verb. Fails if a call got the answer to another, was lost, or failed for a reason that no fault explains,
/// or if anything grew.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    ensure!(arguments.callers > 0, "there must be a caller");
    ensure!(arguments.calls_per_second > 0, "there must be calls");
    let server = Server::start(arguments)?;
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    let (seen, readings, lost) = runtime.block_on(soak(arguments, &server))?;
    let report = Report::new(arguments, &seen, &readings, lost, &server.stop()?);
    report.print(arguments.json);
    report.verdict()
}

/// Lets the callers call; gives what they saw, what the process took, and how many never came back.
async fn soak(arguments: &Arguments, server: &Server) -> Result<(Seen, Readings, usize)> {
    let mut callers = Callers::new(arguments, server)?;
    callers.learn().await?;
    let callers = Arc::new(callers);
    let begun = Instant::now();
    let end = begun + Duration::from_secs(arguments.seconds);
    let tasks: Vec<_> = (0..arguments.callers)
        .map(|number| {
            let callers = Arc::clone(&callers);
            tokio::spawn(async move { callers.call_until(number, end).await })
        })
        .collect();
    let mut readings = Readings::default();
    while Instant::now() < end {
        tokio::time::sleep(LOOK).await;
        readings.add(Reading::take(begun.elapsed()));
    }
    let patience = tokio::time::Instant::from_std(end + DEADLINE + SLACK);
    let mut lost = 0;
    for task in tasks {
        let ended = tokio::time::timeout_at(patience, task).await;
        lost += usize::from(!matches!(ended, Ok(Ok(()))));
    }
    Ok((callers.seen(), readings, lost))
}
