//! What goes to the server: variables and input objects.

use serde::{Serialize, ser::SerializeMap};

use crate::Input;

/// Writes a field unless it is unset.
///
/// # Errors
///
/// When the serializer fails.
pub fn entry<M: SerializeMap, T: Serialize>(
    map: &mut M,
    key: &'static str,
    value: &Input<T>,
) -> Result<(), M::Error> {
    match value {
        Input::Unset => Ok(()),
        value => map.serialize_entry(key, value),
    }
}

/// `new`, the setters and `Serialize` of a struct that is sent.
///
/// Lists the fields that `new` takes, then those that have a setter, each with the type of its
/// value and the name on the wire.
#[doc(hidden)]
#[macro_export]
macro_rules! __sdk_graphql_variables {
    (
        $name:ident
        required { $($field:ident: $type:ty = $key:literal),* $(,)? }
        optional { $($option:ident: $option_type:ty = $option_key:literal),* $(,)? }
    ) => {
        impl $name {
            /// Takes what is required; everything else is unset.
            #[must_use]
            pub fn new($($field: impl ::std::convert::Into<$type>),*) -> Self {
                Self {
                    $($field: $field.into(),)*
                    $($option: $crate::Input::Unset,)*
                }
            }

            $(
                #[doc = concat!("Sets [`", $option_key, "`](Self#structfield.", stringify!($option), "); `None` sends `null`.")]
                #[must_use]
                pub fn $option(mut self, value: impl ::std::convert::Into<$crate::Input<$option_type>>) -> Self {
                    self.$option = value.into();
                    self
                }
            )*
        }

        impl $crate::codegen::serde::Serialize for $name {
            fn serialize<S: $crate::codegen::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                use $crate::codegen::serde::ser::SerializeMap;
                #[allow(unused_mut)]
                let mut map = serializer.serialize_map(::std::option::Option::None)?;
                $(map.serialize_entry($key, &self.$field)?;)*
                $($crate::codegen::entry(&mut map, $option_key, &self.$option)?;)*
                map.end()
            }
        }
    };
}

/// `Serialize` of an `@oneOf` input: `ProductBy { Id(Id) = "id", … }`.
#[doc(hidden)]
#[macro_export]
macro_rules! __sdk_graphql_one_of {
    ($name:ident { $($variant:ident = $key:literal),* $(,)? }) => {
        impl $crate::codegen::serde::Serialize for $name {
            fn serialize<S: $crate::codegen::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                use $crate::codegen::serde::ser::SerializeMap;
                let mut map = serializer.serialize_map(::std::option::Option::Some(1))?;
                match self {
                    $(Self::$variant(value) => map.serialize_entry($key, value)?,)*
                }
                map.end()
            }
        }
    };
}
