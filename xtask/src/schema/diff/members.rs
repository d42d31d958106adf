//! Fields, their arguments, and the members of input objects.

use super::nullability::{input_is_safe, output_is_safe};
use super::{Change, Class, DeprecationKinds, Reach, applied, deprecation, description};
use apollo_compiler::ast::{FieldDefinition, InputValueDefinition};
use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::Component;
use apollo_compiler::{Name, Node};

const FIELD_DESCRIPTION: [&str; 3] = [
    "FIELD_DESCRIPTION_ADDED",
    "FIELD_DESCRIPTION_REMOVED",
    "FIELD_DESCRIPTION_CHANGED",
];
const FIELD_DEPRECATION: DeprecationKinds = DeprecationKinds {
    added: "FIELD_DEPRECATION_ADDED",
    removed: "FIELD_DEPRECATION_REMOVED",
    reason: "FIELD_DEPRECATION_REASON_CHANGED",
};

/// The names of the categories of one sort of given value.
pub(super) struct InputKinds {
    pub(super) removed: &'static str,
    pub(super) added: &'static str,
    pub(super) ty: &'static str,
    pub(super) default: &'static str,
    pub(super) description: [&'static str; 3],
    pub(super) deprecation: DeprecationKinds,
    /// What it means that one was added that may be left out.
    pub(super) optional: Class,
}

static ARGUMENT: InputKinds = InputKinds {
    removed: "FIELD_ARGUMENT_REMOVED",
    added: "FIELD_ARGUMENT_ADDED",
    ty: "FIELD_ARGUMENT_TYPE_CHANGED",
    default: "FIELD_ARGUMENT_DEFAULT_CHANGED",
    description: ["FIELD_ARGUMENT_DESCRIPTION_CHANGED"; 3],
    deprecation: DeprecationKinds {
        added: "FIELD_ARGUMENT_DEPRECATION_ADDED",
        removed: "FIELD_ARGUMENT_DEPRECATION_REMOVED",
        reason: "FIELD_ARGUMENT_DEPRECATION_REASON_CHANGED",
    },
    optional: Class::Dangerous,
};

static INPUT_FIELD: InputKinds = InputKinds {
    removed: "INPUT_FIELD_REMOVED",
    added: "INPUT_FIELD_ADDED",
    ty: "INPUT_FIELD_TYPE_CHANGED",
    default: "INPUT_FIELD_DEFAULT_VALUE_CHANGED",
    description: [
        "INPUT_FIELD_DESCRIPTION_ADDED",
        "INPUT_FIELD_DESCRIPTION_REMOVED",
        "INPUT_FIELD_DESCRIPTION_CHANGED",
    ],
    deprecation: DeprecationKinds {
        added: "INPUT_FIELD_DEPRECATION_ADDED",
        removed: "INPUT_FIELD_DEPRECATION_REMOVED",
        reason: "INPUT_FIELD_DEPRECATION_REASON_CHANGED",
    },
    optional: Class::Dangerous,
};

type Fields = IndexMap<Name, Component<FieldDefinition>>;
type InputFields = IndexMap<Name, Component<InputValueDefinition>>;

pub(super) fn fields(owner: &Name, old: &Fields, new: &Fields, changes: &mut Vec<Change>) {
    for (name, before) in old {
        let coordinate = format!("{owner}.{name}");
        match new.get(name) {
            None => {
                let message = format!("{coordinate} was removed");
                changes.push(Change::new(
                    Class::Breaking,
                    "FIELD_REMOVED",
                    coordinate,
                    message,
                ));
            }
            Some(after) => field(&coordinate, before, after, changes),
        }
    }
    for (name, after) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
        let coordinate = format!("{owner}.{name}");
        let message = format!("{coordinate}, a {}, was added", after.ty);
        changes.push(Change::new(Class::Safe, "FIELD_ADDED", coordinate, message));
    }
}

fn field(
    coordinate: &str,
    before: &FieldDefinition,
    after: &FieldDefinition,
    changes: &mut Vec<Change>,
) {
    if before.ty != after.ty {
        let class = match output_is_safe(&before.ty, &after.ty) {
            true => Class::Safe,
            false => Class::Breaking,
        };
        let message = format!("{coordinate} is {} now, was {}", after.ty, before.ty);
        let coordinate = coordinate.to_owned();
        changes.push(Change::new(
            class,
            "FIELD_TYPE_CHANGED",
            coordinate,
            message,
        ));
    }
    let (old_text, new_text) = (before.description.as_ref(), after.description.as_ref());
    description(&FIELD_DESCRIPTION, coordinate, old_text, new_text, changes);
    let mark = |it: &FieldDefinition| it.directives.get("deprecated").cloned();
    let marks = (mark(before), mark(after));
    deprecation(
        &FIELD_DEPRECATION,
        coordinate,
        marks.0.as_ref(),
        marks.1.as_ref(),
        changes,
    );
    let (old_list, new_list) = (before.directives.iter(), after.directives.iter());
    applied(
        coordinate,
        old_list.map(|it| &**it),
        new_list.map(|it| &**it),
        changes,
    );
    arguments(
        &ARGUMENT,
        coordinate,
        &before.arguments,
        &after.arguments,
        changes,
    );
}

