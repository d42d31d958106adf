//! `cargo xtask new-vendor`: a crate for another vendor, from a schema, operations and the shape of its token request.

pub(crate) mod auth;
mod name;
pub(crate) mod rehearsal;
mod shared;
mod templates;
#[cfg(test)]
mod tests;

use crate::projects::Limits;
use crate::schema::incoming::{self, Form};
use crate::terminal::say;
use crate::validate::{self, Source};
use crate::{problem, projects, workspace};
use anyhow::{Context as _, Result, bail, ensure};
use apollo_compiler::ExecutableDocument;
use auth::Auth;
use name::VendorName;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The crate's name, such as acme or acme-parts.
    #[arg(required_unless_present = "rehearse")]
    name: Option<String>,
    /// The schema: SDL, or the JSON that a server answered to an introspection.
    #[arg(long, value_name = "FILE", required_unless_present_any = ["remove", "rehearse"])]
    schema: Option<PathBuf>,
    /// Where the vendor wants the client's credentials in a token request.
    #[arg(long, value_name = "SHAPE", required_unless_present_any = ["remove", "rehearse"])]
    auth: Option<Auth>,
    /// A folder of operations, one per file; without it there is one that asks for nothing but the root's name.
    #[arg(long, value_name = "FOLDER")]
    queries: Option<PathBuf>,
    /// Take the vendor out of the tree again. What git does not have is lost.
    #[arg(long, conflicts_with_all = ["schema", "auth", "queries"])]
    remove: bool,
    /// Make a vendor in a copy of the tree, test it, and take it away, as `cargo xtask test` does.
    #[arg(long, exclusive = true)]
    rehearse: bool,
}

/// Runs the verb.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    if arguments.rehearse {
        return rehearsal::run();
    }
    let root = workspace::root();
    let name = VendorName::new(arguments.name.as_deref().unwrap_or_default())?;
    if arguments.remove {
        remove(&root, &name)?;
        cargo(&root, LOCK)?;
        say(&format!("{name} is gone"));
        return Ok(());
    }
    let (Some(schema), Some(auth)) = (&arguments.schema, arguments.auth) else {
        bail!("--schema and --auth are needed");
    };
    let vendor = Vendor::read(name, schema, auth, arguments.queries.as_deref())?;
    create(&root, &vendor)?;
    cargo(&root, LOCK)?;
    cargo(&root, &["fmt", "--package", vendor.name.as_str()])?;
    say(&format!(
        "crates/{0} is ready: `cargo test -p {0}`\n\
         operations go into queries/{0}/, one per file; ARCHITECTURE.md says where peculiarities belong\n\
         with {1}_CLIENT_ID, _CLIENT_SECRET, _TOKEN_URL and _API_URL set, `cargo xtask schema pull {0}` asks its server",
        vendor.name,
        vendor.name.in_variables()
    ));
    Ok(())
}

/// Everything that is known about a new vendor, checked.
#[derive(Debug)]
pub(crate) struct Vendor {
    name: VendorName,
    auth: Auth,
    schema: String,
    /// For the record of schemas.
    origin: String,
    /// File names and texts.
    queries: BTreeMap<String, String>,
    /// Operations that can be run without a variable.
    callable: Vec<String>,
}

impl Vendor {
    /// Reads and checks the schema and the operations; the operations have to keep the house rules.
    pub(crate) fn read(
        name: VendorName,
        schema: &Path,
        auth: Auth,
        queries: Option<&Path>,
    ) -> Result<Self> {
        let shown = schema.display().to_string();
        let bytes = fs::read(schema).with_context(|| format!("cannot read {shown}"))?;
        let incoming = match incoming::read(&shown, &bytes) {
            Ok(incoming) => incoming,
            Err(problems) => {
                problem::report(problems, &shown)?;
                bail!("{shown} holds no schema");
            }
        };
        let file = schema.file_name().unwrap_or_default().to_string_lossy();
        let (text, what) = match incoming.form {
            // As it is: what the file says beside the definitions may matter.
            Form::Sdl => (String::from_utf8_lossy(&bytes).into_owned(), "SDL"),
            Form::Introspection => (incoming.normalised(), "the answer to an introspection"),
        };
        let queries = match queries {
            Some(folder) => documents(folder)?,
            None => templates::starter(),
        };
        let schema = Source {
            path: shown,
            text: text.clone(),
        };
        let sources: Vec<Source> = queries
            .iter()
            .map(|(name, text)| Source {
                path: name.clone(),
                text: text.clone(),
            })
            .collect();
        let verdict = validate::check(&schema, &sources, Limits::default());
        problem::report(verdict.problems, "the operations")?;
        let mut callable = Vec::new();
        for source in &sources {
            let parsed = ExecutableDocument::parse_and_validate(
                &incoming.schema,
                &source.text,
                &source.path,
            );
            let document = parsed.map_err(|broken| anyhow::anyhow!("{}", broken.errors))?;
            for operation in document.operations.iter() {
                let required =
                    |it: &apollo_compiler::Node<apollo_compiler::ast::VariableDefinition>| {
                        it.ty.is_non_null() && it.default_value.is_none()
                    };
                if !operation.variables.iter().any(required) {
                    callable.extend(operation.name.as_ref().map(ToString::to_string));
                }
            }
        }
        Ok(Self {
            name,
            auth,
            schema: text,
            origin: format!("{what} in the file {}", file.replace('|', " ")),
            queries,
            callable,
        })
    }
}

