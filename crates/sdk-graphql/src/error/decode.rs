//! Answers that do not have the operation's shape.

use std::fmt;

use crate::json_path;

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
    pub(crate) fn of_body(
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

    pub(crate) fn without_place(operation: &'static str, host: &str, reason: &str) -> Self {
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
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// Where in the response, such as `data.allFindings[3].title`; empty where no place is known.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What was expected there and what kind of value was found, without the value.
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Line and column in the response body, both from 1; zeros where no place is known.
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

/// serde_json quotes the value it did not expect; a value may be a link or a person, so it goes.
pub(super) fn without_values(error: &serde_json::Error) -> String {
    let mut text = error.to_string();
    if let Some(place) = text.rfind(" at line ") {
        text.truncate(place);
    }
    if let Some(rest) = text
        .strip_prefix("invalid type: ")
        .or(text.strip_prefix("invalid value: "))
    {
        let kind = rest.split(['"', '`']).next().unwrap_or_default().trim_end();
        let expected = rest.rfind(", expected ").map_or("", |at| &rest[at..]);
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
