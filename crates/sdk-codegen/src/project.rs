//! A project: a schema, a folder of operation files, and what to print for them.

use std::path::{Path, PathBuf};

use crate::{
    error::Errors,
    generate::{self, GeneratedFile},
    paging::Paging,
    refusals::Refusals,
    rust::Options,
    shared::Share,
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
    pub(crate) schema: SchemaInput,
    pub(crate) queries: Queries,
    pub(crate) options: Options,
    /// The path of the vendor crate, where the user gave it another name than its own.
    pub(crate) vendor_path: Option<String>,
    pub(crate) share: Option<Share>,
}

#[derive(Debug, Clone)]
pub(crate) enum SchemaInput {
    File(PathBuf),
    Text(String),
    /// The name under which a vendor crate shares its schema.
    Vendor(String),
    /// The file in which it does.
    Shared(PathBuf),
}

#[derive(Debug, Clone)]
pub(crate) enum Queries {
    Folder(PathBuf),
    Texts(Vec<(String, String)>),
}

impl Project {
    /// A schema file and a folder of `.graphql` files, one operation each.
    ///
    /// Relative paths start at the package that is being built.
    pub fn new(schema: impl Into<PathBuf>, queries: impl Into<PathBuf>) -> Self {
        Self {
            schema: SchemaInput::File(schema.into()),
            queries: Queries::Folder(queries.into()),
            options: Options::default(),
            vendor_path: None,
            share: None,
        }
    }

    /// Operations of your own on the API of a vendor whose crate your package depends on.
    ///
    /// `vendor` is the crate's name, as in `finitestate`, or with the name of one of its services, as in
    /// `altrata/profile`. The schema is that of the very version of the crate that is linked, and so are
    /// its enums, input objects and scalars: `types` re-exports what the crate has and holds only what it
    /// lacks. Lists page by the vendor's convention.
    ///
    /// Nothing is built twice for it: a crate with `links` in its manifest tells the build scripts of its
    /// direct dependents where its schema is.
    pub fn of(vendor: impl Into<String>, queries: impl Into<PathBuf>) -> Self {
        Self {
            schema: SchemaInput::Vendor(vendor.into()),
            ..Self::new("", queries)
        }
    }

    /// As [`of`](Self::of), from the file in which the vendor crate's build script shares its schema.
    pub fn from_shared(file: impl Into<PathBuf>, queries: impl Into<PathBuf>) -> Self {
        Self {
            schema: SchemaInput::Shared(file.into()),
            ..Self::new("", queries)
        }
    }

    /// A schema given as text, and a folder of operations.
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

    /// How the vendor says no in the data, for one that answers with unions. Default: it does not.
    #[must_use]
    pub fn refusals(mut self, refusals: Refusals) -> Self {
        self.options.refusals = Some(refusals);
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
        self.options.inline_fragments = inline;
        self
    }

    /// How lists go on. Default: no operation pages.
    #[must_use]
    pub fn paging(mut self, paging: Paging) -> Self {
        self.options.paging = Some(paging);
        self
    }

    /// Shares schema, types and conventions with the build scripts of dependents, for [`of`](Self::of).
    ///
    /// `types` and `runtime` are public paths in this crate, starting with `crate::`: the module of the
    /// shared types, and the runtime crate, re-exported. The manifest must have `links`, with the crate's
    /// name; a project that is emitted into a folder is shared as `NAME/FOLDER`.
    #[must_use]
    pub fn share(mut self, types: &str, runtime: &str) -> Self {
        self.share = Some(Share {
            types: types.to_owned(),
            runtime: runtime.to_owned(),
        });
        self
    }

    /// The path of the vendor crate of [`of`](Self::of), for a package that depends on it under another
    /// name. Default: `::` and the crate's own name.
    #[must_use]
    pub fn vendor_path(mut self, path: &str) -> Self {
        self.vendor_path = Some(path.to_owned());
        self
    }

    /// The path of the runtime crate; `::sdk_graphql` by default.
    ///
    /// A crate whose users do not depend on the runtime themselves re-exports it and names the
    /// re-export here.
    #[must_use]
    pub fn runtime_path(mut self, path: &str) -> Self {
        self.options.runtime = Some(path.to_owned());
        self
    }

    /// Generates in memory; relative paths start at the current folder.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, a schema or document does not parse, an operation does not fit the
    /// schema, or two operations have the same name in Rust: every error of every file at once.
    pub fn generate(&self) -> Result<Vec<GeneratedFile>, Errors> {
        generate::all(self, Path::new("")).map(|output| output.files)
    }
}
