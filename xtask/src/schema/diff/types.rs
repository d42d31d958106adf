//! Types that came, went or became something else, and what they consist of.

use super::{Change, Class, Reach, applied, description, kind_of, members};
use crate::schema::marks::MARK_ENUM;
use apollo_compiler::ast::Directive;
use apollo_compiler::collections::IndexSet;
use apollo_compiler::schema::{ComponentName, DirectiveList, EnumType, ExtendedType};
use apollo_compiler::{Name, Schema};

const DESCRIPTION: [&str; 3] = [
    "TYPE_DESCRIPTION_ADDED",
    "TYPE_DESCRIPTION_REMOVED",
    "TYPE_DESCRIPTION_CHANGED",
];

pub(super) fn compare(old: &Schema, new: &Schema, changes: &mut Vec<Change>) {
    for (name, before) in own_types(old) {
        match new.types.get(name) {
            None => changes.push(Change::new(
                Class::Breaking,
                "TYPE_REMOVED",
                name.to_string(),
                format!("the {} {name} was removed", kind_of(before)),
            )),
            Some(after) => one(name, before, after, changes),
        }
    }
    for (name, after) in own_types(new) {
        if !old.types.contains_key(name) {
            changes.push(Change::new(
                Class::Safe,
                "TYPE_ADDED",
                name.to_string(),
                format!("the {} {name} was added", kind_of(after)),
            ));
        }
    }
}

/// The vendor's types. A built-in scalar is there or not by whether it is used, and the enum of our mark is ours.
fn own_types(schema: &Schema) -> impl Iterator<Item = (&Name, &ExtendedType)> {
    let own = |(name, it): &(&Name, &ExtendedType)| !it.is_built_in() && name.as_str() != MARK_ENUM;
    schema.types.iter().filter(own)
}

fn one(name: &Name, before: &ExtendedType, after: &ExtendedType, changes: &mut Vec<Change>) {
    description(
        &DESCRIPTION,
        name,
        before.description(),
        after.description(),
        changes,
    );
    match (before, after) {
        (ExtendedType::Scalar(old), ExtendedType::Scalar(new)) => {
            specified_by(name, &old.directives, &new.directives, changes);
        }
        (ExtendedType::Object(old), ExtendedType::Object(new)) => {
            let (old_set, new_set) = (&old.implements_interfaces, &new.implements_interfaces);
            interfaces(name, old_set, new_set, changes);
            members::fields(name, &old.fields, &new.fields, changes);
        }
        (ExtendedType::Interface(old), ExtendedType::Interface(new)) => {
            let (old_set, new_set) = (&old.implements_interfaces, &new.implements_interfaces);
            interfaces(name, old_set, new_set, changes);
            members::fields(name, &old.fields, &new.fields, changes);
        }
        (ExtendedType::Union(old), ExtendedType::Union(new)) => {
            union(name, &old.members, &new.members, changes);
        }
        (ExtendedType::Enum(old), ExtendedType::Enum(new)) => values(name, old, new, changes),
        (ExtendedType::InputObject(old), ExtendedType::InputObject(new)) => {
            one_of(name, &old.directives, &new.directives, changes);
            members::input_fields(name, &old.fields, &new.fields, changes);
        }
        _ => {
            let message = format!(
                "{name} is a {} now, was a {}",
                kind_of(after),
                kind_of(before)
            );
            let name = name.to_string();
            changes.push(Change::new(
                Class::Breaking,
                "TYPE_KIND_CHANGED",
                name,
                message,
            ));
            return;
        }
    }
    applied(
        name,
        own(before.directives()),
        own(after.directives()),
        changes,
    );
}

fn own(list: &DirectiveList) -> impl Iterator<Item = &Directive> {
    list.0.iter().map(|it| &*it.node)
}

fn specified_by(name: &Name, old: &DirectiveList, new: &DirectiveList, changes: &mut Vec<Change>) {
    let url = |list: &DirectiveList| {
        let directive = list.get("specifiedBy")?;
        let url = directive.specified_argument_by_name("url")?.as_str()?;
        Some(url.to_owned())
    };
    if url(old) != url(new) {
        changes.push(Change::new(
            Class::Safe,
            "SPECIFIED_BY_URL_CHANGED",
            name.to_string(),
            format!("{name} names another specification, or none"),
        ));
    }
}

