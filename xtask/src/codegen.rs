//! `cargo xtask codegen`: validate every operation, then bring the snapshots of the generated code up to date.

use crate::terminal::say;
use crate::{problem, projects, validate, workspace};
use anyhow::{Context as _, Result, bail};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Change nothing; fail if the snapshots are not those of the current schema and operations.
    #[arg(long)]
    check: bool,
}

/// Runs the verb.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let root = workspace::root();
    let mut problems = Vec::new();
    let mut operations = 0;
    for project in projects::load(&root)? {
        operations += project.documents(&root)?.len();
        problems.extend(validate::project(&root, &project)?.problems);
    }
    problem::report(problems, "the operations")?;
    say(&format!("{operations} operations are valid"));
    for name in workspace::crates(&root)? {
        if root
            .join("crates")
            .join(&name)
            .join("tests/it/generated.rs")
            .is_file()
        {
            snapshots(&name, arguments.check)?;
        }
    }
    Ok(())
}

/// The verb with `--check`.
pub(crate) fn check() -> Result<()> {
    run(&Arguments { check: true })
}

/// The vendor's own snapshot test compares the generated code with the copy in git, or rewrites that copy.
fn snapshots(name: &str, check: bool) -> Result<()> {
    let status = workspace::cargo(&["test", "--quiet", "-p", name, "--test", "it", "generated"])
        .env("INSTA_UPDATE", if check { "no" } else { "always" })
        .status()
        .context("cannot run cargo")?;
    match (status.success(), check) {
        (true, true) => say(&format!("{name}: the snapshots match the generated code")),
        (true, false) => say(&format!(
            "{name}: the snapshots are up to date; review them with git diff"
        )),
        (false, true) => bail!(
            "{name}: the generated code is not that of the snapshots; run `cargo xtask codegen` and review the difference"
        ),
        (false, false) => bail!(
            "{name}: the snapshot test failed for another reason than a difference; its output is above"
        ),
    }
    Ok(())
}
