//! The inputs of mutations, read by member.

use std::sync::OnceLock;

use apollo_compiler::response::{JsonMap, JsonValue};

use crate::data::select::QueryError;
use crate::data::{Kind, Row, Store, Value};

pub(super) type Result<T> = std::result::Result<T, QueryError>;

/// The input object of a mutation, or its arguments.
#[derive(Clone, Copy)]
pub(super) struct Input<'a>(pub(super) &'a JsonMap);

impl<'a> Input<'a> {
    /// The value of a member; null and absence are the same here.
    pub(super) fn value(self, name: &str) -> Option<&'a JsonValue> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// An object; one that is not given has no members.
    pub(super) fn object(self, name: &str) -> Input<'a> {
        static EMPTY: OnceLock<JsonMap> = OnceLock::new();
        let object = self.value(name).and_then(JsonValue::as_object);
        Input(object.unwrap_or_else(|| EMPTY.get_or_init(JsonMap::new)))
    }

    /// An object, if it is given.
    pub(super) fn given(self, name: &str) -> Option<Input<'a>> {
        self.value(name).and_then(JsonValue::as_object).map(Input)
    }

    pub(super) fn text(self, name: &str) -> Option<&'a str> {
        self.value(name).and_then(JsonValue::as_str)
    }

    pub(super) fn list(self, name: &str) -> &'a [JsonValue] {
        self.value(name)
            .and_then(JsonValue::as_array)
            .map_or(&[], Vec::as_slice)
    }

    pub(super) fn objects(self, name: &str) -> impl Iterator<Item = Input<'a>> {
        self.list(name)
            .iter()
            .filter_map(JsonValue::as_object)
            .map(Input)
    }

    /// A text as a field holds it.
    pub(super) fn value_of(self, name: &str) -> Value {
        self.text(name).map_or(Value::Null, Value::text)
    }

    /// The row a member names, if it is given.
    pub(super) fn row(self, store: &Store, kind: Kind, name: &str) -> Result<Option<Row>> {
        self.value(name).map(|id| find(store, kind, id)).transpose()
    }

    /// The row a member names.
    pub(super) fn required(self, store: &Store, kind: Kind, name: &str) -> Result<Row> {
        self.row(store, kind, name)?
            .ok_or_else(|| QueryError::plain(format!("{name} is missing")))
    }

    /// The rows that a list names.
    pub(super) fn rows(self, store: &Store, kind: Kind, name: &str) -> Result<Vec<Row>> {
        self.list(name)
            .iter()
            .map(|id| find(store, kind, id))
            .collect()
    }
}

fn find(store: &Store, kind: Kind, id: &JsonValue) -> Result<Row> {
    let row = id_text(id).and_then(|id| store.find(kind, &id));
    row.ok_or_else(|| {
        let message = format!("{} with id {id} not found", store.type_name(kind));
        QueryError::coded("NOT_FOUND", message)
    })
}

/// An id, which a document may also write as a number.
pub(super) fn id_text(json: &JsonValue) -> Option<String> {
    match json {
        JsonValue::String(text) => Some(text.as_str().to_owned()),
        JsonValue::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
