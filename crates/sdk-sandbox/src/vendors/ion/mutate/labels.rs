//! Labels on items, which are named by their `entityId`.

use apollo_compiler::response::JsonMap;

use super::{Payload, Result, add_to_list, not_found, number, required};
use crate::data::{Store, Value};
use crate::vendors::ion::kinds;

pub(super) fn on_item(store: &mut Store, input: &JsonMap, present: bool) -> Result<Payload> {
    let label = required(store, input, "labelId")?;
    let entity = input.get("entityId").and_then(number);
    let item = entity.and_then(|id| kinds::find_entity(store, id));
    let item = item.ok_or_else(|| not_found("entity"))?;
    add_to_list(store, item, "labels", label, present);
    let entity = i64::try_from(kinds::entity_id(item)).unwrap_or(i64::MAX);
    Ok(vec![("entityId", Value::Int(entity))])
}

/// A procedure's labels are texts, and so are not changed here.
pub(super) fn on_family(store: &Store, input: &JsonMap) -> Result<Payload> {
    let label = required(store, input, "labelId")?;
    let family = input.get("familyId").and_then(number);
    let family = family.and_then(|id| i64::try_from(id).ok());
    let family = family.ok_or_else(|| not_found("procedure family"))?;
    let fields = vec![
        ("labelId", super::id_value(label)),
        ("familyId", Value::Int(family)),
    ];
    Ok(fields)
}
