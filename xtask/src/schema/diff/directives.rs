//! Definitions of directives.

use super::members::{self, InputKinds};
use super::{Change, Class, DeprecationKinds, Reach, description};
use crate::schema::marks::MARK;
use apollo_compiler::ast::DirectiveDefinition;
use apollo_compiler::{Name, Node, Schema};

static ARGUMENT: InputKinds = InputKinds {
    removed: "DIRECTIVE_ARGUMENT_REMOVED",
    added: "DIRECTIVE_ARGUMENT_ADDED",
    ty: "DIRECTIVE_ARGUMENT_TYPE_CHANGED",
    default: "DIRECTIVE_ARGUMENT_DEFAULT_VALUE_CHANGED",
    description: ["DIRECTIVE_ARGUMENT_DESCRIPTION_CHANGED"; 3],
    deprecation: DeprecationKinds {
        added: "DIRECTIVE_ARGUMENT_DEPRECATION_ADDED",
        removed: "DIRECTIVE_ARGUMENT_DEPRECATION_REMOVED",
        reason: "DIRECTIVE_ARGUMENT_DEPRECATION_REASON_CHANGED",
    },
    optional: Class::Safe,
};

pub(super) fn compare(old: &Schema, new: &Schema, changes: &mut Vec<Change>) {
    for (name, before) in own(old) {
        match new.directive_definitions.get(name) {
            None => changes.push(Change::new(
                Class::Breaking,
                "DIRECTIVE_REMOVED",
                format!("@{name}"),
                format!("the directive @{name} was removed"),
            )),
            Some(after) => one(name, before, after, changes),
        }
    }
    for (name, _) in own(new).filter(|(it, _)| !old.directive_definitions.contains_key(*it)) {
        changes.push(Change::new(
            Class::Safe,
            "DIRECTIVE_ADDED",
            format!("@{name}"),
            format!("the directive @{name} was added"),
        ));
    }
}

/// Directives that are none of the vendor's: the specification's that the parser does not know, and this project's mark.
const NOT_THE_VENDORS: [&str; 2] = ["oneOf", MARK];

/// The directives that the schema defines itself.
fn own(schema: &Schema) -> impl Iterator<Item = (&Name, &Node<DirectiveDefinition>)> {
    let definitions = schema.directive_definitions.iter();
    definitions.filter(|(name, it)| !it.is_built_in() && !NOT_THE_VENDORS.contains(&name.as_str()))
}

fn one(
    name: &Name,
    before: &DirectiveDefinition,
    after: &DirectiveDefinition,
    changes: &mut Vec<Change>,
) {
    const DESCRIPTION: [&str; 3] = ["DIRECTIVE_DESCRIPTION_CHANGED"; 3];
    let coordinate = format!("@{name}");
    let (old_text, new_text) = (before.description.as_ref(), after.description.as_ref());
    description(&DESCRIPTION, &coordinate, old_text, new_text, changes);
    for place in before
        .locations
        .iter()
        .filter(|it| !after.locations.contains(it))
    {
        let message = format!("{coordinate} cannot stand on {place} any more");
        let reach = Reach::Place {
            directive: name.to_string(),
            place: place.to_string(),
        };
        let kind = "DIRECTIVE_LOCATION_REMOVED";
        changes
            .push(Change::new(Class::Breaking, kind, coordinate.clone(), message).reaching(reach));
    }
    for place in after
        .locations
        .iter()
        .filter(|it| !before.locations.contains(it))
    {
        let message = format!("{coordinate} can stand on {place} now");
        let kind = "DIRECTIVE_LOCATION_ADDED";
        changes.push(Change::new(Class::Safe, kind, coordinate.clone(), message));
    }
    match (before.repeatable, after.repeatable) {
        (true, false) => changes.push(Change::new(
            Class::Breaking,
            "DIRECTIVE_REPEATABLE_REMOVED",
            coordinate.clone(),
            format!("{coordinate} cannot be repeated any more"),
        )),
        (false, true) => changes.push(Change::new(
            Class::Safe,
            "DIRECTIVE_REPEATABLE_ADDED",
            coordinate.clone(),
            format!("{coordinate} can be repeated now"),
        )),
        _ => {}
    }
    members::arguments(
        &ARGUMENT,
        &coordinate,
        &before.arguments,
        &after.arguments,
        changes,
    );
}