/// Arguments of a field or, with other categories, of a directive.
pub(super) fn arguments(
    kinds: &'static InputKinds,
    owner: &str,
    old: &[Node<InputValueDefinition>],
    new: &[Node<InputValueDefinition>],
    changes: &mut Vec<Change>,
) {
    let find = |list: &'_ [Node<InputValueDefinition>], name: &Name| {
        list.iter().find(|it| it.name == *name).cloned()
    };
    for before in old {
        let coordinate = format!("{owner}({}:)", before.name);
        input(
            kinds,
            owner,
            coordinate,
            Some(before),
            find(new, &before.name).as_deref(),
            changes,
        );
    }
    for after in new.iter().filter(|it| find(old, &it.name).is_none()) {
        let coordinate = format!("{owner}({}:)", after.name);
        input(kinds, owner, coordinate, None, Some(after), changes);
    }
}

pub(super) fn input_fields(
    owner: &Name,
    old: &InputFields,
    new: &InputFields,
    changes: &mut Vec<Change>,
) {
    for (name, before) in old {
        let after = new.get(name).map(|it| &***it);
        let coordinate = format!("{owner}.{name}");
        input(
            &INPUT_FIELD,
            owner,
            coordinate,
            Some(before),
            after,
            changes,
        );
    }
    for (name, after) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
        let coordinate = format!("{owner}.{name}");
        input(&INPUT_FIELD, owner, coordinate, None, Some(after), changes);
    }
}

/// Something that is given: it was removed, added, or is on both sides.
fn input(
    kinds: &'static InputKinds,
    owner: &str,
    coordinate: String,
    before: Option<&InputValueDefinition>,
    after: Option<&InputValueDefinition>,
    changes: &mut Vec<Change>,
) {
    match (before, after) {
        (Some(_), None) => {
            let message = format!("{coordinate} was removed");
            changes.push(Change::new(
                Class::Breaking,
                kinds.removed,
                coordinate,
                message,
            ));
        }
        (None, Some(after)) => {
            let (class, what) = match after.is_required() {
                true => (Class::Breaking, "which must be given, "),
                false => (kinds.optional, ""),
            };
            let message = format!("{coordinate}, a {}, {what}was added", after.ty);
            // No document can use it yet: it reaches those that use what it was added to.
            changes.push(
                Change::new(class, kinds.added, coordinate, message)
                    .reaching(Reach::Coordinate(owner.to_owned())),
            );
        }
        (Some(before), Some(after)) => both(kinds, owner, &coordinate, before, after, changes),
        (None, None) => {}
    }
}

fn both(
    kinds: &'static InputKinds,
    owner: &str,
    coordinate: &str,
    before: &InputValueDefinition,
    after: &InputValueDefinition,
    changes: &mut Vec<Change>,
) {
    if before.ty != after.ty {
        let class = match input_is_safe(&before.ty, &after.ty) {
            true => Class::Safe,
            false => Class::Breaking,
        };
        let message = format!("{coordinate} is {} now, was {}", after.ty, before.ty);
        // What must be given now is missing where it was left out.
        let reach = match !before.is_required() && after.is_required() {
            true => owner,
            false => coordinate,
        };
        changes.push(
            Change::new(class, kinds.ty, coordinate.to_owned(), message)
                .reaching(Reach::Coordinate(reach.to_owned())),
        );
    }
    if before.default_value != after.default_value {
        let text = |it: &InputValueDefinition| {
            let value = it.default_value.as_ref();
            value.map_or_else(
                || "none".to_owned(),
                |it| it.serialize().no_indent().to_string(),
            )
        };
        let message = format!(
            "the default of {coordinate} is {} now, was {}",
            text(after),
            text(before)
        );
        // A default counts where the value is left out.
        changes.push(
            Change::new(
                Class::Dangerous,
                kinds.default,
                coordinate.to_owned(),
                message,
            )
            .reaching(Reach::Coordinate(owner.to_owned())),
        );
    }
    let (old_text, new_text) = (before.description.as_ref(), after.description.as_ref());
    description(&kinds.description, coordinate, old_text, new_text, changes);
    let mark = |it: &InputValueDefinition| it.directives.get("deprecated").cloned();
    let marks = (mark(before), mark(after));
    deprecation(
        &kinds.deprecation,
        coordinate,
        marks.0.as_ref(),
        marks.1.as_ref(),
        changes,
    );
    let (old_list, new_list) = (before.directives.iter(), after.directives.iter());
    applied(
        coordinate,
        old_list.map(|it| &**it),
        new_list.map(|it| &**it),
        changes,
    );
}
