//! Answers that do not have the operation's shape.

use std::fmt;

use super::json_path;

/// A request that could not be written, or an answer that does not have the operation's shape.
#[derive(Debug, Clone)]
pub struct DecodeError(Box<DecodeDetails>);

#[derive(Debug, Clone)]
struct DecodeDetails {
    operation: &'static str,
    host: String,
    path: String,
    reason: String,
    line: usize,
    column: usize,
}

impl DecodeError {
    /// A body that the typed decoder refused; names the place and never the value.
    #[must_use]
    pub fn of_body(
        operation: &'static str,
        host: &str,
        body: &[u8],
        error: &serde_json::Error,
    ) -> Self {
        Self(Box::new(DecodeDetails {
            operation,
            host: host.to_owned(),
            path: json_path::path_at(body, error.line(), error.column()),
            reason: without_values(error),
            line: error.line(),
            column: error.column(),
        }))
    }

    /// An answer that is wrong as a whole: `reason` completes "cannot read the answer of …".
    #[must_use]
    pub fn without_place(operation: &'static str, host: &str, reason: &str) -> Self {
        Self(Box::new(DecodeDetails {
            operation,
            host: host.to_owned(),
            path: String::new(),
            reason: reason.to_owned(),
            line: 0,
            column: 0,
        }))
    }

    /// The operation's name.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// Where in the response, such as `data.things[3].title`; empty where no place is known.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What was expected there and what kind of value was found, without the value.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Line and column in the response body, both from 1; zeros where no place is known.
    #[must_use]
    pub fn position(&self) -> (usize, usize) {
        (self.0.line, self.0.column)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: cannot read the answer of {}",
            self.0.operation, self.0.host
        )?;
        if !self.0.path.is_empty() {
            write!(f, " at `{}`", self.0.path)?;
        }
        write!(f, ": {}", self.0.reason)
    }
}

impl std::error::Error for DecodeError {}

/// What a JSON error says, without the value it quotes: a value may be a link or a person.
#[must_use]
pub fn without_values(error: &serde_json::Error) -> String {
    let mut text = error.to_string();
    if let Some(place) = text.rfind(" at line ") {
        text.truncate(place);
    }
    if let Some(rest) = text
        .strip_prefix("invalid type: ")
        .or(text.strip_prefix("invalid value: "))
    {
        let (found, expected) = rest.split_at(rest.rfind(", expected ").unwrap_or(rest.len()));
        let kind = found
            .split(['"', '`'])
            .next()
            .unwrap_or_default()
            .trim_end();
        return format!(
            "{}{expected}",
            if kind.is_empty() {
                "a wrong value"
            } else {
                kind
            }
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Upload {
        #[allow(dead_code)]
        url: u32,
    }

    fn failure(body: &str) -> DecodeError {
        let error = serde_json::from_str::<BTreeMap<String, Upload>>(body).unwrap_err();
        DecodeError::of_body("StartUpload", "vendor.example", body.as_bytes(), &error)
    }

    #[test]
    fn decode_errors_name_the_place_and_never_the_value() {
        let error = failure(r#"{"upload": {"url": "https://storage.example/?signature=canary"}}"#);
        assert_eq!(
            error.to_string(),
            "StartUpload: cannot read the answer of vendor.example at `upload.url`: \
             string, expected u32"
        );
        assert!(!format!("{error:?}").contains("canary"));
    }

    #[test]
    fn decode_errors_say_once_what_was_expected() {
        for (value, reason) in [
            ("null", "null, expected u32"),
            ("[]", "sequence, expected u32"),
            ("true", "boolean, expected u32"),
            ("-7", "integer, expected u32"),
            (r#""a, expected b""#, "string, expected u32"),
        ] {
            let error = failure(&format!(r#"{{"upload": {{"url": {value}}}}}"#));
            assert_eq!(error.reason(), reason);
        }
    }

    #[test]
    fn decode_errors_name_a_missing_field() {
        let error = failure(r#"{"upload": {}}"#);
        assert_eq!(error.path(), "upload");
        assert_eq!(error.reason(), "missing field `url`");
    }
}
