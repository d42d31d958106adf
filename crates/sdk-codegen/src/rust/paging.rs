//! Operations that are lists: finding them by the vendor's convention, and calling its macro.

use std::collections::BTreeMap;

use super::{
    names::identifier,
    response::{field_names, variant_names},
    types::Types,
    writer::Writer,
};
use crate::{
    model::{ObjectShape, Operation, Output, Schema, Shape, ShapeField, ShapeId, Variable},
    paging::Paging,
};

/// An operation that is a list.
pub(super) struct List<'a> {
    paging: &'a Paging,
    /// The Rust name of an item.
    item: String,
    /// From the data to the page, as an expression that is an `Option`.
    page: String,
    /// The page taken apart, for a macro that wants that: its items, and how it goes on.
    parts: Option<(String, String)>,
    /// Optional variables of the convention that the operation declares.
    variables: Vec<&'a str>,
}

impl<'a> List<'a> {
    /// The list that an operation is, if the convention finds one.
    pub(super) fn find(
        paging: Option<&'a Paging>,
        operation: &'a Operation,
        types: &Types<'a>,
        members: &BTreeMap<&str, &str>,
        module: &str,
        names: &BTreeMap<ShapeId, String>,
    ) -> Option<Self> {
        let convention = Convention {
            paging: paging?,
            operation,
            members,
        };
        let paging = convention.paging;
        let cursor = convention.declared(&paging.cursor)?;
        if types.sent(&cursor.ty, "") != "String" {
            return None;
        }
        let passed = cursor.passed.iter();
        let mut places = passed.filter(|it| it.argument == paging.argument);
        let keys = &places.next()?.keys;
        if places.any(|it| it.keys != *keys) {
            return None; // A stream follows one list, and would lose what is in the other.
        }
        let variables = paging.optional.iter().map(String::as_str);
        let variables: Vec<&str> = variables
            .filter(|name| convention.steers(name, keys))
            .collect();
        // What turns a list around must not be out of the macro's sight.
        let mut turning = paging.selects_with.iter().map(|(name, _)| name.as_str());
        let declares = |name| operation.variables.iter().any(|it| it.name == name);
        if turning.any(|name| declares(name) && !variables.contains(&name)) {
            return None;
        }

        let walk = Walk {
            schema: types.schema,
            operation,
        };
        let data = operation.data;
        let (mut page, field) = walk.expression("data", data, keys.iter().map(String::as_str))?;
        // Below a list there is not one page but many.
        if is_list(field) != (paging.items.is_empty() && paging.info.is_empty()) {
            return None;
        }
        let id = shape(field)?;
        let id = match &operation.shapes.get(id)?.shape {
            Shape::Object(_) => id,
            Shape::Abstract(_) if is_list(field) => return None,
            Shape::Abstract(union) => {
                let (variants, _) = variant_names(union);
                let members = union.members.iter().zip(variants);
                let mut pages =
                    members.filter(|(member, _)| convention.is_page(&walk, member.shape));
                let (Some((member, variant)), None) = (pages.next(), pages.next()) else {
                    return None;
                };
                page = format!(
                    "match {page}? {{ {module}::{}::{variant}(page) => Some(page), _ => None }}",
                    names.get(&id)?
                );
                member.shape
            }
        };
        if !convention.is_page(&walk, id) {
            return None;
        }
        let (item, parts) = match (paging.items.as_str(), paging.info.as_str()) {
            ("", "") => (shape(field)?, None),
            (path, "") => (shape(walk.below(id, path)?)?, None),
            (name, info) => {
                let (item, items) = walk.items(id, name)?;
                let (info, _) = walk.expression("page", id, info.split('.'))?;
                (item, Some((items, info)))
            }
        };
        Some(Self {
            paging,
            item: names.get(&item)?.clone(),
            page,
            parts,
            variables,
        })
    }

    /// Prints the call of the convention's macro.
    pub(super) fn print(&self, out: &mut Writer, rust: &str, module: &str) {
        let variables: Vec<String> = self.variables.iter().map(|it| identifier(it)).collect();
        out.block(&format!("{}!", self.paging.macro_path), |out| {
            let comma = if self.parts.is_some() { "," } else { "" };
            out.line(&format!(
                "{rust} of {module}::{}, [{}], |data| {}{comma}",
                self.item,
                variables.join(" "),
                self.page
            ));
            if let Some((items, info)) = &self.parts {
                out.line(&format!("|page| {items}, {info}"));
            }
        });
    }
}

/// What a convention asks of an operation.
struct Convention<'a, 'b> {
    paging: &'a Paging,
    operation: &'a Operation,
    /// The Rust names of the operation's variables.
    members: &'b BTreeMap<&'b str, &'b str>,
}

