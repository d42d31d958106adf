//! Turns selection sets into shapes: merges fields and fragments, separates the types that differ.

use std::collections::{BTreeSet, HashSet};

use super::{
    AbstractShape, Evidence, Member, ObjectShape, Output, Schema, Shape, ShapeField, ShapeId,
    Shapes, schema::Field, shape::Named,
};
use crate::syntax::{self, Directive, Document, Selection, Type};

/// Resolves the selections of one operation, which [`super::check`] found valid.
pub(crate) struct Selector<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) document: &'a Document,
    pub(crate) shapes: Shapes,
    /// Fields whose selection the sent document opens with `__typename`, by address.
    pub(crate) typed: HashSet<*const syntax::Field>,
}

/// Selections on one parent type, and whether a directive can leave them out.
#[derive(Clone, Copy)]
pub(crate) struct Set<'a> {
    pub(crate) selections: &'a [Selection],
    pub(crate) parent: &'a str,
    pub(crate) conditional: bool,
}

/// One field as it is written somewhere.
#[derive(Clone, Copy)]
struct Occurrence<'a> {
    field: &'a syntax::Field,
    parent: &'a str,
    conditional: bool,
}

/// Fields by response key, in the order of the response.
type Collected<'a> = Vec<(&'a str, Vec<Occurrence<'a>>)>;

