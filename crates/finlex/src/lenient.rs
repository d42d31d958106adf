//! Values that arrive in more than one form.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A whole number of zero or more, as a number or as its digits; `None` for null and for an empty text.
pub(crate) fn whole_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    scalar(deserializer, "a whole number of zero or more", |text| {
        text.parse().ok()
    })
}

/// A finite number, as a number or as text; `None` for null and for an empty text.
pub(crate) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    scalar(deserializer, "a number", |text| {
        text.parse().ok().filter(|number: &f64| number.is_finite())
    })
}

/// An RFC 3339 time; `None` for null and for an empty text.
pub(crate) fn time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    scalar(deserializer, "an RFC 3339 time", |text| text.parse().ok())
}

/// Null counts as absent.
pub(crate) fn or_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A number or a text, read from its text.
fn scalar<'de, T, D: Deserializer<'de>>(
    deserializer: D,
    expected: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(Scalar { expected, parse })
}

/// A visitor and no detour over [`Value`], because then an error knows the place of the value.
struct Scalar<P> {
    expected: &'static str,
    parse: P,
}

impl<'de, T, P: FnOnce(&str) -> Option<T>> Visitor<'de> for Scalar<P> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.is_empty() {
            return Ok(None);
        }
        let Self { expected, parse } = self;
        let unexpected = || E::invalid_value(Unexpected::Str(text), &expected);
        parse(text.trim()).map(Some).ok_or_else(unexpected)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        self.visit_str(&number.to_string())
    }

    /// With serde_json's `arbitrary_precision` anywhere in the build, a number comes as a map.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        match Value::deserialize(MapAccessDeserializer::new(map))? {
            Value::Number(number) => self.visit_str(&number.to_string()),
            _ => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

/// A shape of the vendor, read from an object or from a bare text.
pub(crate) fn object_or_text<'de, T, D>(
    deserializer: D,
    of_text: impl FnOnce(String) -> T,
) -> Result<T, D::Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(of_text(text)),
        object => {
            T::deserialize(object).map_err(|_| D::Error::custom("expected an object or text"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Values {
        #[serde(default, deserialize_with = "whole_number")]
        whole: Option<u64>,
        #[serde(default, deserialize_with = "number")]
        fraction: Option<f64>,
        #[serde(default, deserialize_with = "time")]
        at: Option<DateTime<Utc>>,
    }

    #[test]
    fn numbers_are_read_from_numbers_and_from_text() {
        for (json, expected) in [
            ("7", Some(7)),
            (r#""7""#, Some(7)),
            (r#"" 7 ""#, Some(7)),
            ("7.0", Some(7)),
            (r#""18446744073709551615""#, Some(u64::MAX)),
            ("null", None),
            (r#""""#, None),
        ] {
            let values: Values = serde_json::from_str(&format!(r#"{{"whole": {json}}}"#)).unwrap();
            assert_eq!(values.whole, expected, "{json}");
        }
        for json in [
            "-1",
            "7.5",
            r#""-1""#,
            r#""many""#,
            "true",
            "[]",
            "{}",
            "1e99",
        ] {
            let text = format!(r#"{{"whole": {json}}}"#);
            assert!(serde_json::from_str::<Values>(&text).is_err(), "{json}");
        }
    }

    #[test]
    fn fractions_and_times_are_read() {
        let json = r#"{"fraction": "0.19", "at": "2026-01-05T08:00:00.250Z"}"#;
        let values: Values = serde_json::from_str(json).unwrap();
        assert_eq!(values.fraction, Some(0.19));
        assert_eq!(values.at.unwrap().timestamp_millis(), 1_767_600_000_250);
        for json in [
            r#"{"fraction": "NaN"}"#,
            r#"{"at": "yesterday"}"#,
            r#"{"at": 7}"#,
        ] {
            assert!(serde_json::from_str::<Values>(json).is_err(), "{json}");
        }
    }
}
