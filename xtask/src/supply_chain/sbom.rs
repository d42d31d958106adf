//! A bill of materials of every published crate, in CycloneDX.

use super::published;
use crate::terminal::{say, succeed};
use crate::tools::CARGO_CYCLONEDX;
use crate::workspace;
use anyhow::{Context as _, Result};

/// Writes `target/sbom/<crate>.cdx.json`: every dependency with version, licence and checksum, all features on.
pub(super) fn run() -> Result<()> {
    let root = workspace::root();
    let copy = root.join("target/sbom-tree");
    let folder = root.join("target/sbom");
    published::copy(&root, &copy)?;
    // The program writes beside each manifest, which is why it runs on a copy.
    succeed(
        CARGO_CYCLONEDX
            .command()?
            .args([
                "--format",
                "json",
                "--spec-version",
                "1.5",
                "--all-features",
            ])
            .args(["--target", "all", "--quiet"])
            .current_dir(&copy),
    )?;
    std::fs::create_dir_all(&folder)?;
    let crates = published::crates(&root)?;
    for name in &crates {
        let file = format!("{name}.cdx.json");
        std::fs::rename(
            copy.join("crates").join(name).join(&file),
            folder.join(&file),
        )
        .with_context(|| format!("cannot put {file} in place"))?;
    }
    say(&format!(
        "{} bills of materials are in target/sbom",
        crates.len()
    ));
    Ok(())
}
