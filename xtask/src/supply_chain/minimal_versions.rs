//! The lowest versions that the manifests allow, so that none of them promises a version nobody has built.

use super::published;
use crate::terminal::{say, succeed};
use crate::workspace;
use anyhow::Result;

/// Resolves and builds a copy of the published crates, with each direct dependency at its lowest version.
pub(super) fn run() -> Result<()> {
    let root = workspace::root();
    let copy = root.join("target/minimal-versions");
    published::copy(&root, &copy)?;
    std::fs::remove_file(copy.join("Cargo.lock"))?;
    // The resolver's option waits to be stable; what it writes is an ordinary lock file.
    succeed(
        workspace::cargo(&["-Zdirect-minimal-versions", "generate-lockfile"])
            .current_dir(&copy)
            .env("RUSTC_BOOTSTRAP", "1"),
    )?;
    succeed(
        workspace::cargo(&["check", "--locked", "--workspace", "--all-features"])
            .current_dir(&copy)
            .env(
                "CARGO_TARGET_DIR",
                root.join("target/minimal-versions-build"),
            ),
    )?;
    say("every direct dependency builds at the lowest version that its manifest allows");
    Ok(())
}
