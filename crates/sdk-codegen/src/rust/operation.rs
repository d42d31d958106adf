//! One operation: the struct of its variables, its document, and the module of its data.

use std::collections::BTreeMap;

use super::{
    Options, Resolved,
    docs::Docs,
    inputs::{self, Member},
    names::{Unique, identifier, module, type_name},
    paging::List,
    refusals::Answer,
    response, scope,
    types::Types,
    writer::{Writer, literal, raw_literal},
};
use crate::syntax::Kind;

/// Prints the file of an operation.
pub(super) fn print(types: &Types<'_>, resolved: &Resolved, options: &Options) -> String {
    let operation = &resolved.operation;
    let rust = type_name(&operation.name);
    let module = module(&operation.name);
    let mut out = Writer::new(&resolved.file);

    let mut unique = Unique::with(&[
        "new", "name", "document", "kind", "service", "encode", "decode",
    ]);
    let members: Vec<Member<'_>> = operation
        .variables
        .iter()
        .map(|variable| Member {
            rust: unique.take(identifier(&variable.name)),
            key: &variable.name,
            ty: &variable.ty,
            required: variable.ty.is_non_null() && variable.default.is_none(),
            docs: Docs {
                description: &variable.description,
                fallback: format!("`${}: {}`", variable.name, variable.ty),
                notes: variable
                    .default
                    .iter()
                    .map(|default| format!("Default: `{default}`."))
                    .collect(),
                ..Docs::default()
            },
        })
        .collect();
    let fields: BTreeMap<&str, &str> = members
        .iter()
        .map(|member| (member.key, member.rust.as_str()))
        .collect();
    let names = scope::names(operation);
    let paging = options.paging.as_ref();
    let list = List::find(paging, operation, types, &fields, &module, &names);
    let answer = Answer::find(options.refusals.as_ref(), operation, types, &module, &names);

    let mut notes = vec![format!("Answers with [`{module}::Data`].")];
    if list.is_some() {
        notes.push("A list: `items` and `pages` of the client follow it to its end.".to_owned());
    }
    let docs = Docs {
        description: &operation.comment,
        fallback: format!("The {} `{}`.", operation.kind.keyword(), operation.name),
        notes,
        ..Docs::default()
    };
    docs.write(&mut out);
    inputs::print_struct(&mut out, &rust, &members, types, "types::");
    out.blank();
    out.block(&format!("impl {rust}"), |out| {
        out.line("/// The document as it is sent.");
        out.line(&format!(
            "pub const DOCUMENT: &'static str = {};",
            raw_literal(&operation.document)
        ));
    });
    out.blank();
    inputs::print_impls(&mut out, &rust, &members, types, "types::");
    out.blank();
    let kind = if operation.kind == Kind::Mutation {
        "Mutation"
    } else {
        "Query"
    };
    out.block("codegen::operation!", |out| {
        let comma = if answer.is_some() { "," } else { "" };
        out.line(&format!(
            "{kind} {rust} = {} => {module}::Data, service {}{comma}",
            literal(&operation.name),
            literal(&options.service),
        ));
        if let Some(answer) = &answer {
            answer.print(out);
        }
    });
    out.blank();
    if let Some(answer) = &answer {
        answer.print_outcome(&mut out, &rust, &module, &names);
    }
    if let Some(list) = list {
        list.print(&mut out, &rust, &module);
        out.blank();
    }
    out.line(&format!("/// What [`{rust}`] answers with."));
    out.block(&format!("pub mod {module}"), |out| {
        response::print(out, types, operation, &names, options);
    });
    out.finish()
}
