//! Marks at the end of everything secret, so that tests recognise a secret wherever it turns up.

/// What secrets end with, each empty unless it is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The end of client secrets and passwords: any text.
    pub secret: String,
    /// The end of keys that travel in a header of their own: visible ASCII.
    pub key: String,
    /// The end of tokens: letters, digits and `-._~+/` (RFC 6750, section 2.1).
    pub token: String,
    /// The end of the signatures in presigned links: any text; links carry it percent-encoded.
    pub link: String,
}

impl Marks {
    pub(crate) fn end_of_secret(&self, secret: &str) -> String {
        format!("{secret}{}", self.secret)
    }

    /// The mark as a query carries it, every byte of it but letters, digits and `-` encoded.
    pub(crate) fn link_in_query(&self) -> String {
        let encode = |byte: u8| match byte {
            b'-' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        };
        self.link.bytes().map(encode).collect()
    }
}
