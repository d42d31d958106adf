//! Deliveries of ION: signature headers and events.

use ion::webhooks::{Event, Receiver, SignatureError};
use serde_json::Value;

/// The first line is the signature header, the rest the body.
///
/// Only the signature of this body under this secret verifies, however it is written; an event holds
/// everything that the body says, and an error nothing of it.
///
/// # Panics
///
/// When that does not hold.
pub fn check(bytes: &[u8]) {
    let (header, body) = crate::first_line(bytes);
    let header = String::from_utf8_lossy(header);
    let receiver = Receiver::new("canary-secret");
    let right = receiver.sign(body);
    let digits = header.trim();
    let digits = digits.strip_prefix("sha256=").unwrap_or(digits);
    let is_signature = digits.len() == 64 && digits.bytes().all(|it| it.is_ascii_hexdigit());
    let expected = match is_signature {
        _ if digits.eq_ignore_ascii_case(&right) => Ok(()),
        true => Err(SignatureError::Mismatch),
        false => Err(SignatureError::Malformed),
    };
    assert_eq!(receiver.verify(&header, body), expected, "{header}");

    for written in [right.to_uppercase(), format!(" sha256={right}\n")] {
        assert_eq!(receiver.verify(&written, body), Ok(()));
        let other = Receiver::new("another").verify(&written, body);
        assert_eq!(other, Err(SignatureError::Mismatch));
    }
    event(body);
}

fn event(body: &[u8]) {
    match Event::parse(body) {
        Ok(event) => {
            let said: Value = serde_json::from_slice(body).unwrap_or_default();
            let known = ["event_id", "subscription_id", "resource"];
            for (name, value) in said.as_object().into_iter().flatten() {
                if !known.contains(&name.as_str()) {
                    assert_eq!(event.rest.get(name), Some(value), "{name} is lost");
                }
            }
            if let Some(id) = said.get("event_id").and_then(Value::as_str) {
                assert_eq!(event.id.as_str(), id);
            }
            let resource = event.resource.as_ref().map(|it| it.as_str());
            assert_eq!(resource, said.get("resource").and_then(Value::as_str));
        }
        Err(error) => {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("canary"), "{shown}");
        }
    }
}
