//! The Rust that we ask for must be enough for what we bring along.
//!
//! Our own code is held to it by clippy (`incompatible_msrv`), for which one toolchain is enough.

use super::published;
use crate::terminal::say;
use crate::workspace;
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Debug, Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    rust_version: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Debug, Deserialize)]
struct Kind {
    kind: Option<String>,
}

/// Fails if a dependency of a published crate, direct or not, asks for a newer Rust than ours.
pub(super) fn run() -> Result<()> {
    let root = workspace::root();
    let metadata = workspace::metadata(&["--all-features"])?;
    let limit = promised(&root)?;
    let newer = newer(&metadata, &published::crates(&root)?, version(&limit)?)?;
    if !newer.is_empty() {
        bail!("rust-version is {limit}, but {}", newer.join(", "));
    }
    say(&format!(
        "nothing that users build asks for more than Rust {limit}"
    ));
    Ok(())
}

/// What the workspace's manifest says.
fn promised(root: &Path) -> Result<String> {
    let manifest: toml::Table = toml::from_str(&std::fs::read_to_string(root.join("Cargo.toml"))?)?;
    let version = manifest
        .get("workspace")
        .and_then(|it| it.get("package")?.get("rust-version")?.as_str());
    version
        .map(str::to_owned)
        .context("Cargo.toml has no workspace.package.rust-version")
}

/// The packages below these crates that ask for more, development dependencies aside.
fn newer(metadata: &Metadata, crates: &[String], limit: Version) -> Result<Vec<String>> {
    let nodes: BTreeMap<&str, &Node> = (metadata.resolve.nodes.iter())
        .map(|node| (node.id.as_str(), node))
        .collect();
    let mut waiting: Vec<&str> = (metadata.packages.iter())
        .filter(|package| crates.contains(&package.name))
        .map(|package| package.id.as_str())
        .collect();
    let mut built = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if built.insert(id)
            && let Some(node) = nodes.get(id)
        {
            let needed = node.deps.iter().filter(|dependency| {
                let mut kinds = dependency.dep_kinds.iter();
                kinds.any(|kind| kind.kind.as_deref() != Some("dev"))
            });
            waiting.extend(needed.map(|dependency| dependency.pkg.as_str()));
        }
    }
    let mut newer = Vec::new();
    for package in &metadata.packages {
        if let Some(asks) = &package.rust_version
            && built.contains(package.id.as_str())
            && version(asks)? > limit
        {
            newer.push(format!(
                "{} {} asks for {asks}",
                package.name, package.version
            ));
        }
    }
    Ok(newer)
}

/// Major, minor, patch.
type Version = (u32, u32, u32);

fn version(text: &str) -> Result<Version> {
    let mut numbers = text.split('.').map(str::parse);
    let mut next = || numbers.next().unwrap_or(Ok(0));
    Ok((next()?, next()?, next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_that_asks_for_more_is_named_unless_only_tests_need_it() {
        let metadata: Metadata = serde_json::from_value(serde_json::json!({
            "packages": [
                {"id": "ours", "name": "ours", "version": "0.1.0", "rust_version": "1.89"},
                {"id": "far", "name": "far", "version": "2.1.0", "rust_version": "1.90"},
                {"id": "near", "name": "near", "version": "1.0.0", "rust_version": null},
                {"id": "tests", "name": "tests", "version": "3.0.0", "rust_version": "1.95"},
            ],
            "resolve": {"nodes": [
                {"id": "ours", "deps": [
                    {"pkg": "near", "dep_kinds": [{"kind": "build"}]},
                    {"pkg": "tests", "dep_kinds": [{"kind": "dev"}]},
                ]},
                {"id": "near", "deps": [{"pkg": "far", "dep_kinds": [{"kind": null}]}]},
                {"id": "far", "deps": []},
                {"id": "tests", "deps": []},
            ]},
        }))
        .unwrap();
        let found = newer(&metadata, &["ours".to_owned()], (1, 89, 0)).unwrap();
        assert_eq!(found, ["far 2.1.0 asks for 1.90"]);
    }
}
