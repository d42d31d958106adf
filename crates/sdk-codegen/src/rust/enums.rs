//! Enums of the schema, open for values this version does not know.

use super::{
    docs::Docs,
    names::{Unique, camel},
    types::Types,
    writer::{Writer, literal},
};
use crate::model::{EnumType, TypeKind};

/// Prints every enum that operations use.
pub(super) fn print(types: &Types<'_>, schema_file: &str) -> String {
    let mut out = Writer::new(schema_file);
    for (name, rust) in types.printed() {
        let Some(def) = types.schema.get(name) else {
            continue;
        };
        let TypeKind::Enum(values) = &def.kind else {
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
        print_enum(&mut out, rust, values);
    }
    out.finish()
}

fn print_enum(out: &mut Writer, rust: &str, values: &EnumType) {
    let mut unique = Unique::new();
    let variants: Vec<String> = values
        .values
        .iter()
        .map(|value| unique.take(camel(&value.name)))
        .collect();
    let other = ["Other", "OtherValue"]
        .into_iter()
        .find(|name| !variants.iter().any(|variant| variant == name))
        .map_or_else(|| unique.take("OtherValue".to_owned()), str::to_owned);

    out.line("#[derive(Debug, Clone, PartialEq, Eq, Hash)]");
    out.line("#[non_exhaustive]");
    out.block(&format!("pub enum {rust}"), |out| {
        for (value, variant) in values.values.iter().zip(&variants) {
            let docs = Docs {
                description: &value.description,
                fallback: format!("`{}`", value.name),
                deprecated: value.deprecated.as_deref(),
                evidence: value.evidence,
                // Where the name is not the value in other letters, the docs say which value it is.
                notes: if *variant == camel(&value.name) || value.description.is_empty() {
                    Vec::new()
                } else {
                    vec![format!("On the wire: `{}`.", value.name)]
                },
            };
            docs.write(out);
            out.line(&format!("{variant},"));
        }
        out.line("/// A value this version does not know, as the server sent it.");
        out.line(&format!("{other}(String),"));
    });
    out.blank();
    out.line("codegen::open_enum! {");
    out.indent();
    out.line(&format!("{rust} {{"));
    out.indent();
    for (value, variant) in values.values.iter().zip(&variants) {
        out.line(&format!("{variant} = {},", literal(&value.name)));
    }
    out.dedent();
    out.line(&format!("}} {other}"));
    out.dedent();
    out.line("}");
}
