//! A new vendor made, tested and taken away again, in a copy of the tree.

use super::{Auth, LOCK, Vendor, VendorName, cargo, create, remove};
use crate::workspace;
use anyhow::{Context as _, Result, ensure};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What stands at a path: the bytes of a file, or the target of a link.
type Contents = BTreeMap<String, Vec<u8>>;

/// A copy of the files that are in git or would be added, removed at the end.
pub(crate) struct Copy(pub(crate) PathBuf);

impl Copy {
    /// Makes the copy in the system's folder for temporary files.
    pub(crate) fn new(purpose: &str) -> Result<Self> {
        let folder = format!("xtask-{purpose}-{}", std::process::id());
        let copy = Self(std::env::temp_dir().join(folder));
        let root = workspace::root();
        for path in workspace::files(&root)? {
            let (from, to) = (root.join(&path), copy.0.join(&path));
            let copied = std::fs::create_dir_all(to.parent().unwrap_or(&copy.0)).and_then(|()| {
                match from.is_symlink() {
                    true => super::symlink(&std::fs::read_link(&from)?, &to, from.is_dir()),
                    false => std::fs::copy(&from, &to).map(|_| ()),
                }
            });
            copied.with_context(|| format!("cannot copy {path}"))?;
        }
        // Tools ask git which files there are.
        let status = std::process::Command::new("git")
            .args(["init", "--quiet"])
            .current_dir(&copy.0)
            .status()
            .context("cannot run git")?;
        ensure!(status.success(), "git init failed");
        Ok(copy)
    }

    /// Everything that is there, by path.
    pub(crate) fn contents(&self) -> Result<Contents> {
        let mut contents = BTreeMap::new();
        for path in workspace::files(&self.0)? {
            let place = self.0.join(&path);
            let bytes = match place.is_symlink() {
                true => std::fs::read_link(&place)?
                    .into_os_string()
                    .into_encoded_bytes(),
                false => std::fs::read(&place)?,
            };
            contents.insert(path, bytes);
        }
        Ok(contents)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0); // a leftover in a folder for temporary files does no harm
    }
}

/// The vendor that is rehearsed: a small schema with operations, by hand.
pub(crate) fn example(name: &str, auth: Auth) -> Result<Vendor> {
    let data = workspace::root().join("xtask/testdata/new_vendor");
    Vendor::read(
        VendorName::new(name)?,
        &data.join("schema.graphql"),
        auth,
        Some(&data.join("queries")),
    )
}

/// Makes a vendor in a copy of the tree, runs its tests, and takes it away without a trace.
///
/// One shape of token requests stands for all: they differ in one function, which the tests beside `Auth` run.
pub(crate) fn run() -> Result<()> {
    let copy = Copy::new("new-vendor")?;
    let before = copy.contents()?;
    let vendor = example("acme-parts", Auth::App)?;
    create(&copy.0, &vendor)?;
    let package = ["--package", vendor.name.as_str()];
    cargo(&copy.0, LOCK)?;
    cargo(&copy.0, &[&["fmt"], &package[..]].concat())?;
    let strict: &[&str] = &["--all-targets", "--", "-D", "warnings"];
    built(
        &copy.0,
        &[&["clippy", "--quiet"], &package[..], strict].concat(),
    )?;
    built(
        &copy.0,
        &[&["test", "--quiet", "--offline"], &package[..]].concat(),
    )?;
    remove(&copy.0, &vendor.name)?;
    cargo(&copy.0, LOCK)?;
    ensure!(
        copy.contents()? == before,
        "the vendor that was taken away has left a trace"
    );
    Ok(())
}

/// Cargo on the copy, with what is built for the tree already.
fn built(root: &Path, arguments: &[&str]) -> Result<()> {
    let status = workspace::cargo(arguments)
        .current_dir(root)
        .env("CARGO_TARGET_DIR", workspace::target()?)
        .status()
        .context("cannot run cargo")?;
    ensure!(
        status.success(),
        "cargo {} failed in a copy of the tree",
        arguments.join(" ")
    );
    Ok(())
}
