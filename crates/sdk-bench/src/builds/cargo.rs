//! Cargo runs, and what they cost with everything they start.

use std::{
    fs,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use nix::sys::{
    resource::{Usage, UsageWho, getrusage},
    time::TimeValLike,
};

/// What a run of cargo took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    /// Wall time.
    pub(super) wall: Duration,
    /// User and system time of cargo, its compilers, linkers and build scripts together.
    pub(super) cpu: Duration,
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

    fn target(&self) -> PathBuf {
        self.folder.join("target")
    }

    fn run(&self, arguments: &[&str]) -> Result<Cost> {
        let (start, before) = (Instant::now(), children_cpu_time()?);
        let output = Command::new("cargo")
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.target())
            .env_remove("RUSTFLAGS")
            .output()
            .context("running cargo")?;
        let (wall, after) = (start.elapsed(), children_cpu_time()?);
        ensure!(
            output.status.success(),
            "cargo {} in {}: {}",
            arguments.join(" "),
            self.folder.display(),
            String::from_utf8_lossy(&output.stderr),
        );
        Ok(Cost {
            wall,
            cpu: after.saturating_sub(before),
        })
    }
}

/// CPU time of all children that have ended, and of theirs.
pub(crate) fn children_cpu_time() -> Result<Duration> {
    Ok(cpu_time(&getrusage(UsageWho::RUSAGE_CHILDREN)?))
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
