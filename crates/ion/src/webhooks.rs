//! Webhooks: is it from ION, and what happened.
//!
//! ION posts a JSON event to a registered receiver, at least once, and signs it with the receiver's
//! shared secret. Verify the body before it is parsed, answer with the status the receiver expects,
//! and drop events whose id was seen before.
//!
//! ```
//! use ion::{types::ResourceEnum, webhooks::{Event, Receiver}};
//!
//! # fn example(signature: &str, body: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
//! let receiver = Receiver::new("the shared secret of the receiver");
//! receiver.verify(signature, body)?; // the header `x-ion-signature`, and the body as it arrived
//! let event = Event::parse(body)?;
//! if event.resource == Some(ResourceEnum::RunStep) {
//!     println!("{}", event.id);
//! }
//! # Ok(())
//! # }
//! # let body = br#"{"event_id":"1","subscription_id":2,"resource":"RUN_STEP"}"#;
//! # let signature = Receiver::new("the shared secret of the receiver").sign(body);
//! # example(&signature, body).unwrap();
//! # assert!(Receiver::new("another secret").verify(&signature, body).is_err());
//! ```
//!
//! # Unconfirmed
//!
//! The vendor's page "Webhooks" documents the header, the secret, and the members `event_id`,
//! `subscription_id` and `resource`. Its readable copies do not show how the signature is made. This
//! module takes the most common way: HMAC-SHA256 over the body as it arrived, in hexadecimal digits,
//! with or without `sha256=` before them. To confirm it, let a sandbox tenant deliver one event and
//! compare [`Receiver::sign`] of its body with its header. No time is signed, as far as is known, so a
//! recorded delivery can be sent again: only [`Event::id`] tells.

use std::fmt;

use aws_lc_rs::hmac;
use sdk_graphql::{Id, Json};
use serde::Deserialize;
use serde_json::{Map, error::Category};

use crate::types::ResourceEnum;

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "x-ion-signature";

/// One registered receiver, by its shared secret.
#[derive(Clone)]
pub struct Receiver {
    key: hmac::Key,
}

/// A delivery that this receiver's secret did not sign.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureError {
    /// The header does not hold 64 hexadecimal digits.
    Malformed,
    /// The signature is that of another body or another secret.
    Mismatch,
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the signature does not have 64 hexadecimal digits",
            Self::Mismatch => "the signature does not fit the body and the shared secret",
        })
    }
}

impl std::error::Error for SignatureError {}

impl Receiver {
    /// A receiver with the `sharedSecret` it was registered with.
    #[must_use]
    pub fn new(shared_secret: impl AsRef<[u8]>) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, shared_secret.as_ref());
        Self { key }
    }

    /// Checks the value of [`SIGNATURE_HEADER`] against the body as it arrived, in constant time.
    ///
    /// How the signature is made is unconfirmed; see the [module](self).
    ///
    /// # Errors
    ///
    /// When the header is no signature, or not that of this body under this secret.
    pub fn verify(&self, signature: &str, body: &[u8]) -> Result<(), SignatureError> {
        let digits = signature.trim();
        let digits = digits.strip_prefix("sha256=").unwrap_or(digits);
        let signature = bytes_of_hex(digits).ok_or(SignatureError::Malformed)?;
        hmac::verify(&self.key, body, &signature).map_err(|_| SignatureError::Mismatch)
    }

    /// The signature of a body in hexadecimal digits, for tests of a receiver.
    #[must_use]
    pub fn sign(&self, body: &[u8]) -> String {
        let signature = hmac::sign(&self.key, body);
        let bytes = signature.as_ref().iter();
        bytes.map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Shows nothing of the secret.
impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}

/// The 32 bytes of a SHA-256 in hexadecimal digits of either case.
fn bytes_of_hex(digits: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    let nibble = |digit: u8| char::from(digit).to_digit(16);
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        let [high, low] = *pair else { return None };
        *byte = u8::try_from(nibble(high)? * 16 + nibble(low)?).ok()?;
    }
    Some(bytes)
}

