//! The project's verbs, one file each.

use std::process::Command;

fn main() -> anyhow::Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(["test", "--workspace"])
        .status()?;
    anyhow::ensure!(status.success(), "tests failed");
    Ok(())
}
