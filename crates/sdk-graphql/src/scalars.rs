//! Scalars as Rust types.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;

/// An instant in UTC, RFC 3339 on the wire.
pub type DateTime = chrono::DateTime<chrono::Utc>;

/// A day without a time zone, `2024-02-29` on the wire.
pub type Date = chrono::NaiveDate;

/// Any JSON, for scalars that have no type of their own.
pub type Json = Value;

/// An opaque identifier (GraphQL's `ID`).
///
/// Servers may send a number; it is kept as text, and sent back as text, which the GraphQL
/// specification lets every server accept.
///
/// ```
/// use sdk_graphql::Id;
///
/// let id = Id::from("42");
/// assert_eq!(id, "42");
/// assert_eq!(id.as_str(), "42");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize)]
#[serde(transparent)]
pub struct Id(String);

impl Id {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, without a copy.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<&Id> for Id {
    fn from(id: &Id) -> Self {
        id.clone()
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0
    }
}

impl AsRef<str> for Id {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Id {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Id {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor)
    }
}

struct IdVisitor;

impl<'de> Visitor<'de> for IdVisitor {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an ID (a string or an integer)")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Id, E> {
        Ok(Id(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Id, E> {
        Ok(Id(text))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Id, E> {
        Ok(Id(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Id, E> {
        Ok(Id(number.to_string()))
    }

    /// With serde_json's `arbitrary_precision` anywhere in the build, a number comes as a map.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Id, A::Error> {
        match Value::deserialize(MapAccessDeserializer::new(map))? {
            Value::Number(number) if !number.is_f64() => Ok(Id(number.to_string())),
            _ => Err(A::Error::custom("invalid type: map, expected an ID")),
        }
    }
}

/// A value whose type no public source states: the expected type, or whatever scalar came.
///
/// Schemas that are transcribed from documentation mark such fields; the marker is
/// `@inferred(what: [SHAPE])`.
///
/// ```
/// use sdk_graphql::Inferred;
///
/// let score: Inferred<f64> = serde_json::from_str("7.5")?;
/// assert_eq!(score.value(), Some(&7.5));
///
/// let score: Inferred<f64> = serde_json::from_str("\"high\"")?;
/// assert_eq!(score.value(), None);
/// assert_eq!(score.raw().and_then(|raw| raw.as_str()), Some("high"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Inferred<T> {
    /// The type the schema guesses.
    Expected(T),
    /// Something else, as it came; boxed, since it is rare and JSON is large.
    Raw(Box<Json>),
}

impl<T> Inferred<T> {
    /// The value, if it has the expected type.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Expected(value) => Some(value),
            Self::Raw(_) => None,
        }
    }

    /// The value without a copy, if it has the expected type.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Expected(value) => Some(value),
            Self::Raw(_) => None,
        }
    }

    /// What came instead of the expected type.
    pub fn raw(&self) -> Option<&Json> {
        match self {
            Self::Expected(_) => None,
            Self::Raw(raw) => Some(raw),
        }
    }
}

impl<T: for<'de> Deserialize<'de>> Inferred<T> {
    /// Takes a JSON value as the expected type, or keeps it as it is.
    pub(crate) fn from_json_value(value: Json) -> Self {
        T::deserialize(&value).map_or_else(|_| Self::Raw(Box::new(value)), Self::Expected)
    }
}

impl<T: Serialize> Serialize for Inferred<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Expected(value) => value.serialize(serializer),
            Self::Raw(raw) => raw.serialize(serializer),
        }
    }
}
