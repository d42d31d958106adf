//! Custom attributes: rows inside a row, each with an `Etag` of its own.

use apollo_compiler::response::{JsonMap, JsonValue};

use super::{Payload, Result, conflict, required, touch, value_of};
use crate::data::select::QueryError;
use crate::data::{Kind, Object, Row, Store, Value};

/// Sets every attribute of an input's `attributes`, or none if one is refused.
pub(super) fn set_all(store: &mut Store, row: Row, attributes: &JsonValue) -> Result<()> {
    let before = store.get(row, "attributes").clone();
    let attributes = attributes.as_array().map_or(&[][..], Vec::as_slice);
    for attribute in attributes.iter().filter_map(JsonValue::as_object) {
        if let Err(refused) = set(store, row, attribute) {
            store.set(row, "attributes", before);
            return Err(refused);
        }
    }
    Ok(())
}

/// Sets one attribute of the row that `owner` names, and answers with it.
pub(super) fn set_one(
    store: &mut Store,
    kind: Kind,
    owner: &str,
    input: &JsonMap,
) -> Result<Payload> {
    let row = required(store, input, owner)?;
    let attribute = set(store, row, input)?;
    touch(store, row);
    let name = if kind == super::kinds::ISSUE {
        "issueAttribute"
    } else {
        "runAttribute"
    };
    Ok(vec![(name, attribute)])
}

/// A key that exists needs its `Etag`; a new one needs none.
fn set(store: &mut Store, row: Row, input: &JsonMap) -> Result<Value> {
    let text = |name| input.get(name).and_then(JsonValue::as_str);
    let key = text("key").ok_or_else(|| QueryError::plain("key is missing"))?;
    let mut rows = match store.get(row, "attributes") {
        Value::List(rows) => rows.to_vec(),
        _ => Vec::new(),
    };
    let of_key = |value: &Value| match value {
        Value::Object(object) => object.get("key").as_text() == Some(key),
        _ => false,
    };
    let place = rows.iter().position(of_key);
    let old = place.and_then(|place| rows.get(place));
    let revision = match old {
        Some(Value::Object(old)) => {
            let etag = old.get("Etag").as_text().unwrap_or_default();
            if text("etag") != Some(etag) {
                return Err(conflict());
            }
            etag.rsplit_once('-')
                .and_then(|(_, revision)| revision.parse().ok())
                .unwrap_or(0_u64)
        }
        _ => 0,
    };
    let value = input.get("value").map_or(Value::Null, value_of);
    let attribute = attribute(store, row, key, value, revision + 1);
    match place.and_then(|place| rows.get_mut(place)) {
        Some(old) => *old = attribute.clone(),
        None => rows.push(attribute.clone()),
    }
    store.set(row, "attributes", Value::List(rows.into()));
    Ok(attribute)
}

/// Writes an attribute as it is; false if there is none of this key.
pub(super) fn rewrite(store: &mut Store, row: Row, key: &str) -> bool {
    let Value::List(rows) = store.get(row, "attributes") else {
        return false;
    };
    let mut objects = rows.iter().filter_map(|row| match row {
        Value::Object(object) => Some(object),
        _ => None,
    });
    let Some(object) = objects.find(|object| object.get("key").as_text() == Some(key)) else {
        return false;
    };
    let etag = object.get("Etag").as_text().unwrap_or_default();
    let mut input = JsonMap::new();
    input.insert("key", JsonValue::from(key));
    input.insert("etag", JsonValue::from(etag));
    input.insert("value", object.get("value").to_json());
    set(store, row, &input).is_ok()
}

/// One attribute of a row.
pub(in crate::vendors::ion) fn attribute(
    store: &Store,
    row: Row,
    key: &str,
    value: Value,
    revision: u64,
) -> Value {
    let type_name = match store.type_name(row.kind) {
        "Part" => "PartAttribute",
        "PartInventory" => "PartInventoryAttribute",
        "Issue" => "IssueAttribute",
        _ => "RunAttribute",
    };
    let fields = vec![
        ("key", Value::text(key)),
        ("value", value),
        ("Etag", Value::text(format!("{key}-{revision}"))),
    ];
    Value::Object(std::sync::Arc::new(Object { type_name, fields }))
}
