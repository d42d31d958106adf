//! `cargo xtask supply-chain`: what users take in with our crates, and what of ours they can rely on.

pub(crate) mod deny;
mod features;
mod minimal_versions;
pub(crate) mod published;
mod rust_version;
mod sbom;

use crate::api;
use anyhow::{Context as _, Result};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only this; may be given several times.
    #[arg(long, value_enum, value_name = "CHECK")]
    only: Vec<Check>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Check {
    /// Licences, duplicate versions and sources of every dependency.
    Deny,
    /// No dependency of users asks for a newer Rust than we say.
    RustVersion,
    /// The public API is that of the snapshots.
    Api,
    /// Every set of features builds without a warning.
    Features,
    /// The lowest versions that the manifests allow build.
    MinimalVersions,
    /// One bill of materials per published crate, in `target/sbom`.
    Sbom,
}

/// Every check, the quick ones first.
const CHECKS: [Check; 6] = [
    Check::Deny,
    Check::RustVersion,
    Check::Api,
    Check::Features,
    Check::MinimalVersions,
    Check::Sbom,
];

/// Runs the verb, to the first check that fails.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    for check in CHECKS {
        if arguments.only.is_empty() || arguments.only.contains(&check) {
            let (name, outcome) = match check {
                Check::Deny => ("deny", deny::run()),
                Check::RustVersion => ("rust-version", rust_version::run()),
                Check::Api => ("api", api::check()),
                Check::Features => ("features", features::run()),
                Check::MinimalVersions => ("minimal-versions", minimal_versions::run()),
                Check::Sbom => ("sbom", sbom::run()),
            };
            outcome.with_context(|| format!("{name} failed"))?;
        }
    }
    Ok(())
}

/// The part that `cargo xtask test` runs: what needs nothing to be built.
pub(crate) fn quick() -> Result<()> {
    deny::run()?;
    rust_version::run()
}
