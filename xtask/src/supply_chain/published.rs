//! The crates that users get, apart from those of this repository alone.

use crate::workspace;
use anyhow::{Context as _, Result};
use std::path::Path;

/// The published crates under `crates/`, in order.
pub(crate) fn crates(root: &Path) -> Result<Vec<String>> {
    let mut published = Vec::new();
    for name in workspace::crates(root)? {
        if is_published(&read(root, &format!("crates/{name}/Cargo.toml"))?)? {
            published.push(name);
        }
    }
    Ok(published)
}

/// Writes a workspace of the published crates alone, without what only their tests and examples need.
///
/// `Cargo.lock` comes along; whatever was in the folder before is gone.
pub(crate) fn copy(root: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        std::fs::remove_dir_all(to).with_context(|| format!("cannot empty {}", to.display()))?;
    }
    let names = crates(root)?;
    let is_wanted = |path: &str| match path.strip_prefix("crates/") {
        None => path == "Cargo.lock",
        Some(path) => path.split_once('/').is_some_and(|(name, inside)| {
            let is_extra = ["tests/", "examples/", "Cargo.toml"]
                .iter()
                .any(|extra| inside.starts_with(extra));
            names.iter().any(|it| it == name) && !is_extra
        }),
    };
    for path in workspace::files(root)? {
        if is_wanted(&path) {
            // Links to `schemas/` and `queries/` become what they point to.
            copy_whole(&root.join(&path), &to.join(&path))?;
        }
    }
    for name in &names {
        let path = format!("crates/{name}/Cargo.toml");
        let mut manifest: toml::Table = toml::from_str(&read(root, &path)?)
            .with_context(|| format!("{path} is not a manifest"))?;
        manifest.remove("dev-dependencies");
        write(&to.join(&path), &toml::to_string(&manifest)?)?;
    }
    let mut manifest: toml::Table = toml::from_str(&read(root, "Cargo.toml")?)?;
    let workspace = manifest
        .get_mut("workspace")
        .and_then(toml::Value::as_table_mut)
        .context("Cargo.toml has no [workspace]")?;
    workspace.insert("members".to_owned(), vec!["crates/*"].into());
    for key in ["default-members", "exclude"] {
        workspace.remove(key);
    }
    write(&to.join("Cargo.toml"), &toml::to_string(&manifest)?)
}

/// Whether a manifest lets its package be published: it says nothing else.
fn is_published(manifest: &str) -> Result<bool> {
    let manifest: toml::Table = toml::from_str(manifest)?;
    let publish = manifest
        .get("package")
        .and_then(|package| package.get("publish"));
    Ok(publish.and_then(toml::Value::as_bool) != Some(false))
}

fn copy_whole(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() {
        std::fs::create_dir_all(to)?;
        for entry in std::fs::read_dir(from)? {
            let name = entry?.file_name();
            copy_whole(&from.join(&name), &to.join(&name))?;
        }
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::copy(from, to)
        .map(drop)
        .with_context(|| format!("cannot copy {}", from.display()))
}

fn read(root: &Path, path: &str) -> Result<String> {
    std::fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_repository_keeps_to_itself_is_not_published() {
        let crates = crates(&workspace::root()).unwrap();
        assert!(crates.iter().any(|name| name == "finitestate"));
        assert!(!crates.iter().any(|name| name == "sdk-bench"));
        assert!(!crates.iter().any(|name| name == "sdk-fault-server"));
    }
}
