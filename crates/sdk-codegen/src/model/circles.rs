//! Input objects that no value can fill, because each needs another one inside it.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use super::{InputField, Schema, TypeKind};
use crate::{
    error::Error,
    source::Source,
    syntax::{Name, Type},
};

/// Reports one circle of required fields; Rust would have no size for its types.
pub(super) fn check(source: &Rc<Source>, schema: &Schema) -> Option<Error> {
    let mut open: BTreeMap<&str, Vec<&InputField>> = BTreeMap::new();
    let mut needed_by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for def in schema.types() {
        let TypeKind::Input(input) = &def.kind else {
            continue;
        };
        let needs: Vec<_> = input
            .fields
            .iter()
            .filter(|field| needs(schema, field).is_some())
            .collect();
        for field in &needs {
            let inner = field.ty.name().text.as_str();
            needed_by.entry(inner).or_default().push(&def.name);
        }
        open.insert(&def.name, needs);
    }
    // Takes away what can be filled, then what needs only that, until only circles and what leads to
    // them are left.
    let mut filled: Vec<&str> = open
        .iter()
        .filter(|(_, needs)| needs.is_empty())
        .map(|(name, _)| *name)
        .collect();
    while let Some(name) = filled.pop() {
        open.remove(name);
        for owner in needed_by.get(name).into_iter().flatten() {
            if let Some(needs) = open.get_mut(owner) {
                needs.retain(|field| field.ty.name().text != name);
                if needs.is_empty() {
                    filled.push(owner);
                }
            }
        }
    }
    let mut seen = BTreeSet::new();
    let mut at = *open.keys().next()?;
    loop {
        let field = open.get(at)?.first()?;
        let name = field.ty.name();
        if !seen.insert(at) {
            return Some(
                Error::at(
                    source,
                    name.span,
                    format!(
                        "`{at}.{}` needs a `{at}` inside it, without end",
                        field.name
                    ),
                )
                .help("one of the fields on the way must be nullable or a list"),
            );
        }
        at = &name.text;
    }
}

/// The input object that a field cannot do without.
fn needs<'a>(schema: &Schema, field: &'a InputField) -> Option<&'a Name> {
    let Type::NonNull(inner) = &field.ty else {
        return None;
    };
    let Type::Named(name) = inner.as_ref() else {
        return None;
    };
    (field.default.is_none() && schema.input(&name.text).is_some()).then_some(name)
}
