//! The types a response decodes to: a struct per selection, an enum per abstract selection.

use std::collections::BTreeMap;

use super::{
    Options,
    docs::{self, Docs},
    names::{Unique, camel, identifier},
    types::Types,
    writer::{Writer, literal},
};
use crate::model::{AbstractShape, ObjectShape, Operation, Output, Shape, ShapeId};

/// Prints the body of an operation's module, the root type first.
pub(super) fn print(
    out: &mut Writer,
    types: &Types<'_>,
    operation: &Operation,
    names: &BTreeMap<ShapeId, String>,
    options: &Options,
) {
    let scope = Scope { types, names };
    let mut body = out.inner();
    // Parents before children: the reverse of the order in which they were resolved.
    let mut shapes: Vec<_> = operation.shapes.iter().collect();
    shapes.reverse();
    for (id, named) in shapes {
        let name = scope.name(id);
        body.blank();
        match &named.shape {
            Shape::Object(object) => scope.object(&mut body, &name, object),
            Shape::Abstract(shape) => scope.variants(&mut body, &name, shape, operation),
        }
    }
    let body = body.into_text();
    out.import(options.runtime(), &body);
    out.append(&body);
}

/// `__typename` is called what the variants' own accessor is called.
fn field_name(key: &str) -> String {
    if key == "__typename" {
        "type_name".to_owned()
    } else {
        identifier(key)
    }
}

/// The Rust names of a struct's fields: the one for the type's name, and those of the response keys.
pub(super) fn field_names(object: &ObjectShape) -> (Option<String>, Vec<String>) {
    let mut unique = Unique::new();
    let kept = object
        .keeps_type_name
        .then(|| unique.take("type_name".to_owned()));
    let fields = object
        .fields
        .iter()
        .map(|field| unique.take(field_name(&field.key)))
        .collect();
    (kept, fields)
}

/// The Rust names of an enum's variants: those of the members, and the one for any other type.
pub(super) fn variant_names(shape: &AbstractShape) -> (Vec<String>, String) {
    let mut unique = Unique::new();
    let members = shape.members.iter();
    let variants = members.map(|member| unique.take(camel(&member.label)));
    let variants = variants.collect();
    (variants, unique.take("Other".to_owned()))
}

struct Scope<'a> {
    types: &'a Types<'a>,
    names: &'a BTreeMap<ShapeId, String>,
}

impl Scope<'_> {
    fn name(&self, id: ShapeId) -> String {
        self.names.get(&id).cloned().unwrap_or_default()
    }

    fn received(&self, ty: &Output, lenient: bool) -> String {
        self.types
            .received(ty, lenient, "super::types::", &|id| self.name(id))
    }

    fn object(&self, out: &mut Writer, name: &str, object: &ObjectShape) {
        let docs = Docs {
            description: &object.description,
            fallback: format!("Selected fields of `{}`.", object.type_name),
            evidence: object.evidence,
            ..Docs::default()
        };
        docs.write(out);
        out.line("#[derive(Debug, Clone, PartialEq)]");
        let (kept, fields) = field_names(object);
        if fields.is_empty() && kept.is_none() {
            out.line(&format!("pub struct {name} {{}}"));
        } else {
            out.block(&format!("pub struct {name}"), |out| {
                if let Some(kept) = &kept {
                    out.line("/// The name of the object's type.");
                    out.line(&format!("pub {kept}: String,"));
                }
                for (field, rust) in object.fields.iter().zip(&fields) {
                    let docs = Docs {
                        description: &field.description,
                        fallback: docs::wire_name(&field.key, rust),
                        deprecated: field.deprecated.as_deref(),
                        evidence: field.evidence,
                        notes: Vec::new(),
                    };
                    docs.write(out);
                    out.line(&format!(
                        "pub {rust}: {},",
                        self.received(&field.ty, field.lenient)
                    ));
                }
            });
        }
        out.blank();
        let head = kept.map_or_else(|| name.to_owned(), |kept| format!("{name}[{kept}]"));
        out.line("codegen::selection! {");
        out.indent();
        out.block(&head, |out| {
            for (field, rust) in object.fields.iter().zip(&fields) {
                let kind = match (&field.ty, field.lenient) {
                    (_, true) => "lenient",
                    (Output::Optional(_), false) => "optional",
                    _ => "required",
                };
                out.line(&format!("{rust}: {kind} {},", literal(&field.key)));
            }
        });
        out.dedent();
        out.line("}");
    }

    fn variants(&self, out: &mut Writer, name: &str, shape: &AbstractShape, operation: &Operation) {
        let (variants, other) = variant_names(shape);
        let keeps_type_name = |id| match operation.shapes.get(id).map(|named| &named.shape) {
            Some(Shape::Object(object)) => object.keeps_type_name,
            _ => false,
        };

        let docs = Docs {
            description: &shape.description,
            fallback: format!("Selected fields of `{}`.", shape.type_name),
            ..Docs::default()
        };
        docs.write(out);
        out.line("#[derive(Debug, Clone, PartialEq)]");
        out.line("#[non_exhaustive]");
        out.block(&format!("pub enum {name}"), |out| {
            for (member, variant) in shape.members.iter().zip(&variants) {
                let types: Vec<String> = member
                    .types
                    .iter()
                    .map(|name| format!("`{name}`"))
                    .collect();
                out.line(&format!("/// {}", types.join(" or ")));
                out.line(&format!("{variant}({}),", self.name(member.shape)));
            }
            out.line("/// Any other type, with the fields that all types have.");
            out.line(&format!("{other}({}),", self.name(shape.other)));
        });
        out.blank();
        out.line("codegen::variants! {");
        out.indent();
        out.line(&format!("{name} {{"));
        out.indent();
        for (member, variant) in shape.members.iter().zip(&variants) {
            let kept = if keeps_type_name(member.shape) {
                "[type_name]"
            } else {
                ""
            };
            let types: Vec<String> = member.types.iter().map(|name| literal(name)).collect();
            out.line(&format!(
                "{variant}{kept}: {} = {},",
                self.name(member.shape),
                types.join(" | ")
            ));
        }
        out.dedent();
        out.line(&format!(
            "}} {other}[type_name]: {}",
            self.name(shape.other)
        ));
        out.dedent();
        out.line("}");
    }
}
