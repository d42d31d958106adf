//! `cargo xtask test`: everything CI runs, in the order that fails soonest.

mod examples;
mod secrets;

use crate::terminal::{say, succeed};
use crate::{api, codegen, new_vendor, redis, supply_chain, tidy, workspace};
use anyhow::{Context as _, Result, bail};
use std::time::{Duration, Instant};

/// A heading, and what runs under it.
type Step = (&'static str, fn() -> Result<()>);

const STEPS: &[Step] = &[
    ("fmt", || cargo("fmt --all --check")),
    ("tidy", tidy::run),
    ("clippy", || {
        cargo("clippy --workspace --all-targets -- -D warnings")
    }),
    ("codegen --check", codegen::check),
    ("redis-server", redis::ensure),
    ("tests", || {
        cargo("test --workspace --lib --bins --tests --examples")?;
        cargo("test -p sdk-codegen-probes --features arbitrary_precision")
    }),
    ("doc tests", || cargo("test --workspace --doc")),
    ("examples", examples::run),
    ("new vendor", new_vendor::rehearsal::run),
    ("docs", docs),
    ("public API", api::check),
    ("supply chain", supply_chain::quick),
];

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only this step, by its name in the summary; may be given several times.
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
}

/// Runs the verb: every step in order, stopping at the first that fails.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let known = |name: &str| STEPS.iter().any(|(it, _)| *it == name);
    if let Some(unknown) = arguments.only.iter().find(|name| !known(name)) {
        bail!("there is no step {unknown:?}");
    }
    let is_wanted =
        |name: &str| arguments.only.is_empty() || arguments.only.iter().any(|it| it == name);
    let steps: Vec<&Step> = STEPS.iter().filter(|(name, _)| is_wanted(name)).collect();
    let mut times = Vec::new();
    let mut outcome = Ok(());
    for (name, step) in &steps {
        say(&format!(
            "\n=== {name} ({} of {})\n",
            times.len() + 1,
            steps.len()
        ));
        let started = Instant::now();
        outcome = step().with_context(|| format!("{name} failed"));
        times.push(started.elapsed());
        if outcome.is_err() {
            break;
        }
    }
    say(&format!("\n{}", summary(&steps, &times, outcome.is_ok())));
    outcome
}

/// One line per step: how it ended and how long it took.
fn summary(steps: &[&Step], times: &[Duration], passed: bool) -> String {
    let row = |name: &str, verdict: &str, time: Option<Duration>| {
        let time = time
            .map(|it| format!("{:.1} s", it.as_secs_f64()))
            .unwrap_or_default();
        format!("\n{name:<16} {verdict:<8} {time:>9}")
            .trim_end()
            .to_owned()
    };
    let verdict = if passed { "ok" } else { "FAILED" };
    let mut table = String::from("=== summary");
    for (index, (name, _)) in steps.iter().enumerate() {
        let last = index + 1 == times.len();
        table.push_str(&match times.get(index) {
            None => row(name, "not run", None),
            Some(time) => row(name, if last { verdict } else { "ok" }, Some(*time)),
        });
    }
    let total = times.iter().sum();
    table.push_str(&row("total", verdict, Some(total)));
    table
}

fn cargo(arguments: &str) -> Result<()> {
    let arguments: Vec<&str> = arguments.split(' ').collect();
    succeed(&mut workspace::cargo(&arguments))
}

/// Documentation of our own crates, without a warning.
fn docs() -> Result<()> {
    let mut command = workspace::cargo(&["doc", "--workspace", "--no-deps"]);
    succeed(command.env("RUSTDOCFLAGS", "-D warnings"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_the_step_that_failed_and_those_not_run() {
        let times = [Duration::from_millis(1200), Duration::from_millis(40)];
        let steps: Vec<&Step> = STEPS.iter().collect();
        insta::assert_snapshot!(summary(&steps, &times, false), @r"
        === summary
        fmt              ok           1.2 s
        tidy             FAILED       0.0 s
        clippy           not run
        codegen --check  not run
        redis-server     not run
        tests            not run
        doc tests        not run
        examples         not run
        new vendor       not run
        docs             not run
        public API       not run
        supply chain     not run
        total            FAILED       1.2 s
        ");
    }
}
