//! Two schemas with seeded changes of known class, and operations of known reach.

use super::*;
use crate::schema::usage::Usage;
use crate::workspace;
use apollo_compiler::ExecutableDocument;
use apollo_compiler::validation::Valid;
use std::collections::{BTreeMap, BTreeSet};

fn testdata(path: &str) -> String {
    let path = workspace::root()
        .join("xtask/testdata/schema_diff")
        .join(path);
    std::fs::read_to_string(path).unwrap()
}

fn schema(path: &str) -> Valid<Schema> {
    Schema::parse_and_validate(testdata(path), path).unwrap()
}

fn documents() -> Vec<(String, String)> {
    let folder = workspace::root().join("xtask/testdata/schema_diff/queries");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|name| (testdata(&format!("queries/{name}")), name))
        .map(|(text, name)| (name, text))
        .collect()
}

fn usages(schema: &Valid<Schema>) -> Vec<Usage> {
    documents()
        .iter()
        .flat_map(|(name, text)| {
            let document = ExecutableDocument::parse_and_validate(schema, text, name).unwrap();
            Usage::of(&document, schema)
        })
        .collect()
}

/// Class, category, coordinate, and the operations that the change reaches.
type Seed = (Class, &'static str, &'static str, &'static str);

use Class::{Breaking, Dangerous, Safe};

#[rustfmt::skip]
const SEEDED: &[Seed] = &[
    (Breaking, "DIRECTIVE_REMOVED", "@gone", "ListNear"),
    (Breaking, "DIRECTIVE_LOCATION_REMOVED", "@here", "Search"),
    (Breaking, "DIRECTIVE_REPEATABLE_REMOVED", "@live", "ListShips"),
    (Breaking, "DIRECTIVE_ARGUMENT_REMOVED", "@live(label:)", "ListShips"),
    (Breaking, "DIRECTIVE_ARGUMENT_TYPE_CHANGED", "@live(quiet:)", "ListShips"),
    (Breaking, "FIELD_REMOVED", "Cargo.value", "ListCargo"),
    (Breaking, "ONE_OF_ADDED", "Choice", ""),
    (Breaking, "UNION_MEMBER_REMOVED", "Found", "Search"),
    (Breaking, "TYPE_REMOVED", "Legacy", "ListCargo"),
    (Breaking, "FIELD_TYPE_CHANGED", "Person.rank", "GetShip"),
    (Breaking, "INPUT_FIELD_TYPE_CHANGED", "Point.x", "ListNear"),
    (Breaking, "FIELD_ARGUMENT_TYPE_CHANGED", "Query.crew(rank:)", "ListCrew"),
    (Breaking, "FIELD_ARGUMENT_TYPE_CHANGED", "Query.crew(role:)", "ListCrew"),
    (Breaking, "FIELD_REMOVED", "Query.legacy", "ListCargo"),
    (Breaking, "FIELD_ARGUMENT_ADDED", "Query.ship(strict:)", "GetShip"),
    (Breaking, "FIELD_ARGUMENT_REMOVED", "Query.ships(after:)", "ListShips"),
    (Breaking, "INPUT_FIELD_ADDED", "Rename.reason", "Rename"),
    (Breaking, "ENUM_VALUE_REMOVED", "Role.COOK", "ListCrew ListShips"),
    (Breaking, "OBJECT_TYPE_INTERFACE_REMOVED", "Ship", "Search"),
    (Breaking, "FIELD_TYPE_CHANGED", "Ship.tonnage", "GetShip"),
    (Breaking, "INPUT_FIELD_TYPE_CHANGED", "ShipFilter.built", "ListShips"),
    (Breaking, "INPUT_FIELD_REMOVED", "ShipFilter.name", "ListShips"),
    (Breaking, "TYPE_REMOVED", "Subscription", "Arrivals"),
    (Breaking, "TYPE_KIND_CHANGED", "Weather", "ListCargo"),
    (Breaking, "SCHEMA_SUBSCRIPTION_TYPE_CHANGED", "schema", "Arrivals"),
    (Dangerous, "DIRECTIVE_ARGUMENT_DEFAULT_VALUE_CHANGED", "@live(every:)", "ListShips"),
    (Dangerous, "FIELD_ARGUMENT_DEFAULT_CHANGED", "Cargo.weight(unit:)", "ListCargo"),
    (Dangerous, "UNION_MEMBER_ADDED", "Found", "Search"),
    (Dangerous, "FIELD_ARGUMENT_DEFAULT_CHANGED", "Query.ships(first:)", "ListNear ListShips"),
    (Dangerous, "FIELD_ARGUMENT_ADDED", "Query.ships(order:)", "ListNear ListShips"),
    (Dangerous, "ENUM_VALUE_ADDED", "Role.PILOT", "ListCrew ListShips"),
    (Dangerous, "OBJECT_TYPE_INTERFACE_ADDED", "Ship", ""),
    (Dangerous, "INPUT_FIELD_ADDED", "ShipFilter.draft", "ListShips"),
    (Dangerous, "INPUT_FIELD_DEFAULT_VALUE_CHANGED", "ShipFilter.flag", "ListShips"),
    (Safe, "DIRECTIVE_ADDED", "@fresh", ""),
    (Safe, "DIRECTIVE_LOCATION_ADDED", "@live", ""),
    (Safe, "DIRECTIVE_ARGUMENT_ADDED", "@live(loud:)", ""),
    (Safe, "TYPE_ADDED", "Floats", ""),
    (Safe, "TYPE_DESCRIPTION_REMOVED", "Person", ""),
    (Safe, "FIELD_DESCRIPTION_ADDED", "Port.depth", ""),
    (Safe, "TYPE_DESCRIPTION_CHANGED", "Query", ""),
    (Safe, "FIELD_DEPRECATION_REASON_CHANGED", "Query.calm", ""),
    (Safe, "FIELD_ADDED", "Query.news", ""),
    (Safe, "FIELD_DEPRECATION_REMOVED", "Query.old", ""),
    (Safe, "INPUT_FIELD_TYPE_CHANGED", "Rename.id", ""),
    (Safe, "FIELD_TYPE_CHANGED", "Ship.flags", ""),
    (Safe, "FIELD_DEPRECATION_ADDED", "Ship.mood", ""),
    (Safe, "FIELD_TYPE_CHANGED", "Ship.name", ""),
    (Safe, "SPECIFIED_BY_URL_CHANGED", "Stamp", ""),
    (Safe, "ENUM_VALUE_DEPRECATION_REASON_ADDED", "Unit.KILO", ""),
];

#[test]
fn every_seeded_change_has_its_class_and_the_operations_that_it_hits() {
    let (old, new) = (schema("old.graphql"), schema("new.graphql"));
    let usages = usages(&old);
    let changes = diff(&old, &new);
    let found: Vec<(Class, &str, &str, String)> = changes
        .iter()
        .map(|it| {
            let hit = usages
                .iter()
                .filter(|use_| use_.is_reached(&it.reach, &old));
            let hit: BTreeSet<&str> = hit.map(|it| it.operation.as_str()).collect();
            let hit = hit.into_iter().collect::<Vec<_>>().join(" ");
            (it.class, it.kind, it.coordinate.as_str(), hit)
        })
        .collect();
    let seeded: Vec<_> = SEEDED
        .iter()
        .map(|(class, kind, coordinate, hit)| (*class, *kind, *coordinate, (*hit).to_owned()))
        .collect();
    let missed: Vec<_> = seeded.iter().filter(|it| !found.contains(it)).collect();
    let extra: Vec<_> = found.iter().filter(|it| !seeded.contains(it)).collect();
    assert!(
        missed.is_empty() && extra.is_empty(),
        "missed: {missed:#?}\nextra: {extra:#?}"
    );
    assert_eq!(found.len(), seeded.len());
}

/// A witness that knows nothing of the differ: the validator of the specification.
#[test]
fn whatever_the_new_schema_refuses_is_hit_by_a_breaking_change() {
    let (old, new) = (schema("old.graphql"), schema("new.graphql"));
    let changes = diff(&old, &new);
    let mut refused = 0;
    for usage in usages(&old) {
        let document = documents().into_iter().find(|(_, text)| {
            let document = ExecutableDocument::parse_and_validate(&old, text, "it").unwrap();
            Usage::of(&document, &old)[0].operation == usage.operation
        });
        let (name, text) = document.unwrap();
        if ExecutableDocument::parse_and_validate(&new, text, name).is_ok() {
            continue;
        }
        refused += 1;
        let hits = |it: &&Change| it.class == Class::Breaking && usage.is_reached(&it.reach, &old);
        assert!(changes.iter().any(|it| hits(&it)), "{}", usage.operation);
    }
    assert!(refused >= 5, "only {refused} operations are refused");
}

#[test]
fn turning_a_diff_around_finds_the_same_places() {
    let (old, new) = (schema("old.graphql"), schema("new.graphql"));
    let places = |changes: Vec<Change>| {
        let mut places = BTreeMap::<String, usize>::new();
        for change in changes {
            *places.entry(change.coordinate).or_default() += 1;
        }
        places
    };
    assert_eq!(places(diff(&old, &new)), places(diff(&new, &old)));
}

#[test]
fn nothing_changes_from_a_schema_to_itself() {
    for path in ["old.graphql", "new.graphql"] {
        assert_eq!(diff(&schema(path), &schema(path)), []);
    }
}
