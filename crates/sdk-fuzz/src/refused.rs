//! What every error of a decoder owes: a place in the body, a reason, and no value.

use sdk_graphql::DecodeError;
use serde_json::Value;

/// The text that no error may repeat; cases put it where values stand.
pub(crate) const CANARY: &str = "canary";

/// Looks at what a decoder says of a body that it does not take.
///
/// # Panics
///
/// When it names a place outside of the body, no reason, or a value.
pub(crate) fn refused(body: &[u8], error: &serde_json::Error) {
    let error = DecodeError::of_body("it", "the server", body, error);
    let (line, column) = error.position();
    let lines = body.split(|byte| *byte == b'\n').count();
    assert!((1..=lines).contains(&line), "{error:?}");
    assert!(column <= body.len(), "{error:?}");
    assert!(!error.reason().is_empty(), "{error:?}");
    // Names are shown, values are not.
    if !names_canary(body) {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(CANARY), "{shown}");
    }
}

/// Whether the text stands in a key, or anywhere in what is no JSON.
fn names_canary(body: &[u8]) -> bool {
    fn in_keys(value: &Value) -> bool {
        match value {
            Value::Object(fields) => fields
                .iter()
                .any(|(key, value)| key.contains(CANARY) || in_keys(value)),
            Value::Array(items) => items.iter().any(in_keys),
            _ => false,
        }
    }
    serde_json::from_slice(body).map_or(true, |value| in_keys(&value))
}
