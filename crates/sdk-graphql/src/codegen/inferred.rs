//! Leaves whose type is a guess: what comes is kept, whatever JSON scalar it is.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
        value::{Error as Mismatch, MapAccessDeserializer, SeqAccessDeserializer, StrDeserializer},
    },
};
use serde_json::{Number, Value};

use crate::{Id, Inferred};

/// A JSON value that is neither a list nor an object.
///
/// Generated types are made from these and not from a whole [`Value`], so that text goes from the
/// response to its field in one step.
#[derive(Debug)]
pub enum Scalar<'a> {
    /// `null`, or a key that is missing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, with all its digits if serde_json's `arbitrary_precision` is on.
    Number(Number),
    /// A string.
    Text(Cow<'a, str>),
}

impl Scalar<'_> {
    /// The text of any scalar but null.
    ///
    /// # Errors
    ///
    /// When it is null.
    pub fn into_text<E: Error>(self) -> Result<String, E> {
        match self {
            Self::Text(text) => Ok(text.into_owned()),
            Self::Number(number) => Ok(number.to_string()),
            Self::Bool(boolean) => Ok(boolean.to_string()),
            Self::Null => Err(unexpected("null", "a scalar")),
        }
    }

    fn to_typed<'de, T: Deserialize<'de>>(&self) -> Result<T, Mismatch> {
        match self {
            Self::Null => T::deserialize(().into_deserializer()),
            Self::Bool(boolean) => T::deserialize((*boolean).into_deserializer()),
            Self::Number(number) => T::deserialize(number).map_err(Mismatch::custom),
            Self::Text(text) => T::deserialize(StrDeserializer::new(text)),
        }
    }

    fn into_json(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(boolean) => Value::Bool(boolean),
            Self::Number(number) => Value::Number(number),
            Self::Text(text) => Value::String(text.into_owned()),
        }
    }
}

/// Names the kind of value and never the value itself.
fn unexpected<E: Error>(found: &str, expected: &str) -> E {
    E::custom(format_args!("invalid type: {found}, expected {expected}"))
}

/// A type that can be made from any JSON scalar.
pub trait FromJson: Sized {
    /// Takes a scalar.
    ///
    /// # Errors
    ///
    /// When it is null and the type has no null.
    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E>;

    /// Takes a list.
    ///
    /// # Errors
    ///
    /// When the type holds no lists, or not these items.
    fn from_list<'de, A: SeqAccess<'de>>(_items: A) -> Result<Self, A::Error> {
        Err(unexpected("a list", "a scalar"))
    }

    /// Takes an object, which is never a number in disguise.
    ///
    /// # Errors
    ///
    /// When the type holds no objects.
    fn from_object<E: Error>(_object: Value) -> Result<Self, E> {
        Err(unexpected("an object", "a scalar"))
    }
}

impl FromJson for String {
    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        scalar.into_text()
    }
}

impl FromJson for Id {
    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        scalar.into_text().map(Self::from)
    }
}

/// The expected type is tried on the scalar first. What it refuses there is tried as JSON, which
/// also serves types that ask for an option or a newtype, and is kept as JSON if that fails too.
impl<T: for<'de> Deserialize<'de>> FromJson for Inferred<T> {
    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        Ok(match scalar.to_typed() {
            Ok(value) => Self::Expected(value),
            Err(_) => Self::from_json_value(scalar.into_json()),
        })
    }

    fn from_list<'de, A: SeqAccess<'de>>(items: A) -> Result<Self, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(items)).map(Self::from_json_value)
    }

    fn from_object<E: Error>(object: Value) -> Result<Self, E> {
        Ok(Self::from_json_value(object))
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        match scalar {
            Scalar::Null => Ok(None),
            scalar => T::from_scalar(scalar).map(Some),
        }
    }

    fn from_list<'de, A: SeqAccess<'de>>(items: A) -> Result<Self, A::Error> {
        T::from_list(items).map(Some)
    }

    fn from_object<E: Error>(object: Value) -> Result<Self, E> {
        T::from_object(object).map(Some)
    }
}

/// One value where a list was guessed becomes a list of one.
impl<T: FromJson> FromJson for Vec<T> {
    fn from_scalar<E: Error>(scalar: Scalar<'_>) -> Result<Self, E> {
        match scalar {
            Scalar::Null => Err(unexpected("null", "a list")),
            single => Ok(vec![T::from_scalar(single)?]),
        }
    }

    fn from_list<'de, A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        let mut list = Self::new();
        while let Some(item) = items.next_element_seed(Lenient(PhantomData))? {
            list.push(item);
        }
        Ok(list)
    }

    fn from_object<E: Error>(object: Value) -> Result<Self, E> {
        Ok(vec![T::from_object(object)?])
    }
}

/// Reads any [`FromJson`].
struct Lenient<T>(PhantomData<T>);

impl<'de, T: FromJson> DeserializeSeed<'de> for Lenient<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: FromJson> Visitor<'de> for Lenient<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        T::from_scalar(Scalar::Null)
    }

    fn visit_bool<E: Error>(self, boolean: bool) -> Result<T, E> {
        T::from_scalar(Scalar::Bool(boolean))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        T::from_scalar(Scalar::Number(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        T::from_scalar(Scalar::Number(number.into()))
    }

    /// JSON has no number that is not finite; another format's counts as null, as in serde_json.
    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        T::from_scalar(Number::from_f64(number).map_or(Scalar::Null, Scalar::Number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        T::from_scalar(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<T, E> {
        T::from_scalar(Scalar::Text(Cow::Owned(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<T, A::Error> {
        T::from_list(items)
    }

    /// With serde_json's `arbitrary_precision` anywhere in the build, a number comes as a map.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        match Value::deserialize(MapAccessDeserializer::new(map))? {
            Value::Number(number) => T::from_scalar(Scalar::Number(number)),
            object => T::from_object(object),
        }
    }
}

/// A field whose type is a guess.
pub mod lenient {
    use std::marker::PhantomData;

    use serde::de::{Error, MapAccess};

    use super::{FromJson, Lenient, Scalar};

    /// Reads any scalar, or a list of them, into its slot.
    ///
    /// # Errors
    ///
    /// When the type cannot hold what came.
    pub fn read<'de, T: FromJson, A: MapAccess<'de>>(
        slot: &mut Option<T>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        *slot = Some(map.next_value_seed(Lenient(PhantomData))?);
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
            None => T::from_scalar::<E>(Scalar::Null).map_err(|_| E::missing_field(key)),
        }
    }
}

/// The inferred value keeps its own rule when a list or option around it is read as usual.
impl<'de, T: for<'any> Deserialize<'any>> Deserialize<'de> for Inferred<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Lenient(PhantomData))
    }
}
