//! Runs programs that are trusted with secrets, and looks for these in all that they print and write.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use sdk_canary::{Search, marks};

use crate::terminal::{line, say};

/// Runs a program that has to succeed.
pub(super) fn succeed(command: &mut Command) -> Result<()> {
    ensure!(
        run(command)?,
        "its output is above; to run it alone: {}",
        line(command)
    );
    Ok(())
}

/// Runs a program that has to be turned away.
pub(super) fn fail(command: &mut Command) -> Result<()> {
    ensure!(
        !run(command)?,
        "it should not have been let in: {}",
        line(command)
    );
    Ok(())
}

/// Looks through every file of a folder.
pub(super) fn search(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            search(&path)?;
        } else if let Some(found) = Search::new(&marks()).find(std::fs::read(&path)?) {
            let name = path.file_name().unwrap_or_default().display();
            bail!("an example left {found} in the file {name}");
        }
    }
    Ok(())
}

/// The variables with another secret, which ends like the true one.
pub(super) fn refused(variables: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
    let change = |(name, value): &(&'static str, String)| {
        let is_secret = name.ends_with("SECRET") || name.ends_with("PASSWORD");
        let prefix = if is_secret { "wrong-" } else { "" };
        (*name, format!("{prefix}{value}"))
    };
    variables.iter().map(change).collect()
}

/// Lets a program log and trace all that it can; gives whether it succeeded.
fn run(command: &mut Command) -> Result<bool> {
    let output = command
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "full")
        .output()
        .with_context(|| format!("cannot run {}", line(command)))?;
    let printed = [output.stdout, output.stderr].concat();
    if let Some(found) = Search::new(&marks()).find(&printed) {
        bail!("{} prints {found}", line(command));
    }
    say(String::from_utf8_lossy(&printed).trim_end());
    Ok(output.status.success())
}
