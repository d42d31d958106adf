//! The vendors, in a process of their own: what they take is not on the account of the clients.

use anyhow::{Context as _, Result, ensure};
use sdk_sandbox::{Endpoint, Fault, Sandbox};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::sandbox::end_of_input;

/// How long a vendor takes to answer, so that calls are under way side by side.
const API_LATENCY: Duration = Duration::from_millis(250);

/// How long a vendor takes to issue a token, so that callers wait for it together.
const TOKEN_LATENCY: Duration = Duration::from_millis(100);

/// How often all tokens are revoked. Three in a row that are revoked before their first use are a vendor that refuses
/// the credentials, for all that a client can see.
const REVOCATION: Duration = Duration::from_secs(20);

/// Arguments of the process.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    items: usize,
    token_ttl: u64,
    faults: u8,
    seed: u64,
}

/// What the client has to know: the variables of both vendors.
#[derive(Debug, Serialize, Deserialize)]
struct Greeting {
    variables: BTreeMap<String, String>,
}

/// What the vendors saw.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Farewell {
    pub(super) requests: u64,
    pub(super) token_requests: u64,
    pub(super) faults: u64,
}

/// The process, as its parent sees it.
pub(super) struct Server {
    process: Child,
    output: BufReader<ChildStdout>,
    variables: BTreeMap<String, String>,
}

impl Server {
    pub(super) fn start(arguments: &super::Arguments) -> Result<Self> {
        let numbers = [
            arguments.callers.to_string(),
            arguments.token_ttl.to_string(),
            arguments.faults.to_string(),
            arguments.seed.to_string(),
        ];
        let mut process = Command::new(std::env::current_exe()?)
            .arg("soak-server")
            .args(numbers)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the server")?;
        let output = process.stdout.take().context("the server has no output")?;
        let mut output = BufReader::new(output);
        let Greeting { variables } = read(&mut output)?;
        Ok(Self {
            process,
            output,
            variables,
        })
    }

    pub(super) fn variables(&self) -> BTreeMap<String, String> {
        self.variables.clone()
    }

    /// Stops the vendors, and gives what they saw.
    pub(super) fn stop(mut self) -> Result<Farewell> {
        drop(self.process.stdin.take());
        let farewell = read(&mut self.output)?;
        let status = self.process.wait()?;
        ensure!(status.success(), "the server ended with {status}");
        Ok(farewell)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill(); // it may have ended by itself
        let _ = self.process.wait();
    }
}

/// Reads one line of JSON.
fn read<T: serde::de::DeserializeOwned>(output: &mut BufReader<ChildStdout>) -> Result<T> {
    let mut line = String::new();
    output.read_line(&mut line)?;
    serde_json::from_str(&line).context("the server ended early")
}

fn write(value: &impl Serialize) -> Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{}", serde_json::to_string(value)?)?;
    Ok(output.flush()?)
}

/// Serves until standard input closes.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    runtime.block_on(serve(arguments))
}

/// What goes wrong with API and token requests.
fn faults() -> Vec<Fault> {
    vec![
        Fault::status(500),
        Fault::status(502),
        Fault::status(503),
        Fault::status(504),
        Fault::too_many_requests("0"),
        Fault::Html { status: 503 },
        Fault::Truncate,
        Fault::Disconnect,
        Fault::delay(Duration::from_secs(2)),
    ]
}

async fn serve(arguments: &Arguments) -> Result<()> {
    let sandbox = Sandbox::builder()
        .items(arguments.items)
        .token_ttl(Duration::from_secs(arguments.token_ttl))
        .start()
        .await?;
    let (finitestate, altrata) = (sandbox.finitestate(), sandbox.altrata());
    let (percent, seed) = (arguments.faults, arguments.seed);
    for (endpoint, latency, seed) in [
        (Endpoint::Api, API_LATENCY, seed),
        (Endpoint::Token, TOKEN_LATENCY, seed + 1),
    ] {
        finitestate.set_latency(endpoint, latency);
        altrata.set_latency(endpoint, latency);
        finitestate.fail_at_random(endpoint, percent, faults(), seed);
        altrata.fail_at_random(endpoint, percent, faults(), seed + 2);
    }
    let variables = [finitestate.variables(), altrata.variables()].concat();
    let variables = variables.into_iter();
    write(&Greeting {
        variables: variables
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    })?;
    let mut ending = std::pin::pin!(end_of_input());
    while tokio::time::timeout(REVOCATION, &mut ending).await.is_err() {
        finitestate.revoke_tokens();
        altrata.mint_token();
    }
    let counts = [finitestate.counts(), altrata.counts()];
    write(&Farewell {
        requests: counts.iter().map(|it| it.api_requests).sum(),
        token_requests: counts.iter().map(|it| it.token_requests).sum(),
        faults: counts.iter().map(|it| it.faults).sum(),
    })
}