impl<'a> Convention<'a, '_> {
    /// A variable that may be left out and is called in Rust what a macro calls it.
    fn declared(&self, name: &str) -> Option<&'a Variable> {
        let mut variables = self.operation.variables.iter();
        variables.find(|variable| {
            variable.name == name
                && !(variable.ty.is_non_null() && variable.default.is_none())
                && self.members.get(name) == Some(&identifier(name).as_str())
        })
    }

    /// True for an optional variable that is passed beside the cursor and has no default.
    fn steers(&self, name: &str, keys: &[String]) -> bool {
        let beside = match self.paging.argument.rsplit_once('.') {
            Some((object, _)) => format!("{object}.{name}"),
            None => name.to_owned(),
        };
        self.declared(name).is_some_and(|variable| {
            let mut passed = variable.passed.iter();
            variable.default.is_none() && passed.any(|it| it.keys == keys && it.argument == beside)
        })
    }

    /// True if all that the macro reads is selected here.
    fn is_page(&self, walk: &Walk<'_>, id: ShapeId) -> bool {
        let paging = self.paging;
        let with = paging.selects_with.iter();
        let with = with.filter(|(variable, _)| self.declared(variable).is_some());
        let mut paths = paging.selects.iter().chain(with.map(|(_, path)| path));
        paths.all(|path| walk.below(id, path).is_some())
    }
}

struct Walk<'a> {
    schema: &'a Schema,
    operation: &'a Operation,
}

impl<'a> Walk<'a> {
    /// The expression that reaches the field under these keys from a value of this shape, as an `Option`,
    /// and the field's type.
    fn expression<'k>(
        &self,
        from: &str,
        shape: ShapeId,
        keys: impl IntoIterator<Item = &'k str>,
    ) -> Option<(String, &'a Output)> {
        let mut expression = from.to_owned();
        let mut at: Option<&'a Output> = None;
        for key in keys {
            let id = match at {
                None => shape,
                Some(Output::Shape(id)) => *id,
                Some(Output::Optional(inner)) => match inner.as_ref() {
                    Output::Shape(id) => {
                        expression.push('?');
                        *id
                    }
                    _ => return None,
                },
                Some(_) => return None,
            };
            let (field, rust) = self.field(id, key)?;
            expression = format!("{expression}.{rust}");
            at = Some(&field.ty);
        }
        let at = at?;
        if !matches!(at, Output::Optional(_)) {
            expression = format!("Some({expression})");
        }
        Some((expression, at))
    }

    /// The type of what a path leads to, if it is selected and nothing on it can be left out.
    fn below(&self, from: ShapeId, path: &str) -> Option<&'a Output> {
        let mut at = None;
        for key in path.split('.') {
            let id = at.map_or(Some(from), shape)?;
            let (field, rust) = self.field(id, key)?;
            let declared = &self.schema.field(&self.object(id)?.type_name, key)?.ty;
            let left_out = declared.is_non_null() && matches!(field.ty, Output::Optional(_));
            if left_out || rust != identifier(key) {
                return None;
            }
            at = Some(&field.ty);
        }
        at
    }

    /// The shape of an item, and an iterator over the items that are not null: those of the field of this
    /// name, or without a name of the only list of objects.
    fn items(&self, page: ShapeId, name: &str) -> Option<(ShapeId, String)> {
        let object = self.object(page)?;
        let (_, names) = field_names(object);
        let lists = object.fields.iter().zip(names);
        let mut lists = lists.filter_map(|(field, rust)| {
            let named = name.is_empty() || field.key == name;
            let (item, items) = items(&field.ty)?;
            named.then(|| (item, format!("page.{rust}{items}")))
        });
        let (Some(only), None) = (lists.next(), lists.next()) else {
            return None;
        };
        Some(only)
    }

    fn object(&self, id: ShapeId) -> Option<&'a ObjectShape> {
        match &self.operation.shapes.get(id)?.shape {
            Shape::Object(object) => Some(object),
            Shape::Abstract(_) => None,
        }
    }

    /// A field of a struct by its response key, and its Rust name.
    fn field(&self, id: ShapeId, key: &str) -> Option<(&'a ShapeField, String)> {
        let object = self.object(id)?;
        let (_, names) = field_names(object);
        let fields = object.fields.iter().zip(names);
        fields.into_iter().find(|(field, _)| field.key == key)
    }
}

fn is_list(ty: &Output) -> bool {
    match ty {
        Output::Optional(inner) => is_list(inner),
        ty => matches!(ty, Output::List(_)),
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

/// For a list of objects: the shape of an object, and how to go from the list to an iterator over those that
/// are not null.
fn items(ty: &Output) -> Option<(ShapeId, &'static str)> {
    let (is_nullable, list) = match ty {
        Output::Optional(inner) => (true, inner.as_ref()),
        ty => (false, ty),
    };
    let Output::List(item) = list else {
        return None;
    };
    let (has_null, item) = match item.as_ref() {
        Output::Optional(inner) => (true, inner.as_ref()),
        item => (false, item),
    };
    let Output::Shape(id) = item else {
        return None;
    };
    let steps = match (is_nullable, has_null) {
        (false, false) => ".into_iter()",
        (true, true) => ".into_iter().flatten().flatten()",
        _ => ".into_iter().flatten()",
    };
    Some((*id, steps))
}