/// Which objects a collection is made for.
#[derive(Clone, Copy)]
enum Target<'a> {
    /// Objects of this type.
    Object(&'a str),
    /// Objects about which only the declared type is known.
    Declared(&'a str),
}

impl<'a> Selector<'a> {
    /// The shape of merged selections on `ty`.
    pub(crate) fn shape(&mut self, ty: &'a str, sets: &[Set<'a>], path: &[String]) -> ShapeId {
        let fragment = self.only_fragment(ty, sets);
        let label = fragment.unwrap_or(ty).to_owned();
        let named = |shape| Named {
            label: label.clone(),
            path: path.to_vec(),
            shape,
        };
        if !self.schema.is_abstract(ty) {
            let collected = self.collect(Target::Object(ty), sets);
            let object = self.object(ty, Some(ty), collected, false, path);
            return self
                .shapes
                .intern(named(Shape::Object(object)), fragment.is_some());
        }
        let common = self.collect(Target::Declared(ty), sets);
        let members = self.members(ty, sets, &common);
        if members.is_empty() {
            let object = self.object(ty, None, common, false, path);
            return self
                .shapes
                .intern(named(Shape::Object(object)), fragment.is_some());
        }
        let members = members
            .into_iter()
            .map(|(label, types, collected)| {
                let concrete = types.first().copied().filter(|only| *only == label);
                // A group is described by the interface that makes it one.
                let member_type = self.schema.get(&label).map_or(ty, |def| def.name.as_str());
                let keeps_type_name = concrete.is_none();
                let collected = without_type_name(collected);
                let object = self.object(member_type, concrete, collected, keeps_type_name, path);
                let shape = Shape::Object(object);
                let named = Named {
                    label: label.clone(),
                    path: path.to_vec(),
                    shape,
                };
                Member {
                    label,
                    types: types.into_iter().map(str::to_owned).collect(),
                    shape: self.shapes.intern(named, false),
                }
            })
            .collect();
        let other = self.object(ty, None, without_type_name(common), true, path);
        let other = Named {
            label: format!("Other{label}"),
            path: path.to_vec(),
            shape: Shape::Object(other),
        };
        let shape = AbstractShape {
            type_name: ty.to_owned(),
            description: self.description(ty).to_owned(),
            members,
            other: self.shapes.intern(other, false),
        };
        self.shapes
            .intern(named(Shape::Abstract(shape)), fragment.is_some())
    }

    /// The variants of an abstract selection: each object type that a condition names, and one
    /// for all other types that conditions on interfaces select alike.
    fn members(
        &self,
        ty: &'a str,
        sets: &[Set<'a>],
        common: &Collected<'a>,
    ) -> Vec<(String, Vec<&'a str>, Collected<'a>)> {
        let mut conditions = Vec::new();
        for set in sets {
            self.conditions(set.selections, &mut conditions);
        }
        let conditions: Vec<&str> = conditions
            .into_iter()
            .filter(|name| !self.always(name, ty))
            .collect();
        let mut members: Vec<(String, Vec<&str>, Collected<'_>)> = Vec::new();
        let possible = self.schema.possible(ty);
        let named = conditions
            .iter()
            .copied()
            .filter(|name| possible.contains(name));
        let rest = possible
            .iter()
            .copied()
            .filter(|name| !conditions.contains(name));
        for object in named.chain(rest) {
            let collected = self.collect(Target::Object(object), sets);
            if same(&collected, common) {
                continue;
            }
            if conditions.contains(&object) {
                members.push((object.to_owned(), vec![object], collected));
                continue;
            }
            let label: Vec<&str> = conditions
                .iter()
                .copied()
                .filter(|name| self.schema.possible(name).contains(object))
                .collect();
            let label = label.join("And");
            match members
                .iter_mut()
                .find(|known| known.0 == label && same(&known.2, &collected))
            {
                Some(known) => known.1.push(object),
                None => members.push((label, vec![object], collected)),
            }
        }
        members
    }

    /// Every type condition in the selections, each once, in the order of the document.
    fn conditions(&self, selections: &'a [Selection], found: &mut Vec<&'a str>) {
        for selection in selections {
            let (condition, inner) = match selection {
                Selection::Field(_) => continue,
                Selection::Inline(inline) => (inline.condition.as_ref(), &inline.selections),
                Selection::Spread(spread) => match self.fragment(&spread.name.text) {
                    Some(fragment) => (Some(&fragment.condition), &fragment.selections),
                    None => continue,
                },
            };
            if let Some(name) = condition.filter(|name| !found.contains(&name.text.as_str())) {
                found.push(&name.text);
            }
            self.conditions(inner, found);
        }
    }

    /// True when every object declared as `ty`, known or not, meets the condition.
    fn always(&self, condition: &str, ty: &str) -> bool {
        use super::TypeKind::{Interface, Object};
        condition == ty
            || match self.schema.get(ty).map(|def| &def.kind) {
                Some(Object(composite) | Interface(composite)) => {
                    composite.interfaces.iter().any(|name| name == condition)
                }
                _ => false,
            }
    }

    fn applies(&self, condition: &str, target: Target<'a>) -> bool {
        match target {
            Target::Object(object) => self.schema.possible(condition).contains(object),
            Target::Declared(ty) => self.always(condition, ty),
        }
    }

    fn collect(&self, target: Target<'a>, sets: &[Set<'a>]) -> Collected<'a> {
        let mut collected = Vec::new();
        for set in sets {
            self.collect_set(target, *set, &mut collected);
        }
        collected
    }

    fn collect_set(&self, target: Target<'a>, set: Set<'a>, collected: &mut Collected<'a>) {
        for selection in set.selections {
            let (condition, directives, selections) = match selection {
                Selection::Field(field) => {
                    let occurrence = Occurrence {
                        field,
                        parent: set.parent,
                        conditional: set.conditional || is_conditional(&field.directives),
                    };
                    match collected.iter_mut().find(|(key, _)| *key == field.key()) {
                        Some((_, occurrences)) => occurrences.push(occurrence),
                        None => collected.push((field.key(), vec![occurrence])),
                    }
                    continue;
                }
                Selection::Inline(inline) => (
                    inline.condition.as_ref(),
                    &inline.directives,
                    &inline.selections,
                ),
                Selection::Spread(spread) => match self.fragment(&spread.name.text) {
                    Some(fragment) => (
                        Some(&fragment.condition),
                        &spread.directives,
                        &fragment.selections,
                    ),
                    None => continue,
                },
            };
            let parent = condition.map_or(set.parent, |name| name.text.as_str());
            if condition.is_none_or(|name| self.applies(&name.text, target)) {
                let conditional = set.conditional || is_conditional(directives);
                self.collect_set(
                    target,
                    Set {
                        selections,
                        parent,
                        conditional,
                    },
                    collected,
                );
            }
        }
    }

    /// A struct of collected fields. `concrete` is the object type when there is only one.
    fn object(
        &mut self,
        ty: &'a str,
        concrete: Option<&'a str>,
        collected: Collected<'a>,
        keeps_type_name: bool,
        path: &[String],
    ) -> ObjectShape {
        let fields = collected
            .into_iter()
            .filter_map(|(key, occurrences)| self.field(ty, concrete, key, &occurrences, path))
            .collect();
        ObjectShape {
            type_name: ty.to_owned(),
            description: self.description(ty).to_owned(),
            evidence: self
                .schema
                .get(ty)
                .map(|def| def.evidence)
                .unwrap_or_default(),
            keeps_type_name,
            fields,
        }
    }

    fn field(
        &mut self,
        ty: &str,
        concrete: Option<&'a str>,
        key: &str,
        occurrences: &[Occurrence<'a>],
        path: &[String],
    ) -> Option<ShapeField> {
        let first = occurrences.first()?;
        let optional = occurrences.iter().all(|occurrence| occurrence.conditional);
        if first.field.name.text == "__typename" {
            return Some(ShapeField {
                key: key.to_owned(),
                name: first.field.name.text.clone(),
                description: "The name of the object's type.".to_owned(),
                deprecated: None,
                evidence: Evidence::default(),
                lenient: false,
                ty: nullable(Output::Leaf("String".to_owned()), optional),
            });
        }
        let field: &'a Field = self
            .schema
            .field(concrete.unwrap_or(first.parent), &first.field.name.text)?;
        let leaf = self.schema.is_leaf(&field.ty.name().text);
        let inner = if leaf {
            Output::Leaf(field.ty.name().text.clone())
        } else {
            // A sub-selection that only some of several occurrences carry can be missing.
            let sets: Vec<Set<'a>> = occurrences
                .iter()
                .map(|occurrence| Set {
                    selections: &occurrence.field.selections,
                    parent: &field.ty.name().text,
                    conditional: occurrence.conditional && occurrences.len() > 1,
                })
                .collect();
            let mut path = path.to_vec();
            path.extend([ty.to_owned(), key.to_owned()]);
            let shape = self.shape(&field.ty.name().text, &sets, &path);
            if let Some(Shape::Abstract(_)) = self.shapes.get(shape).map(|named| &named.shape) {
                self.typed
                    .extend(occurrences.iter().map(|o| std::ptr::from_ref(o.field)));
            }
            Output::Shape(shape)
        };
        Some(ShapeField {
            key: key.to_owned(),
            name: first.field.name.text.clone(),
            description: field.description.clone(),
            deprecated: field.deprecated.clone(),
            evidence: field.evidence,
            lenient: leaf && field.evidence.shape_inferred,
            ty: output(&field.ty, inner, optional),
        })
    }

    /// The fragment a selection consists of, when it is nothing else and on this very type.
    fn only_fragment(&self, ty: &str, sets: &[Set<'a>]) -> Option<&'a str> {
        let [
            Set {
                selections: [Selection::Spread(spread)],
                ..
            },
        ] = sets
        else {
            return None;
        };
        let fragment = self.fragment(&spread.name.text)?;
        let plain = spread.directives.is_empty() && fragment.condition.text == ty;
        plain.then_some(fragment.name.text.as_str())
    }

    fn fragment(&self, name: &str) -> Option<&'a syntax::Fragment> {
        self.document.fragment(name)
    }

    fn description(&self, ty: &str) -> &'a str {
        self.schema
            .get(ty)
            .map_or("", |def| def.description.as_str())
    }
}

/// True when a variable can leave the selection out.
fn is_conditional(directives: &[Directive]) -> bool {
    directives
        .iter()
        .any(|directive| matches!(directive.name.text.as_str(), "skip" | "include"))
}

/// Equal when the same places of the document were collected.
fn same(left: &Collected<'_>, right: &Collected<'_>) -> bool {
    let places = |collected: &Collected<'_>| -> BTreeSet<*const syntax::Field> {
        collected
            .iter()
            .flat_map(|(_, occurrences)| occurrences)
            .map(|occurrence| std::ptr::from_ref(occurrence.field))
            .collect()
    };
    places(left) == places(right)
}

/// A variant says which type it is, so its struct need not repeat a plain `__typename`.
fn without_type_name(mut collected: Collected<'_>) -> Collected<'_> {
    collected.retain(|(key, _)| *key != "__typename");
    collected
}

fn output(ty: &Type, inner: Output, optional: bool) -> Output {
    fn non_null(ty: &Type, inner: Output) -> Output {
        match ty {
            Type::Named(_) => inner,
            Type::List(item) => Output::List(Box::new(output(item, inner, false))),
            Type::NonNull(ty) => non_null(ty, inner),
        }
    }
    nullable(non_null(ty, inner), optional || !ty.is_non_null())
}

fn nullable(ty: Output, is_nullable: bool) -> Output {
    if is_nullable {
        Output::Optional(Box::new(ty))
    } else {
        ty
    }
}
