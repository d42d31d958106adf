//! The fields of an object, by the rules of the specification ("Field Collection").

use apollo_compiler::{
    ExecutableDocument, Name, Node, Schema,
    ast::{DirectiveList, Value},
    executable::{Field, Selection, SelectionSet},
};
use std::collections::BTreeMap;

/// Which objects fields are collected for.
#[derive(Clone, Copy)]
pub(crate) enum Target<'a> {
    /// Objects of this type.
    Object(&'a Name),
    /// Objects of a type that the schema does not have, declared as this one.
    Unknown(&'a Name),
}

/// Selections that apply to one object.
#[derive(Clone, Copy)]
pub(crate) struct Set<'a> {
    pub(crate) selections: &'a SelectionSet,
    /// What the directives around it come to.
    pub(crate) when: When,
}

/// Whether a selection takes part.
#[derive(Clone, Copy)]
pub(crate) struct When {
    /// In this response.
    pub(crate) now: bool,
    /// In every response.
    pub(crate) always: bool,
}

impl When {
    pub(crate) const ALWAYS: Self = Self {
        now: true,
        always: true,
    };
}

/// One field as it is written somewhere.
#[derive(Clone, Copy)]
pub(crate) struct Occurrence<'a> {
    pub(crate) field: &'a Node<Field>,
    pub(crate) when: When,
}

/// Fields by response key, in the order of the document.
pub(crate) type Collected<'a> = Vec<(&'a Name, Vec<Occurrence<'a>>)>;

/// What the variables of `@skip` and `@include` are in one response.
pub(crate) struct Conditions<'a> {
    pub(crate) values: BTreeMap<&'a str, bool>,
    pub(crate) random: fastrand::Rng,
}

impl<'a> Conditions<'a> {
    fn when(&mut self, directives: &'a DirectiveList) -> When {
        let mut when = When::ALWAYS;
        for directive in directives.iter() {
            let wanted = match directive.name.as_str() {
                "include" => true,
                "skip" => false,
                _ => continue,
            };
            when.always = false;
            let value = match directive.specified_argument_by_name("if").map(|it| &**it) {
                Some(Value::Boolean(value)) => *value,
                Some(Value::Variable(name)) => {
                    let random = &mut self.random;
                    *self.values.entry(name).or_insert_with(|| random.bool())
                }
                _ => wanted,
            };
            when.now &= value == wanted;
        }
        when
    }
}

/// The fields that the sets select on the target.
pub(crate) fn collect<'a>(
    schema: &Schema,
    document: &'a ExecutableDocument,
    target: Target<'_>,
    sets: &[Set<'a>],
    conditions: &mut Conditions<'a>,
) -> Collected<'a> {
    let mut collected = Collected::new();
    let mut collector = Collector {
        schema,
        document,
        target,
        conditions,
    };
    for set in sets {
        collector.set(*set, &mut collected);
    }
    collected
}

struct Collector<'c, 'a> {
    schema: &'c Schema,
    document: &'a ExecutableDocument,
    target: Target<'c>,
    conditions: &'c mut Conditions<'a>,
}

impl<'a> Collector<'_, 'a> {
    fn set(&mut self, set: Set<'a>, collected: &mut Collected<'a>) {
        for selection in &set.selections.selections {
            let own = self.conditions.when(selection.directives());
            let when = When {
                now: set.when.now && own.now,
                always: set.when.always && own.always,
            };
            let selections = match selection {
                Selection::Field(field) => {
                    let occurrence = Occurrence { field, when };
                    let key = field.response_key();
                    match collected.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, occurrences)) => occurrences.push(occurrence),
                        None => collected.push((key, vec![occurrence])),
                    }
                    continue;
                }
                Selection::InlineFragment(inline) => &inline.selection_set,
                Selection::FragmentSpread(spread) => match spread.fragment_def(self.document) {
                    Some(fragment) => &fragment.selection_set,
                    None => continue,
                },
            };
            if applies(self.schema, &selections.ty, self.target) {
                self.set(Set { selections, when }, collected);
            }
        }
    }
}

fn applies(schema: &Schema, condition: &Name, target: Target<'_>) -> bool {
    match target {
        Target::Object(object) => condition == object || schema.is_subtype(condition, object),
        // Nothing else is known of such an object than that it is what its field declares.
        Target::Unknown(declared) => {
            condition == declared
                || (!schema.types.get(condition).is_some_and(|it| it.is_union())
                    && schema.is_subtype(condition, declared))
        }
    }
}
