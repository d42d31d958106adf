//! Answers that no page of the vendor describes.

use std::fmt;

use serde_json::Value;

/// A successful answer that no page of the vendor describes, kept as it came.
///
/// `Debug` shows its size alone: nobody knows what is in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Undocumented(Vec<u8>);

impl Undocumented {
    pub(crate) fn new(body: &[u8]) -> Self {
        Self(body.to_vec())
    }

    /// The body, which may be empty.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The body as JSON, if it is.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.0).ok()
    }
}

impl fmt::Debug for Undocumented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Undocumented")
            .field("bytes", &self.0.len())
            .finish()
    }
}
