//! `cargo xtask api`: the public API of every published crate as text, so that whoever changes it sees so.

use crate::supply_chain::published;
use crate::terminal::say;
use crate::workspace;
use anyhow::{Context as _, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Where the snapshots are.
const FOLDER: &str = "docs/api";
/// Tells a process that cargo started it in place of rustdoc.
const AS_RUSTDOC: &str = "XTASK_AS_RUSTDOC";
/// The format of rustdoc's JSON that `public-api` reads.
const FORMAT: u64 = 57;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Change nothing; fail if the snapshots are not those of the current code.
    #[arg(long)]
    check: bool,
}

/// Runs the verb.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let root = workspace::root();
    let crates = published::crates(&root)?;
    let documented = document()?;
    let mut changed = Vec::new();
    for name in &crates {
        let json = documented.join(format!("{}.json", name.replace('-', "_")));
        let api = listing(name, &json)?;
        let snapshot = root.join(FOLDER).join(format!("{name}.txt"));
        let known = std::fs::read_to_string(&snapshot).unwrap_or_default(); // none of a new crate
        if known == api {
            continue;
        }
        changed.push(name.as_str());
        if arguments.check {
            say(&difference(name, &known, &api));
        } else {
            std::fs::create_dir_all(root.join(FOLDER))?;
            workspace::replace(&snapshot, &api)?;
        }
    }
    for name in stale(&root, &crates)? {
        let snapshot = root.join(FOLDER).join(&name);
        ensure!(
            !arguments.check,
            "{FOLDER}/{name} is of no crate; run `cargo xtask api`"
        );
        std::fs::remove_file(snapshot).with_context(|| format!("cannot remove {FOLDER}/{name}"))?;
    }
    ensure!(
        changed.is_empty() || !arguments.check,
        "the public API of {} is not that of the snapshots; run `cargo xtask api` and review the difference",
        changed.join(", ")
    );
    say(&match changed.as_slice() {
        [] => format!(
            "{} snapshots in {FOLDER} match the public API",
            crates.len()
        ),
        changed => format!(
            "{} written to {FOLDER}; review them with git diff",
            changed.join(", ")
        ),
    });
    Ok(())
}

/// The snapshots of crates that are gone.
fn stale(root: &Path, crates: &[String]) -> Result<Vec<String>> {
    let mut stale = Vec::new();
    for file in workspace::files(root)? {
        if let Some(name) = file.strip_prefix("docs/api/")
            && !crates.iter().any(|it| name == format!("{it}.txt"))
        {
            stale.push(name.to_owned());
        }
    }
    Ok(stale)
}

/// The verb with `--check`.
pub(crate) fn check() -> Result<()> {
    run(&Arguments { check: true })
}

/// Lets rustdoc describe the workspace as JSON; gives the folder of the files.
fn document() -> Result<PathBuf> {
    let target = workspace::target()?;
    // By its place: this very file may be gone, when a step before has built it anew.
    let ourselves = target
        .join("debug/xtask")
        .with_extension(std::env::consts::EXE_EXTENSION);
    // The workspace as one, with what the other steps have compiled.
    let status = workspace::cargo(&["doc", "--workspace", "--no-deps", "--lib", "--quiet"])
        .env("RUSTDOC", ourselves)
        .env("RUSTDOCFLAGS", "-Z unstable-options --output-format json")
        .env(AS_RUSTDOC, "1")
        .status()
        .context("cannot run cargo")?;
    ensure!(status.success(), "the crates cannot be documented");
    Ok(target.join("doc"))
}

/// In place of rustdoc: runs it with its unstable options, which are not to reach any other compiler.
///
/// With the variable set for all of cargo, build scripts that look for it would compile everything anew.
#[expect(
    clippy::disallowed_methods,
    reason = "the variable says what this process is, before it reads any other"
)]
pub(crate) fn in_place_of_rustdoc() -> Option<ExitCode> {
    std::env::var_os(AS_RUSTDOC)?;
    let status = Command::new("rustdoc")
        .args(std::env::args_os().skip(1))
        .env_remove(AS_RUSTDOC)
        .env("RUSTC_BOOTSTRAP", "1")
        .status();
    let succeeded = status.is_ok_and(|status| status.success());
    Some(ExitCode::from(u8::from(!succeeded)))
}

/// One line per public item.
///
/// Generated operations and types are left out: the snapshots of the generated code show them.
fn listing(name: &str, json: &Path) -> Result<String> {
    let text =
        std::fs::read_to_string(json).with_context(|| format!("cannot read {}", json.display()))?;
    #[derive(serde::Deserialize)]
    struct Header {
        format_version: u64,
    }
    let Header { format_version } = serde_json::from_str(&text)?;
    ensure!(
        format_version == FORMAT,
        "rustdoc describes the crates in format {format_version}, and only {FORMAT} is understood, that of Rust \
         1.95: run this with it, or bring `public-api` and FORMAT up to date"
    );
    let api = public_api::Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()?;
    let root = name.replace('-', "_");
    let mut lines = String::new();
    for item in api.items() {
        let line = item.to_string();
        if !is_generated(&root, &line) {
            lines.push_str(&line);
            lines.push('\n');
        }
    }
    Ok(lines)
}

/// Whether an item belongs to the generated module of this crate, or to its types under their other path.
fn is_generated(root: &str, line: &str) -> bool {
    let crate_path = format!("{root}::");
    // An implementation belongs to its type, anything else to the path it starts with.
    let own = match line.strip_prefix("impl") {
        Some(implementation) => implementation.rsplit(" for ").next(),
        None => line.find(&crate_path).map(|at| line.split_at(at).1),
    };
    let inside = own.and_then(|own| own.trim_start().strip_prefix(&crate_path));
    inside.is_some_and(|path| path.starts_with("queries::") || path.starts_with("types::"))
}

/// What is gone and what is new, as lines.
fn difference(name: &str, known: &str, now: &str) -> String {
    let mut text = format!("{name}:\n");
    for (mark, of, than) in [('-', known, now), ('+', now, known)] {
        let there: std::collections::BTreeSet<&str> = than.lines().collect();
        for line in of.lines().filter(|line| !there.contains(line)) {
            text.push_str(&format!("{mark} {line}\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_items_are_left_out_and_those_that_mention_them_stay() {
        let is_generated = |line| is_generated("ships", line);
        assert!(is_generated("pub struct ships::queries::ListShips"));
        assert!(is_generated("pub ships::types::HullInput::length: u32"));
        assert!(is_generated(
            "impl ships::Operation for ships::queries::ListShips"
        ));
        assert!(is_generated(
            "pub fn ships::queries::ListShips::new() -> Self"
        ));
        assert!(!is_generated(
            "pub fn ships::Client::run(&self, ships::queries::ListShips)"
        ));
        assert!(!is_generated(
            "impl core::convert::From<ships::queries::Ship> for ships::Hull"
        ));
        assert!(!is_generated("pub mod ships::queries"));
    }

    #[test]
    fn a_difference_shows_what_went_and_what_came() {
        insta::assert_snapshot!(difference("ships", "a\nb\n", "b\nc\n"), @r"
        ships:
        - a
        + c
        ");
    }
}
