//! From a project to the text of its files: reading, checking, resolving, printing.

use std::{
    path::{Path, PathBuf},
    rc::Rc,
};

use crate::{
    build_script,
    documents::{self, File},
    error::{Error, Errors},
    model::{self, Schema},
    project::{Project, Queries, SchemaInput},
    rust::{self, Options, Resolved},
    shared::Shared,
    source::Source,
    syntax,
};

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

/// What a project becomes.
pub(crate) struct Output {
    pub(crate) files: Vec<GeneratedFile>,
    /// What dependents' build scripts are told, where the project is shared.
    pub(crate) shared: Option<Shared>,
    /// Files outside the project that it was made from.
    pub(crate) read: Vec<PathBuf>,
}

/// Generates everything, or reports all that is wrong with all files.
pub(crate) fn all(project: &Project, base: &Path) -> Result<Output, Errors> {
    let mut errors = Vec::new();
    let input = Input::read(project, base).map_err(|found| errors.extend(found));
    let mut files = Vec::new();
    for source in sources(&project.queries, base, &mut errors) {
        match documents::parse(source) {
            Ok(file) => files.push(file),
            Err(found) => errors.extend(found),
        }
    }
    errors.extend(documents::collisions(&files));
    let Ok(input) = input else {
        return Err(Errors::new(errors));
    };
    let operations = files
        .iter()
        .filter_map(|file| resolve(&input, file, &mut errors))
        .collect::<Vec<_>>();
    if !errors.is_empty() {
        return Err(Errors::new(errors));
    }
    let printed = rust::print(
        &input.schema,
        &input.source.name,
        &operations,
        &input.options,
    );
    let shared = project.share.as_ref().map(|share| {
        let schema = base.join(&input.schema_path);
        Shared::new(share, schema, &input.options, printed.types)
    });
    Ok(Output {
        files: printed.files,
        shared,
        read: input.read,
    })
}

/// The schema, and the options with what a vendor shares.
struct Input {
    source: Rc<Source>,
    schema: Schema,
    schema_path: PathBuf,
    options: Options,
    read: Vec<PathBuf>,
}

impl Input {
    fn read(project: &Project, base: &Path) -> Result<Self, Vec<Error>> {
        let one = |error| vec![error];
        let mut options = project.options.clone();
        let mut read = Vec::new();
        let mut vendor = |path: &Path| -> Result<Shared, Error> {
            let text = documents::read(path, &display(path))?;
            let mut shared = Shared::parse(&text)?;
            shared.move_to(project.vendor_path.as_deref());
            options = shared.options(&project.options);
            read.extend([path.to_owned(), shared.schema.clone()]);
            Ok(shared)
        };
        let schema_path = match &project.schema {
            SchemaInput::Text(_) => PathBuf::new(),
            SchemaInput::File(path) => path.clone(),
            SchemaInput::Shared(path) => vendor(&base.join(path)).map_err(one)?.schema,
            SchemaInput::Vendor(name) => {
                let path = build_script::shared_by(name).map_err(one)?;
                vendor(&path).map_err(one)?.schema
            }
        };
        let source = match &project.schema {
            SchemaInput::Text(text) => Source::new("the schema", text),
            _ => documents::read(&base.join(&schema_path), &display(&schema_path)).map_err(one)?,
        };
        let schema = Schema::new(&source, syntax::parse_schema(&source)?)?;
        Ok(Self {
            source,
            schema,
            schema_path,
            options,
            read,
        })
    }
}

fn sources(queries: &Queries, base: &Path, errors: &mut Vec<Error>) -> Vec<Rc<Source>> {
    let folder = match queries {
        Queries::Texts(texts) => {
            return texts
                .iter()
                .map(|(name, text)| Source::new(name.clone(), text))
                .collect();
        }
        Queries::Folder(folder) => folder,
    };
    let listed = documents::list(&base.join(folder), &display(folder));
    let paths = listed
        .map_err(|error| errors.push(error))
        .unwrap_or_default();
    let read = |(path, name): (PathBuf, String)| documents::read(&path, &name);
    let texts = paths.into_iter().map(read);
    texts
        .filter_map(|text| text.map_err(|error| errors.push(error)).ok())
        .collect()
}

fn resolve(input: &Input, file: &File, errors: &mut Vec<Error>) -> Option<Resolved> {
    let operation = file.operation()?;
    let found = model::check(&input.schema, &file.source, &file.document, operation);
    if !found.is_empty() {
        errors.extend(found);
        return None;
    }
    let inline_fragments = input.options.inline_fragments;
    let operation = model::resolve(&input.schema, &file.document, operation, inline_fragments)?;
    Some(Resolved {
        file: file.source.name.clone(),
        operation,
    })
}

/// A path as messages and headers show it, the same on every platform.
fn display(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
