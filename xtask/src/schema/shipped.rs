//! A project as it is in the tree: its schema, and what its operations use.

use super::usage::Usage;
use crate::problem;
use crate::projects::{self, Project};
use crate::validate;
use anyhow::{Context as _, Result, bail};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use std::path::Path;

/// The project of this name.
pub(crate) fn project(root: &Path, name: &str) -> Result<Project> {
    let projects = projects::load(root)?;
    let known: Vec<&str> = projects.iter().map(|it| it.name.as_str()).collect();
    let known = known.join(", ");
    match projects.iter().find(|it| it.name == name) {
        Some(project) => Ok(project.clone()),
        None => bail!("{} has no project `{name}`; it has {known}", projects::FILE),
    }
}

/// The schema in the tree; a broken one is reported with its places.
pub(crate) fn schema(root: &Path, project: &Project) -> Result<Valid<Schema>> {
    let path = &project.schema;
    let text =
        std::fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))?;
    match Schema::parse_and_validate(&text, path) {
        Ok(schema) => Ok(schema),
        Err(broken) => {
            problem::report(validate::problems(&broken.errors, path), path)?;
            bail!("{path} is not valid");
        }
    }
}

/// What every operation of a project uses of a schema. One that is not valid for it is left out: it used nothing that
/// the schema has, and `cargo xtask schema check` says so.
pub(crate) fn usages(root: &Path, project: &Project, schema: &Valid<Schema>) -> Result<Vec<Usage>> {
    let mut usages = Vec::new();
    for path in project.documents(root)? {
        let text = std::fs::read_to_string(root.join(&path))
            .with_context(|| format!("cannot read {path}"))?;
        if let Ok(document) = ExecutableDocument::parse_and_validate(schema, text, &path) {
            usages.extend(Usage::of(&document, schema));
        }
    }
    Ok(usages)
}
