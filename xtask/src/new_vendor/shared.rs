//! The two files that know all vendors: `.graphqlrc.toml` and the record of schemas.

use super::{VendorName, auth::Auth};
use crate::schema::origin;
use crate::{projects, workspace};
use anyhow::{Context as _, Result};
use std::path::Path;

/// Both files' texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shared {
    projects: String,
    record: String,
}

/// Changes both files; none, if the change fails or the first cannot be written.
pub(super) fn edit(root: &Path, change: impl FnOnce(&Shared) -> Result<Shared>) -> Result<()> {
    let read = |path: &str| {
        std::fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))
    };
    let before = Shared {
        projects: read(projects::FILE)?,
        record: read(origin::FILE)?,
    };
    let after = change(&before)?;
    if after.projects != before.projects {
        workspace::replace(&root.join(projects::FILE), &after.projects)?;
    }
    if after.record != before.record {
        workspace::replace(&root.join(origin::FILE), &after.record)?;
    }
    Ok(())
}

impl Shared {
    /// With the vendor at the end of both.
    pub(super) fn with(&self, name: &VendorName, auth: Auth, origin: &str) -> Result<Self> {
        let projects = format!(
            "{}\n[projects.{name}]\nschema = \"schemas/{name}.graphql\"\ndocuments = \"queries/{name}/*.graphql\"\n\
             \n# How `cargo xtask schema pull {name}` asks the server: the variables begin with this.\n\
             [projects.{name}.extensions.login]\ntoken_request = \"{}\"\nvariables = \"{}\"\n",
            self.projects,
            auth.name(),
            name.in_variables()
        );
        let row = format!(
            "| `{name}.graphql` | {} | {origin} | {} |",
            name.title(),
            crate::schema::today()
        );
        Ok(Self {
            projects,
            record: origin::with_row(&self.record, &row)?,
        })
    }

    /// Without the vendor.
    pub(super) fn without(&self, name: &VendorName) -> Self {
        let header = |line: &str| {
            line == format!("[projects.{name}]") || line.starts_with(&format!("[projects.{name}."))
        };
        let blocks = self.projects.split("\n\n");
        let kept: Vec<&str> = blocks.filter(|block| !block.lines().any(header)).collect();
        let mut projects = kept.join("\n\n");
        if !projects.ends_with('\n') {
            projects.push('\n');
        }
        let first = format!("| `{name}.graphql` |");
        let record = self.record.split_inclusive('\n');
        Self {
            projects,
            record: record.filter(|line| !line.starts_with(&first)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_taken_away_without_a_trace() {
        let before = Shared {
            projects: "# Why.\n\n[projects.a]\nschema = \"s\"\n\n# Of the server.\n[projects.a.extensions.server]\nx = false\n".into(),
            record: "# Title\n\n| file | a | b | c |\n|---|---|---|---|\n| `a.graphql` | A | x | y |\n\nText.\n".into(),
        };
        let name = VendorName::new("acme").unwrap();
        let after = before.with(&name, Auth::App, "SDL").unwrap();
        assert!(
            after
                .projects
                .ends_with("token_request = \"app\"\nvariables = \"ACME\"\n")
        );
        assert!(
            after
                .record
                .contains("| y |\n| `acme.graphql` | Acme | SDL | 2"),
            "{}",
            after.record
        );
        assert_eq!(after.without(&name), before);
        let a = VendorName::new("a").unwrap();
        assert_eq!(before.without(&a).projects, "# Why.\n");
    }
}
