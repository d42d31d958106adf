//! Operations that are lists: finding them by the vendor's convention, and calling its macro.

use std::collections::BTreeMap;

use super::{names::identifier, response::field_names, types::Types, writer::Writer};
use crate::{
    model::{Operation, Output, Schema, Shape, ShapeField, ShapeId},
    paging::Paging,
};

/// An operation that is a list.
pub(super) struct List<'a> {
    paging: &'a Paging,
    /// The shape of an item.
    item: ShapeId,
    /// From the data to the field that pages, as an expression that is an `Option`.
    expression: String,
    /// Optional variables of the convention that the operation declares.
    variables: Vec<&'a str>,
}

impl<'a> List<'a> {
    /// The list that an operation is, if the convention finds one.
    pub(super) fn find(
        paging: Option<&'a Paging>,
        operation: &Operation,
        types: &Types<'_>,
        members: &BTreeMap<&str, &str>,
    ) -> Option<Self> {
        let paging = paging?;
        let declares = |name: &str, ty: Option<&str>| {
            operation.variables.iter().any(|variable| {
                variable.name == name
                    && !(variable.ty.is_non_null() && variable.default.is_none())
                    && ty.is_none_or(|ty| types.sent(&variable.ty, "") == ty)
                    && members.get(name) == Some(&identifier(name).as_str())
            })
        };
        if !declares(&paging.cursor, Some("String")) {
            return None;
        }
        let cursor = operation
            .variables
            .iter()
            .find(|variable| variable.name == paging.cursor)?;
        let walk = Walk {
            schema: types.schema,
            operation,
        };
        let (expression, field) = walk.expression(&cursor.passed_to)?;
        for path in &paging.selects {
            walk.below(field, path)?;
        }
        let items = if paging.items.is_empty() {
            field
        } else {
            walk.below(field, &paging.items)?
        };
        let variables = paging.optional.iter().map(String::as_str);
        let without_default = |name: &&str| {
            let declared = operation.variables.iter().find(|it| it.name == *name);
            declared.is_some_and(|it| it.default.is_none()) && declares(name, None)
        };
        Some(Self {
            paging,
            item: shape(items)?,
            expression,
            variables: variables.filter(without_default).collect(),
        })
    }

    /// Prints the call of the convention's macro.
    pub(super) fn print(
        &self,
        out: &mut Writer,
        rust: &str,
        module: &str,
        names: &BTreeMap<ShapeId, String>,
    ) {
        let Some(item) = names.get(&self.item) else {
            return;
        };
        let variables: Vec<String> = self.variables.iter().map(|it| identifier(it)).collect();
        out.block(&format!("{}!", self.paging.macro_path), |out| {
            out.line(&format!(
                "{rust} of {module}::{item}, [{}], |data| {}",
                variables.join(" "),
                self.expression
            ));
        });
    }
}

struct Walk<'a> {
    schema: &'a Schema,
    operation: &'a Operation,
}

impl<'a> Walk<'a> {
    /// The expression that reaches the field under these keys, and the field's type.
    fn expression(&self, keys: &[String]) -> Option<(String, &'a Output)> {
        let (last, above) = keys.split_last()?;
        let mut at = self.operation.data;
        let mut expression = "data".to_owned();
        for key in above {
            let (field, rust) = self.field(at, key)?;
            expression = format!("{expression}.{rust}");
            at = match &field.ty {
                Output::Shape(id) => *id,
                Output::Optional(inner) => match inner.as_ref() {
                    Output::Shape(id) => {
                        expression.push('?');
                        *id
                    }
                    _ => return None,
                },
                _ => return None,
            };
        }
        let (field, rust) = self.field(at, last)?;
        expression = format!("{expression}.{rust}");
        if !matches!(field.ty, Output::Optional(_)) {
            expression = format!("Some({expression})");
        }
        Some((expression, &field.ty))
    }

    /// The type of what a path leads to, if it is selected and nothing on it can be left out.
    fn below(&self, from: &'a Output, path: &str) -> Option<&'a Output> {
        let mut at = from;
        for key in path.split('.') {
            let id = shape(at)?;
            let (field, rust) = self.field(id, key)?;
            let Shape::Object(object) = &self.operation.shapes.get(id)?.shape else {
                return None;
            };
            let declared = &self.schema.field(&object.type_name, key)?.ty;
            let left_out = declared.is_non_null() && matches!(field.ty, Output::Optional(_));
            if left_out || rust != identifier(key) {
                return None;
            }
            at = &field.ty;
        }
        Some(at)
    }

    /// A field of a struct by its response key, and its Rust name.
    fn field(&self, id: ShapeId, key: &str) -> Option<(&'a ShapeField, String)> {
        let Shape::Object(object) = &self.operation.shapes.get(id)?.shape else {
            return None;
        };
        let (_, names) = field_names(object);
        let fields = object.fields.iter().zip(names);
        fields.into_iter().find(|(field, _)| field.key == key)
    }
}

/// The shape inside all lists.
fn shape(ty: &Output) -> Option<ShapeId> {
    match ty {
        Output::Optional(inner) | Output::List(inner) => shape(inner),
        Output::Shape(id) => Some(*id),
        Output::Leaf(_) => None,
    }
}
