//! The callers: each asks for a row of its own, and knows it when it sees it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use altrata::queries::profile::GetPerson;
use anyhow::{Context as _, Result};
use finitestate::queries::{GetFinding, ListFindings};
use futures_util::TryStreamExt as _;
use sdk_auth::{Env, Error as AuthCause, TokenFailure, TokenSharing};
use sdk_graphql::{Error, ErrorClass, Id};

use super::server::Server;
use super::{Arguments, DEADLINE, SLACK};

/// The number of the first person in the sandbox, which is part of the id.
const FIRST_PERSON: usize = 4_000_000;

/// The clients, what they are asked for, and what was seen.
pub(super) struct Callers {
    finitestate: finitestate::Client,
    altrata: altrata::Client,
    findings: Vec<Id>,
    /// The longest pause between two calls of one caller; the shortest is none.
    pause: Duration,
    seed: u64,
    home: PathBuf,
    seen: Mutex<Seen>,
}

/// What the callers saw.
#[derive(Debug, Default, Clone)]
pub(super) struct Seen {
    pub(super) answers: u64,
    /// Answers to another question.
    pub(super) wrong: u64,
    /// Errors that follow from the faults, by kind.
    pub(super) errors: BTreeMap<String, u64>,
    /// All others.
    pub(super) unexpected: BTreeMap<String, u64>,
    /// Calls that ended after their deadline and some slack.
    pub(super) late: u64,
    pub(super) longest: Duration,
}

/// How a call ended.
enum Outcome {
    Right,
    Wrong,
    Failed(Error),
}

impl Callers {
    pub(super) fn new(arguments: &Arguments, server: &Server) -> Result<Self> {
        let env = Env::from_pairs(server.variables());
        let home = std::env::temp_dir().join(format!("xtask-soak-{}", std::process::id()));
        let store = TokenSharing::parse(&format!("file:{}", home.display()));
        let mut altrata = altrata::Config::from_env(&env)?
            .into_builder()
            .token_store(store.context("no store")??)
            .timeout(DEADLINE);
        for service in altrata::Service::ALL {
            // The sandbox has no quota.
            altrata = altrata.rate_limit(service, None);
        }
        let finitestate = finitestate::Config::from_env(&env)?.into_builder();
        let calls = f64::from(arguments.calls_per_second);
        Ok(Self {
            finitestate: finitestate.timeout(DEADLINE).build()?,
            altrata: altrata.build()?,
            findings: Vec::new(),
            pause: Duration::from_secs_f64(2.0 * arguments.callers as f64 / calls),
            seed: arguments.seed,
            home,
            seen: Mutex::default(),
        })
    }

    /// Learns which findings there are, so that each caller has its own.
    pub(super) async fn learn(&mut self) -> Result<()> {
        let mut last = None;
        // The faults are there already.
        for _ in 0..10 {
            let findings = self.finitestate.items(ListFindings::new().first(500));
            match findings.try_collect::<Vec<_>>().await {
                Ok(findings) => {
                    self.findings = findings.into_iter().map(|finding| finding.id).collect();
                    return Ok(());
                }
                Err(error) => last = Some(error),
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Err(last.map_or_else(|| anyhow::anyhow!("no findings"), Into::into))
    }

    /// Calls and pauses in turn; all callers begin at once, so that what that takes is taken from the start.
    pub(super) async fn call_until(&self, number: usize, end: Instant) {
        let mut random = fastrand::Rng::with_seed(self.seed ^ (number as u64) << 20);
        loop {
            let begun = Instant::now();
            if begun >= end {
                return;
            }
            let outcome = self.call(number).await;
            self.note(outcome, begun.elapsed());
            let pause = self.pause.mul_f64(random.f64());
            let left = end.saturating_duration_since(Instant::now());
            tokio::time::sleep(pause.min(left)).await;
        }
    }

    async fn call(&self, number: usize) -> Outcome {
        if number.is_multiple_of(2) {
            let id = format!("1-per-{}", FIRST_PERSON + number);
            match self.altrata.fetch(GetPerson::new(&id)).await {
                Ok(person) if person.id.as_deref() == Some(id.as_str()) => Outcome::Right,
                Ok(_) => Outcome::Wrong,
                Err(error) => Outcome::Failed(error),
            }
        } else {
            let Some(id) = self.findings.get(number % self.findings.len().max(1)) else {
                return Outcome::Wrong;
            };
            match self.finitestate.execute(GetFinding::new(id)).await {
                Ok(data) if data.finding.as_ref().map(|it| &it.id) == Some(id) => Outcome::Right,
                Ok(_) => Outcome::Wrong,
                Err(error) => Outcome::Failed(error),
            }
        }
    }

    fn note(&self, outcome: Outcome, took: Duration) {
        let mut seen = self.lock();
        seen.longest = seen.longest.max(took);
        seen.late += u64::from(took > DEADLINE + SLACK);
        match outcome {
            Outcome::Right => seen.answers += 1,
            Outcome::Wrong => seen.wrong += 1,
            Outcome::Failed(error) => {
                let (kind, is_expected) = kind(&error);
                let kinds = if is_expected {
                    &mut seen.errors
                } else {
                    &mut seen.unexpected
                };
                *kinds.entry(kind).or_default() += 1;
            }
        }
    }

    pub(super) fn seen(&self) -> Seen {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Callers {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.home); // it may never have been made
    }
}

/// Whether a token was missing for a reason of ours, whatever the server did.
fn is_ours(failure: TokenFailure) -> bool {
    use TokenFailure::{LeaseHeld, NoRuntime, OverBudget};
    matches!(failure, OverBudget | LeaseHeld | NoRuntime)
}

/// The kind of an error, and whether a fault of the server explains it.
///
/// A deadline is none: no fault lasts that long. Neither is an answer that cannot be read, nor a refusal of the
/// credentials.
fn kind(error: &Error) -> (String, bool) {
    match error {
        Error::Auth(error) => match error.cause() {
            AuthCause::TokenRequest(error) => {
                let failure = error.failure();
                (format!("no token: {failure:?}"), !is_ours(failure))
            }
            AuthCause::Transport(error) => (format!("transport: {:?}", error.failure()), true),
            AuthCause::CredentialsRejected(_) => ("credentials refused".to_owned(), false),
            other => (format!("{other}"), false),
        },
        Error::Status(error) => {
            let class = error.class();
            let explained = [
                ErrorClass::Internal,
                ErrorClass::RateLimited,
                ErrorClass::Unauthorized,
            ];
            (format!("status: {class:?}"), explained.contains(&class))
        }
        other => (format!("{other}"), false),
    }
}
