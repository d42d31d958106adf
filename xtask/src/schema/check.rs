//! `cargo xtask schema check`: every operation of every project, against the schema of its project.

use crate::terminal::say;
use crate::{problem, projects, validate};
use anyhow::Result;
use std::path::Path;
use std::time::Instant;

/// Runs the verb: refuses what is not valid or rests on a guess, and lists what is deprecated.
pub(crate) fn run(root: &Path) -> Result<()> {
    let started = Instant::now();
    let projects = projects::load(root)?;
    let mut operations = 0;
    let mut problems = Vec::new();
    for project in &projects {
        operations += project.documents(root)?.len();
        let verdict = validate::project(root, project)?;
        problems.extend(verdict.problems);
        for line in verdict.deprecated {
            say(&line);
        }
    }
    problem::report(problems, "the operations")?;
    say(&format!(
        "{operations} operations of {} projects are valid; {:.2} s",
        projects.len(),
        started.elapsed().as_secs_f64()
    ));
    Ok(())
}
