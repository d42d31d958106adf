//! One operation file, resolved.

use std::collections::HashSet;

use super::{
    Schema, ShapeId, Shapes,
    minify::{self, Minify},
    select::{Selector, Set},
};
use crate::syntax::{self, Document, Kind, Selection, Type, Value, ValueKind};

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
    /// Where it is passed to.
    pub(crate) passed: Vec<Passed>,
}

/// A place that takes a variable.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Passed {
    /// The response keys down to the field with the argument.
    pub(crate) keys: Vec<String>,
    /// The argument's name, and behind dots those inside of an input object.
    pub(crate) argument: String,
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
        passed: {
            let mut passed = Vec::new();
            find_passed(document, &operation.selections, name, &[], &mut passed);
            passed
        },
    }
}

/// Adds the arguments below these response keys that are the variable, or hold it in an input object.
fn find_passed(
    document: &Document,
    selections: &[Selection],
    name: &str,
    above: &[String],
    found: &mut Vec<Passed>,
) {
    for selection in selections {
        match selection {
            Selection::Spread(spread) => {
                if let Some(fragment) = document.fragment(&spread.name.text) {
                    find_passed(document, &fragment.selections, name, above, found);
                }
            }
            Selection::Inline(inline) => {
                find_passed(document, &inline.selections, name, above, found);
            }
            Selection::Field(field) => {
                let keys = [above, &[field.key().to_owned()]].concat();
                for argument in &field.arguments {
                    for argument in places(&argument.value, name, &argument.name.text) {
                        let keys = keys.clone();
                        found.push(Passed { keys, argument });
                    }
                }
                find_passed(document, &field.selections, name, &keys, found);
            }
        }
    }
}

/// The places of a variable in a value that stands at `path`; lists have none.
fn places(value: &Value, name: &str, path: &str) -> Vec<String> {
    match &value.kind {
        ValueKind::Variable(variable) if variable.text == name => vec![path.to_owned()],
        ValueKind::Object(fields) => {
            let inside = fields.iter().flat_map(|field| {
                let path = format!("{path}.{}", field.name.text);
                places(&field.value, name, &path)
            });
            inside.collect()
        }
        _ => Vec::new(),
    }
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
