//! What lies where: schemas and operations, links to them, tests, the changelog and the two commands of the README.

use super::Tree;
use crate::problem::Problem;
use crate::projects::{self, Project};
use anyhow::{Context as _, Result};

pub(super) fn check(tree: &Tree) -> Result<Vec<Problem>> {
    let projects = projects::load(&tree.root)?;
    let mut found = Vec::new();
    found.extend(unclaimed(tree, &projects));
    for project in &projects {
        found.extend(links(tree, project)?);
    }
    found.extend(tests(tree));
    found.extend(changelog(tree)?);
    found.extend(commands(tree)?);
    Ok(found)
}

/// Every schema and every operation belongs to a project of `.graphqlrc.toml`, and every project's files are there.
fn unclaimed(tree: &Tree, projects: &[Project]) -> Vec<Problem> {
    let mut found = Vec::new();
    for path in tree.files.iter().filter(|it| it.ends_with(".graphql")) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let claimed = (!path.starts_with("schemas/")
            || projects.iter().any(|it| it.schema == *path))
            && (!path.starts_with("queries/") || projects.iter().any(|it| it.folder == folder));
        if !claimed {
            found.push(
                Problem::of_file(path, format!("no project of {} names this file", projects::FILE))
                    .help("add a project for it, or move it into the folder of one: nothing checks it here"),
            );
        }
    }
    for project in projects {
        if !tree.has(&project.schema) {
            found.push(
                Problem::of_file(
                    projects::FILE,
                    format!(
                        "project {} names {}, which is not there",
                        project.name, project.schema
                    ),
                )
                .help("correct the path, or add the file to git"),
            );
        }
        let inside = |path: &String| {
            let file = path.strip_prefix(&project.folder);
            file.is_some_and(|it| it.starts_with('/') && it.ends_with(".graphql"))
        };
        if !tree.files.iter().any(inside) {
            found.push(
                Problem::of_file(
                    projects::FILE,
                    format!(
                        "project {} names {}/*.graphql, which no file matches",
                        project.name, project.folder
                    ),
                )
                .help(
                    "correct the pattern: editors complete nothing in files that no project names",
                ),
            );
        }
    }
    found
}

/// A vendor's crate carries its own schema and operations when it is packaged, through links.
fn links(tree: &Tree, project: &Project) -> Result<Vec<Problem>> {
    let mut found = Vec::new();
    let Some(vendor) = project.folder.split('/').nth(1) else {
        return Ok(found);
    };
    let folder = format!("crates/{vendor}");
    let mut targets = Vec::new();
    for entry in
        std::fs::read_dir(tree.path(&folder)).with_context(|| format!("cannot read {folder}"))?
    {
        let path = entry?.path();
        if path.is_symlink() {
            targets.extend(path.canonicalize());
        }
    }
    for wanted in [&project.schema, &project.folder] {
        let path = tree.path(wanted).canonicalize();
        let linked = path.is_ok_and(|path| targets.iter().any(|target| path.starts_with(target)));
        if !linked {
            let link = wanted.split('/').next().unwrap_or_default();
            found.push(
                Problem::of_file(&format!("{folder}/Cargo.toml"), format!("no link from {folder} to {wanted}"))
                    .help(format!("run `ln -s ../../{wanted} {folder}/{link}`, so that the packaged crate carries its own copy")),
            );
        }
    }
    Ok(found)
}

/// One integration binary per crate links once.
fn tests(tree: &Tree) -> Vec<Problem> {
    let mut found = Vec::new();
    for path in &tree.files {
        let parts: Vec<&str> = path.split('/').collect();
        if let ["crates", name, "tests", file] = parts.as_slice()
            && file.ends_with(".rs")
        {
            found.push(
                Problem::of_file(path, "a second integration binary")
                    .help(format!("make it a module of crates/{name}/tests/it/main.rs: every binary links everything again")),
            );
        }
    }
    found
}

fn changelog(tree: &Tree) -> Result<Option<Problem>> {
    const FILE: &str = "CHANGELOG.md";
    let manifest: toml::Table = tree
        .read("Cargo.toml")?
        .parse()
        .context("Cargo.toml is not valid TOML")?;
    let version = manifest
        .get("workspace")
        .and_then(|it| it.get("package"))
        .and_then(|it| it.get("version"))
        .and_then(toml::Value::as_str)
        .context("Cargo.toml has no workspace.package.version")?;
    let text = if tree.has(FILE) {
        tree.read(FILE)?
    } else {
        String::new()
    };
    let found = text
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .map(|heading| heading.trim_start_matches('['))
        .any(|heading| heading.starts_with("Unreleased") || heading.starts_with(version));
    Ok((!found).then(|| {
        Problem::of_file(
            FILE,
            format!("no section for what comes next, nor for version {version}"),
        )
        .help("add `## Unreleased`, with entries that name the crate and speak to its user")
    }))
}

/// The README's test command is what CI runs.
fn commands(tree: &Tree) -> Result<Vec<Problem>> {
    const COMMAND: &str = "cargo xtask test";
    let mut found = Vec::new();
    for path in ["README.md", ".ci/run"] {
        if !tree.has(path) || !tree.read(path)?.contains(COMMAND) {
            found.push(
                Problem::of_file(path, format!("`{COMMAND}` is not in it")).help(
                    "the README shows the command that runs every check, and CI runs the same one",
                ),
            );
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projects::Limits;

    #[test]
    fn a_project_that_names_no_operation_and_a_file_that_no_project_names_are_refused() {
        let tree = |files: &[&str]| Tree {
            root: std::path::PathBuf::new(),
            files: files.iter().map(|it| (*it).to_owned()).collect(),
        };
        let acme = Project {
            name: "acme".into(),
            schema: "schemas/acme.graphql".into(),
            folder: "queries/acme".into(),
            limits: Limits::default(),
            login: None,
        };
        let check = |files: &[&str]| unclaimed(&tree(files), std::slice::from_ref(&acme));
        let both = ["queries/acme/list.graphql", "schemas/acme.graphql"];
        assert_eq!(check(&both), []);
        let none = check(&["schemas/acme.graphql"]);
        assert!(none[0].to_string().contains("which no file matches"));
        let other = check(&[both[0], "queries/other/list.graphql", both[1]]);
        assert!(other[0].to_string().contains("no project"));
    }
}
