//! Licences, duplicate versions and sources, by `deny.toml`.

use crate::terminal::{say, succeed};
use crate::tools::CARGO_DENY;
use anyhow::Result;

/// Advisories need a database from outside and are not checked here.
pub(super) fn run() -> Result<()> {
    // This one takes its arguments without its own name before them, too.
    succeed(
        CARGO_DENY
            .command()?
            .args(["check", "bans", "licenses", "sources"]),
    )?;
    say("advisories were not checked: their database is not part of the tree");
    Ok(())
}
