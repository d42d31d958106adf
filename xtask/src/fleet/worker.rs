//! One process of the fleet: a client from the environment, and a line of output for each call.

use altrata::{Client, Config, Env, HttpConfig, Service, queries::profile::SearchPeople};
use anyhow::Result;
use sdk_auth::{RedisStore, TokenSharing};
use std::io::Write as _;
use std::time::Duration;

/// The variable that says where tokens are kept.
pub(super) const TOKEN_STORE: &str = "ALTRATA_TOKEN_STORE";

/// The line for a call that succeeded; any other says why it failed.
pub(super) const DONE: &str = "done";

/// Shorter than the defaults, so that a lease whose holder was killed ends within seconds: 2 s for a token
/// request, as long to store the token, and some slack.
const ATTEMPT: Duration = Duration::from_secs(2);
const LEASE: Duration = Duration::from_millis(4500);

/// Arguments of a process of the fleet.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How many calls to make.
    calls: usize,
}

/// Makes the calls, one after the other.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let client = client()?;
    let mut output = std::io::stdout().lock();
    for _ in 0..arguments.calls {
        let outcome = runtime.block_on(async { client.execute(SearchPeople::new("ada")).await });
        match outcome {
            Ok(_) => writeln!(output, "{DONE}")?,
            Err(error) => writeln!(output, "{:#}", anyhow::Error::from(error))?,
        }
        output.flush()?;
    }
    Ok(())
}

fn client() -> Result<Client> {
    let env = Env::process();
    let mut builder = Config::from_env(&env)?
        .into_builder()
        .http(HttpConfig::new().attempt_timeout(ATTEMPT));
    let store = env.reader().optional(TOKEN_STORE, "a store");
    if let Some(url) = store.filter(|store| store.starts_with("redis")) {
        let store = RedisStore::new(&url)?.lease_time(LEASE);
        builder = builder.token_store(TokenSharing::from(store));
    }
    for service in Service::ALL {
        // The sandbox has no quota.
        builder = builder.rate_limit(service, None);
    }
    Ok(builder.build()?)
}
