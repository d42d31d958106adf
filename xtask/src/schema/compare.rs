//! `cargo xtask schema diff`: what changed between two states of a schema, and which operations it hits.

use super::diff::{self, Change, Class};
use super::usage::Usage;
use super::{incoming, shipped};
use crate::problem;
use crate::terminal::say;
use anyhow::{Context as _, Result, bail};
use apollo_compiler::Schema;
use apollo_compiler::validation::Valid;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A project of .graphqlrc.toml, such as finitestate.
    project: String,
    /// What the schema of the work tree is compared with: a file with SDL or the answer to an introspection, or a
    /// revision of git.
    #[arg(long, value_name = "FILE|REV", default_value = "HEAD")]
    against: String,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// Runs the verb; anything that breaks is a failure.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let project = shipped::project(root, &arguments.project)?;
    let old = before(root, &project.schema, &arguments.against)?;
    let new = shipped::schema(root, &project)?;
    let usages = shipped::usages(root, &project, &old)?;
    let report = Report::new(&project.name, &arguments.against, &old, &new, &usages);
    if arguments.json {
        say(&serde_json::to_string(&report)?);
    } else {
        say(report.text().trim_end());
    }
    match report.breaking {
        0 => Ok(()),
        1 => bail!("1 change breaks"),
        count => bail!("{count} changes break"),
    }
}

/// The schema to compare with.
fn before(root: &Path, schema: &str, against: &str) -> Result<Valid<Schema>> {
    let (name, bytes) = match std::fs::read(against) {
        Ok(bytes) => (against.to_owned(), bytes),
        Err(_) => {
            let object = format!("{against}:{schema}");
            let output = Command::new("git")
                .args(["show", &object])
                .current_dir(root)
                .output()
                .context("cannot run git, which has the schema of the revision")?;
            if !output.status.success() {
                bail!(
                    "{against} is neither a file nor a revision that has {schema}: {}",
                    String::from_utf8_lossy(&output.stderr).trim()
                );
            }
            (object, output.stdout)
        }
    };
    match incoming::read(&name, &bytes) {
        Ok(incoming) => Ok(incoming.schema),
        Err(problems) => {
            problem::report(problems, &name)?;
            bail!("{name} is not valid");
        }
    }
}

/// All changes, ready to be shown.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    project: String,
    against: String,
    pub(crate) breaking: usize,
    dangerous: usize,
    safe: usize,
    changes: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    class: Class,
    kind: &'static str,
    coordinate: String,
    message: String,
    /// The shipped operations that the change reaches, in order.
    operations: Vec<String>,
}

impl Report {
    pub(crate) fn new(
        project: &str,
        against: &str,
        old: &Schema,
        new: &Schema,
        usages: &[Usage],
    ) -> Self {
        let row = |change: Change| {
            let reached = usages.iter().filter(|it| it.is_reached(&change.reach, old));
            let mut operations: Vec<String> = reached.map(|it| it.operation.clone()).collect();
            operations.sort();
            Row {
                class: change.class,
                kind: change.kind,
                coordinate: change.coordinate,
                message: change.message,
                operations,
            }
        };
        let changes: Vec<Row> = diff::diff(old, new).into_iter().map(row).collect();
        let count = |class| changes.iter().filter(|it| it.class == class).count();
        Self {
            project: project.to_owned(),
            against: against.to_owned(),
            breaking: count(Class::Breaking),
            dangerous: count(Class::Dangerous),
            safe: count(Class::Safe),
            changes,
        }
    }

    /// The changes under a heading for each class, and the operations under each change.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for (class, heading, count) in [
            (Class::Breaking, "breaking", self.breaking),
            (Class::Dangerous, "dangerous", self.dangerous),
            (Class::Safe, "safe", self.safe),
        ] {
            if count == 0 {
                continue;
            }
            let _ = writeln!(text, "{count} {heading}");
            for row in self.changes.iter().filter(|it| it.class == class) {
                let _ = writeln!(text, "  {:<42} {}", row.kind, row.message);
                if !row.operations.is_empty() {
                    let _ = writeln!(text, "  {:<42} hits {}", "", row.operations.join(", "));
                }
            }
            text.push('\n');
        }
        if text.is_empty() {
            text.push_str("nothing changed\n");
        }
        text
    }
}
