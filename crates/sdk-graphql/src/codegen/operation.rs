//! Operations: their request body and their response.

use serde::{Serialize, de::DeserializeOwned};

use crate::Response;

/// The request body of an operation.
///
/// # Errors
///
/// When a variable cannot be written as JSON.
pub fn encode<V: Serialize>(
    document: &str,
    name: &str,
    variables: &V,
) -> Result<Vec<u8>, serde_json::Error> {
    let mut body = Vec::with_capacity(document.len() + 256);
    body.extend_from_slice(br#"{"query":"#);
    serde_json::to_writer(&mut body, document)?;
    body.extend_from_slice(br#","operationName":"#);
    serde_json::to_writer(&mut body, name)?;
    body.extend_from_slice(br#","variables":"#);
    serde_json::to_writer(&mut body, variables)?;
    body.push(b'}');
    Ok(body)
}

/// Reads a response straight into typed data.
///
/// # Errors
///
/// When the body is no GraphQL response, or the data does not have the operation's shape.
pub fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<Response<T>, serde_json::Error> {
    read(body)
}

/// Reads JSON. To look once whether all of it is UTF-8 is faster than to look at every string.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    match std::str::from_utf8(body) {
        Ok(text) => serde_json::from_str(text),
        // The error with its place, from a type that is read anyway.
        Err(_) => serde_json::from_slice(body)
            .and_then(|_: serde_json::Value| Err(serde::de::Error::custom("not UTF-8"))),
    }
}

/// Implements `Operation` and graphql_client's trait: `Query ListFindings => list_findings::Data`.
#[doc(hidden)]
#[macro_export]
macro_rules! __sdk_graphql_operation {
    (
        $kind:ident $name:ident = $wire_name:literal => $data:ty, service $service:literal
        $(, refusals $refusal:path: $($union:tt)+)?
    ) => {
        impl $crate::Operation for $name {
            type Data = $data;

            fn name(&self) -> &'static str {
                $wire_name
            }

            fn document(&self) -> &'static str {
                Self::DOCUMENT
            }

            fn kind(&self) -> $crate::OperationKind {
                $crate::OperationKind::$kind
            }

            fn service(&self) -> &'static str {
                $service
            }

            fn encode(
                &self,
            ) -> ::std::result::Result<::std::vec::Vec<u8>, $crate::codegen::JsonError> {
                $crate::codegen::encode(Self::DOCUMENT, $wire_name, self)
            }

            fn decode(
                body: &[u8],
            ) -> ::std::result::Result<$crate::Response<$data>, $crate::codegen::JsonError> {
                $crate::codegen::decode(body)
            }

            $(
                fn refusal(data: &$data) -> ::std::option::Option<$crate::Refusal> {
                    $crate::__sdk_graphql_refusal!(data, $refusal: $($union)+)
                }
            )?
        }

        impl $crate::graphql_client::GraphQLQuery for $name {
            type Variables = Self;
            type ResponseData = $data;

            fn build_query(variables: Self) -> $crate::graphql_client::QueryBody<Self> {
                $crate::graphql_client::QueryBody {
                    variables,
                    query: Self::DOCUMENT,
                    operation_name: $wire_name,
                }
            }
        }
    };
}
