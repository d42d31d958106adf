//! Prints resolved operations as Rust. Knows Rust and the model, and reads no files.

mod docs;
mod enums;
mod inputs;
mod names;
mod operation;
mod paging;
mod refusals;
mod response;
mod scope;
mod types;
mod writer;

use std::collections::{BTreeMap, BTreeSet, HashSet};

pub(crate) use names::{camel, module, snake, type_name};
pub(crate) use types::Scalars;

use crate::{
    generate::GeneratedFile,
    model::{Operation, Output, Schema, Shape, TypeKind},
    paging::Paging,
    refusals::Refusals,
};
use types::Types;
use writer::{Writer, literal};

/// What the printer is told beside the operations.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// The runtime crate, where it is not `::sdk_graphql`.
    pub(crate) runtime: Option<String>,
    /// The service every operation names; empty for a vendor with only one.
    pub(crate) service: String,
    /// How the vendor says no in the data, for one that does.
    pub(crate) refusals: Option<Refusals>,
    /// The folder of the output folder that the files are written to; empty for the output folder.
    pub(crate) folder: String,
    pub(crate) scalars: Scalars,
    /// Sends fragments written out in place.
    pub(crate) inline_fragments: bool,
    /// How lists go on, for a vendor that has any.
    pub(crate) paging: Option<Paging>,
    /// The enums and input objects that another crate has.
    pub(crate) imported: Imported,
}

impl Options {
    pub(crate) fn runtime(&self) -> &str {
        self.runtime.as_deref().unwrap_or("::sdk_graphql")
    }
}

/// Enums and input objects of a crate that was generated from the same schema.
#[derive(Debug, Clone, Default)]
pub(crate) struct Imported {
    /// The module that holds them.
    pub(crate) module: String,
    /// Their Rust names, by their names in the schema.
    pub(crate) types: BTreeMap<String, String>,
}

/// An operation and the file it was read from.
pub(crate) struct Resolved {
    pub(crate) file: String,
    pub(crate) operation: Operation,
}

/// What was printed.
pub(crate) struct Printed {
    pub(crate) files: Vec<GeneratedFile>,
    /// The enums and input objects in it: schema name and Rust name.
    pub(crate) types: BTreeMap<String, String>,
}

/// Prints the root file, the shared types, one file per operation, and their list.
pub(crate) fn print(
    schema: &Schema,
    schema_file: &str,
    operations: &[Resolved],
    options: &Options,
) -> Printed {
    let types = Types::new(schema, options, reached(schema, operations, options));
    let mut files = vec![
        GeneratedFile::new("enums.rs", enums::print(&types, schema_file)),
        GeneratedFile::new("inputs.rs", inputs::print(&types, schema_file)),
    ];
    for resolved in operations {
        let text = operation::print(&types, resolved, options);
        files.push(GeneratedFile::new(
            file_name(&resolved.operation.name),
            text,
        ));
    }
    let root = root(&types, operations, &files, options);
    files.insert(0, GeneratedFile::new("queries.rs", root));
    files.push(GeneratedFile::new("operations.rs", list(operations)));
    if !options.folder.is_empty() {
        let placed = |file: GeneratedFile| file.in_folder(&options.folder);
        files = files.into_iter().map(placed).collect();
    }
    let owned = |(name, rust): (&str, &str)| (name.to_owned(), rust.to_owned());
    Printed {
        files,
        types: types.printed().map(owned).collect(),
    }
}

/// The file of an operation: not one that every project has.
fn file_name(operation: &str) -> String {
    let stem = snake(operation);
    let taken = matches!(stem.as_str(), "queries" | "operations" | "enums" | "inputs");
    format!("{stem}{}.rs", if taken { "_" } else { "" })
}

/// The file to include: the modules, and the imports of the files they include.
fn root(
    types: &Types<'_>,
    operations: &[Resolved],
    files: &[GeneratedFile],
    options: &Options,
) -> String {
    let folder = match options.folder.as_str() {
        "" => String::new(),
        folder => format!("/{folder}"),
    };
    let include =
        |name: &str| format!("include!(concat!(env!(\"OUT_DIR\"), \"{folder}/{name}\"));");
    let used = |names: &[&str]| -> String {
        let names: HashSet<&str> = names.iter().copied().collect();
        let texts = files
            .iter()
            .filter(|file| names.contains(file.name()))
            .map(GeneratedFile::text);
        texts.map(top_level).collect()
    };
    let mut out = Writer::new("the files of this folder");
    let operation_files: Vec<String> = operations
        .iter()
        .map(|resolved| file_name(&resolved.operation.name))
        .collect();
    let names: Vec<&str> = operation_files.iter().map(String::as_str).collect();
    out.import(options.runtime(), &used(&names));
    out.line("/// Enums and input objects: one type each for the whole schema, of those that operations use.");
    out.block("pub mod types", |out| {
        for rust in types.imported() {
            out.line(&format!("pub use {}::{rust};", options.imported.module));
        }
        out.blank();
        out.import(options.runtime(), &used(&["enums.rs", "inputs.rs"]));
        out.line(&include("enums.rs"));
        out.line(&include("inputs.rs"));
    });
    out.blank();
    for name in names {
        out.line(&include(name));
    }
    out.finish()
}

/// Every operation with its file, as a call of a macro that whoever includes it defines.
///
/// The library does not include it: it is for tests that leave no operation out, and costs users nothing.
fn list(operations: &[Resolved]) -> String {
    let mut out = Writer::new("the files of this folder");
    let mut rows: Vec<(&str, String)> = operations
        .iter()
        .map(|resolved| {
            let file = resolved.file.rsplit('/').next().unwrap_or_default();
            (file, names::type_name(&resolved.operation.name))
        })
        .collect();
    rows.sort();
    out.block("operations!", |out| {
        for (file, rust) in rows {
            out.line(&format!("{} => {rust},", literal(file)));
        }
    });
    out.finish()
}

/// The lines of a file that its own modules do not hold.
fn top_level(text: &str) -> String {
    text.split("\npub mod ")
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// The enums and input objects that operations use, inputs with everything inside them; without
/// those that have a Rust type of the caller's own, and with no look inside imported ones.
fn reached(schema: &Schema, operations: &[Resolved], options: &Options) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut queue: Vec<String> = Vec::new();
    for Resolved { operation, .. } in operations {
        queue.extend(
            operation
                .variables
                .iter()
                .map(|variable| variable.ty.name().text.clone()),
        );
        for (_, named) in operation.shapes.iter() {
            if let Shape::Object(object) = &named.shape {
                queue.extend(
                    object
                        .fields
                        .iter()
                        .filter_map(|field| leaf(&field.ty))
                        .map(str::to_owned),
                );
            }
        }
    }
    while let Some(name) = queue.pop() {
        let Some(def) = schema
            .get(&name)
            .filter(|_| !options.scalars.contains(&name))
        else {
            continue;
        };
        if matches!(def.kind, TypeKind::Enum(_) | TypeKind::Input(_))
            && reached.insert(name.clone())
            && !options.imported.types.contains_key(&name)
            && let TypeKind::Input(input) = &def.kind
        {
            queue.extend(
                input
                    .fields
                    .iter()
                    .map(|field| field.ty.name().text.clone()),
            );
        }
    }
    reached
}

fn leaf(ty: &Output) -> Option<&str> {
    match ty {
        Output::Optional(inner) | Output::List(inner) => leaf(inner),
        Output::Leaf(name) => Some(name),
        Output::Shape(_) => None,
    }
}
