//! Prints resolved operations as Rust. Knows Rust and the model, and reads no files.

mod docs;
mod enums;
mod inputs;
mod names;
mod operation;
mod response;
mod scope;
mod types;
mod writer;

use std::collections::BTreeSet;

pub(crate) use names::snake;
pub(crate) use types::Scalars;

use crate::{
    model::{Operation, Output, Schema, Shape, TypeKind},
    project::GeneratedFile,
};
use types::Types;
use writer::Writer;

/// What the printer is told beside the operations.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// The runtime crate, such as `::sdk_graphql`.
    pub(crate) runtime: String,
    /// The service every operation names; empty for a vendor with only one.
    pub(crate) service: String,
    pub(crate) scalars: Scalars,
}

/// An operation and the file it was read from.
pub(crate) struct Resolved {
    pub(crate) file: String,
    pub(crate) operation: Operation,
}

/// Prints the root file, the shared types, and one file per operation.
pub(crate) fn print(
    schema: &Schema,
    schema_file: &str,
    operations: &[Resolved],
    options: &Options,
) -> Vec<GeneratedFile> {
    let types = Types::new(schema, &options.scalars, reached(schema, operations));
    let mut files = vec![
        GeneratedFile::new("queries.rs", root(operations, options)),
        GeneratedFile::new("enums.rs", enums::print(&types, schema_file)),
        GeneratedFile::new("inputs.rs", inputs::print(&types, schema_file, options)),
    ];
    for resolved in operations {
        let text = operation::print(&types, resolved, options);
        files.push(GeneratedFile::new(
            format!("{}.rs", snake(&resolved.operation.name)),
            text,
        ));
    }
    files
}

fn root(operations: &[Resolved], options: &Options) -> String {
    let mut out = Writer::new("the files of this folder");
    out.line("/// Enums and input objects: one type each for the whole schema, of those that operations use.");
    out.line("pub mod types {");
    out.indent();
    out.line("#[allow(unused_imports)]");
    out.line(&format!("use {}::{{Id, Input, codegen}};", options.runtime));
    out.blank();
    for name in ["enums", "inputs"] {
        out.line(&format!(
            "include!(concat!(env!(\"OUT_DIR\"), \"/{name}.rs\"));"
        ));
    }
    out.dedent();
    out.line("}");
    out.blank();
    out.line(&format!("use {}::codegen;", options.runtime));
    out.line("#[allow(unused_imports)]");
    out.line(&format!("use {}::{{Id, Input}};", options.runtime));
    out.blank();
    for resolved in operations {
        let name = snake(&resolved.operation.name);
        out.line(&format!(
            "include!(concat!(env!(\"OUT_DIR\"), \"/{name}.rs\"));"
        ));
    }
    out.finish()
}

/// The enums and input objects that operations use, inputs with everything inside them.
fn reached(schema: &Schema, operations: &[Resolved]) -> BTreeSet<String> {
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
        let Some(def) = schema.get(&name) else {
            continue;
        };
        if matches!(def.kind, TypeKind::Enum(_) | TypeKind::Input(_))
            && reached.insert(name)
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
