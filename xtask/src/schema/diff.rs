//! What changed from one schema to another, and what each change means for documents that were valid before.
//!
//! The categories and their names are those of GraphQL Inspector. Where it is milder than graphql-js, the stricter
//! reading of graphql-js counts: a new optional member of an input is dangerous, a directive that can no longer be
//! repeated breaks.

mod change;
mod directives;
mod members;
mod nullability;
#[cfg(test)]
mod tests;
mod types;

pub(crate) use change::{Change, Class, Reach};

use super::marks::MARK;
use apollo_compiler::Schema;
use apollo_compiler::ast::{Directive, OperationType};
use apollo_compiler::{Name, Node, schema::ExtendedType};

/// Directives whose application has a category of its own, or none: the last is this project's mark, no vendor's.
const WITH_CATEGORIES: [&str; 4] = ["deprecated", "oneOf", "specifiedBy", MARK];

/// Every change, those that break first, then in order of coordinate.
pub(crate) fn diff(old: &Schema, new: &Schema) -> Vec<Change> {
    let mut changes = Vec::new();
    roots(old, new, &mut changes);
    types::compare(old, new, &mut changes);
    directives::compare(old, new, &mut changes);
    changes.sort_by(|a, b| {
        (a.class, &a.coordinate, a.kind, &a.message).cmp(&(
            b.class,
            &b.coordinate,
            b.kind,
            &b.message,
        ))
    });
    changes
}

fn roots(old: &Schema, new: &Schema, changes: &mut Vec<Change>) {
    let kinds = [
        (OperationType::Query, "SCHEMA_QUERY_TYPE_CHANGED"),
        (OperationType::Mutation, "SCHEMA_MUTATION_TYPE_CHANGED"),
        (
            OperationType::Subscription,
            "SCHEMA_SUBSCRIPTION_TYPE_CHANGED",
        ),
    ];
    for (operation, kind) in kinds {
        let (before, after) = (old.root_operation(operation), new.root_operation(operation));
        if before == after {
            continue;
        }
        let message = format!(
            "the root of every {operation} is {}, was {}",
            root_name(after),
            root_name(before)
        );
        let class = match before {
            None => Class::Safe,
            Some(_) => Class::Breaking,
        };
        changes.push(
            Change::new(class, kind, "schema".to_owned(), message)
                .reaching(Reach::Operations(operation)),
        );
    }
}

fn root_name(root: Option<&Name>) -> &str {
    root.map_or("nothing", |it| it.as_str())
}

/// Directives put on a definition or taken from it, other than those with a category of their own.
fn applied<'a>(
    coordinate: &str,
    old: impl IntoIterator<Item = &'a Directive>,
    new: impl IntoIterator<Item = &'a Directive>,
    changes: &mut Vec<Change>,
) {
    let ours = |it: &&Directive| !WITH_CATEGORIES.contains(&it.name.as_str());
    let old: Vec<&Directive> = old.into_iter().filter(ours).collect();
    let new: Vec<&Directive> = new.into_iter().filter(ours).collect();
    let mut differ = |these: &[&Directive], others: &[&Directive], kind, verb| {
        for directive in these.iter().filter(|it| !others.contains(it)) {
            let message = format!("{directive} was {verb} {coordinate}");
            let coordinate = coordinate.to_owned();
            changes.push(Change::new(Class::Dangerous, kind, coordinate, message));
        }
    };
    differ(&new, &old, "DIRECTIVE_USAGE_ADDED", "added to");
    differ(&old, &new, "DIRECTIVE_USAGE_REMOVED", "removed from");
}

/// A description that was written, changed or taken away; never more than news.
fn description(
    prefix: &'static [&'static str; 3],
    coordinate: &str,
    old: Option<&Node<str>>,
    new: Option<&Node<str>>,
    changes: &mut Vec<Change>,
) {
    let [added, removed, changed] = prefix;
    let (kind, verb) = match (old, new) {
        (None, Some(_)) => (added, "has a description now"),
        (Some(_), None) => (removed, "has no description any more"),
        (Some(old), Some(new)) if old != new => (changed, "has another description"),
        _ => return,
    };
    let message = format!("{coordinate} {verb}");
    changes.push(Change::new(
        Class::Safe,
        kind,
        coordinate.to_owned(),
        message,
    ));
}

/// Names of the categories for a deprecation that was added, removed, or given another reason.
struct DeprecationKinds {
    added: &'static str,
    removed: &'static str,
    reason: &'static str,
}

fn deprecation(
    kinds: &DeprecationKinds,
    coordinate: &str,
    old: Option<&Node<Directive>>,
    new: Option<&Node<Directive>>,
    changes: &mut Vec<Change>,
) {
    let reason = |it: &Node<Directive>| {
        let given = it
            .specified_argument_by_name("reason")
            .and_then(|it| it.as_str());
        given.map(str::to_owned)
    };
    let (kind, message) = match (old, new) {
        (None, Some(new)) => {
            let because = reason(new).map_or_else(String::new, |it| format!(": {it}"));
            (
                kinds.added,
                format!("{coordinate} is deprecated now{because}"),
            )
        }
        (Some(_), None) => (
            kinds.removed,
            format!("{coordinate} is no longer deprecated"),
        ),
        (Some(old), Some(new)) if reason(old) != reason(new) => (
            kinds.reason,
            format!("{coordinate} is deprecated for another reason"),
        ),
        _ => return,
    };
    changes.push(Change::new(
        Class::Safe,
        kind,
        coordinate.to_owned(),
        message,
    ));
}

/// What a type is, in a word.
fn kind_of(definition: &ExtendedType) -> &'static str {
    match definition {
        ExtendedType::Scalar(_) => "scalar",
        ExtendedType::Object(_) => "object type",
        ExtendedType::Interface(_) => "interface",
        ExtendedType::Union(_) => "union",
        ExtendedType::Enum(_) => "enum",
        ExtendedType::InputObject(_) => "input object",
    }
}
