//! Throw-away crates that differ in one thing only: who makes the types.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::{Operations, cargo::Cargo, cynic};

const OUR_SCRIPT: &str =
    "fn main() {\n    sdk_codegen::Project::new(\"schema.graphql\", \"queries\").emit();\n}\n";

/// How the tables call whom goals speak of.
pub(super) const DERIVE: &str = "graphql_client's derive";
pub(super) const CYNIC: &str = "cynic";

/// Who makes the types of a scratch crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Maker {
    /// `sdk-codegen` in the build script.
    Ours,
    /// `graphql_client`'s derive, one struct per operation.
    Derive,
    /// The same, and a function per operation that decodes its response, which ours has too.
    DeriveAndDecode,
    /// cynic's derives on types that its generator wrote, with the schema prepared by the build script.
    Cynic,
    /// Nobody: the dependencies that all have in common.
    Nobody,
}

/// What a scratch crate stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    /// JSON and types, no HTTP: what remains of `sdk-graphql` when only generated code uses it.
    Types,
    /// All of `sdk-graphql` with its HTTP stack, for every maker alike.
    Http,
}

impl Maker {
    fn folder(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Derive => "derive",
            Self::DeriveAndDecode => "derive-and-decode",
            Self::Cynic => "cynic",
            Self::Nobody => "base",
        }
    }

    /// How the tables call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ours => "sdk-codegen",
            Self::Derive => DERIVE,
            Self::DeriveAndDecode => "the derive and a decode function each",
            Self::Cynic => CYNIC,
            Self::Nobody => "the common base",
        }
    }
}

/// A crate in a folder of its own.
#[derive(Debug)]
pub(super) struct Scratch {
    pub(super) maker: Maker,
    pub(super) cargo: Cargo,
    edited: Edited,
}

/// One operation's file, which an edit changes back and forth.
#[derive(Debug)]
struct Edited {
    path: PathBuf,
    original: String,
    changed: bool,
}

impl Scratch {
    /// Writes the crate and resolves its dependencies; nothing is built.
    pub(super) fn write(
        root: &Path,
        repository: &Path,
        base: Base,
        maker: Maker,
        operations: &Operations,
    ) -> Result<Self> {
        let stand = match base {
            Base::Types => "types",
            Base::Http => "http",
        };
        let folder = root
            .join(operations.folder)
            .join(stand)
            .join(maker.folder());
        let (queries, sources) = (folder.join("queries"), folder.join("src"));
        // Old sources go, what was built stays, so that versions are not resolved anew.
        for old in [&queries, &sources] {
            if old.exists() {
                fs::remove_dir_all(old)?;
            }
            fs::create_dir_all(old)?;
        }
        let crates = repository.join("crates");
        let runtime = match base {
            Base::Types => types_only(root, &crates)?,
            Base::Http => crates.join("sdk-graphql"),
        };
        fs::write(
            folder.join("Cargo.toml"),
            manifest(base, maker, &runtime, &crates),
        )?;
        fs::write(folder.join("schema.graphql"), &operations.schema)?;
        for (name, text) in &operations.documents {
            fs::write(queries.join(name), text)?;
        }
        match maker {
            Maker::Ours => fs::write(folder.join("build.rs"), OUR_SCRIPT)?,
            Maker::Cynic => cynic::write(&folder, operations)?,
            _ => {}
        }
        if maker != Maker::Cynic {
            fs::write(sources.join("lib.rs"), library(maker, operations))?;
        }
        let (name, _) = operations.documents.first().context("no operations")?;
        let path = match maker {
            Maker::Cynic => sources.join(name.replace(".graphql", ".rs")),
            _ => queries.join(name),
        };
        let edited = Edited {
            original: fs::read_to_string(&path)?,
            path,
            changed: false,
        };
        let cargo = Cargo::resolve(folder)?;
        Ok(Self {
            maker,
            cargo,
            edited,
        })
    }

    /// Adds a field to an operation, or takes it away again.
    pub(super) fn edit(&mut self) -> Result<()> {
        let Edited {
            path,
            original,
            changed,
        } = &mut self.edited;
        *changed = !*changed;
        let text = match (*changed, self.maker) {
            (true, Maker::Cynic) => cynic::with_one_more_field(original)?,
            (true, _) => with_one_more_field(original)?,
            (false, _) => original.clone(),
        };
        Ok(fs::write(path, text)?)
    }
}

/// The document with the first plain `id` selected a second time under another name.
fn with_one_more_field(document: &str) -> Result<String> {
    let line = document
        .lines()
        .find(|line| line.trim() == "id")
        .context("the edited operation selects no `id`")?;
    let more = line.replace("id", "again: id");
    Ok(document.replacen(&format!("{line}\n"), &format!("{line}\n{more}\n"), 1))
}

