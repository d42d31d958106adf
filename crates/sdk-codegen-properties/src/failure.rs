//! What a broken property says.

use std::{error, fmt};

/// A property that does not hold, or a schema or document that cannot be tested.
///
/// Its `Debug` is its `Display`, since that is what a test prints that returns it.
pub struct Failure(String);

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// The failure of one case, with how to run it again.
    pub(crate) fn of_case(file: &str, seed: u64, what: &str, sent: &str) -> Self {
        Self(format!(
            "{file}: {what}\n  again with SDK_PROPERTY_SEED={seed}\n  response: {sent}"
        ))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for Failure {}