/// What happened, as far as the vendor documents it.
///
/// A resource or a member that is not known here is kept, never refused: the vendor adds values
/// without notice.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// The event's id. Deliveries can come more than once, each time with the same id.
    #[serde(rename = "event_id")]
    pub id: Id,
    /// The subscription that the event matched.
    #[serde(default)]
    pub subscription_id: Option<Id>,
    /// The kind of thing that changed, such as `RUN_STEP`.
    #[serde(default)]
    pub resource: Option<ResourceEnum>,
    /// Every other member as it came, such as the action and the changed thing. No public source
    /// shows their names.
    #[serde(flatten)]
    pub rest: Map<String, Json>,
}

impl Event {
    /// Reads the body of a delivery; verify it first.
    ///
    /// # Errors
    ///
    /// When the body is no JSON object with an `event_id`. The error holds no value of the body.
    pub fn parse(body: &[u8]) -> Result<Self, EventError> {
        serde_json::from_slice(body).map_err(|error| EventError {
            category: error.classify(),
        })
    }
}

/// A body that is no event.
#[derive(Debug, Clone)]
pub struct EventError {
    category: Category,
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.category {
            Category::Data => "the body is not an event: a member is missing or has another type",
            Category::Syntax | Category::Eof | Category::Io => "the body is not JSON",
        })
    }
}

impl std::error::Error for EventError {}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"event_id":7,"subscription_id":"3","resource":"RUN_STEP"}"#;

    /// RFC 4231, test case 2.
    #[test]
    fn the_signature_is_hmac_sha256_in_hexadecimal_digits() {
        assert_eq!(
            Receiver::new("Jefe").sign(b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_signature_holds_for_its_body_and_its_secret_alone() {
        let receiver = Receiver::new("shared");
        let signature = receiver.sign(BODY);
        assert_eq!(receiver.verify(&signature, BODY), Ok(()));
        assert_eq!(receiver.verify(&signature.to_uppercase(), BODY), Ok(()));
        assert_eq!(
            receiver.verify(&format!("sha256={signature}"), BODY),
            Ok(())
        );
        let mismatch = Err(SignatureError::Mismatch);
        assert_eq!(receiver.verify(&signature, b"{}"), mismatch);
        assert_eq!(Receiver::new("other").verify(&signature, BODY), mismatch);
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        let receiver = Receiver::new("shared");
        let (short, not_hex, wide) = ("ab".repeat(31), "zz".repeat(32), "é".repeat(32));
        for signature in ["", "sha256=", &short, &not_hex, &wide] {
            let verdict = receiver.verify(signature, BODY);
            assert_eq!(verdict, Err(SignatureError::Malformed), "{signature}");
        }
    }

    #[test]
    fn an_event_of_an_unknown_resource_is_read_with_all_its_members() {
        let body = br#"{"event_id":"e","resource":"SPACESHIP","action":"CREATE","data":{"id":1}}"#;
        let event = Event::parse(body).unwrap();
        assert_eq!(event.id, "e");
        assert_eq!(event.subscription_id, None);
        assert_eq!(event.resource.unwrap().as_str(), "SPACESHIP");
        assert_eq!(event.rest["action"], "CREATE");
        assert_eq!(event.rest["data"]["id"], 1);
    }

    #[test]
    fn a_known_resource_has_its_value() {
        let event = Event::parse(BODY).unwrap();
        assert_eq!(event.id, "7");
        assert_eq!(event.resource, Some(ResourceEnum::RunStep));
    }

    #[test]
    fn what_is_no_event_is_refused_without_showing_it() {
        for body in ["canary", "{}", "[]", r#"{"event_id":["canary"]}"#] {
            let error = Event::parse(body.as_bytes()).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
    }

    #[test]
    fn a_receiver_shows_nothing_of_its_secret() {
        assert_eq!(format!("{:?}", Receiver::new("canary")), "Receiver { .. }");
    }
}
