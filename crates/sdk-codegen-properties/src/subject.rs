//! An operation under test.

use sdk_graphql::Operation;
use serde::Serialize;
use serde_json::Value;

/// Reads a response body and writes its data again; `None` where the response has no data.
type Decode = fn(&[u8]) -> Result<Option<Value>, serde_json::Error>;

/// An operation: its file, the document it sends, and its decoder.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    pub(crate) file: &'static str,
    pub(crate) document: &'static str,
    pub(crate) decode: Decode,
}

impl Subject {
    /// A generated operation.
    pub fn of<O>(file: &'static str, document: &'static str) -> Self
    where
        O: Operation,
        O::Data: Serialize,
    {
        Self::new(file, document, |body| {
            let data = O::decode(body)?.data;
            if let Some(data) = &data {
                // Looked for in every answer, so it has to stand every answer.
                drop(O::refusal(data));
            }
            data.map(serde_json::to_value).transpose()
        })
    }

    /// An operation with any decoder.
    pub fn new(file: &'static str, document: &'static str, decode: Decode) -> Self {
        Self {
            file,
            document,
            decode,
        }
    }

    /// The name of its file.
    #[must_use]
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// Reads a response and writes its data again; `None` where the response has no data.
    ///
    /// # Errors
    ///
    /// When the body is no response to this operation.
    pub fn decode(&self, body: &[u8]) -> Result<Option<Value>, serde_json::Error> {
        (self.decode)(body)
    }
}
