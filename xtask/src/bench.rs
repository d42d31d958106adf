//! `cargo xtask bench`: builds and runs the benchmarks, which are a workspace of their own.

use anyhow::{Context as _, Result, ensure};
use std::process::Command;

use crate::workspace;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Print one JSON object instead of tables.
    #[arg(long)]
    json: bool,
    /// Shorter rounds, a program without link-time optimisation, and none of the builds that take minutes.
    #[arg(long)]
    quick: bool,
    /// Measure only this part: token, stores, request, decode, generate, transfer, stream, growth or build.
    /// May be given several times.
    #[arg(long, value_name = "PART")]
    only: Vec<String>,
}

/// Runs the verb. Slow figures are no failure; a benchmark that cannot run is one.
///
/// A full run of everything writes `docs/benchmarks.md` and its pictures.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let root = workspace::root();
    let package = root.join("crates/sdk-bench");
    let target = root.join("target/bench");
    let profile = if arguments.quick { "quick" } else { "release" };
    let built = Command::new(env!("CARGO"))
        .args(["build", "--profile", profile, "--bins"])
        .current_dir(&package)
        .env("CARGO_TARGET_DIR", &target)
        .status()
        .context("cannot run cargo")?;
    ensure!(built.success(), "the benchmarks do not build");

    let mut command = Command::new(target.join(profile).join("sdk-bench"));
    command
        .current_dir(&root)
        .arg("--scratch")
        .arg(target.join("scratch"));
    if arguments.json {
        command.arg("--json");
    }
    if arguments.quick {
        command.arg("--quick");
    }
    if !arguments.quick && arguments.only.is_empty() {
        command.arg("--write").arg(root.join("docs"));
    }
    for part in &arguments.only {
        command.args(["--only", part]);
    }
    let status = command.status().context("cannot run the benchmarks")?;
    ensure!(status.success(), "the benchmarks did not run to their end");
    Ok(())
}