/// The operations of a folder, by file name.
fn documents(folder: &Path) -> Result<BTreeMap<String, String>> {
    let shown = folder.display();
    let mut documents = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {shown}"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "graphql") {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            documents.insert(name.into_owned(), text);
        }
    }
    ensure!(
        !documents.is_empty(),
        "{shown} holds no .graphql file; leave --queries out to begin with one"
    );
    Ok(documents)
}

/// Writes the vendor into the tree; on a failure, nothing of it stays.
pub(crate) fn create(root: &Path, vendor: &Vendor) -> Result<()> {
    let name = &vendor.name;
    for path in places(root, name) {
        ensure!(
            path.symlink_metadata().is_err(),
            "{} is there already; choose another name",
            path.display()
        );
    }
    if projects::load(root)?
        .iter()
        .any(|it| it.name == name.as_str())
    {
        bail!(
            "{} has a project {name} already; choose another name",
            projects::FILE
        );
    }
    write(root, vendor).map_err(|error| match take_away(root, name) {
        Ok(()) => error,
        Err(left) => error.context(format!("{left:#}, so that files of it are left, because")),
    })
}

/// What is there of the vendor, if anything is.
fn take_away(root: &Path, name: &VendorName) -> Result<()> {
    let is_there = |path: &PathBuf| path.symlink_metadata().is_ok();
    if places(root, name).iter().any(is_there) {
        remove(root, name)?;
    }
    Ok(())
}

fn write(root: &Path, vendor: &Vendor) -> Result<()> {
    let name = &vendor.name;
    let mut files = templates::filled(vendor);
    files.insert(format!("schemas/{name}.graphql"), vendor.schema.clone());
    for (file, text) in &vendor.queries {
        files.insert(format!("queries/{name}/{file}"), text.clone());
    }
    for (path, text) in files {
        let path = root.join(path);
        let folder = path.parent().unwrap_or(root);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, text))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    let package = root.join(format!("crates/{name}"));
    link(
        &format!("../../queries/{name}"),
        &package.join("queries"),
        true,
    )?;
    link(
        &format!("../../schemas/{name}.graphql"),
        &package.join("schema.graphql"),
        false,
    )?;
    shared::edit(root, |shared| {
        shared.with(name, vendor.auth, &vendor.origin)
    })
}

/// Takes the vendor out of the tree.
pub(crate) fn remove(root: &Path, name: &VendorName) -> Result<()> {
    let manifest = fs::read_to_string(root.join("Cargo.toml")).context("cannot read Cargo.toml")?;
    let manifest: toml::Table = manifest.parse().context("Cargo.toml is not valid TOML")?;
    let dependencies = manifest
        .get("workspace")
        .and_then(|it| it.get("dependencies"));
    ensure!(
        dependencies.and_then(|it| it.get(name.as_str())).is_none(),
        "other crates depend on {name}: take it out of [workspace.dependencies] in Cargo.toml first"
    );
    let mut found = false;
    for path in places(root, name) {
        let Ok(kind) = path.symlink_metadata() else {
            continue;
        };
        found = true;
        let removed = match kind.is_dir() {
            true => fs::remove_dir_all(&path),
            false => fs::remove_file(&path),
        };
        removed.with_context(|| format!("cannot remove {}", path.display()))?;
    }
    ensure!(found, "there is no vendor {name}");
    shared::edit(root, |shared| Ok(shared.without(name)))
}

/// What belongs to one vendor alone.
fn places(root: &Path, name: &VendorName) -> [PathBuf; 3] {
    [
        root.join(format!("crates/{name}")),
        root.join(format!("queries/{name}")),
        root.join(format!("schemas/{name}.graphql")),
    ]
}

fn link(target: &str, path: &Path, folder: bool) -> Result<()> {
    symlink(Path::new(target), path, folder)
        .with_context(|| format!("cannot link {}", path.display()))
}

#[cfg(unix)]
fn symlink(target: &Path, path: &Path, _folder: bool) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

#[cfg(windows)]
fn symlink(target: &Path, path: &Path, folder: bool) -> std::io::Result<()> {
    match folder {
        true => std::os::windows::fs::symlink_dir(target, path),
        false => std::os::windows::fs::symlink_file(target, path),
    }
}

/// Writes the crates that there are into Cargo.lock; no version changes.
const LOCK: &[&str] = &["update", "--workspace", "--offline", "--quiet"];

/// Runs cargo in a tree.
fn cargo(root: &Path, arguments: &[&str]) -> Result<()> {
    let status = workspace::cargo(arguments)
        .current_dir(root)
        .status()
        .context("cannot run cargo")?;
    ensure!(status.success(), "cargo {} failed", arguments.join(" "));
    Ok(())
}
