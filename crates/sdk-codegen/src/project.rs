//! A project: a schema, a folder of operation files, and what to print for them.

use std::{
    fs, io,
    path::{Path, PathBuf},
    rc::Rc,
};

use crate::{
    documents::{self, File},
    error::{Error, Errors},
    model::{self, Schema},
    rust::{self, Options, Resolved, Scalars},
    source::Source,
    syntax,
};

/// A schema, the operations on it, and options.
///
/// A build script's whole work is one expression:
///
/// ```no_run
/// // no_run: `emit` needs the folders that cargo gives a build script.
/// sdk_codegen::Project::new("schema.graphql", "queries").emit();
/// ```
#[derive(Debug, Clone)]
pub struct Project {
    schema: SchemaInput,
    queries: Queries,
    inline_fragments: bool,
    options: Options,
}

#[derive(Debug, Clone)]
enum SchemaInput {
    File(PathBuf),
    Text(String),
}

#[derive(Debug, Clone)]
enum Queries {
    Folder(PathBuf),
    Texts(Vec<(String, String)>),
}

/// One file of generated Rust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    name: String,
    text: String,
}

impl GeneratedFile {
    pub(crate) fn new(name: impl Into<String>, text: String) -> Self {
        Self {
            name: name.into(),
            text,
        }
    }

    /// The same file in a folder of the output folder.
    pub(crate) fn in_folder(self, folder: &str) -> Self {
        Self {
            name: format!("{folder}/{}", self.name),
            ..self
        }
    }

    /// The file's name, with its folder in the output folder.
    ///
    /// `queries.rs` is the one to include. `operations.rs` is for tests that run over every operation:
    /// it calls a macro `operations!` of theirs with a row `"list_ships.graphql" => ListShips,` for each.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Rust source.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl Project {
    /// A schema file and a folder of `.graphql` files, one operation each.
    ///
    /// Relative paths start at the package that is being built.
    pub fn new(schema: impl Into<PathBuf>, queries: impl Into<PathBuf>) -> Self {
        Self {
            schema: SchemaInput::File(schema.into()),
            queries: Queries::Folder(queries.into()),
            inline_fragments: false,
            options: Options {
                runtime: "::sdk_graphql".to_owned(),
                service: String::new(),
                refusals: String::new(),
                folder: String::new(),
                scalars: Scalars::default(),
            },
        }
    }

    /// A schema given as text, such as the one a vendor crate carries, and a folder of operations.
    pub fn from_schema_text(schema: impl Into<String>, queries: impl Into<PathBuf>) -> Self {
        Self {
            schema: SchemaInput::Text(schema.into()),
            ..Self::new("", queries)
        }
    }

    /// Operations given as texts instead of the folder: file name and content.
    #[must_use]
    pub fn documents<N, T>(mut self, documents: impl IntoIterator<Item = (N, T)>) -> Self
    where
        N: Into<String>,
        T: Into<String>,
    {
        let texts = documents
            .into_iter()
            .map(|(name, text)| (name.into(), text.into()))
            .collect();
        self.queries = Queries::Texts(texts);
        self
    }

    /// The Rust type of a scalar, as a path that is valid in every module.
    ///
    /// Built in: `DateTime` and `Date` are chrono's, `ID` is the runtime's `Id`, and a scalar that
    /// nothing maps is JSON. `Int` is `i32` where it is sent, the specification's range, and `i64`
    /// where it is received.
    #[must_use]
    pub fn scalar(mut self, scalar: &str, rust: &str) -> Self {
        self.options.scalars.set(scalar, rust);
        self
    }

    /// A Rust type of the caller's own in place of an enum or input object of the schema.
    ///
    /// For an input whose rules the schema cannot state. The type needs `Debug`, `Clone`, `PartialEq`
    /// and serde's traits for what it is used for: `Serialize` where it is sent.
    #[must_use]
    pub fn replace(mut self, schema_type: &str, rust: &str) -> Self {
        self.options.scalars.set(schema_type, rust);
        self
    }

    /// The service that answers these operations, for a vendor that has several.
    #[must_use]
    pub fn service(mut self, service: &str) -> Self {
        service.clone_into(&mut self.options.service);
        self
    }

    /// The path of a trait that finds typed errors in the data, for a vendor that answers with unions.
    ///
    /// It has `fn refusal(&self) -> Option<sdk_graphql::Refusal>`, and the `Data` of every operation
    /// implements it, so that none is forgotten.
    #[must_use]
    pub fn refusals(mut self, path: &str) -> Self {
        path.clone_into(&mut self.options.refusals);
        self
    }

    /// A folder of the output folder for the files of this project.
    ///
    /// For a build script that emits several projects, whose files would else overwrite each other. The
    /// file to include is then `FOLDER/queries.rs`, in a module of its own.
    #[must_use]
    pub fn into_folder(mut self, folder: &str) -> Self {
        folder.clone_into(&mut self.options.folder);
        self
    }

    /// Sends fragments written out in place, for a server that refuses named ones. Off by default.
    #[must_use]
    pub fn inline_fragments(mut self, inline: bool) -> Self {
        self.inline_fragments = inline;
        self
    }

