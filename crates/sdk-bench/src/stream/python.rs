//! The vendor's Python client, in an environment that the benchmark makes and anybody may throw away.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

/// What pip installs.
pub(super) const PACKAGE: &str = "finite-state-sdk==0.1.15";

/// The program that calls it.
pub(super) const DRIVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/probe/all_findings.py");

/// The environment's interpreter; the package is installed unless an earlier run has left it there.
///
/// # Errors
///
/// When there is no `python3` with `venv`, or pip cannot get the package.
pub(super) fn interpreter(scratch: &Path) -> Result<PathBuf> {
    let environment = scratch.join("python");
    let python = environment.join("bin/python");
    let installed = Command::new(&python)
        .args(["-m", "pip", "freeze", "--disable-pip-version-check"])
        .output()
        .is_ok_and(|output| {
            let packages = String::from_utf8_lossy(&output.stdout);
            packages.lines().any(|package| package == PACKAGE)
        });
    if installed {
        return Ok(python);
    }
    eprintln!("installing {PACKAGE} …");
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&environment))
    .context("making an environment with python3 and its module venv")?;
    run(Command::new(&python).args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        PACKAGE,
    ]))
    .with_context(|| format!("installing {PACKAGE} with pip, which needs a package index"))?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().context("it does not start")?;
    ensure!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
