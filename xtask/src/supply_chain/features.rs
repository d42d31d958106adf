//! Every set of features of every published crate.

use super::published;
use crate::terminal::succeed;
use crate::tools::CARGO_HACK;
use crate::workspace;
use anyhow::Result;

/// Runs clippy on each set, and the tests of the auth core without its optional store.
///
/// `cargo xtask test` builds the workspace as one, in which xtask switches the store on.
pub(super) fn run() -> Result<()> {
    let mut powerset = CARGO_HACK.command()?;
    powerset.arg("clippy").arg("--feature-powerset");
    for name in published::crates(&workspace::root())? {
        powerset.args(["--package", &name]);
    }
    succeed(powerset.args(["--", "-D", "warnings"]))?;
    succeed(&mut workspace::cargo(&["test", "--package", "sdk-auth"]))
}
