//! `cargo xtask schema`: bring schemas in, show what changed, and hold the operations against them.

mod ask;
mod check;
mod compare;
mod diff;
pub(crate) mod incoming;
mod introspection;
mod marks;
mod members;
mod normalise;
pub(crate) mod origin;
mod pull;
mod shipped;
#[cfg(test)]
mod tests;
mod usage;

use crate::workspace;
use anyhow::Result;

/// What to do with schemas.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Put the vendor's own schema in place of ours: its server's, or one in a file.
    Pull(pull::Arguments),
    /// Show breaking, dangerous and safe changes, and the operations they hit; fail if anything breaks.
    Diff(compare::Arguments),
    /// Hold every operation against its schema, and list what it uses that is deprecated.
    Check,
}

/// Runs the verb.
pub(crate) fn run(verb: &Verb) -> Result<()> {
    let root = workspace::root();
    match verb {
        Verb::Pull(arguments) => pull::run(&root, arguments),
        Verb::Diff(arguments) => compare::run(&root, arguments),
        Verb::Check => check::run(&root),
    }
}

/// The date in UTC, such as 2026-01-31.
#[expect(
    clippy::disallowed_methods,
    reason = "a record for people: no test depends on the day"
)]
pub(crate) fn today() -> String {
    let now = std::time::SystemTime::now();
    chrono::DateTime::<chrono::Utc>::from(now)
        .format("%Y-%m-%d")
        .to_string()
}
