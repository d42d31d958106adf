//! Conflicts on demand: somebody else writes a row just before the caller does.

use apollo_compiler::response::{JsonMap, JsonValue};

use super::kinds::{self, row_of_id};
use super::{attributes, input_of, number, touch};
use crate::data::Store;

/// Writes the row that a mutation is about to change under an etag; false if it names none.
///
/// The write changes nothing but the etag, so that what follows is a conflict and no more.
pub(in crate::vendors::ion) fn race(store: &mut Store, arguments: &JsonMap) -> bool {
    let input = input_of(arguments);
    if input.get("etag").is_none_or(JsonValue::is_null) {
        return false;
    }
    if let Some(id) = input.get("issueId").and_then(number) {
        let issue = kinds::find(store, kinds::ISSUE, id);
        let key = input.get("key").and_then(JsonValue::as_str);
        return match issue.zip(key) {
            Some((issue, key)) => attributes::rewrite(store, issue, key),
            None => false,
        };
    }
    let row = input.get("id").and_then(number).and_then(row_of_id);
    let row = row.and_then(|row| kinds::find(store, row.kind, kinds::id(row)));
    if let Some(row) = row {
        touch(store, row);
    }
    row.is_some()
}
