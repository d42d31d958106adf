//! One operation file, resolved.

use std::collections::HashSet;

use super::{
    Schema, ShapeId, Shapes,
    minify::{self, Minify},
    select::{Selector, Set},
};
use crate::syntax::{self, Document, Kind, Type};

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
    pub(crate) comment: String,
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
        variables: operation.variables.iter().map(variable).collect(),
        data,
        shapes: selector.shapes,
    })
}

fn variable(variable: &syntax::Variable) -> Variable {
    Variable {
        name: variable.name.text.clone(),
        ty: variable.ty.clone(),
        default: variable.default.as_ref().map(|default| {
            let mut text = String::new();
            minify::value(&mut text, default);
            text
        }),
        comment: variable.comment.clone(),
    }
}