fn one_of(name: &Name, old: &DirectiveList, new: &DirectiveList, changes: &mut Vec<Change>) {
    match (old.has("oneOf"), new.has("oneOf")) {
        (false, true) => changes.push(Change::new(
            Class::Breaking,
            "ONE_OF_ADDED",
            name.to_string(),
            format!("{name} takes exactly one of its members now"),
        )),
        (true, false) => changes.push(Change::new(
            Class::Safe,
            "ONE_OF_REMOVED",
            name.to_string(),
            format!("{name} takes any number of its members now"),
        )),
        _ => {}
    }
}

fn interfaces(
    name: &Name,
    old: &IndexSet<ComponentName>,
    new: &IndexSet<ComponentName>,
    changes: &mut Vec<Change>,
) {
    for gone in old.iter().filter(|it| !contains(new, it)) {
        let message = format!("{name} does not implement {} any more", gone.name);
        let overlap = Reach::Overlap {
            whole: gone.name.to_string(),
            part: name.to_string(),
        };
        changes.push(
            Change::new(
                Class::Breaking,
                "OBJECT_TYPE_INTERFACE_REMOVED",
                name.to_string(),
                message,
            )
            .reaching(overlap),
        );
    }
    for come in new.iter().filter(|it| !contains(old, it)) {
        let message = format!("{name} implements {} now", come.name);
        changes.push(
            Change::new(
                Class::Dangerous,
                "OBJECT_TYPE_INTERFACE_ADDED",
                name.to_string(),
                message,
            )
            .reaching(Reach::Coordinate(come.name.to_string())),
        );
    }
}

fn union(
    name: &Name,
    old: &IndexSet<ComponentName>,
    new: &IndexSet<ComponentName>,
    changes: &mut Vec<Change>,
) {
    for gone in old.iter().filter(|it| !contains(new, it)) {
        let message = format!("{} is no member of {name} any more", gone.name);
        let overlap = Reach::Overlap {
            whole: name.to_string(),
            part: gone.name.to_string(),
        };
        changes.push(
            Change::new(
                Class::Breaking,
                "UNION_MEMBER_REMOVED",
                name.to_string(),
                message,
            )
            .reaching(overlap),
        );
    }
    for come in new.iter().filter(|it| !contains(old, it)) {
        let message = format!("{} is a member of {name} now", come.name);
        changes.push(Change::new(
            Class::Dangerous,
            "UNION_MEMBER_ADDED",
            name.to_string(),
            message,
        ));
    }
}

/// Where a name was written does not matter, so the sets are compared by name.
fn contains(set: &IndexSet<ComponentName>, name: &ComponentName) -> bool {
    set.iter().any(|it| it.name == name.name)
}

fn values(name: &Name, old: &EnumType, new: &EnumType, changes: &mut Vec<Change>) {
    const DESCRIPTION: [&str; 3] = ["ENUM_VALUE_DESCRIPTION_CHANGED"; 3];
    const DEPRECATION: super::DeprecationKinds = super::DeprecationKinds {
        added: "ENUM_VALUE_DEPRECATION_REASON_ADDED",
        removed: "ENUM_VALUE_DEPRECATION_REASON_REMOVED",
        reason: "ENUM_VALUE_DEPRECATION_REASON_CHANGED",
    };
    for (value, before) in &old.values {
        let coordinate = format!("{name}.{value}");
        let Some(after) = new.values.get(value) else {
            let message = format!("{coordinate} was removed");
            // Whoever may send or receive the enum may have this value in hand, not only who writes it out.
            changes.push(
                Change::new(Class::Breaking, "ENUM_VALUE_REMOVED", coordinate, message)
                    .reaching(Reach::Coordinate(name.to_string())),
            );
            continue;
        };
        let (old_text, new_text) = (before.description.as_ref(), after.description.as_ref());
        description(&DESCRIPTION, &coordinate, old_text, new_text, changes);
        let (old_list, new_list) = (&before.directives, &after.directives);
        let marks = (old_list.get("deprecated"), new_list.get("deprecated"));
        super::deprecation(&DEPRECATION, &coordinate, marks.0, marks.1, changes);
        let (old_list, new_list) = (old_list.iter(), new_list.iter());
        applied(
            &coordinate,
            old_list.map(|it| &**it),
            new_list.map(|it| &**it),
            changes,
        );
    }
    for value in new.values.keys().filter(|it| !old.values.contains_key(*it)) {
        let message = format!("{name}.{value} was added, which older clients do not know");
        changes.push(
            Change::new(
                Class::Dangerous,
                "ENUM_VALUE_ADDED",
                format!("{name}.{value}"),
                message,
            )
            .reaching(Reach::Coordinate(name.to_string())),
        );
    }
}
