//! Leaves whose type is a guess: what comes is kept, whatever JSON scalar it is.

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

use crate::{Id, Inferred};

/// A type that can be made from any JSON scalar.
///
/// The value is read as JSON first: `deserialize_any` on a number differs when some crate in the
/// build turns on serde_json's `arbitrary_precision`, and this does not.
pub trait FromJson: Sized {
    /// Takes a scalar.
    ///
    /// # Errors
    ///
    /// When the value is an object, or null where the type has no null.
    fn from_json<E: Error>(value: Value) -> Result<Self, E>;
}

/// The text of a scalar.
fn text<E: Error>(value: Value, expected: &str) -> Result<String, E> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(boolean) => Ok(boolean.to_string()),
        other => Err(unexpected(&other, expected)),
    }
}

/// Names the kind of value and never the value itself.
fn unexpected<E: Error>(value: &Value, expected: &str) -> E {
    let found = match value {
        Value::Null => "null",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
        Value::Bool(_) | Value::Number(_) | Value::String(_) => "a scalar",
    };
    E::custom(format_args!("invalid type: {found}, expected {expected}"))
}

impl FromJson for String {
    fn from_json<E: Error>(value: Value) -> Result<Self, E> {
        text(value, "a scalar")
    }
}

impl FromJson for Id {
    fn from_json<E: Error>(value: Value) -> Result<Self, E> {
        text(value, "a scalar").map(Self::from)
    }
}

impl<T: for<'de> Deserialize<'de>> FromJson for Inferred<T> {
    fn from_json<E: Error>(value: Value) -> Result<Self, E> {
        Ok(Self::from_json_value(value))
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json<E: Error>(value: Value) -> Result<Self, E> {
        match value {
            Value::Null => Ok(None),
            value => T::from_json(value).map(Some),
        }
    }
}

/// One value where a list was guessed becomes a list of one.
impl<T: FromJson> FromJson for Vec<T> {
    fn from_json<E: Error>(value: Value) -> Result<Self, E> {
        match value {
            Value::Array(items) => items.into_iter().map(T::from_json).collect(),
            Value::Null => Err(unexpected(&Value::Null, "a list")),
            single => Ok(vec![T::from_json(single)?]),
        }
    }
}

/// A field whose type is a guess.
pub mod lenient {
    use serde::de::{Error, MapAccess};
    use serde_json::Value;

    use super::FromJson;

    /// Reads any scalar, or a list of them, into its slot.
    ///
    /// # Errors
    ///
    /// When the type cannot hold what came.
    pub fn read<'de, T: FromJson, A: MapAccess<'de>>(
        slot: &mut Option<T>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        *slot = Some(T::from_json(map.next_value::<Value>()?)?);
        Ok(())
    }

    /// The value that was read; a missing one counts as null.
    ///
    /// # Errors
    ///
    /// When the key did not occur and the type has no null.
    pub fn finish<T: FromJson, E: Error>(slot: Option<T>, key: &'static str) -> Result<T, E> {
        match slot {
            Some(value) => Ok(value),
            None => T::from_json::<E>(Value::Null).map_err(|_| E::missing_field(key)),
        }
    }
}

/// The inferred value keeps its own rule when a list or option around it is read as usual.
impl<'de, T: for<'any> Deserialize<'any>> Deserialize<'de> for Inferred<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from_json_value)
    }
}
