//! The forms that a secret takes on its way into a log.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// Every form of a secret, with its name. Some of them may be the same.
pub(crate) fn forms(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let json = inner(&serde_json::Value::from(secret).to_string());
    let debug = inner(&format!("{secret:?}"));
    let ascii = secret.as_bytes().escape_ascii().to_string();
    let mut forms = vec![
        ("it is", secret.to_owned()),
        ("percent-encoded in full", percent(secret, |_| true)),
        ("percent-encoded", percent(secret, is_reserved)),
        ("as it is in a query", percent(secret, is_odd)),
        ("a password in a URL", percent(secret, ends_a_password)),
        (
            "percent-encoded twice",
            percent(&percent(secret, is_reserved), is_reserved),
        ),
        ("a form field", form(secret)),
        ("a form field within another", form(&form(secret))),
        ("JSON", json.clone()),
        ("JSON in ASCII", json_in_ascii(&json)),
        ("JSON within JSON", inner(&format!("{json:?}"))),
        ("Debug", debug.clone()),
        ("Debug of Debug", inner(&format!("{debug:?}"))),
        ("escaped bytes", ascii),
        ("a list of bytes", list(secret)),
        ("hexadecimal", hex(secret)),
    ];
    // What people write in either case.
    for index in 0..forms.len() {
        let (name, form) = &forms[index];
        if form.contains('%') || *name == "hexadecimal" {
            let other = (*name, with_other_case(form));
            forms.push(other);
        }
    }
    forms.extend(base64(secret).map(|form| ("Base64", form)));
    forms
        .into_iter()
        .map(|(name, form)| (name, form.into_bytes()))
        .collect()
}

/// A text without the quotes around it.
fn inner(quoted: &str) -> String {
    let text = quoted.strip_prefix('"').unwrap_or(quoted);
    text.strip_suffix('"').unwrap_or(text).to_owned()
}

/// All but what RFC 3986, section 2.3 calls unreserved.
fn is_reserved(byte: u8) -> bool {
    !(byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// What no query can have.
fn is_odd(byte: u8) -> bool {
    !byte.is_ascii_graphic() || b"\"#<>'".contains(&byte)
}

/// What would end the password of a URL, or its host, if it stood there as it is.
fn ends_a_password(byte: u8) -> bool {
    !byte.is_ascii_graphic() || b"\"#/:;<=>?@[\\]^`{|}".contains(&byte)
}

fn percent(text: &str, encodes: impl Fn(u8) -> bool) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if encodes(byte) {
            let _ = write!(encoded, "%{byte:02X}"); // a String takes everything
        } else {
            encoded.push(char::from(byte));
        }
        encoded
    })
}

fn form(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Upper case becomes lower case where it is part of an encoding.
fn with_other_case(encoded: &str) -> String {
    if !encoded.contains('%') {
        return encoded.to_ascii_uppercase();
    }
    let mut left = 0;
    let lower = |char: char| {
        if char == '%' {
            left = 2;
        } else if left > 0 {
            left -= 1;
            return char.to_ascii_lowercase();
        }
        char
    };
    encoded.chars().map(lower).collect()
}

/// With `\u` where a character is not ASCII.
fn json_in_ascii(json: &str) -> String {
    let mut text = String::new();
    for unit in json.encode_utf16() {
        match u8::try_from(unit).ok().filter(u8::is_ascii) {
            Some(byte) => text.push(char::from(byte)),
            None => {
                let _ = write!(text, "\\u{unit:04x}"); // a String takes everything
            }
        }
    }
    text
}

/// As `Debug` shows bytes.
fn list(text: &str) -> String {
    let bytes: Vec<String> = text.bytes().map(|byte| byte.to_string()).collect();
    bytes.join(", ")
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}"); // a String takes everything
        hex
    })
}

/// Base64 hides where a text begins: three alignments in two alphabets, without the first and the last group, which
/// depend on what stands beside the text.
fn base64(text: &str) -> impl Iterator<Item = String> {
    [&STANDARD, &URL_SAFE_NO_PAD]
        .into_iter()
        .flat_map(move |alphabet| {
            (0..3).map(move |offset| {
                let shifted = [&b"xx"[..offset], text.as_bytes()].concat();
                let encoded = alphabet.encode(shifted);
                let end = encoded.len().saturating_sub(4);
                encoded.get(4..end).unwrap_or_default().to_owned()
            })
        })
}
