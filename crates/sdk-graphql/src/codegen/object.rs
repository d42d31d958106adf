//! Response objects: a struct per selection, read key by key.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
};

/// A struct that a selection set decodes to.
pub trait Selection: Sized {
    /// The struct's name, for messages.
    const NAME: &'static str;

    /// Reads the keys that are left in `map`; `type_name` is what `__typename` said before them.
    ///
    /// # Errors
    ///
    /// When a value has another type than the schema says, or a non-null field is missing.
    fn read<'de, A: MapAccess<'de>>(map: A, type_name: String) -> Result<Self, A::Error>;

    /// Writes every key.
    ///
    /// # Errors
    ///
    /// When the serializer fails.
    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;
}

/// Reads any [`Selection`].
#[derive(Debug)]
pub struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Selection> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object ({})", T::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::read(map, String::new())
    }
}

/// Entry points of the printed `Deserialize` and `Serialize` impls.
#[derive(Debug)]
pub struct Object;

impl Object {
    /// Reads an object.
    ///
    /// # Errors
    ///
    /// When it is no object, or [`Selection::read`] fails.
    pub fn read<'de, T: Selection, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }

    /// Writes an object.
    ///
    /// # Errors
    ///
    /// When the serializer fails.
    pub fn write<T: Selection, S: serde::Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        value.write(&mut map)?;
        map.end()
    }

    /// The next key, borrowed from the response where it has no escapes.
    ///
    /// # Errors
    ///
    /// When the input ends or is malformed.
    pub fn key<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<Cow<'de, str>>, A::Error> {
        Ok(map.next_key::<Key<'de>>()?.map(|key| key.0))
    }

    /// Skips the value of an unknown key.
    ///
    /// # Errors
    ///
    /// When the value is malformed.
    pub fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
        map.next_value::<IgnoredAny>().map(|_| ())
    }

    /// Writes one key.
    ///
    /// # Errors
    ///
    /// When the serializer fails.
    pub fn entry<M: SerializeMap, T: Serialize>(
        map: &mut M,
        key: &'static str,
        value: &T,
    ) -> Result<(), M::Error> {
        map.serialize_entry(key, value)
    }
}

/// A key that is borrowed when it can be; `Cow` itself always copies.
#[derive(Debug)]
struct Key<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;

        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E: de::Error>(self, key: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E: de::Error>(self, key: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }

            fn visit_string<E: de::Error>(self, key: String) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key)))
            }
        }

        deserializer.deserialize_str(KeyVisitor)
    }
}

/// A field that must be there.
pub mod required {
    use serde::{
        Deserialize,
        de::{Error, MapAccess},
    };

    /// Reads the value into its slot.
    ///
    /// # Errors
    ///
    /// When the value is null or of another type.
    pub fn read<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
        slot: &mut Option<T>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        *slot = Some(map.next_value()?);
        Ok(())
    }

    /// The value that was read.
    ///
    /// # Errors
    ///
    /// When the key did not occur; the error names it.
    pub fn finish<T, E: Error>(slot: Option<T>, key: &'static str) -> Result<T, E> {
        slot.ok_or_else(|| E::missing_field(key))
    }
}

/// A field that can be null or left out.
pub mod optional {
    use serde::{Deserialize, de::MapAccess};

    /// Reads the value or `null` into its slot.
    ///
    /// # Errors
    ///
    /// When the value is of another type.
    pub fn read<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
        slot: &mut Option<T>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        *slot = map.next_value()?;
        Ok(())
    }
}

/// Reads and writes a struct of a selection: `Finding { id: required "id", … }`.
///
/// `Name[field]` is a struct that keeps the name of the type it was.
#[doc(hidden)]
#[macro_export]
macro_rules! __sdk_graphql_selection {
    ($name:ident $([$type_name:ident])? { $($field:ident: $kind:ident $key:literal),* $(,)? }) => {
        impl $crate::codegen::Selection for $name {
            const NAME: &'static str = stringify!($name);

            #[allow(unused_mut, unused_variables)]
            fn read<'de, A: $crate::codegen::serde::de::MapAccess<'de>>(
                mut map: A,
                type_name: ::std::string::String,
            ) -> ::std::result::Result<Self, A::Error> {
                $(let mut $field = ::std::option::Option::None;)*
                while let ::std::option::Option::Some(key) = $crate::codegen::Object::key(&mut map)? {
                    match &*key {
                        $($key => $crate::codegen::$kind::read(&mut $field, &mut map)?,)*
                        _ => $crate::codegen::Object::skip(&mut map)?,
                    }
                }
                ::std::result::Result::Ok(Self {
                    $($type_name: type_name,)?
                    $($field: $crate::__sdk_graphql_selection!(@finish $kind $field $key),)*
                })
            }

            #[allow(unused_variables)]
            fn write<M: $crate::codegen::serde::ser::SerializeMap>(
                &self,
                map: &mut M,
            ) -> ::std::result::Result<(), M::Error> {
                $($crate::codegen::Object::entry(map, $key, &self.$field)?;)*
                ::std::result::Result::Ok(())
            }
        }

        impl<'de> $crate::codegen::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::codegen::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::codegen::Object::read(deserializer)
            }
        }

        impl $crate::codegen::serde::Serialize for $name {
            fn serialize<S: $crate::codegen::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::codegen::Object::write(self, serializer)
            }
        }
    };
    (@finish optional $field:ident $key:literal) => { $field };
    (@finish $kind:ident $field:ident $key:literal) => {
        $crate::codegen::$kind::finish($field, $key)?
    };
}
