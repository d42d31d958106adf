//! The GraphQL response as it comes over the wire, with nothing dropped.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Map, Value};

/// A decoded response body.
#[derive(Debug, Clone, PartialEq)]
pub struct Response<T> {
    /// The typed data; `None` when absent or `null`.
    pub data: Option<T>,
    /// Every error, in the server's order.
    pub errors: Vec<GraphqlError>,
    /// The response's own `extensions`.
    pub extensions: Map<String, Value>,
}

/// One entry of a response's `errors`, with every key the server sent.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct GraphqlError {
    /// The server's message; empty when the server sent none.
    pub message: String,
    /// Where in the data the error arose; empty for an error of the whole request.
    pub path: Vec<PathSegment>,
    /// Where in the document the error arose.
    pub locations: Vec<Location>,
    /// The standard place for more: codes, stack traces, hints.
    pub extensions: Map<String, Value>,
    /// Keys the specification does not name, kept as they came (such as Altrata's `errorType`).
    pub other: Map<String, Value>,
}

/// One step of an error's path: a response key or a list index.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PathSegment {
    /// A response key.
    Key(String),
    /// A position in a list, from 0.
    Index(u64),
}

/// A place in the document, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Location {
    /// The line.
    pub line: u64,
    /// The column.
    pub column: u64,
}

impl GraphqlError {
    /// `extensions.code`, where servers put a machine-readable class by custom.
    pub fn code(&self) -> Option<&str> {
        self.extensions.get("code").and_then(Value::as_str)
    }

    /// The path as text, such as `allFindings[3].title`; empty for an error of the whole request.
    pub fn path_display(&self) -> String {
        let mut text = String::new();
        for segment in &self.path {
            match segment {
                PathSegment::Key(key) if text.is_empty() => text.push_str(key),
                PathSegment::Key(key) => {
                    text.push('.');
                    text.push_str(key);
                }
                PathSegment::Index(index) => text.push_str(&format!("[{index}]")),
            }
        }
        text
    }
}

impl fmt::Display for GraphqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.path.is_empty() {
            write!(f, " (at {})", self.path_display())?;
        }
        Ok(())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Response<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ResponseVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ResponseVisitor<T> {
            type Value = Response<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a GraphQL response object with `data` or `errors`")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let (mut data, mut errors, mut extensions) = (None, None, None);
                while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
                    match &*key {
                        "data" => data = Some(map.next_value::<Option<T>>()?),
                        "errors" => errors = Some(map.next_value::<Option<Vec<_>>>()?),
                        "extensions" => extensions = Some(map.next_value::<Lax<_>>()?.0),
                        _ => {
                            map.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                if data.is_none() && errors.is_none() {
                    return Err(serde::de::Error::custom(
                        "neither `data` nor `errors`: not a GraphQL response",
                    ));
                }
                Ok(Response {
                    data: data.flatten(),
                    errors: errors.flatten().unwrap_or_default(),
                    extensions: extensions.unwrap_or_default(),
                })
            }
        }

        deserializer.deserialize_map(ResponseVisitor(PhantomData))
    }
}

/// Reads every key; a standard key of the wrong type goes to `other` instead of failing the response.
impl<'de> Deserialize<'de> for GraphqlError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut error = Self::default();
        let object = match Value::deserialize(deserializer)? {
            Value::Object(object) => object,
            Value::String(message) => {
                error.message = message;
                return Ok(error);
            }
            other => {
                error.other.insert("error".to_owned(), other);
                return Ok(error);
            }
        };
        for (key, value) in object {
            match (key.as_str(), value) {
                (_, Value::Null) => {}
                ("message", Value::String(message)) => error.message = message,
                ("path", Value::Array(path)) => {
                    error.path = path.iter().filter_map(PathSegment::from_json).collect();
                }
                ("locations", Value::Array(places)) => {
                    error.locations = places.iter().filter_map(Location::from_json).collect();
                }
                ("extensions", Value::Object(extensions)) => error.extensions = extensions,
                (_, value) => {
                    error.other.insert(key, value);
                }
            }
        }
        Ok(error)
    }
}

impl PathSegment {
    fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::String(key) => Some(Self::Key(key.clone())),
            Value::Number(index) => index.as_u64().map(Self::Index),
            _ => None,
        }
    }
}

impl Location {
    fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            line: value.get("line")?.as_u64()?,
            column: value.get("column")?.as_u64()?,
        })
    }
}

/// An object, or nothing where the server put something else.
struct Lax<T>(T);

impl<'de> Deserialize<'de> for Lax<Map<String, Value>> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Value::deserialize(deserializer)? {
            Value::Object(object) => object,
            _ => Map::new(),
        }))
    }
}