    /// The path of the runtime crate; `::sdk_graphql` by default.
    ///
    /// A crate whose users do not depend on the runtime themselves re-exports it and names the
    /// re-export here.
    #[must_use]
    pub fn runtime_path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.options.runtime);
        self
    }

    /// Generates in memory; relative paths start at the current folder.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, a schema or document does not parse, or an operation does not
    /// fit the schema: every error of every file at once.
    pub fn generate(&self) -> Result<Vec<GeneratedFile>, Errors> {
        self.generate_in(Path::new(""))
    }

    /// Generates into cargo's output folder, for a build script.
    ///
    /// Tells cargo which files to watch. On errors it prints all of them and ends the build script
    /// with status 1.
    pub fn emit(&self) {
        let Some((package, out)) = build_script_folders() else {
            fail("`emit` runs in a build script: CARGO_MANIFEST_DIR and OUT_DIR are not set");
        };
        self.watch(&package);
        let folder = out.join(&self.options.folder);
        if let Err(error) = fs::create_dir_all(&folder) {
            fail(&format!("{} cannot be made: {error}", folder.display()));
        }
        match self.generate_in(&package) {
            Ok(files) => {
                for file in files {
                    if let Err(error) = write_if_changed(&out.join(file.name()), file.text()) {
                        fail(&format!(
                            "{} cannot be written to {}: {error}",
                            file.name(),
                            out.display()
                        ));
                    }
                }
            }
            Err(errors) => fail(&errors.to_string()),
        }
    }

    #[expect(
        clippy::print_stdout,
        reason = "cargo reads a build script's standard output"
    )]
    fn watch(&self, package: &Path) {
        println!("cargo::rerun-if-changed=build.rs");
        if let SchemaInput::File(path) = &self.schema {
            println!("cargo::rerun-if-changed={}", package.join(path).display());
        }
        if let Queries::Folder(path) = &self.queries {
            println!("cargo::rerun-if-changed={}", package.join(path).display());
        }
    }

    fn generate_in(&self, base: &Path) -> Result<Vec<GeneratedFile>, Errors> {
        let mut errors = Vec::new();
        let schema = self.schema(base).map_err(|found| errors.extend(found)).ok();
        let mut files = Vec::new();
        for source in self.sources(base, &mut errors) {
            match documents::parse(source) {
                Ok(file) => files.push(file),
                Err(found) => errors.extend(found),
            }
        }
        let Some((schema_source, schema)) = schema else {
            return Err(Errors::new(errors));
        };
        let operations = files
            .iter()
            .filter_map(|file| resolve(&schema, file, self.inline_fragments, &mut errors))
            .collect::<Vec<_>>();
        if errors.is_empty() {
            Ok(rust::print(
                &schema,
                &schema_source.name,
                &operations,
                &self.options,
            ))
        } else {
            Err(Errors::new(errors))
        }
    }

    fn schema(&self, base: &Path) -> Result<(Rc<Source>, Schema), Vec<Error>> {
        let source = match &self.schema {
            SchemaInput::Text(text) => Source::new("the schema", text),
            SchemaInput::File(path) => {
                documents::read(&base.join(path), &display(path)).map_err(|error| vec![error])?
            }
        };
        let schema = Schema::new(&source, syntax::parse_schema(&source)?)?;
        Ok((source, schema))
    }

    fn sources(&self, base: &Path, errors: &mut Vec<Error>) -> Vec<Rc<Source>> {
        match &self.queries {
            Queries::Texts(texts) => texts
                .iter()
                .map(|(name, text)| Source::new(name.clone(), text))
                .collect(),
            Queries::Folder(folder) => {
                let listed = documents::list(&base.join(folder), &display(folder));
                let paths = listed
                    .map_err(|error| errors.push(error))
                    .unwrap_or_default();
                paths
                    .into_iter()
                    .filter_map(|(path, name)| {
                        documents::read(&path, &name)
                            .map_err(|error| errors.push(error))
                            .ok()
                    })
                    .collect()
            }
        }
    }
}

fn resolve(
    schema: &Schema,
    file: &File,
    inline_fragments: bool,
    errors: &mut Vec<Error>,
) -> Option<Resolved> {
    let operation = file.operation()?;
    let found = model::check(schema, &file.source, &file.document, operation);
    if !found.is_empty() {
        errors.extend(found);
        return None;
    }
    let operation = model::resolve(schema, &file.document, operation, inline_fragments)?;
    Some(Resolved {
        file: file.source.name.clone(),
        operation,
    })
}

/// A path as messages and headers show it, the same on every platform.
fn display(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The package's folder and the output folder.
#[expect(
    clippy::disallowed_methods,
    reason = "cargo talks to build scripts through variables"
)]
fn build_script_folders() -> Option<(PathBuf, PathBuf)> {
    let folder = |name| std::env::var_os(name).map(PathBuf::from);
    Some((folder("CARGO_MANIFEST_DIR")?, folder("OUT_DIR")?))
}

/// Leaves an unchanged file alone, so that nothing that watches it runs again.
fn write_if_changed(path: &Path, text: &str) -> io::Result<()> {
    match fs::read(path) {
        Ok(old) if old == text.as_bytes() => Ok(()),
        _ => fs::write(path, text),
    }
}

#[expect(
    clippy::print_stderr,
    reason = "cargo shows a failed build script's standard error"
)]
fn fail(message: &str) -> ! {
    eprintln!("{message}");
    std::process::exit(1)
}
