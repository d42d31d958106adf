//! A random response for an operation.

use std::collections::BTreeMap;

use apollo_compiler::{
    ExecutableDocument, Name, Schema,
    ast::{FieldDefinition, Type, Value},
    executable::SelectionSet,
    schema::ExtendedType,
};
use fastrand::Rng;

use crate::{
    Leaf, Scalar,
    collect::{Conditions, Occurrence, Set, Target, When, collect},
    leaf::{self, Place, pick},
    response::{Entry, Node},
};

/// Values of a response after which lists are empty and what may be null is.
const ROOM: usize = 400;

/// The type of an object that the schema does not know.
const NEW_TYPE: &str = "AddedLater";

/// What responses are made from.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) document: &'a ExecutableDocument,
    pub(crate) possible: &'a BTreeMap<Name, Vec<Name>>,
    pub(crate) scalars: &'a BTreeMap<&'static str, Scalar>,
}

/// How a server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    /// As the schema says.
    Exact,
    /// One that has gone on: new keys, enum values and types, another order of keys, and other types
    /// where the schema guesses.
    Newer,
}

/// The `data` of a response to the selections on a root type.
pub(crate) fn data(source: Source<'_>, root: &SelectionSet, server: Server, seed: u64) -> Node {
    let mut random = Rng::with_seed(seed);
    let conditions = Conditions {
        values: BTreeMap::new(),
        random: random.fork(),
    };
    let mut generator = Generator {
        source,
        server,
        // Some responses have no nulls, some nothing else.
        nulls: pick(&mut random, &[0.0, 0.1, 0.5, 1.0])
            .copied()
            .unwrap_or(0.0),
        room: ROOM,
        conditions,
        random,
    };
    let set = Set {
        selections: root,
        when: When::ALWAYS,
    };
    generator.object(&root.ty, &[set])
}

struct Generator<'a> {
    source: Source<'a>,
    server: Server,
    nulls: f64,
    room: usize,
    conditions: Conditions<'a>,
    random: Rng,
}

/// A field of the object that is being made.
#[derive(Clone, Copy)]
struct Field<'f, 'a> {
    occurrences: &'f [Occurrence<'a>],
    /// True where the type of the leaf is a guess.
    guessed: bool,
}