fn manifest(base: Base, maker: Maker, runtime: &Path, crates: &Path) -> String {
    let mut text = String::from(
        "[package]\nname = \"scratch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n",
    );
    if maker == Maker::Ours || maker == Maker::Nobody || base == Base::Http {
        text += &format!("sdk-graphql = {{ path = {runtime:?} }}\n");
    }
    if matches!(maker, Maker::Derive | Maker::DeriveAndDecode) {
        text += "graphql_client = \"0.16\"\nserde = { version = \"1\", features = [\"derive\"] }\n\
                 serde_json = \"1\"\n\
                 chrono = { version = \"0.4\", default-features = false, features = [\"std\", \"serde\"] }\n";
    }
    if maker == Maker::Cynic {
        text += cynic::DEPENDENCIES;
    }
    if maker == Maker::Ours {
        let generator = crates.join("sdk-codegen");
        text += &format!("\n[build-dependencies]\nsdk-codegen = {{ path = {generator:?} }}\n");
    }
    // As the workspace and most projects build: enough for backtraces.
    text + "\n[profile.dev]\ndebug = \"line-tables-only\"\n"
}

fn library(maker: Maker, operations: &Operations) -> String {
    match maker {
        Maker::Nobody | Maker::Cynic => String::new(),
        Maker::Ours => "include!(concat!(env!(\"OUT_DIR\"), \"/queries.rs\"));\n".to_owned(),
        Maker::Derive | Maker::DeriveAndDecode => {
            let mut text = String::from(
                "#![allow(dead_code, non_camel_case_types)]\nuse graphql_client::GraphQLQuery;\n\
                 type DateTime = chrono::DateTime<chrono::Utc>;\ntype Decimal = f64;\n",
            );
            for scalar in scalars(&operations.schema) {
                text += &format!("type {scalar} = serde_json::Value;\n");
            }
            for (file, document) in &operations.documents {
                text += &derived(file, document, maker == Maker::DeriveAndDecode);
            }
            text
        }
    }
}

/// The schema's scalars that have no type of their own in any contender's crate.
fn scalars(schema: &str) -> impl Iterator<Item = &str> {
    schema
        .lines()
        .filter_map(|line| line.strip_prefix("scalar ")?.split(' ').next())
        .filter(|name| !["DateTime", "Decimal"].contains(name))
}

fn derived(file: &str, document: &str, decode: bool) -> String {
    let name = operation_name(document);
    let module = file.trim_end_matches(".graphql");
    let mut text = format!(
        "\n#[derive(GraphQLQuery)]\n#[graphql(schema_path = \"schema.graphql\", query_path = \"queries/{file}\", \
         response_derives = \"Debug, Clone, PartialEq\", variables_derives = \"Debug, Clone, PartialEq\")]\n\
         pub struct {name};\n",
    );
    if decode {
        text += &format!(
            "pub fn decode_{module}(body: &[u8]) -> serde_json::Result<graphql_client::Response<{module}::ResponseData>> {{\n    serde_json::from_slice(body)\n}}\n",
        );
    }
    text
}

/// The name after the keyword that starts the operation.
fn operation_name(document: &str) -> &str {
    document
        .lines()
        .find_map(|line| {
            line.strip_prefix("query ")
                .or_else(|| line.strip_prefix("mutation "))
        })
        .and_then(|rest| rest.split(['(', ' ', '{']).next())
        .unwrap_or_default()
}

/// Copies a file, or a folder of files, into a folder.
fn copy(from: &Path, into: &Path) -> Result<()> {
    let to = into.join(from.file_name().context("a path without a name")?);
    if !from.is_dir() {
        fs::copy(from, &to).with_context(|| format!("copying {}", from.display()))?;
        return Ok(());
    }
    fs::create_dir_all(&to)?;
    for entry in fs::read_dir(from)? {
        copy(&entry?.path(), &to)?;
    }
    Ok(())
}

/// A crate with those files of `sdk-graphql` that generated code uses, and nothing that sends.
fn types_only(root: &Path, crates: &Path) -> Result<PathBuf> {
    let folder = root.join("types-only");
    let real = crates.join("sdk-graphql/src");
    fs::create_dir_all(folder.join("src"))?;
    // The class of a refusal is sdk-auth's, which stays out; here it is only named.
    let mut library = String::from(
        "pub use graphql_client;\n\
         #[derive(Debug, Clone, Copy, PartialEq, Eq)]\npub enum ErrorClass {}\n",
    );
    for module in [
        "codegen",
        "id",
        "input",
        "operation",
        "refusal",
        "response",
        "scalars",
    ] {
        copy(&real.join(module).with_extension("rs"), &folder.join("src"))?;
        library += &match module {
            "codegen" => {
                copy(&real.join(module), &folder.join("src"))?;
                "pub mod codegen;\n".to_owned()
            }
            _ => format!("mod {module};\npub use {module}::*;\n"),
        };
    }
    fs::write(folder.join("src/lib.rs"), library)?;
    let manifest = "[package]\nname = \"sdk-graphql\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
        [dependencies]\n\
        chrono = { version = \"0.4\", default-features = false, features = [\"std\", \"serde\"] }\n\
        graphql_client = { version = \"0.16\", default-features = false }\n\
        itoa = \"1\"\nserde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n";
    fs::write(folder.join("Cargo.toml"), manifest)?;
    Ok(folder)
}
