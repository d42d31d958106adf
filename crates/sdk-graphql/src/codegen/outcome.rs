//! Answers that are a union of a result and refusals.

/// What `Operation::refusal` gives for a root field that answers with a union:
/// `path::of_refusal: optional root of module::Union { Denied = "Denied" { with_code: optional code }, _ = Other }`.
///
/// Variants that are not named are results, and so are the types behind `unless`.
#[doc(hidden)]
#[macro_export]
macro_rules! __sdk_graphql_refusal {
    ($data:ident, $refusal:path: $nullable:ident $root:ident of $module:ident::$union:ident {
        $($variant:ident $([$type_name:ident])? = $($kind:literal)|+ {
            $($setter:ident: $present:ident $field:ident),*
        },)*
        _ = $other:ident $(unless $($result:literal)|+)?
    }) => {
        match $crate::__sdk_graphql_refusal!(@$nullable $data.$root)? {
            $($module::$union::$variant(_error) => {
                let kind: ::std::option::Option<&str> =
                    $crate::__sdk_graphql_refusal!(@kind _error [$($type_name)?] $($kind)|+);
                kind.map(|kind| {
                    $refusal(kind)$(
                        .$setter($crate::__sdk_graphql_refusal!(@text $present _error.$field))
                    )*
                })
            })*
            $module::$union::$other(other) => match other.type_name.as_str() {
                $($($result)|+ => ::std::option::Option::None,)?
                kind => ::std::option::Option::Some($refusal(kind)),
            },
            #[allow(unreachable_patterns, reason = "a union of refusals alone has no other variant")]
            _ => ::std::option::Option::None,
        }
    };
    (@optional $data:ident.$root:ident) => { $data.$root.as_ref() };
    (@required $data:ident.$root:ident) => { ::std::option::Option::Some(&$data.$root) };
    (@kind $error:ident [] $kind:literal) => { ::std::option::Option::Some($kind) };
    (@kind $error:ident [$type_name:ident] $($kind:literal)|+) => {
        [$($kind),+].into_iter().find(|kind| *kind == $error.$type_name)
    };
    (@text optional $error:ident.$field:ident) => {
        $error.$field.as_ref().map(::std::string::ToString::to_string)
    };
    (@text required $error:ident.$field:ident) => {
        ::std::option::Option::Some($error.$field.to_string())
    };
}

/// Implements `Outcome`: `GetPerson = optional root of module::Union::Person(module::Person)`.
#[doc(hidden)]
#[macro_export]
macro_rules! __sdk_graphql_outcome {
    ($operation:ident = $nullable:ident $root:ident
        of $module:ident::$union:ident::$variant:ident($success:ty)) => {
        impl $crate::Outcome for $operation {
            type Success = $success;

            fn success(
                data: <Self as $crate::Operation>::Data,
            ) -> ::std::option::Option<$success> {
                match $crate::__sdk_graphql_outcome!(@$nullable data.$root)? {
                    $module::$union::$variant(success) => ::std::option::Option::Some(success),
                    _ => ::std::option::Option::None,
                }
            }
        }
    };
    (@optional $data:ident.$root:ident) => { $data.$root };
    (@required $data:ident.$root:ident) => { ::std::option::Option::Some($data.$root) };
}
