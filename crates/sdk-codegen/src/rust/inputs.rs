//! Input objects of the schema, and the structs of variables, which are printed alike.

use super::{
    docs::{self, Docs},
    names::{Unique, camel, identifier},
    types::Types,
    writer::{Writer, literal},
};
use crate::{
    model::{InputField, TypeKind},
    syntax::Type,
};

/// Prints every input object that operations use.
pub(super) fn print(types: &Types<'_>, schema_file: &str) -> String {
    let mut out = Writer::new(schema_file);
    for (name, rust) in types.printed() {
        let Some(def) = types.schema.get(name) else {
            continue;
        };
        let TypeKind::Input(input) = &def.kind else {
            continue;
        };
        out.blank();
        let docs = Docs {
            description: &def.description,
            fallback: format!("The schema's `{name}`."),
            evidence: def.evidence,
            ..Docs::default()
        };
        docs.write(&mut out);
        if input.one_of {
            one_of(&mut out, rust, &input.fields, types);
            continue;
        }
        let mut unique = Unique::with(&["new"]);
        let members: Vec<Member<'_>> = input
            .fields
            .iter()
            .map(|field| {
                let rust = unique.take(identifier(&field.name));
                Member {
                    key: &field.name,
                    ty: &field.ty,
                    required: field.is_required(),
                    docs: Docs {
                        description: &field.description,
                        fallback: docs::wire_name(&field.name, &rust),
                        deprecated: field.deprecated.as_deref(),
                        evidence: field.evidence,
                        notes: field
                            .default_text()
                            .map(|default| format!("Default: `{default}`."))
                            .into_iter()
                            .collect(),
                    },
                    rust,
                }
            })
            .collect();
        print_struct(&mut out, rust, &members, types, "");
        out.blank();
        print_impls(&mut out, rust, &members, types, "");
    }
    out.finish()
}

/// A field of a struct that is sent.
pub(super) struct Member<'a> {
    pub(super) rust: String,
    pub(super) key: &'a str,
    pub(super) ty: &'a Type,
    pub(super) required: bool,
    pub(super) docs: Docs<'a>,
}

impl Member<'_> {
    /// The type that `new` or the setter takes.
    fn value_type(&self, types: &Types<'_>, prefix: &str) -> String {
        if self.required {
            types.sent(self.ty, prefix)
        } else {
            types.optional(self.ty, prefix)
        }
    }
}

/// The struct; the caller has written its docs.
pub(super) fn print_struct(
    out: &mut Writer,
    rust: &str,
    members: &[Member<'_>],
    types: &Types<'_>,
    prefix: &str,
) {
    let default = if members.iter().any(|member| member.required) {
        ""
    } else {
        ", Default"
    };
    out.line(&format!("#[derive(Debug, Clone, PartialEq{default})]"));
    if members.is_empty() {
        out.line(&format!("pub struct {rust} {{}}"));
        return;
    }
    out.block(&format!("pub struct {rust}"), |out| {
        for member in members {
            member.docs.write(out);
            let ty = member.value_type(types, prefix);
            if member.required {
                out.line(&format!("pub {}: {ty},", member.rust));
            } else {
                out.line(&format!("pub {}: Input<{ty}>,", member.rust));
            }
        }
    });
}

/// The macro call that gives the struct its constructor, setters and `Serialize`.
pub(super) fn print_impls(
    out: &mut Writer,
    rust: &str,
    members: &[Member<'_>],
    types: &Types<'_>,
    prefix: &str,
) {
    out.block("codegen::variables!", |out| {
        out.line(rust);
        for (keyword, required) in [("required", true), ("optional", false)] {
            let lines: Vec<String> = members
                .iter()
                .filter(|member| member.required == required)
                .map(|member| {
                    let ty = member.value_type(types, prefix);
                    format!("{}: {ty} = {},", member.rust, literal(member.key))
                })
                .collect();
            if lines.is_empty() {
                out.line(&format!("{keyword} {{}}"));
                continue;
            }
            out.block(keyword, |out| {
                for line in &lines {
                    out.line(line);
                }
            });
        }
    });
}

/// An `@oneOf` input: exactly one of its fields, so an enum.
fn one_of(out: &mut Writer, rust: &str, fields: &[InputField], types: &Types<'_>) {
    let mut unique = Unique::new();
    let variants: Vec<String> = fields
        .iter()
        .map(|field| unique.take(camel(&field.name)))
        .collect();
    out.line("#[derive(Debug, Clone, PartialEq)]");
    out.block(&format!("pub enum {rust}"), |out| {
        for (field, variant) in fields.iter().zip(&variants) {
            let docs = Docs {
                description: &field.description,
                fallback: format!("`{}`", field.name),
                deprecated: field.deprecated.as_deref(),
                evidence: field.evidence,
                notes: Vec::new(),
            };
            docs.write(out);
            out.line(&format!("{variant}({}),", types.optional(&field.ty, "")));
        }
    });
    out.blank();
    out.line("codegen::one_of! {");
    out.indent();
    out.block(rust, |out| {
        for (field, variant) in fields.iter().zip(&variants) {
            out.line(&format!("{variant} = {},", literal(&field.name)));
        }
    });
    out.dedent();
    out.line("}");
}
