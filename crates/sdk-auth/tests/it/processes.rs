//! Many processes, one token: real processes against a vendor whose new token ends the old one.
//!
//! The vendor is the sandbox's, which counts by itself: its counters are the witness, not ours. Every test
//! prints what it has seen, as `kind of store: what, so many processes, calls, token requests, 401s, failed`.

mod clocks;
mod cold;
mod damage;
mod kills;
mod orders;
mod outages;
mod process;
mod secrets;
mod steps;
mod suspensions;
#[cfg(feature = "redis")]
mod tls;
mod worker;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

#[cfg(feature = "redis")]
use sdk_sandbox::RedisServer;
use sdk_sandbox::{Altrata, Counts, Endpoint, Sandbox};
use tokio::runtime::Runtime;

use orders::{Order, Orders, Place, Tally};
use process::Process;

/// The kinds of store that processes can share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Files,
    #[cfg(feature = "redis")]
    Redis,
}

impl Kind {
    pub(crate) const ALL: &[Self] = &[
        Self::Files,
        #[cfg(feature = "redis")]
        Self::Redis,
    ];
}

/// How long the vendor takes to issue a token.
const ISSUING: Duration = Duration::from_millis(100);

/// Processes, the store they share, and their vendor; dropped from top to bottom.
pub(crate) struct Fleet {
    pub(crate) orders: Orders,
    pub(crate) processes: Vec<Process>,
    pub(crate) home: Home,
    sandbox: Sandbox,
    /// What the sandbox runs on.
    _runtime: Runtime,
    total: Tally,
    started: usize,
}

/// Where a fleet's tokens are kept.
pub(crate) enum Home {
    Folder(Folder),
    #[cfg(feature = "redis")]
    Server(RedisServer),
}

impl Fleet {
    /// A vendor and an empty store, without processes.
    pub(crate) fn new(kind: Kind) -> Self {
        Self::at(match kind {
            Kind::Files => Home::Folder(Folder::new()),
            #[cfg(feature = "redis")]
            Kind::Redis => Home::Server(RedisServer::start().unwrap()),
        })
    }

    /// As [`new`](Self::new), with tokens at home there.
    pub(crate) fn at(home: Home) -> Self {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build().unwrap();
        let sandbox = Sandbox::builder().items(5);
        let sandbox = runtime.block_on(sandbox.start()).unwrap();
        let vendor = sandbox.altrata();
        vendor.set_latency(Endpoint::Token, ISSUING);
        let place = match &home {
            Home::Folder(folder) => Place::Files(folder.0.clone()),
            #[cfg(feature = "redis")]
            Home::Server(server) => Place::Redis(server.url()),
        };
        let orders = Orders {
            token_url: vendor.token_url().to_owned(),
            api_url: vendor.profile_url().to_owned(),
            username: vendor.username().to_owned(),
            password: vendor.password().to_owned(),
            api_key: vendor.api_key().to_owned(),
            place,
            attempt: Duration::from_secs(2),
            lease: Duration::from_millis(4500),
            fate: None,
            roots: None,
            ahead: 0,
        };
        Self {
            orders,
            processes: Vec::new(),
            home,
            sandbox,
            _runtime: runtime,
            total: Tally::default(),
            started: 0,
        }
    }

    /// Starts so many processes with the orders as they are now.
    pub(crate) fn start(mut self, processes: usize) -> Self {
        self.add(processes);
        self
    }

    pub(crate) fn add(&mut self, processes: usize) {
        for _ in 0..processes {
            let process = Process::start(&self.orders);
            self.join(process);
        }
    }

    pub(crate) fn join(&mut self, process: Process) {
        self.started += 1;
        self.processes.push(process);
    }

    pub(crate) fn vendor(&self) -> &Altrata {
        self.sandbox.altrata()
    }

    /// Lets every process make so many calls at once, and gives what became of all of them.
    pub(crate) fn calls(&mut self, calls: usize) -> Tally {
        self.calls_with_pauses(calls, Duration::ZERO)
    }

    pub(crate) fn calls_with_pauses(&mut self, calls: usize, pause: Duration) -> Tally {
        for process in &mut self.processes {
            process.order(&Order::Calls(calls, pause));
        }
        self.tallies()
    }

    /// Waits for calls that were ordered.
    pub(crate) fn tallies(&mut self) -> Tally {
        let mut tally = Tally::default();
        for process in &mut self.processes {
            tally.add(process.tally());
        }
        self.total.add(tally.clone());
        tally
    }

    pub(crate) fn counts(&self) -> Counts {
        self.vendor().counts()
    }

    /// Prints what has been seen so far, and gives the token requests, the 401s and the failed calls.
    pub(crate) fn figures(&self, what: &str) -> [u64; 3] {
        let counts = self.counts();
        let failed = self.total.failed as u64;
        let figures = [counts.token_requests, counts.unauthorized, failed];
        let kind = match &self.home {
            Home::Folder(_) => "file",
            #[cfg(feature = "redis")]
            Home::Server(_) => "redis",
        };
        say(&format!(
            "{kind}: {what}, {} processes, {} calls, {} token requests, {} 401s, {} failed",
            self.started, self.total.calls, figures[0], figures[1], failed
        ));
        figures
    }
}

/// Prints a line that the test harness does not keep to itself.
pub(crate) fn say(line: &str) {
    let mut output = std::io::stderr().lock();
    writeln!(output, "{line}").unwrap();
}

#[track_caller]
pub(crate) fn none_failed(tally: &Tally, calls: usize) {
    assert_eq!((tally.calls, tally.failed), (calls, 0), "{:?}", tally.why);
}

/// A folder's name of its own; what is there is deleted when dropped.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("sdk-auth-fleet-{}-{number}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    /// The one file with that ending.
    pub(crate) fn file(&self, ending: &str) -> PathBuf {
        let files = std::fs::read_dir(&self.0).unwrap();
        let mut files = files.map(|file| file.unwrap().path());
        let fits = |file: &PathBuf| file.extension().is_some_and(|it| it == ending);
        files.find(fits).unwrap()
    }
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0); // a test may never have used it
    }
}
