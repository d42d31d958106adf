//! One operation file, resolved.

use std::collections::HashSet;

use super::{
    Schema, ShapeId, Shapes,
    minify::{self, Minify},
    select::{Selector, Set},
};
use crate::syntax::{self, Document, Kind, Selection, Type, ValueKind};

/// An operation with everything the printer needs.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The author's comment above the operation.
    pub(crate) comment: String,
    /// The text to send.
    pub(crate) document: String,
    pub(crate) variables: Vec<Variable>,
    pub(crate) shapes: Shapes,
    /// The shape of `data`.
    pub(crate) data: ShapeId,
}

/// A variable of an operation.
#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) ty: Type,
    /// The default as GraphQL text.
    pub(crate) default: Option<String>,
    /// The author's comment above the variable, or what the schema says about the argument it is
    /// passed to.
    pub(crate) description: String,
    /// The response keys down to the field that takes it as the argument of its own name; empty when
    /// none does.
    pub(crate) passed_to: Vec<String>,
}

/// Resolves a checked document's only operation.
pub(crate) fn resolve(
    schema: &Schema,
    document: &Document,
    operation: &syntax::Operation,
    inline_fragments: bool,
) -> Option<Operation> {
    let root = schema.root(operation.kind)?;
    let mut selector = Selector {
        schema,
        document,
        shapes: Shapes::default(),
        typed: HashSet::new(),
    };
    let set = Set {
        selections: &operation.selections,
        parent: root,
        conditional: false,
    };
    let data = selector.shape(root, &[set], &[]);
    let minify = Minify {
        document,
        typed: &selector.typed,
        inline_fragments,
    };
    Some(Operation {
        name: operation.name.as_ref()?.text.clone(),
        kind: operation.kind,
        comment: operation.comment.clone(),
        document: minify.operation(operation),
        variables: operation
            .variables
            .iter()
            .map(|variable| resolve_variable(schema, document, root, operation, variable))
            .collect(),
        data,
        shapes: selector.shapes,
    })
}

fn resolve_variable(
    schema: &Schema,
    document: &Document,
    root: &str,
    operation: &syntax::Operation,
    variable: &syntax::Variable,
) -> Variable {
    let name = &variable.name.text;
    let described = || {
        let fragments = document.fragments.iter();
        std::iter::once((root, &operation.selections))
            .chain(
                fragments.map(|fragment| (fragment.condition.text.as_str(), &fragment.selections)),
            )
            .find_map(|(ty, selections)| argument_description(schema, ty, selections, name))
    };
    Variable {
        name: name.clone(),
        ty: variable.ty.clone(),
        default: variable.default.as_ref().map(|default| {
            let mut text = String::new();
            minify::value(&mut text, default);
            text
        }),
        description: if variable.comment.is_empty() {
            described().unwrap_or_default().to_owned()
        } else {
            variable.comment.clone()
        },
        passed_to: passed_to(document, &operation.selections, name).unwrap_or_default(),
    }
}

/// The response keys down to the first field with the argument `name: $name`.
fn passed_to(document: &Document, selections: &[Selection], name: &str) -> Option<Vec<String>> {
    selections.iter().find_map(|selection| match selection {
        Selection::Spread(spread) => {
            let fragment = document.fragment(&spread.name.text)?;
            passed_to(document, &fragment.selections, name)
        }
        Selection::Inline(inline) => passed_to(document, &inline.selections, name),
        Selection::Field(field) => {
            let takes = field.arguments.iter().any(|argument| {
                argument.name.text == name
                    && matches!(&argument.value.kind, ValueKind::Variable(it) if it.text == name)
            });
            let below = if takes {
                Some(Vec::new())
            } else {
                passed_to(document, &field.selections, name)
            };
            below.map(|mut keys| {
                keys.insert(0, field.key().to_owned());
                keys
            })
        }
    })
}

/// What the schema says about the first argument that is exactly this variable.
fn argument_description<'a>(
    schema: &'a Schema,
    ty: &str,
    selections: &[Selection],
    variable: &str,
) -> Option<&'a str> {
    selections.iter().find_map(|selection| match selection {
        Selection::Spread(_) => None,
        Selection::Inline(inline) => {
            let ty = inline.condition.as_ref().map_or(ty, |name| &name.text);
            argument_description(schema, ty, &inline.selections, variable)
        }
        Selection::Field(field) => {
            let def = schema.field(ty, &field.name.text)?;
            let passed = field.arguments.iter().find(|argument| {
                matches!(&argument.value.kind, ValueKind::Variable(name) if name.text == variable)
            });
            passed
                .and_then(|passed| {
                    def.arguments
                        .iter()
                        .find(|known| known.name == passed.name.text)
                })
                .map(|argument| argument.description.as_str())
                .filter(|description| !description.is_empty())
                .or_else(|| {
                    argument_description(schema, &def.ty.name().text, &field.selections, variable)
                })
        }
    })
}
