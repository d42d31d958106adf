//! `cargo xtask fleet`: many processes that share one token, and `kill -9` among them, against the sandbox.

mod worker;

pub(crate) use worker::{Arguments as WorkerArguments, run as work};

use anyhow::{Context as _, Result, ensure};
use sdk_sandbox::{Endpoint, RedisServer, Sandbox};
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::redis;
use crate::terminal::say;

/// How long processes are killed.
const KILLING: Duration = Duration::from_secs(60);

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Whose client the processes use: a vendor whose new token ends the old one.
    #[arg(long, value_enum, default_value = "altrata")]
    vendor: Vendor,
    /// Where they keep their token.
    #[arg(long, value_enum, default_value = "file")]
    store: Store,
    /// How many there are at a time.
    #[arg(long, value_name = "N", default_value_t = 8)]
    processes: usize,
    /// How many calls each has to make.
    #[arg(long, value_name = "N", default_value_t = 40)]
    calls: usize,
    /// Kill one of them this often, for a minute at most, and let another go on in its place [default: never].
    #[arg(long, value_name = "TIME", value_parser = time)]
    kill_every: Option<Duration>,
    /// How long the vendor takes to issue a token.
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "100ms")]
    token_latency: Duration,
}

/// The vendors whose processes need one token between them.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Vendor {
    Altrata,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Store {
    File,
    Redis,
}

/// A time such as `200ms` or `2s`.
fn time(text: &str) -> Result<Duration, String> {
    let (number, unit): (_, fn(u64) -> Duration) = match text.strip_suffix("ms") {
        Some(number) => (number, Duration::from_millis),
        None => (text.strip_suffix('s').unwrap_or(text), Duration::from_secs),
    };
    let number = number.trim_end().parse().ok().filter(|&number| number > 0);
    number
        .map(unit)
        .ok_or_else(|| "a time is a number with ms or s, such as 200ms".to_owned())
}

/// Runs the verb. Fails if a call did, or if there were more token requests than kills explain.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    let sandbox = runtime.block_on(Sandbox::start())?;
    let Vendor::Altrata = arguments.vendor;
    let vendor = sandbox.altrata();
    vendor.set_latency(Endpoint::Token, arguments.token_latency);
    let home = Home::open(arguments.store)?;
    let mut variables = vendor.variables();
    variables.retain(|(name, _)| *name != worker::TOKEN_STORE);
    variables.push((worker::TOKEN_STORE, home.variable()));

    let fleet = Fleet {
        variables,
        places: (0..arguments.processes).map(|_| Mutex::default()).collect(),
        is_done: AtomicBool::new(false),
        seen: Mutex::default(),
    };
    let killing = arguments
        .kill_every
        .map(|pause| format!(", one killed every {pause:?}"));
    say(&format!(
        "{:?}, tokens in {:?}, {} processes of {} calls{}\n",
        arguments.vendor,
        arguments.store,
        arguments.processes,
        arguments.calls,
        killing.unwrap_or_default()
    ));
    fleet.run(arguments)?;
    let seen = fleet.seen();
    let counts = vendor.counts();
    say(&format!(
        "processes started  {}\nkilled             {}\ncalls              {}\nfailed calls       {}\n\
         401s               {}\ntoken requests     {}",
        seen.started,
        seen.killed,
        seen.calls,
        seen.failed,
        counts.unauthorized,
        counts.token_requests
    ));
    if let Some(why) = &seen.why {
        say(&format!("the first failure: {why}"));
    }
    ensure!(seen.failed == 0, "{} calls failed", seen.failed);
    let most = 1 + seen.killed;
    ensure!(
        counts.token_requests <= most,
        "one token and one for each kill would be {most}"
    );
    Ok(())
}

/// Where the processes keep their token.
enum Home {
    Folder(PathBuf),
    Server(RedisServer),
}

