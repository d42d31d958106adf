//! Relay connections: filters, order, and the slice that the arguments ask for.
//!
//! Cursors are offsets, as the vendor's samples show: `arrayconnection:<offset>` in base64.

use apollo_compiler::response::{JsonMap, JsonValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::kinds::{self, is_deleted, reference, row_of_id};
use crate::data::select::{Base, QueryError};
use crate::data::{Kind, Row, Store};

/// One page of a connection.
pub(super) struct Slice {
    pub(super) rows: Vec<Row>,
    pub(super) end_cursor: Option<String>,
    pub(super) has_next_page: bool,
    pub(super) total: usize,
}

/// Answers a connection over the rows of `base`, which are all of `kind`.
pub(super) fn slice(
    store: &Store,
    kind: Kind,
    base: Base<'_>,
    arguments: &JsonMap,
) -> Result<Slice, QueryError> {
    let mut query = JsonMap::new();
    if let Some(filters) = arguments.get("filters").and_then(JsonValue::as_object) {
        query.insert("filter", JsonValue::Object(filter(kind, filters)));
    }
    if let Some(sort) = arguments.get("sort").and_then(JsonValue::as_array) {
        let names = sort.iter().filter_map(JsonValue::as_str);
        let keys = names.map(|name| JsonValue::from(name.replacen("ID_", "id_", 1)));
        query.insert("orderBy", JsonValue::Array(keys.collect()));
    }
    let page = store.page(base, &query)?;
    let rows: Vec<Row> = page.rows().filter(|row| !is_deleted(store, *row)).collect();

    let first = count(arguments, "first")?;
    let last = count(arguments, "last")?;
    let upper = offset(arguments, "before")?.map_or(rows.len(), |at| at.min(rows.len()));
    let start = offset(arguments, "after")?.map_or(0, |at| at.saturating_add(1));
    let start = start.min(upper);
    let end = first.map_or(upper, |first| start.saturating_add(first).min(upper));
    let start = last.map_or(start, |last| start.max(end.saturating_sub(last)));
    Ok(Slice {
        total: rows.len(),
        end_cursor: (start < end).then(|| cursor(end - 1)),
        has_next_page: end < upper,
        rows: rows.get(start..end).unwrap_or_default().to_vec(),
    })
}

fn cursor(offset: usize) -> String {
    STANDARD.encode(format!("arrayconnection:{offset}"))
}

fn offset(arguments: &JsonMap, name: &str) -> Result<Option<usize>, QueryError> {
    let Some(text) = arguments.get(name).and_then(JsonValue::as_str) else {
        return Ok(None);
    };
    let read = || {
        let text = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
        text.strip_prefix("arrayconnection:")?.parse().ok()
    };
    let offset = read().ok_or_else(|| QueryError::plain(format!("{name} is not a cursor")))?;
    Ok(Some(offset))
}

fn count(arguments: &JsonMap, name: &str) -> Result<Option<usize>, QueryError> {
    let Some(number) = arguments.get(name).and_then(JsonValue::as_i64) else {
        return Ok(None);
    };
    let count = usize::try_from(number);
    let count = count.map_err(|_| QueryError::plain(format!("{name} must not be negative")))?;
    Ok(Some(count))
}

/// The vendor's filter, field by operator, in the words of the tables: an operator is a suffix there.
fn filter(kind: Kind, filters: &JsonMap) -> JsonMap {
    let mut members = JsonMap::new();
    for (name, condition) in filters {
        let Some(condition) = condition.as_object() else {
            continue;
        };
        let name = name.as_str();
        if name == "part" {
            let nested = filter(kinds::PART, condition);
            members.insert(name, JsonValue::Object(nested));
        } else if let Some((reference, _)) = reference(kind, name) {
            let nested = operators("id", condition, true);
            members.insert(reference, JsonValue::Object(nested));
        } else {
            members.extend(operators(name, condition, name == "id"));
        }
    }
    members
}

fn operators(field: &str, condition: &JsonMap, ids: bool) -> JsonMap {
    let mut members = JsonMap::new();
    for (operator, operand) in condition {
        let suffix = match operator.as_str() {
            "neq" => "_not",
            "in" => "_in",
            "ilike" => "_like",
            _ => "",
        };
        let operand = match operand {
            JsonValue::Array(items) if ids => items.iter().map(table_id).collect(),
            operand if ids => table_id(operand),
            operand => operand.clone(),
        };
        members.insert(format!("{field}{suffix}"), operand);
    }
    members
}

/// An id of the wire as the tables have it; one that names nothing stays what no row has.
fn table_id(operand: &JsonValue) -> JsonValue {
    let row = operand.as_u64().and_then(row_of_id);
    row.map_or(JsonValue::from("-"), |row| {
        JsonValue::from(Store::id(row).to_string())
    })
}
