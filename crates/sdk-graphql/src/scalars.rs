//! Scalars as Rust types.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An instant in UTC, RFC 3339 on the wire.
pub type DateTime = chrono::DateTime<chrono::Utc>;

/// A day without a time zone, `2024-02-29` on the wire.
pub type Date = chrono::NaiveDate;

/// Any JSON, for scalars that have no type of their own.
pub type Json = Value;

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

/// The value; what came instead of it as JSON, and text without quotes.
impl<T: fmt::Display> fmt::Display for Inferred<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expected(value) => value.fmt(f),
            Self::Raw(raw) => match raw.as_ref() {
                Json::String(text) => f.write_str(text),
                raw => raw.fmt(f),
            },
        }
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
