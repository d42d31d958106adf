//! Text that is wiped from memory when dropped and that never prints itself.

use std::fmt;

use bytes::Bytes;
use http::HeaderValue;
use zeroize::{Zeroize as _, Zeroizing};

/// A secret text: wiped when dropped, and shown as `[secret]` by `Debug`.
///
/// This type has no public way to read it back: a secret goes in through configuration, and only this
/// crate's token request and header code take it out again. That is why this is an own type and not a general
/// secret wrapper, whose contents any caller can expose. Who builds requests by hand can read the headers
/// that are sent, secret ones included, from an [`AccessToken`](crate::AccessToken).
///
/// Wiping covers this copy. Copies that the HTTP and TLS layers make while sending and receiving are outside
/// its reach.
///
/// ```
/// let secret = sdk_auth::SecretString::from("correct horse");
/// assert_eq!(format!("{secret:?}"), "[secret]");
/// ```
#[derive(Clone, Default)]
pub struct SecretString(Zeroizing<String>);

impl SecretString {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// True if there is no text in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for SecretString {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for SecretString {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

impl fmt::Debug for SecretString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Shared bytes that are wiped when the last handle on them goes away.
pub(crate) fn wiped_bytes(bytes: impl Into<Zeroizing<Vec<u8>>>) -> Bytes {
    Bytes::from_owner(bytes.into())
}

/// Wipes bytes that have been read, unless others hold them as well.
pub(crate) fn wipe(bytes: Bytes) {
    if let Ok(mut bytes) = bytes.try_into_mut() {
        bytes.as_mut().zeroize();
    }
}

/// A header value that is marked sensitive (never printed, never indexed by HTTP/2) and wiped when dropped.
///
/// `None` if the bytes may not stand in a header.
pub(crate) fn sensitive_header(bytes: Bytes) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_maybe_shared(bytes).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_prints_itself() {
        let secret = SecretString::from("hunter2");
        assert_eq!(
            format!("{secret:?} {:#?}", Some(&secret)),
            "[secret] Some(\n    [secret],\n)"
        );
    }

    /// What lies at an address now, be it in use or not.
    #[cfg(target_os = "linux")]
    fn memory_at(address: usize, length: usize) -> Vec<u8> {
        use std::os::unix::fs::FileExt as _;
        let mut found = vec![0; length];
        let memory = std::fs::File::open("/proc/self/mem").unwrap();
        memory.read_exact_at(&mut found, address as u64).unwrap();
        found
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn shared_bytes_are_wiped_when_the_last_handle_goes() {
        let bytes = wiped_bytes(b"correct horse battery staple".repeat(4));
        let (address, length) = (bytes.as_ptr() as usize, bytes.len());
        let last = bytes.slice(20..);
        drop(bytes);
        assert!(memory_at(address, length).ends_with(b"battery staple"));
        drop(last);
        assert!(!memory_at(address, length).ends_with(b"battery staple"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn bytes_that_were_read_are_wiped_if_nobody_else_holds_them() {
        let bytes = Bytes::from(b"correct horse battery staple".repeat(4));
        let (address, length) = (bytes.as_ptr() as usize, bytes.len());
        let other = bytes.clone();
        wipe(bytes);
        assert!(other.ends_with(b"battery staple"));
        wipe(other);
        assert!(!memory_at(address, length).ends_with(b"battery staple"));
    }

    #[test]
    fn a_sensitive_header_never_prints_itself() {
        let header = sensitive_header(wiped_bytes(b"hunter2".to_vec())).unwrap();
        assert_eq!(format!("{header:?}"), "Sensitive");
        assert!(sensitive_header(wiped_bytes(b"hunter\n2".to_vec())).is_none());
    }
}
