//! What the test tells a process of the fleet, and what it hears from it.

use std::path::PathBuf;
use std::time::Duration;

use sdk_auth::{Env, FileStore, TokenSharing};
use serde::{Deserialize, Serialize};

use super::steps::{Fate, Step, Watched};

/// The variable of the environment with the orders of a process.
pub(crate) const ORDERS: &str = "FLEET_ORDERS";

/// How one process of a fleet is set up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Orders {
    pub(crate) token_url: String,
    pub(crate) api_url: String,
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) api_key: String,
    pub(crate) place: Place,
    /// How long a token request may take.
    pub(crate) attempt: Duration,
    /// How long a lease lasts whose holder is gone, where it does not end by itself.
    pub(crate) lease: Duration,
    /// What happens to the process, and where.
    pub(crate) fate: Option<(Step, Fate)>,
    /// The only root certificates that it trusts, if not those of the machine.
    pub(crate) roots: Option<PathBuf>,
    /// By how many seconds its clock is ahead of the vendor's.
    pub(crate) ahead: i64,
}

/// Where tokens are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Place {
    Files(PathBuf),
    #[cfg(feature = "redis")]
    Redis(String),
}

/// One line to a process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Order {
    /// Make so many calls, one after the other, with a pause after each.
    Calls(usize, Duration),
    /// Tell the token in use.
    Token,
}

/// One line from a process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Told {
    Ready,
    Step(Step),
    Calls(Tally),
    Token(String),
}

/// What became of calls.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) calls: usize,
    pub(crate) failed: usize,
    /// The first error, with its sources.
    pub(crate) why: Option<String>,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.failed += other.failed;
        self.why = self.why.take().or(other.why);
    }
}

impl Orders {
    /// The orders of this process, if it was started as one of a fleet.
    pub(crate) fn of_this_process() -> Option<Self> {
        let given = Env::process().reader().optional(ORDERS, "orders");
        given.map(|orders| serde_json::from_str(&orders).unwrap())
    }

    /// The store, watched at every step.
    pub(crate) fn store(&self) -> TokenSharing {
        match &self.place {
            Place::Files(folder) => {
                Watched::new(FileStore::open(folder).unwrap(), self.fate).into()
            }
            #[cfg(feature = "redis")]
            Place::Redis(url) => {
                let store = sdk_auth::RedisStore::new(url).unwrap();
                Watched::new(store.lease_time(self.lease), self.fate).into()
            }
        }
    }
}

/// Puts a line where the test reads it; not where a test's own output is caught.
pub(crate) fn tell(told: &Told) {
    use std::io::Write as _;
    let mut output = std::io::stdout().lock();
    let line = serde_json::to_string(told).unwrap();
    writeln!(output, "{PREFIX}{line}").unwrap();
    output.flush().unwrap();
}

/// Before each line from a process, to tell it from what the test harness prints.
pub(crate) const PREFIX: &str = "fleet: ";
