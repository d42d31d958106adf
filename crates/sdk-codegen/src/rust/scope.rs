//! Names of the types in one operation's module.

use std::collections::BTreeMap;

use super::names::type_name;
use crate::model::{Operation, ShapeId};

/// The name of the type of `data` itself.
const DATA: &str = "Data";

/// Names every shape: after its schema type or fragment. Where several shapes would have the same
/// name, the one nearest to the root keeps it, and the others are named after their path.
pub(super) fn names(operation: &Operation) -> BTreeMap<ShapeId, String> {
    let mut nearest: BTreeMap<String, (usize, ShapeId)> = BTreeMap::new();
    for (id, named) in operation.shapes.iter() {
        let depth = named.path.len();
        let holder = nearest
            .entry(type_name(&named.label))
            .or_insert((depth, id));
        if depth < holder.0 {
            *holder = (depth, id);
        }
    }
    nearest.remove(DATA);
    let mut names: BTreeMap<ShapeId, String> = nearest
        .into_iter()
        .filter(|(_, (_, id))| *id != operation.data)
        .map(|(name, (_, id))| (id, name))
        .collect();
    names.insert(operation.data, DATA.to_owned());
    for (id, named) in operation.shapes.iter() {
        if !names.contains_key(&id) {
            names.insert(id, by_path(&named.path, &named.label, &names));
        }
    }
    names
}

/// The shortest end of the path that is free: `FindingCreatedBy`, then more of what is above.
fn by_path(path: &[String], label: &str, names: &BTreeMap<ShapeId, String>) -> String {
    let free = |name: &String| !names.values().any(|taken| taken == name);
    // A path is pairs of a type and a field in it.
    let mut name = String::new();
    for pair in path.rchunks(2) {
        let [owner, field] = pair else { break };
        let field = if name.is_empty() {
            type_name(field)
        } else {
            String::new()
        };
        name = format!("{}{field}{name}", type_name(owner));
        if free(&name) {
            return name;
        }
        let with_label = format!("{name}{}", type_name(label));
        if free(&with_label) {
            return with_label;
        }
    }
    let mut number = 2;
    loop {
        let numbered = format!("{}{number}", type_name(label));
        if free(&numbered) {
            return numbered;
        }
        number += 1;
    }
}
