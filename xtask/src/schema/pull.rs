//! `cargo xtask schema pull`: the vendor's own schema in place of ours.

use super::compare::Report;
use super::incoming::{self, Form, Incoming};
use super::marks::{self, Verdicts};
use super::normalise::{descriptions, normalised};
use super::{ask, origin, shipped};
use crate::projects::Project;
use crate::terminal::say;
use crate::{problem, workspace};
use anyhow::{Context as _, Result, bail};
use apollo_compiler::Schema;
use finitestate::Env;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A project of .graphqlrc.toml, such as finitestate.
    project: String,
    /// Read SDL, or the answer to an introspection, instead of asking the server.
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Write a copy for yourself instead, with the vendor's own descriptions, and leave the tree as it is.
    #[arg(long, value_name = "FILE")]
    copy: Option<PathBuf>,
}

/// Runs the verb.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let project = shipped::project(root, &arguments.project)?;
    let pulled = match &arguments.from {
        Some(file) => from_file(file)?,
        None => {
            let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
            runtime.block_on(from_server(&project, &Env::process()))?
        }
    };
    match &arguments.copy {
        Some(file) => {
            let text = format!(
                "# {}.\n\n{}",
                pulled.sentence(),
                pulled.incoming.normalised()
            );
            workspace::replace(file, &text)?;
            say(&format!(
                "{} is written; the tree is as it was",
                file.display()
            ));
        }
        None => say(bring_in(root, &project, &pulled, &super::today())?.trim_end()),
    }
    Ok(())
}

/// A schema from outside, and where it came from.
#[derive(Debug)]
pub(crate) struct Pulled {
    pub(super) incoming: Incoming,
    /// As the record says it.
    origin: String,
}

impl Pulled {
    /// The first line of the file.
    fn sentence(&self) -> String {
        format!("From {}; normalised, not written by hand", self.origin)
    }
}

/// Asks the server that the variables name.
pub(crate) async fn from_server(project: &Project, env: &Env) -> Result<Pulled> {
    let answered = ask::ask(project, env).await?;
    let incoming = understood("the answer of the server", &answered.body)?;
    Ok(Pulled {
        incoming,
        origin: format!("introspection of the server of {}", answered.service),
    })
}

/// Reads a file that the user has.
pub(crate) fn from_file(file: &Path) -> Result<Pulled> {
    let shown = file.display().to_string();
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {shown}"))?;
    let incoming = understood(&shown, &bytes)?;
    // The folder is one of this machine, so it is not recorded.
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let what = match incoming.form {
        Form::Sdl => "SDL",
        Form::Introspection => "the answer to an introspection",
    };
    Ok(Pulled {
        incoming,
        origin: format!("{what} in the file {}", name.replace('|', " ")),
    })
}

fn understood(name: &str, bytes: &[u8]) -> Result<Incoming> {
    match incoming::read(name, bytes) {
        Ok(incoming) => Ok(incoming),
        Err(problems) => {
            problem::report(problems, name)?;
            bail!("{name} holds no schema");
        }
    }
}

/// Puts the schema in place of the project's, records it, and says what that means.
///
/// Descriptions are ours where we have one: the vendor's own words stay out of the tree.
pub(crate) fn bring_in(
    root: &Path,
    project: &Project,
    pulled: &Pulled,
    date: &str,
) -> Result<String> {
    let old = shipped::schema(root, project)?;
    let usages = shipped::usages(root, project, &old)?;
    let body = normalised(&pulled.incoming.schema, &descriptions(&old));
    let text = format!(
        "# {}.\n# Descriptions are this project's. `cargo xtask schema pull {}` brings it up to date.\n\n{body}",
        pulled.sentence(),
        project.name,
    );
    let new = Schema::parse_and_validate(&text, &project.schema)
        .map_err(|broken| anyhow::anyhow!("the normal form is not valid: {}", broken.errors))?;
    let record = std::fs::read_to_string(root.join(origin::FILE))
        .with_context(|| format!("cannot read {}", origin::FILE))?;
    let record = origin::recorded(&record, &project.schema, &pulled.origin, date)?;
    let verdicts = marks::judge(&old, &new, &usages);
    let report = Report::new(&project.name, "before", &old, &new, &usages);

    // Everything that can fail has been done: nothing is half written.
    workspace::replace(&root.join(&project.schema), &text)?;
    workspace::replace(&root.join(origin::FILE), &record)?;
    Ok(said(project, &verdicts, &report))
}

fn said(project: &Project, verdicts: &Verdicts, report: &Report) -> String {
    let mut text = report.text();
    let Verdicts { confirmed, refuted } = verdicts;
    let _ = writeln!(
        text,
        "{confirmed} guesses are confirmed and have lost their mark"
    );
    if !refuted.is_empty() {
        let _ = writeln!(text, "{} guesses are refuted:", refuted.len());
        for one in refuted {
            let _ = write!(text, "  {}: {}", one.coordinate, one.instead);
            match one.operations.as_slice() {
                [] => text.push('\n'),
                operations => {
                    let _ = writeln!(text, "; change {}", operations.join(", "));
                }
            }
        }
    }
    let _ = writeln!(
        text,
        "{} and {} are rewritten; run `cargo xtask schema check`, then `cargo xtask codegen`",
        project.schema,
        origin::FILE
    );
    text
}
