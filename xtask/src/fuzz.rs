//! `cargo xtask fuzz`: bytes that libFuzzer makes up, against everything that reads bytes from outside.
//!
//! The targets are in `fuzz/`, a workspace of its own, and what must hold in `crates/sdk-fuzz` and
//! `sdk-auth/src/fuzzing`. Cases that a run finds are in `target/fuzz/corpus`, and go into `fuzz/corpus`, which
//! `cargo test` replays, when they are asked for.

mod outcome;

use crate::terminal::say;
use crate::tools::CARGO_FUZZ;
use crate::workspace;
use anyhow::{Context as _, Result, ensure};
use comfy_table::{Table, presets::UTF8_FULL_CONDENSED};
use outcome::Outcome;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Run only this target. May be given several times.
    #[arg(long, value_name = "NAME")]
    target: Vec<String>,
    /// How long each target runs.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    seconds: u64,
    /// Afterwards add the cases that reach code which no case of `fuzz/corpus` reaches.
    #[arg(long)]
    keep: bool,
}

/// The longest case, in bytes.
const LONGEST: &str = "-max_len=4096";

/// Runs the verb: each target in turn. A case that breaks a property is a failure.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let fuzzer = Fuzzer {
        root: workspace::root(),
    };
    let known = fuzzer.targets()?;
    for name in &arguments.target {
        ensure!(
            known.contains(name),
            "there is no target {name}; there are {}",
            known.join(", ")
        );
    }
    let chosen = |name: &&String| arguments.target.is_empty() || arguments.target.contains(name);
    fuzzer.build(&arguments.target)?;
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED).set_header([
        "target",
        "executions",
        "per second",
        "edges",
        "kept cases",
        "found cases",
        "peak MB",
        "outcome",
    ]);
    let mut broken = Vec::new();
    for name in known.iter().filter(chosen) {
        say(&format!("{name}: {} s", arguments.seconds));
        let outcome = fuzzer.run(name, arguments.seconds)?;
        if arguments.keep && outcome.case.is_none() {
            fuzzer.keep(name)?;
        }
        table.add_row(outcome.row(name, count(&fuzzer.kept(name)), count(&fuzzer.found(name))));
        broken.extend(outcome.case.map(|case| (name.clone(), case)));
    }
    say(&table.to_string());
    let version = CARGO_FUZZ.version;
    for (name, case) in &broken {
        say(&format!(
            "{name} does not hold for {case}; run it again with\n  \
             RUSTC_BOOTSTRAP=1 target/tools/cargo-fuzz-{version}/bin/cargo-fuzz fuzz run --fuzz-dir fuzz -s none --target-dir target/fuzz {name} {case}\n\
             what it said is in target/fuzz/logs/{name}.log; put the case into fuzz/corpus/{name}, under a name that says what it is"
        ));
    }
    ensure!(broken.is_empty(), "{} targets do not hold", broken.len());
    Ok(())
}

/// The folders of the tool.
struct Fuzzer {
    root: PathBuf,
}

impl Fuzzer {
    fn targets(&self) -> Result<Vec<String>> {
        let folder = self.root.join("fuzz/fuzz_targets");
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder).context("cannot read fuzz/fuzz_targets")? {
            let path = entry?.path();
            names.extend(path.file_stem().map(|it| it.to_string_lossy().into_owned()));
        }
        names.sort();
        Ok(names)
    }

    /// Cases that are part of the tree.
    fn kept(&self, name: &str) -> PathBuf {
        self.root.join("fuzz/corpus").join(name)
    }

    /// Cases of earlier runs on this machine.
    fn found(&self, name: &str) -> PathBuf {
        self.root.join("target/fuzz/corpus").join(name)
    }

    /// A command of cargo-fuzz.
    ///
    /// Without a sanitizer: our crates have no unsafe code, and without one there are several times as many
    /// executions. Overflow checks and debug assertions are on.
    fn command(&self, verb: &str) -> Result<Command> {
        let mut command = CARGO_FUZZ.command()?;
        command
            .args([verb, "--fuzz-dir", "fuzz", "--sanitizer", "none"])
            .arg("--target-dir")
            .arg(self.root.join("target/fuzz"))
            // The counters of the compiler are there on stable, behind this door.
            .env("RUSTC_BOOTSTRAP", "1");
        Ok(command)
    }

    fn build(&self, only: &[String]) -> Result<()> {
        // Of one target alone, only that is built.
        let only = match only {
            [only] => Some(only),
            _ => None,
        };
        let status = self.command("build")?.args(only).status();
        let status = status.context("cannot run cargo-fuzz")?;
        ensure!(status.success(), "the targets do not build");
        let first = self.found("graphql_response");
        let mut cases = workspace::cargo(&["run", "--quiet", "--package", "sdk-fuzz"]);
        cases.arg("--").arg(first);
        let status = cases.status().context("cannot run cargo")?;
        ensure!(status.success(), "there are no cases to start from");
        Ok(())
    }

    /// Runs a target until the time is over or a case breaks it.
    fn run(&self, name: &str, seconds: u64) -> Result<Outcome> {
        let found = self.found(name);
        let logs = self.root.join("target/fuzz/logs");
        let broken = self.root.join("target/fuzz/broken").join(name);
        for folder in [&found, &logs, &broken] {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let path = logs.join(format!("{name}.log"));
        let log =
            File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        let mut command = self.command("run")?;
        command.arg(name).arg(&found).arg(self.kept(name)).args([
            "--".to_owned(),
            format!("-max_total_time={seconds}"),
            LONGEST.to_owned(),
            // What takes longer than this for 4 KiB has no bound that a build or a caller could live with.
            "-timeout=10".to_owned(),
            "-rss_limit_mb=2048".to_owned(),
            "-print_final_stats=1".to_owned(),
            format!("-artifact_prefix={}/", broken.display()),
        ]);
        // Stores sync their files, which takes a disk long and memory no time.
        if Path::new("/dev/shm").is_dir() {
            command.env("TMPDIR", "/dev/shm");
        }
        let words = self
            .root
            .join("fuzz/dictionaries")
            .join(format!("{name}.txt"));
        if words.is_file() {
            command.arg(format!("-dict={}", words.display()));
        }
        let status = command
            .stdout(log.try_clone()?)
            .stderr(log)
            .status()
            .context("cannot run cargo-fuzz")?;
        let log = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let outcome = Outcome::of_log(&String::from_utf8_lossy(&log));
        ensure!(
            status.success() || outcome.case.is_some(),
            "{name} did not run; what it said is in {}",
            path.display()
        );
        Ok(outcome)
    }

    /// Adds found cases that reach more code than the kept ones.
    fn keep(&self, name: &str) -> Result<()> {
        let status = self
            .command("run")?
            .args([name.as_ref(), self.kept(name).as_os_str()])
            .arg(self.found(name))
            // Edges alone, and not how often each is passed: a corpus for people stays small.
            .args(["--", "-merge=1", "-use_counters=0", "-max_len=1024"])
            .stderr(File::create(self.root.join("target/fuzz/logs/keep.log"))?)
            .status();
        let status = status.context("cannot run cargo-fuzz")?;
        ensure!(status.success(), "the cases of {name} cannot be merged");
        Ok(())
    }
}

/// The number of files in a folder.
fn count(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, Iterator::count)
}
