//! Fields under one response key must agree ("Field Selection Merging" of the specification).

use std::rc::Rc;

use super::{Schema, minify};
use crate::{
    error::Error,
    source::Source,
    syntax::{Argument, Document, Field, Operation, Selection, Type},
};

/// Reports keys that stand for different fields, arguments or types.
pub(super) fn check(
    schema: &Schema,
    source: &Rc<Source>,
    document: &Document,
    operation: &Operation,
) -> Vec<Error> {
    let mut overlap = Overlap {
        schema,
        source,
        document,
        errors: Vec::new(),
    };
    if let Some(root) = schema.root(operation.kind) {
        overlap.sets(&[Set {
            selections: &operation.selections,
            parent: root,
            above: Rc::default(),
        }]);
    }
    overlap.errors
}

struct Overlap<'a> {
    schema: &'a Schema,
    source: &'a Rc<Source>,
    document: &'a Document,
    errors: Vec<Error>,
}

/// A selection set, and the types of the objects above it.
#[derive(Clone)]
struct Set<'a> {
    selections: &'a [Selection],
    parent: &'a str,
    above: Rc<[&'a str]>,
}

struct Place<'a> {
    field: &'a Field,
    parent: &'a str,
    above: Rc<[&'a str]>,
}

impl<'a> Overlap<'a> {
    fn sets(&mut self, sets: &[Set<'a>]) {
        let mut keys: Vec<(&str, Vec<Place<'a>>)> = Vec::new();
        for set in sets {
            self.collect(set, &mut keys);
        }
        for (key, places) in keys {
            let Some((_, rest)) = places.split_first() else {
                continue;
            };
            let conflict = rest.iter().enumerate().find_map(|(index, place)| {
                let earlier = places.get(..=index).unwrap_or_default();
                let reason = earlier
                    .iter()
                    .find_map(|earlier| self.conflict(earlier, place))?;
                Some((place, reason))
            });
            if let Some((place, reason)) = conflict {
                let name = place.field.alias.as_ref().unwrap_or(&place.field.name);
                let error = Error::at(
                    self.source,
                    name.span,
                    format!("two fields are both `{key}`: {reason}"),
                );
                let help = format!(
                    "give one of them another name: `{key}2: {}`",
                    place.field.name.text
                );
                self.errors.push(error.help(help));
                continue;
            }
            self.inside(&places);
        }
    }

    /// Checks what is selected under one key, all its places together.
    fn inside(&mut self, places: &[Place<'a>]) {
        let sets: Vec<Set<'a>> = places
            .iter()
            .filter_map(|place| {
                Some(Set {
                    selections: &place.field.selections,
                    parent: &self.ty(place)?.name().text,
                    above: place.above.iter().copied().chain([place.parent]).collect(),
                })
            })
            .collect();
        self.sets(&sets);
    }

    fn collect(&self, set: &Set<'a>, keys: &mut Vec<(&'a str, Vec<Place<'a>>)>) {
        for selection in set.selections {
            let (parent, selections) = match selection {
                Selection::Field(field) => {
                    let place = Place {
                        field,
                        parent: set.parent,
                        above: Rc::clone(&set.above),
                    };
                    match keys.iter_mut().find(|(key, _)| *key == field.key()) {
                        Some((_, places)) => places.push(place),
                        None => keys.push((field.key(), vec![place])),
                    }
                    continue;
                }
                Selection::Inline(inline) => (
                    inline
                        .condition
                        .as_ref()
                        .map_or(set.parent, |name| &name.text),
                    &inline.selections,
                ),
                Selection::Spread(spread) => {
                    let name = &spread.name.text;
                    let Some(fragment) = self.document.fragment(name) else {
                        continue;
                    };
                    (fragment.condition.text.as_str(), &fragment.selections)
                }
            };
            let above = Rc::clone(&set.above);
            self.collect(
                &Set {
                    selections,
                    parent,
                    above,
                },
                keys,
            );
        }
    }

    /// Why two fields cannot share a key, if they cannot.
    fn conflict(&self, left: &Place<'a>, right: &Place<'a>) -> Option<String> {
        let (left_name, right_name) = (&left.field.name.text, &right.field.name.text);
        if !self.never_both(left, right) {
            if left_name != right_name {
                return Some(format!("`{left_name}` and `{right_name}`"));
            }
            if arguments(&left.field.arguments) != arguments(&right.field.arguments) {
                return Some("with different arguments".to_owned());
            }
        }
        let (left, right) = (self.ty(left)?, self.ty(right)?);
        let differ = !self.same_shape(left, right);
        differ.then(|| format!("one is of type `{left}`, the other `{right}`"))
    }

    /// True when the two belong to objects of different types, here or further up.
    fn never_both(&self, left: &Place<'a>, right: &Place<'a>) -> bool {
        let pairs = left.above.iter().zip(right.above.iter());
        pairs
            .chain([(&left.parent, &right.parent)])
            .any(|(left, right)| {
                left != right && self.schema.is_object(left) && self.schema.is_object(right)
            })
    }

    fn ty(&self, place: &Place<'a>) -> Option<&'a Type> {
        Some(&self.schema.field(place.parent, &place.field.name.text)?.ty)
    }

    fn same_shape(&self, left: &Type, right: &Type) -> bool {
        match (left, right) {
            (Type::NonNull(left), Type::NonNull(right)) | (Type::List(left), Type::List(right)) => {
                self.same_shape(left, right)
            }
            (Type::Named(left), Type::Named(right)) => {
                left.text == right.text
                    || (!self.schema.is_leaf(&left.text) && !self.schema.is_leaf(&right.text))
            }
            _ => false,
        }
    }
}

/// Arguments as text that does not depend on their order.
fn arguments(arguments: &[Argument]) -> Vec<(&str, String)> {
    let mut texts: Vec<(&str, String)> = arguments
        .iter()
        .map(|argument| {
            let mut text = String::new();
            minify::value(&mut text, &argument.value);
            (argument.name.text.as_str(), text)
        })
        .collect();
    texts.sort();
    texts
}
