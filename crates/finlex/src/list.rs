//! The envelope of every list ("Responses" on developer.finlex.io), and the operations that list.

use serde::Deserialize;
use serde_json::Value;

use crate::lenient;

/// The answer of a list operation: what it says about itself, and the items of one page.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct List<T> {
    /// What the server says about the page and the list.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub metadata: ListMetadata,
    /// The items, in the server's order.
    pub payload: Vec<T>,
}

/// What a list says about itself; the numbers arrive as text.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[non_exhaustive]
pub struct ListMetadata {
    /// How many items there are in all. Inferred: no page says what is counted.
    #[serde(default, deserialize_with = "lenient::whole_number")]
    pub count: Option<u64>,
    /// How many items were left out before this page.
    #[serde(default, deserialize_with = "lenient::whole_number")]
    pub skip: Option<u64>,
    /// How many items a page has at most; 50 unless asked for otherwise.
    #[serde(default, deserialize_with = "lenient::whole_number")]
    pub limit: Option<u64>,
    /// An empty object in every example; no page describes it.
    #[serde(default)]
    pub sort: Option<Value>,
}

/// `Operation(prefix, "path", …) of Item, "documentation"`: a request value with `skip`, `limit` and `prefix`.
macro_rules! list {
    ($(#[$doc:meta])* $operation:ident($prefix:ident $(, $segment:literal)+) of $item:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[must_use = "an operation does nothing unless executed"]
        pub struct $operation {
            prefix: $crate::Prefix,
            skip: Option<u64>,
            limit: Option<u64>,
        }

        impl $operation {
            /// The list from its beginning, in pages as the server likes them.
            pub fn new() -> Self {
                Self { prefix: $crate::Prefix::$prefix, skip: None, limit: None }
            }

            /// How many items to leave out at the beginning. Default: none.
            pub fn skip(mut self, skip: u64) -> Self {
                self.skip = Some(skip);
                self
            }

            /// How many items a page has. Default: the server's 50. The vendor states no maximum and
            /// advises against large pages, which may pass its usage limits.
            pub fn limit(mut self, limit: u64) -> Self {
                self.limit = Some(limit);
                self
            }

            /// Another prefix of the path than the one that the vendor's page prints.
            pub fn prefix(mut self, prefix: $crate::Prefix) -> Self {
                self.prefix = prefix;
                self
            }
        }

        impl Default for $operation {
            fn default() -> Self {
                Self::new()
            }
        }

        impl $crate::Operation for $operation {
            type Data = $crate::List<$item>;

            fn name(&self) -> &'static str {
                stringify!($operation)
            }

            fn request(&self) -> $crate::Get {
                let get = $crate::Get::new(&self.prefix)$(.segment($segment))+;
                let get = self.skip.into_iter().fold(get, |get, skip| get.query("skip", skip));
                self.limit.into_iter().fold(get, |get, limit| get.query("limit", limit))
            }

            fn decode(body: &[u8]) -> Result<Self::Data, $crate::Misfit> {
                Ok(serde_json::from_slice(body)?)
            }
        }

        impl $crate::Paged for $operation {
            type Item = $item;

            fn skipped(&self) -> u64 {
                self.skip.unwrap_or(0)
            }

            fn set_skip(&mut self, skip: u64) {
                self.skip = Some(skip);
            }

            fn id(item: &$item) -> &str {
                &item.id
            }
        }
    };
}

pub(crate) use list;
