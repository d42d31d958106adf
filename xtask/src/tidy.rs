//! `cargo xtask tidy`: the house rules that no compiler checks. Each fault names its file and line and how to mend it.

mod layout;
mod manifests;
mod sources;
mod text;

use crate::problem::{self, Problem};
use crate::workspace;
use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};

/// Runs the verb.
pub(crate) fn run() -> Result<()> {
    problem::report(problems(&workspace::root())?, "the tree")
}

/// Every fault of the tree at this root.
pub(crate) fn problems(root: &Path) -> Result<Vec<Problem>> {
    Tree::open(root)?.problems()
}

/// The work tree as git knows it.
struct Tree {
    root: PathBuf,
    /// Files that are in git or would be added, relative to the root, with `/`.
    files: Vec<String>,
}

impl Tree {
    fn open(root: &Path) -> Result<Self> {
        Ok(Self {
            root: root.to_owned(),
            files: workspace::files(root)?,
        })
    }

    fn problems(&self) -> Result<Vec<Problem>> {
        let mut found = manifests::check(self)?;
        found.extend(layout::check(self)?);
        for path in &self.files {
            if self.path(path).is_symlink() {
                continue;
            }
            let bytes =
                std::fs::read(self.path(path)).with_context(|| format!("cannot read {path}"))?;
            let Ok(text) = String::from_utf8(bytes) else {
                continue;
            };
            found.extend(text::check(path, &text));
            found.extend(sources::check(path, &text));
        }
        Ok(found)
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    fn has(&self, relative: &str) -> bool {
        self.files
            .binary_search_by(|it| it.as_str().cmp(relative))
            .is_ok()
    }

    fn read(&self, relative: &str) -> Result<String> {
        std::fs::read_to_string(self.path(relative))
            .with_context(|| format!("cannot read {relative}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        let problems = problems(&workspace::root()).unwrap();
        let rendered: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(rendered.is_empty(), "{}", rendered.join("\n\n"));
    }
}
