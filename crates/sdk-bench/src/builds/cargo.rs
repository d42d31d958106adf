//! Cargo runs, and what they cost with everything they start.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use nix::sys::{
    resource::{Usage, UsageWho, getrusage},
    time::TimeValLike,
};
use serde::{Deserialize, Serialize};

/// The first argument by which this program runs cargo with the others and prints what that took.
pub const WEIGH: &str = "weigh";

/// What a run of cargo took.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Cost {
    /// Seconds of wall time.
    pub(super) wall: f64,
    /// Seconds of user and system time of cargo, its compilers, linkers and build scripts together.
    pub(super) cpu: f64,
    /// Bytes of the largest of these processes at its largest.
    pub(super) peak: f64,
}

/// Cargo in one crate's folder, with a target folder of its own.
#[derive(Debug)]
pub(super) struct Cargo {
    folder: PathBuf,
}

impl Cargo {
    /// Picks and fetches the versions of all dependencies, the only step that may use the network.
    pub(super) fn resolve(folder: PathBuf) -> Result<Self> {
        let cargo = Self { folder };
        cargo.run(&["fetch", "--quiet"])?;
        Ok(cargo)
    }

    /// Builds what is out of date.
    pub(super) fn build(&self) -> Result<Cost> {
        self.run(&["build", "--offline", "--quiet"])
    }

    /// Builds from nothing, dependencies included.
    pub(super) fn build_cold(&self) -> Result<Cost> {
        let target = self.target();
        if target.exists() {
            fs::remove_dir_all(&target)?;
        }
        self.build()
    }

    /// Builds the crate from nothing on dependencies that are built already.
    pub(super) fn build_own(&self) -> Result<Cost> {
        self.run(&["clean", "--offline", "--quiet", "--package", "scratch"])?;
        self.build()
    }

    /// How many crates a build compiles, the crate itself included.
    pub(super) fn crates(&self) -> Result<usize> {
        let output = self
            .command("cargo")
            .args(["tree", "--offline", "--edges", "normal,build"])
            .args(["--prefix", "none", "--no-dedupe"])
            .output()
            .context("running cargo tree")?;
        self.succeeded("tree", &output)?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().collect::<BTreeSet<_>>().len())
    }

    fn target(&self) -> PathBuf {
        self.folder.join("target")
    }

    /// A process of its own for each run, because the system keeps the peak of all runs of a process.
    fn run(&self, arguments: &[&str]) -> Result<Cost> {
        let output = self
            .command(std::env::current_exe()?)
            .arg(WEIGH)
            .args(arguments)
            .output()
            .context("running cargo")?;
        self.succeeded(&arguments.join(" "), &output)?;
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.target())
            .env_remove("RUSTFLAGS");
        for profile in ["DEV", "RELEASE"] {
            for setting in ["DEBUG", "LTO", "CODEGEN_UNITS", "OPT_LEVEL"] {
                command.env_remove(format!("CARGO_PROFILE_{profile}_{setting}"));
            }
        }
        command.env_remove("CARGO_INCREMENTAL");
        command
    }

    fn succeeded(&self, what: &str, output: &Output) -> Result<()> {
        ensure!(
            output.status.success(),
            "cargo {what} of {}: {}",
            self.name(),
            String::from_utf8_lossy(&output.stderr),
        );
        Ok(())
    }

    /// The crate's folder below that of all scratch crates, such as `ion/types/derive`.
    fn name(&self) -> String {
        let mut parts: Vec<_> = self.folder.iter().rev().take(3).collect();
        parts.reverse();
        PathBuf::from_iter(parts).display().to_string()
    }
}

/// CPU time of all children that have ended, and of theirs.
pub(crate) fn children_cpu_time() -> Result<Duration> {
    Ok(cpu_time(&getrusage(UsageWho::RUSAGE_CHILDREN)?))
}

/// Runs cargo with this program's other arguments and prints its [`Cost`].
///
/// # Errors
///
/// When cargo fails.
pub fn weigh() -> Result<()> {
    let start = Instant::now();
    let status = Command::new("cargo")
        .args(std::env::args().skip(2))
        .stdout(Stdio::null())
        .status()
        .context("running cargo")?;
    let wall = start.elapsed().as_secs_f64();
    ensure!(status.success(), "cargo failed");
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cost = Cost {
        wall,
        cpu: cpu_time(&usage).as_secs_f64(),
        // Linux counts in KiB.
        peak: usage.max_rss() as f64 * 1024.0,
    };
    println!("{}", serde_json::to_string(&cost)?);
    Ok(())
}

/// CPU time of this process so far.
///
/// # Errors
///
/// When the system does not tell.
pub(crate) fn own_cpu_time() -> Result<Duration> {
    Ok(cpu_time(&getrusage(UsageWho::RUSAGE_SELF)?))
}

fn cpu_time(usage: &Usage) -> Duration {
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Duration::from_micros(micros.unsigned_abs())
}