impl Home {
    fn open(store: Store) -> Result<Self> {
        if store == Store::Redis {
            redis::ensure()?;
            return Ok(Self::Server(RedisServer::start()?));
        }
        let name = format!("xtask-fleet-{}", std::process::id());
        Ok(Self::Folder(std::env::temp_dir().join(name)))
    }

    fn variable(&self) -> String {
        match self {
            Self::Folder(folder) => format!("file:{}", folder.display()),
            Self::Server(server) => server.url(),
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Self::Folder(folder) = self {
            let _ = std::fs::remove_dir_all(folder); // the processes may never have made it
        }
    }
}

/// The processes, and what has been seen of them.
struct Fleet {
    variables: Vec<(&'static str, String)>,
    /// The process that is at work in each place, if any.
    places: Vec<Mutex<Option<Child>>>,
    is_done: AtomicBool,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    started: u64,
    killed: u64,
    calls: u64,
    failed: u64,
    why: Option<String>,
}

impl Fleet {
    fn run(&self, arguments: &Arguments) -> Result<()> {
        thread::scope(|scope| {
            let working: Vec<_> = (self.places.iter())
                .map(|place| scope.spawn(|| self.fill(place, arguments.calls)))
                .collect();
            let killing = arguments
                .kill_every
                .map(|pause| scope.spawn(move || self.kill(pause)));
            let outcomes: Vec<_> = working.into_iter().map(|place| place.join()).collect();
            self.is_done.store(true, Ordering::Relaxed);
            if let Some(killing) = killing {
                killing.thread().unpark();
            }
            for outcome in outcomes {
                outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            }
            Ok(())
        })
    }

    /// Has so many calls made in one place, by as many processes as it takes.
    fn fill(&self, place: &Mutex<Option<Child>>, calls: usize) -> Result<()> {
        let mut left = calls;
        while left > 0 {
            let output = self.start(place, left)?;
            let mut done = 0;
            for line in output.lines().map_while(Result::ok) {
                done += 1;
                self.count(&line);
            }
            left = left.saturating_sub(done);
            let ended = lock(place).take();
            // Whoever killed it has taken it away.
            if let Some(mut process) = ended {
                let status = process.wait()?;
                ensure!(status.success(), "a process ended by itself, {status}");
            }
        }
        Ok(())
    }

    fn start(&self, place: &Mutex<Option<Child>>, calls: usize) -> Result<BufReader<ChildStdout>> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["fleet-worker", &calls.to_string()])
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut process = command.spawn().context("cannot start a process")?;
        let output = process.stdout.take().context("a process has no output")?;
        *lock(place) = Some(process);
        self.seen().started += 1;
        Ok(BufReader::new(output))
    }

    fn count(&self, line: &str) {
        let mut seen = self.seen();
        seen.calls += 1;
        if line != worker::DONE {
            seen.failed += 1;
            seen.why.get_or_insert_with(|| line.to_owned());
        }
    }

    /// Kills one process after the other, at random, until all calls are made.
    ///
    /// Who takes over from a killed holder has to live for 2 s, so that killing could go on for ever.
    fn kill(&self, pause: Duration) {
        let started = Instant::now();
        while started.elapsed() < KILLING {
            thread::park_timeout(pause);
            if self.is_done.load(Ordering::Relaxed) {
                return;
            }
            let place = fastrand::choice(&self.places);
            if let Some(mut process) = place.and_then(|place| lock(place).take()) {
                let killed = process.kill().is_ok();
                let _ = process.wait(); // it is gone either way
                self.seen().killed += u64::from(killed);
            }
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        lock(&self.seen)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_unit_and_is_not_zero() {
        assert_eq!(time("200ms"), Ok(Duration::from_millis(200)));
        assert_eq!(time("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(time("3"), Ok(Duration::from_secs(3)));
        for text in ["", "ms", "0s", "-1s", "1m", "fast"] {
            assert!(time(text).is_err(), "{text}");
        }
    }
}
