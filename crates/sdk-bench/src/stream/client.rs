//! A client in a process of its own, and what it costs.

use std::{
    ffi::OsString,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use crate::builds::children_cpu_time;

/// A program that fetches all findings.
///
/// It says `ready` when it has started, waits for a line, fetches all findings, says `done`, says their
/// number and the checksum of their ids, and ends when its standard input does. It measures nothing itself.
#[derive(Debug)]
pub(super) struct Program {
    /// Whose code runs.
    pub(super) name: &'static str,
    /// What is started, with which arguments.
    pub(super) command: PathBuf,
    pub(super) arguments: Vec<OsString>,
    /// Where the sandbox is.
    pub(super) variables: Vec<(String, String)>,
}

/// What one run took.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Run {
    /// From the word to begin to the last finding, the token included.
    pub(super) streaming: Duration,
    /// From the start of the process to its end.
    pub(super) whole: Duration,
    /// User and system time of the process, from its start to its end.
    pub(super) cpu: Duration,
    /// The most that was resident, in bytes, when all findings had come.
    pub(super) peak: u64,
    /// Number and checksum of the findings, as the program said them.
    pub(super) findings: String,
}

impl Program {
    /// Runs it once.
    pub(super) fn run(&self) -> Result<Run> {
        self.try_run()
            .with_context(|| format!("running {}", self.name))
    }

    fn try_run(&self) -> Result<Run> {
        let (start, cpu_before) = (Instant::now(), children_cpu_time()?);
        let mut child = Command::new(&self.command)
            .args(&self.arguments)
            .envs(self.variables.iter().cloned())
            // The server is on this machine, whatever stands between it and others.
            .env("NO_PROXY", "127.0.0.1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut input = child.stdin.take().context("no input")?;
        let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        let mut next = || {
            lines
                .next()
                .context("it ended early")?
                .map_err(anyhow::Error::from)
        };

        ensure!(next()? == "ready", "it did not say that it is ready");
        let begin = Instant::now();
        input.write_all(b"go\n")?;
        ensure!(next()? == "done", "it did not say that it is done");
        let streaming = begin.elapsed();
        let findings = next()?;
        let peak = resident_peak(&child)?;
        drop(input);
        ensure!(child.wait()?.success(), "it failed");
        Ok(Run {
            streaming,
            whole: start.elapsed(),
            cpu: children_cpu_time()?.saturating_sub(cpu_before),
            peak,
            findings,
        })
    }
}

/// The most memory a process has had, in bytes. Unlike `ru_maxrss` it leaves out what the process was
/// forked from.
fn resident_peak(child: &Child) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
    let status = status.context("needs Linux's /proc")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.context("no VmHWM")?.trim().trim_end_matches(" kB");
    Ok(kib.parse::<u64>()? * 1024)
}