impl<'a> Generator<'a> {
    fn object(&mut self, declared: &Name, sets: &[Set<'a>]) -> Node {
        let concrete = self.concrete(declared);
        let target = match &concrete {
            Some(name) => Target::Object(name),
            None => Target::Unknown(declared),
        };
        let Source {
            schema, document, ..
        } = self.source;
        let fields = collect(schema, document, target, sets, &mut self.conditions);
        let mut entries: Vec<Entry> = fields
            .into_iter()
            .map(|(key, occurrences)| self.entry(concrete.as_ref(), key, &occurrences))
            .collect();
        if self.server == Server::Newer {
            self.add_keys(&mut entries);
        }
        Node::Object(entries)
    }

    /// The object's type; `None` for one that the schema does not know.
    fn concrete(&mut self, declared: &Name) -> Option<Name> {
        let Some(possible) = self.source.possible.get(declared) else {
            return Some(declared.clone());
        };
        if self.server == Server::Newer && self.random.u8(..4) == 0 {
            return None;
        }
        pick(&mut self.random, possible).cloned()
    }

    fn add_keys(&mut self, entries: &mut Vec<Entry>) {
        for number in 0..self.random.usize(..3) {
            let at = self.random.usize(..=entries.len());
            let value = leaf::any(&mut self.random, 3);
            let entry = Entry {
                key: format!("addedLater{number}"),
                value: Some(Node::Leaf(Leaf::same(value))),
                kept: false,
                required: false,
                refuses_null: false,
            };
            entries.insert(at, entry);
        }
        if self.random.u8(..4) == 0 {
            self.random.shuffle(entries);
        }
    }

    fn entry(
        &mut self,
        concrete: Option<&Name>,
        key: &Name,
        occurrences: &[Occurrence<'a>],
    ) -> Entry {
        let schema = self.source.schema;
        let mut definitions: Vec<&FieldDefinition> =
            occurrences.iter().map(|it| &*it.field.definition).collect();
        let name = occurrences.first().map(|it| &it.field.name);
        let own = concrete
            .zip(name)
            .and_then(|(ty, name)| schema.type_field(ty, name).ok());
        // What the object's own type says goes before what an interface says.
        if let Some(own) = own {
            definitions.insert(0, &**own);
        }
        let mut entry = Entry {
            key: key.to_string(),
            value: None,
            kept: true,
            required: false,
            refuses_null: false,
        };
        let (Some(name), Some(definition)) = (name, definitions.first()) else {
            return entry;
        };
        let is_sent = occurrences.iter().any(|it| it.when.now);
        let is_required = occurrences.iter().any(|it| it.when.always)
            && definitions.iter().all(|it| it.ty.is_non_null());
        if name == "__typename" {
            let ty = concrete.map_or(NEW_TYPE, |it| it.as_str());
            entry.value = is_sent.then(|| Node::Leaf(Leaf::same(ty.into())));
            entry.required = is_sent && is_required;
            entry.refuses_null = entry.required;
            return entry;
        }
        let ty = definition.ty.inner_named_type();
        let place = self.place(ty);
        let guesses = definitions.iter().filter(|it| is_guessed(it)).count();
        let field = Field {
            occurrences,
            guessed: place.is_some() && guesses == definitions.len(),
        };
        entry.value = is_sent.then(|| self.value(&definition.ty, field));
        let firm = guesses == 0 || place.is_none_or(Place::refuses_null_when_guessed);
        entry.required = is_sent && is_required && (firm || definition.ty.is_list());
        entry.refuses_null =
            entry.required && (definition.ty.is_list() || !place.is_some_and(Place::takes_null));
        entry
    }

    fn place(&self, name: &'a Name) -> Option<Place<'a>> {
        place(self.source, name)
    }

    fn value(&mut self, ty: &Type, field: Field<'_, 'a>) -> Node {
        let is_null = self.room == 0 || self.random.f64() < self.nulls;
        if is_null && !ty.is_non_null() {
            return Node::null();
        }
        self.room = self.room.saturating_sub(1);
        match ty {
            Type::List(item) | Type::NonNullList(item) => self.list(item, field),
            Type::Named(name) | Type::NonNullNamed(name) => self.named(name, field),
        }
    }

    fn list(&mut self, item: &Type, field: Field<'_, 'a>) -> Node {
        let longest = if self.room == 0 { 0 } else { 3 };
        let bare = field.guessed && self.server == Server::Newer && self.random.u8(..8) == 0;
        let count = if bare {
            1
        } else {
            self.random.usize(..=longest)
        };
        let items: Vec<Node> = (0..count).map(|_| self.value(item, field)).collect();
        let place = place(self.source, item.inner_named_type());
        let takes_null = !item.is_list() && place.is_some_and(Place::takes_null);
        let guess_takes_null = field.guessed
            && !item.is_list()
            && !place.is_some_and(Place::refuses_null_when_guessed);
        Node::List {
            // Null in place of a list of one is null, and a list in a list is no bare item.
            bare: bare
                && !item.is_list()
                && !matches!(&items[..], [Node::Leaf(only)] if only.sent.is_null()),
            items,
            items_refuse_null: item.is_non_null() && !takes_null && !guess_takes_null,
        }
    }

    fn named(&mut self, name: &Name, field: Field<'_, 'a>) -> Node {
        if let Some(place) = place(self.source, name) {
            let random = &mut self.random;
            return Node::Leaf(match self.server {
                Server::Newer if field.guessed && random.u8(..4) == 0 => {
                    let bare = field.occurrences.iter().all(|it| !it.field.ty().is_list());
                    place.unguessed(bare, random)
                }
                Server::Newer => place.newer(random),
                Server::Exact => place.valid(random),
            });
        }
        // Of several selections of one field, each goes by its own directives; a single one is there, or
        // there is no object.
        let merged = field.occurrences.len() > 1;
        let sets: Vec<Set<'a>> = field
            .occurrences
            .iter()
            .map(|it| Set {
                selections: &it.field.selection_set,
                when: if merged { it.when } else { When::ALWAYS },
            })
            .collect();
        self.object(name, &sets)
    }
}

/// Where a scalar or enum goes; `None` for other types.
fn place<'n>(source: Source<'n>, name: &'n Name) -> Option<Place<'n>> {
    let ty = source.schema.types.get(name)?;
    let is_leaf = matches!(ty, ExtendedType::Scalar(_) | ExtendedType::Enum(_));
    is_leaf.then(|| Place {
        name,
        ty,
        mapped: source.scalars.get(name.as_str()).copied(),
    })
}

/// True for what is marked `@inferred(what: [SHAPE])`.
fn is_guessed(definition: &FieldDefinition) -> bool {
    let marks = definition
        .directives
        .iter()
        .filter(|it| it.name == "inferred");
    let mut what = marks.filter_map(|it| it.specified_argument_by_name("what"));
    what.any(|what| match &**what {
        Value::List(items) => items
            .iter()
            .any(|it| matches!(&**it, Value::Enum(name) if name == "SHAPE")),
        Value::Enum(name) => name == "SHAPE",
        _ => false,
    })
}
