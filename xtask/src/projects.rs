//! `.graphqlrc.toml`: which operations are written against which schema.

use crate::new_vendor::auth::Auth;
use anyhow::{Context as _, Result, bail};
use clap::ValueEnum as _;
use std::path::Path;

/// The file's name, at the root of the work tree.
pub(crate) const FILE: &str = ".graphqlrc.toml";

/// One schema and the operations written against it. Paths are relative to the root of the work tree, with `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Project {
    pub(crate) name: String,
    pub(crate) schema: String,
    /// The folder that holds the operations, one per file.
    pub(crate) folder: String,
    pub(crate) limits: Limits,
    /// How its server is asked for the schema, if the file says so.
    pub(crate) login: Option<Login>,
}

/// What it takes to ask a server with the credentials of the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) auth: Auth,
    /// What the names of the variables begin with, such as ACME for ACME_CLIENT_ID.
    pub(crate) variables: String,
}

/// What the vendor's server refuses although GraphQL allows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The same field cannot be selected twice under different aliases.
    pub(crate) refuses_repeated_aliases: bool,
}

impl Project {
    /// The operation files of the project, in order.
    pub(crate) fn documents(&self, root: &Path) -> Result<Vec<String>> {
        let folder = root.join(&self.folder);
        let entries = std::fs::read_dir(&folder).with_context(|| {
            format!(
                "project {} of {FILE} names a folder that cannot be read: {}",
                self.name, self.folder
            )
        })?;
        let mut documents = Vec::new();
        for entry in entries {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.ends_with(".graphql") {
                documents.push(format!("{}/{name}", self.folder));
            }
        }
        documents.sort();
        Ok(documents)
    }
}

/// Reads the projects of the tree, in order of name.
pub(crate) fn load(root: &Path) -> Result<Vec<Project>> {
    let text =
        std::fs::read_to_string(root.join(FILE)).with_context(|| format!("cannot read {FILE}"))?;
    parse(&text)
}

fn parse(text: &str) -> Result<Vec<Project>> {
    let config: toml::Table = text
        .parse()
        .with_context(|| format!("{FILE} is not valid TOML"))?;
    let Some(projects) = config.get("projects").and_then(toml::Value::as_table) else {
        bail!("{FILE} has no [projects.…] table");
    };
    let mut list = Vec::new();
    for (name, project) in projects {
        let text = |key: &str| {
            project
                .get(key)
                .and_then(toml::Value::as_str)
                .with_context(|| format!("project {name} of {FILE} needs a text under `{key}`"))
        };
        let documents = text("documents")?;
        let Some(folder) = documents.strip_suffix("/*.graphql") else {
            bail!(
                "project {name} of {FILE}: `documents` must read FOLDER/*.graphql, not {documents}"
            );
        };
        let refuses = |limit: &str| {
            let limits = project.get("extensions").and_then(|it| it.get("server"));
            limits
                .and_then(|it| it.get(limit))
                .and_then(toml::Value::as_bool)
                == Some(false)
        };
        let login = project.get("extensions").and_then(|it| it.get("login"));
        list.push(Project {
            login: login.map(|it| read_login(name, it)).transpose()?,
            name: name.clone(),
            schema: text("schema")?.to_owned(),
            folder: folder.to_owned(),
            limits: Limits {
                refuses_repeated_aliases: refuses("repeated_aliases"),
            },
        });
    }
    list.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(list)
}

fn read_login(name: &str, login: &toml::Value) -> Result<Login> {
    let text = |key: &str| {
        login
            .get(key)
            .and_then(toml::Value::as_str)
            .with_context(|| {
                format!("[projects.{name}.extensions.login] of {FILE} needs a text under `{key}`")
            })
    };
    let shape = text("token_request")?;
    let Ok(auth) = Auth::from_str(shape, false) else {
        bail!("[projects.{name}.extensions.login] of {FILE}: there is no token request `{shape}`");
    };
    Ok(Login {
        auth,
        variables: text("variables")?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_read_with_its_limits() {
        let text = "[projects.acme]\nschema = \"s.graphql\"\ndocuments = \"q/acme/*.graphql\"\n\
                    [projects.acme.extensions.server]\nrepeated_aliases = false\n\
                    [projects.acme.extensions.login]\ntoken_request = \"query\"\nvariables = \"ACME\"\n";
        let limits = Limits {
            refuses_repeated_aliases: true,
        };
        let acme = Project {
            name: "acme".into(),
            schema: "s.graphql".into(),
            folder: "q/acme".into(),
            limits,
            login: Some(Login {
                auth: Auth::Query,
                variables: "ACME".into(),
            }),
        };
        assert_eq!(parse(text).unwrap(), [acme]);
        let unknown = text.replace("\"query\"", "\"carrier pigeon\"");
        let message = parse(&unknown).unwrap_err().to_string();
        assert!(
            message.contains("no token request `carrier pigeon`"),
            "{message}"
        );
    }

    #[test]
    fn a_pattern_that_is_no_folder_of_operations_is_refused() {
        let text = "[projects.acme]\nschema = \"s.graphql\"\ndocuments = \"q/{a,b}.graphql\"\n";
        let message = parse(text).unwrap_err().to_string();
        assert!(message.contains("must read FOLDER/*.graphql"), "{message}");
    }
}
