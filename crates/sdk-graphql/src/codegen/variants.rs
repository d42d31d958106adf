//! Interfaces and unions: an enum per selection, chosen by `__typename`.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error, MapAccess, Visitor},
};
use serde_json::{Map, Value};

use super::Object;

/// The key that says which type an object is.
const TYPE_NAME: &str = "__typename";

/// An enum that a selection on an interface or union decodes to.
pub trait OneOf: DeserializeOwned {
    /// The enum's name, for messages.
    const NAME: &'static str;

    /// Reads the variant for a type name from the keys that follow it.
    ///
    /// # Errors
    ///
    /// When the variant's struct cannot be read.
    fn read<'de, A: MapAccess<'de>>(type_name: String, map: A) -> Result<Self, A::Error>;
}

/// Reads any [`OneOf`].
#[derive(Debug)]
struct OneOfVisitor<T>(PhantomData<T>);

impl<'de, T: OneOf> Visitor<'de> for OneOfVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{TYPE_NAME}` ({})", T::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        match Object::key(&mut map)? {
            Some(key) if key == TYPE_NAME => T::read(map.next_value()?, map),
            Some(key) => reordered(key.into_owned(), map),
            None => Err(A::Error::missing_field(TYPE_NAME)),
        }
    }
}

/// Reads an object whose first key says its type.
///
/// # Errors
///
/// When `__typename` is missing, or the variant cannot be read.
pub fn type_name<'de, T: OneOf, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(OneOfVisitor(PhantomData))
}

/// Reads an object whose server put other keys before `__typename`.
///
/// The keys are collected, written out again in the right order and read as usual. This costs a
/// copy, and it keeps the usual path the only one that is compiled for each variant.
fn reordered<'de, T: OneOf, A: MapAccess<'de>>(first: String, mut map: A) -> Result<T, A::Error> {
    let mut rest = Map::new();
    rest.insert(first, map.next_value()?);
    while let Some((key, value)) = map.next_entry::<String, Value>()? {
        rest.insert(key, value);
    }
    let Some(type_name) = rest.remove(TYPE_NAME) else {
        return Err(A::Error::missing_field(TYPE_NAME));
    };
    let bytes = serde_json::to_vec(&TypeNameFirst { type_name, rest }).map_err(A::Error::custom)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        // The position is one in the copy and would mislead.
        let text = error.to_string();
        let position = format!(" at line {} column {}", error.line(), error.column());
        A::Error::custom(text.strip_suffix(&position).unwrap_or(&text))
    })
}

struct TypeNameFirst {
    type_name: Value,
    rest: Map<String, Value>,
}

impl Serialize for TypeNameFirst {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let type_name = std::iter::once((TYPE_NAME, &self.type_name));
        let rest = self.rest.iter().map(|(key, value)| (key.as_str(), value));
        serializer.collect_map(type_name.chain(rest))
    }
}

/// Reads and writes an enum of a selection: `Node { Finding: "Finding", Actor: "User" | "Bot" } Other`.
///
/// A variant for several types and the last one keep the type's name in their struct's field of
/// the name given in brackets.
#[doc(hidden)]
#[macro_export]
macro_rules! __sdk_graphql_variants {
    (
        $name:ident {
            $($variant:ident $([$kept:ident])?: $struct:ident = $($type:literal)|+),* $(,)?
        }
        $other:ident[$other_kept:ident]: $other_struct:ident
    ) => {
        impl $name {
            /// The name of the object's type.
            pub fn type_name(&self) -> &str {
                match self {
                    $(Self::$variant(_value) => $crate::__sdk_graphql_variants!(
                        @name _value $($kept)? $($type)|+
                    ),)*
                    Self::$other(value) => &value.$other_kept,
                }
            }
        }

        impl $crate::codegen::OneOf for $name {
            const NAME: &'static str = stringify!($name);

            fn read<'de, A: $crate::codegen::serde::de::MapAccess<'de>>(
                type_name: ::std::string::String,
                map: A,
            ) -> ::std::result::Result<Self, A::Error> {
                ::std::result::Result::Ok(match type_name.as_str() {
                    $($($type)|+ => Self::$variant(
                        <$struct as $crate::codegen::Selection>::read(map, type_name)?,
                    ),)*
                    _ => Self::$other(
                        <$other_struct as $crate::codegen::Selection>::read(map, type_name)?,
                    ),
                })
            }
        }

        impl<'de> $crate::codegen::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::codegen::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::codegen::type_name(deserializer)
            }
        }

        impl $crate::codegen::serde::Serialize for $name {
            fn serialize<S: $crate::codegen::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                use $crate::codegen::serde::ser::SerializeMap;
                let mut map = serializer.serialize_map(::std::option::Option::None)?;
                map.serialize_entry("__typename", self.type_name())?;
                match self {
                    $(Self::$variant(value) => $crate::codegen::Selection::write(value, &mut map)?,)*
                    Self::$other(value) => $crate::codegen::Selection::write(value, &mut map)?,
                }
                map.end()
            }
        }
    };
    (@name $value:ident $kept:ident $($type:literal)|+) => { &$value.$kept };
    (@name $value:ident $type:literal) => { $type };
}
