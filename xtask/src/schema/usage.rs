//! What an operation uses of its schema, by schema coordinate.

use super::diff::Reach;
use apollo_compiler::ast::{Directive, OperationType, Type, Value};
use apollo_compiler::executable::{Operation, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Name, Node, Schema};
use std::collections::BTreeSet;

/// Everything that one operation touches.
///
/// What a variable may hold counts as used, down to the last member of the last input: a caller may give it.
#[derive(Debug)]
pub(crate) struct Usage {
    pub(crate) operation: String,
    kind: OperationType,
    coordinates: BTreeSet<String>,
    /// Pairs of a type and the type that a fragment narrows it to.
    narrowed: BTreeSet<(String, String)>,
    /// Directives and where they stand.
    places: BTreeSet<(String, String)>,
}

impl Usage {
    /// What each operation of a document uses. The document is valid for the schema.
    pub(crate) fn of(document: &ExecutableDocument, schema: &Schema) -> Vec<Self> {
        let operations = document.operations.iter();
        operations
            .map(|it| Self::of_operation(document, it, schema))
            .collect()
    }

    fn of_operation(document: &ExecutableDocument, operation: &Operation, schema: &Schema) -> Self {
        let mut walk = Walk {
            schema,
            document,
            fragments: BTreeSet::new(),
            given: BTreeSet::new(),
            usage: Self {
                operation: operation
                    .name
                    .as_ref()
                    .map_or_else(|| "without a name".to_owned(), ToString::to_string),
                kind: operation.operation_type,
                coordinates: BTreeSet::new(),
                narrowed: BTreeSet::new(),
                places: BTreeSet::new(),
            },
        };
        let place = match operation.operation_type {
            OperationType::Query => "QUERY",
            OperationType::Mutation => "MUTATION",
            OperationType::Subscription => "SUBSCRIPTION",
        };
        walk.directives(&operation.directives, place);
        for variable in &operation.variables {
            walk.directives(&variable.directives, "VARIABLE_DEFINITION");
            walk.given(variable.ty.inner_named_type());
            if let Some(value) = &variable.default_value {
                walk.value(value, &variable.ty);
            }
        }
        walk.selections(&operation.selection_set);
        walk.usage
    }

    /// Whether the operation uses what the coordinate names.
    pub(crate) fn uses(&self, coordinate: &str) -> bool {
        self.coordinates.contains(coordinate)
    }

    /// Whether a change of the schema reaches the operation. `schema` is the one before the change.
    pub(crate) fn is_reached(&self, reach: &Reach, schema: &Schema) -> bool {
        match reach {
            Reach::Nothing => false,
            Reach::Coordinate(coordinate) => self.uses(coordinate),
            Reach::Operations(kind) => self.kind == *kind,
            Reach::Overlap { whole, part } => self.narrowed.iter().any(|(outer, inner)| {
                let other = match () {
                    () if outer == whole => inner,
                    () if inner == whole => outer,
                    () => return false,
                };
                other == part || schema.is_subtype(other, part)
            }),
            Reach::Place { directive, place } => {
                let key = (directive.clone(), place.clone());
                self.places.contains(&key)
            }
        }
    }
}

struct Walk<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    fragments: BTreeSet<Name>,
    /// Types of variables that were looked through.
    given: BTreeSet<Name>,
    usage: Usage,
}

impl Walk<'_> {
    fn uses(&mut self, coordinate: impl Into<String>) {
        self.usage.coordinates.insert(coordinate.into());
    }

    fn selections(&mut self, set: &SelectionSet) {
        self.uses(set.ty.as_str());
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    self.directives(&field.directives, "FIELD");
                    let coordinate = format!("{}.{}", set.ty, field.name);
                    self.uses(field.definition.ty.inner_named_type().as_str());
                    for argument in &field.arguments {
                        self.uses(format!("{coordinate}({}:)", argument.name));
                        if let Some(definition) = field.definition.argument_by_name(&argument.name)
                        {
                            self.value(&argument.value, &definition.ty);
                        }
                    }
                    self.uses(coordinate);
                    // A leaf has a set too, without selections.
                    self.selections(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.directives, "INLINE_FRAGMENT");
                    if let Some(condition) = &fragment.type_condition {
                        self.narrows(&set.ty, condition);
                    }
                    self.selections(&fragment.selection_set);
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.directives, "FRAGMENT_SPREAD");
                    let Some(fragment) = self.document.fragments.get(&spread.fragment_name) else {
                        continue;
                    };
                    self.narrows(&set.ty, fragment.type_condition());
                    if self.fragments.insert(spread.fragment_name.clone()) {
                        self.directives(&fragment.directives, "FRAGMENT_DEFINITION");
                        self.selections(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn narrows(&mut self, outer: &Name, inner: &Name) {
        self.uses(inner.as_str());
        if outer != inner {
            let pair = (outer.to_string(), inner.to_string());
            self.usage.narrowed.insert(pair);
        }
    }

    fn directives(&mut self, directives: &[Node<Directive>], place: &str) {
        for directive in directives {
            let name = &directive.name;
            let key = (name.to_string(), place.to_owned());
            self.usage.places.insert(key);
            self.uses(format!("@{name}"));
            let Some(definition) = self.schema.directive_definitions.get(name).cloned() else {
                continue;
            };
            for argument in &directive.arguments {
                self.uses(format!("@{name}({}:)", argument.name));
                if let Some(definition) = definition.argument_by_name(&argument.name) {
                    self.value(&argument.value, &definition.ty);
                }
            }
        }
    }

    /// A type that a variable has: all that its values can hold.
    fn given(&mut self, name: &Name) {
        self.uses(name.as_str());
        if !self.given.insert(name.clone()) {
            return;
        }
        let Some(ExtendedType::InputObject(input)) = self.schema.types.get(name) else {
            return;
        };
        for (member, definition) in &input.clone().fields {
            self.uses(format!("{name}.{member}"));
            self.given(definition.ty.inner_named_type());
        }
    }

    /// A literal: what it names, and no more.
    fn value(&mut self, value: &Node<Value>, ty: &Type) {
        let name = ty.inner_named_type();
        if !matches!(&**value, Value::Variable(_)) {
            self.uses(name.as_str());
        }
        match &**value {
            Value::List(items) => items
                .iter()
                .for_each(|item| self.value(item, ty.item_type())),
            Value::Enum(value) => {
                self.uses(format!("{name}.{value}"));
            }
            Value::Object(members) => {
                let Some(ExtendedType::InputObject(input)) = self.schema.types.get(name) else {
                    return;
                };
                let input = input.clone();
                for (member, value) in members {
                    self.uses(format!("{name}.{member}"));
                    if let Some(definition) = input.fields.get(member) {
                        self.value(value, &definition.ty);
                    }
                }
            }
            _ => {}
        }
    }
}
