//! The values that rows hold: scalars, embedded objects and references to other rows.

use std::cmp::Ordering;
use std::sync::Arc;

use apollo_compiler::response::JsonValue;
use chrono::{DateTime, SecondsFormat};

/// The number of a table. A vendor's seed names its tables with constants of this type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Kind(pub(crate) u8);

/// One row of one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) kind: Kind,
    pub(crate) index: u32,
}

/// What a field of a row holds.
#[derive(Clone, Debug, Default)]
pub(crate) enum Value {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Static(&'static str),
    Text(Arc<str>),
    /// An id: a number inside, a string on the wire.
    Id(u64),
    /// Seconds since the Unix epoch: RFC 3339 in UTC on the wire.
    Time(i64),
    List(Arc<[Value]>),
    /// A JSON structure that stands for itself.
    Json(Arc<JsonValue>),
    Object(Arc<Object>),
    One(Row),
    Many(Kind, Arc<[u32]>),
}

/// An object without identity of its own, which lives inside a row.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) type_name: &'static str,
    pub(crate) fields: Vec<(&'static str, Value)>,
}

impl Object {
    /// The value of a field; null when there is none.
    pub(crate) fn get(&self, field: &str) -> &Value {
        let found = self.fields.iter().find(|(name, _)| *name == field);
        found.map_or(&Value::Null, |(_, value)| value)
    }
}

impl Value {
    pub(crate) fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn json(json: JsonValue) -> Self {
        Self::Json(Arc::new(json))
    }

    pub(crate) fn list(items: impl IntoIterator<Item = Value>) -> Self {
        Self::List(items.into_iter().collect())
    }

    pub(crate) fn texts(items: &[&'static str]) -> Self {
        Self::list(items.iter().copied().map(Value::Static))
    }

    pub(crate) fn object(type_name: &'static str, fields: Vec<(&'static str, Value)>) -> Self {
        Self::Object(Arc::new(Object { type_name, fields }))
    }

    /// References to rows of one table; an empty list still says which table.
    pub(crate) fn many(kind: Kind, rows: impl IntoIterator<Item = Row>) -> Self {
        Self::Many(kind, rows.into_iter().map(|row| row.index).collect())
    }

    /// A reference, or null.
    pub(crate) fn maybe(row: Option<Row>) -> Self {
        row.map_or(Self::Null, Self::One)
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Static(text) => Some(text),
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_row(&self) -> Option<Row> {
        match self {
            Self::One(row) => Some(*row),
            _ => None,
        }
    }

    fn as_number(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            Self::Time(seconds) => Some(*seconds as f64),
            _ => None,
        }
    }

    /// The order of the vendor's data base: null, then booleans, numbers, texts.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        if let (Some(left), Some(right)) = (self.as_text(), other.as_text()) {
            return left.cmp(right);
        }
        if let (Some(left), Some(right)) = (self.as_number(), other.as_number()) {
            return left.total_cmp(&right);
        }
        match (self, other) {
            (Self::Id(left), Self::Id(right)) => left.cmp(right),
            (Self::Bool(left), Self::Bool(right)) => left.cmp(right),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Int(_) | Self::Float(_) | Self::Time(_) => 2,
            Self::Id(_) => 3,
            Self::Static(_) | Self::Text(_) => 4,
            Self::List(_) | Self::Json(_) | Self::Object(_) | Self::One(_) | Self::Many(..) => 5,
        }
    }

    /// The JSON of a leaf. References and embedded objects are not leaves and give null.
    pub(crate) fn to_json(&self) -> JsonValue {
        match self {
            Self::Null | Self::Object(_) | Self::One(_) | Self::Many(..) => JsonValue::Null,
            Self::Bool(value) => JsonValue::Bool(*value),
            Self::Int(value) => JsonValue::Number((*value).into()),
            Self::Float(value) => {
                serde_json::Number::from_f64(*value).map_or(JsonValue::Null, JsonValue::Number)
            }
            Self::Static(text) => JsonValue::from(*text),
            Self::Text(text) => JsonValue::from(&**text),
            Self::Id(id) => JsonValue::from(id.to_string()),
            Self::Time(seconds) => format_time(*seconds).map_or(JsonValue::Null, JsonValue::from),
            Self::Json(json) => JsonValue::clone(json),
            Self::List(items) => JsonValue::Array(items.iter().map(Value::to_json).collect()),
        }
    }

    /// Reads a JSON scalar as a value of the same sort as `self`, a value of the same column.
    ///
    /// `None` when it cannot be one, such as a date that does not parse.
    pub(crate) fn read_alike(&self, json: &JsonValue) -> Option<Self> {
        match (self, json) {
            (_, JsonValue::Null) => Some(Self::Null),
            (_, JsonValue::Bool(value)) => Some(Self::Bool(*value)),
            (Self::Time(_), JsonValue::String(text)) => parse_time(text.as_str()),
            (Self::Id(_), JsonValue::String(text)) => Some(read_id(text.as_str())),
            (Self::Id(_), JsonValue::Number(number)) => number.as_u64().map(Self::Id),
            (_, JsonValue::Number(number)) => number.as_f64().map(Self::Float),
            (_, JsonValue::String(text)) => Some(Self::text(text.as_str())),
            (_, JsonValue::Array(_) | JsonValue::Object(_)) => None,
        }
    }
}

/// An id as the sandbox writes it, or the text that no row has as its id.
fn read_id(text: &str) -> Value {
    match text.parse::<u64>() {
        Ok(id) if id.to_string() == text => Value::Id(id),
        _ => Value::text(text),
    }
}

/// RFC 3339 with any offset. No row has fractions of a second, but a filter may.
fn parse_time(text: &str) -> Option<Value> {
    let time = DateTime::parse_from_rfc3339(text).ok()?;
    Some(match time.timestamp_subsec_micros() {
        0 => Value::Time(time.timestamp()),
        micros => Value::Float(time.timestamp() as f64 + f64::from(micros) / 1e6),
    })
}

fn format_time(seconds: i64) -> Option<String> {
    let time = DateTime::from_timestamp(seconds, 0)?;
    Some(time.to_rfc3339_opts(SecondsFormat::Secs, true))
}
