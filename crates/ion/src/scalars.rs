//! Scalars of ION: decimals that lose nothing, and ids as operands of filters.

use std::{fmt, str::FromStr};

use sdk_graphql::{Id, Json};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};

/// A decimal number, kept as its text.
///
/// The server takes and gives decimals as numbers or as strings, and documents neither their range nor
/// their scale. The text keeps whatever comes, brings no decimal library into a user's build, and
/// parses into any of them. It is sent as a string, which no JSON library on the way can round. A
/// decimal that the server sends as a JSON number keeps the 15 digits that such a number is sure to
/// have.
///
/// Two decimals are equal if their texts are: `1.0` differs from `1.00`.
///
/// ```
/// use ion::Decimal;
///
/// let quantity: Decimal = "12.50".parse()?;
/// assert_eq!(serde_json::to_string(&quantity)?, r#""12.50""#);
/// assert_eq!(serde_json::from_str::<Decimal>("12.5")?, Decimal::from(12.5));
/// assert_eq!(quantity.to_f64(), 12.5);
/// assert!("a dozen".parse::<Decimal>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal(String);

/// A text that is no decimal number.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotADecimal;

impl fmt::Display for NotADecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal number, such as 12.50")
    }
}

impl std::error::Error for NotADecimal {}

impl Decimal {
    /// The number as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The nearest float, for display and statistics; infinite if it is out of a float's range.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        // Every text in here passed `is_decimal`, all of which a float can be read from.
        self.0.parse().unwrap_or(f64::NAN)
    }
}

/// `[+-]digits[.digits][e[+-]digits]`, with a digit before or after the point.
fn is_decimal(text: &str) -> bool {
    let starts_like_one = text
        .trim_start_matches(['+', '-'])
        .starts_with(|c: char| c.is_ascii_digit() || c == '.');
    starts_like_one && text.parse::<f64>().is_ok()
}

impl FromStr for Decimal {
    type Err = NotADecimal;

    fn from_str(text: &str) -> Result<Self, NotADecimal> {
        if is_decimal(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotADecimal)
        }
    }
}

/// Whole numbers are exact.
macro_rules! from_integer {
    ($($integer:ty)+) => {$(
        impl From<$integer> for Decimal {
            fn from(number: $integer) -> Self {
                Self(number.to_string())
            }
        }
    )+};
}

from_integer! { i32 i64 u32 u64 }

/// The shortest text that reads back as the same float.
///
/// What is not a finite number stays as it prints (`NaN`, `inf`), and the server refuses it.
impl From<f64> for Decimal {
    fn from(number: f64) -> Self {
        Self(number.to_string())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DecimalVisitor)
    }
}

struct DecimalVisitor;

impl<'de> Visitor<'de> for DecimalVisitor {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal (a number, or a string that holds one)")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Decimal, E> {
        text.parse()
            .map_err(|_| E::custom("invalid value: a string that is not a decimal number"))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Decimal, E> {
        Ok(number.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Decimal, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Decimal, E> {
        Ok(number.into())
    }

    /// With serde_json's `arbitrary_precision` anywhere in the build, a number comes as a map.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Decimal, A::Error> {
        match Json::deserialize(MapAccessDeserializer::new(map))? {
            Json::Number(number) => Ok(Decimal(number.to_string())),
            _ => Err(A::Error::custom("invalid type: map, expected a decimal")),
        }
    }
}

/// A condition on an id: equal to one, or one of several.
///
/// Arguments take ids as text or as numbers, operands of filters only as numbers; an [`Id`] leaves as
/// whichever its place wants.
///
/// ```
/// use ion::{Id, IdFilter};
///
/// let filter = IdFilter::one_of([Id::from("7"), Id::from("8")]);
/// assert_eq!(serde_json::to_string(&filter)?, r#"{"in":[7,8]}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct IdFilter(Condition);

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Condition {
    Eq(Operand),
    In(Vec<Operand>),
}

impl IdFilter {
    /// Rows whose id is this one.
    pub fn eq(id: impl Into<Id>) -> Self {
        Self(Condition::Eq(Operand(id.into())))
    }

    /// Rows whose id is among these.
    pub fn one_of<I: Into<Id>>(ids: impl IntoIterator<Item = I>) -> Self {
        let ids = ids.into_iter().map(|id| Operand(id.into()));
        Self(Condition::In(ids.collect()))
    }
}

impl Serialize for IdFilter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// An id as a filter wants it: a number, unless it is none.
#[derive(Debug, Clone, PartialEq)]
struct Operand(Id);

impl Serialize for Operand {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_str().parse::<i64>() {
            Ok(number) => serializer.serialize_i64(number),
            Err(_) => serializer.serialize_str(self.0.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_come_as_numbers_or_as_strings() {
        for (json, text) in [
            ("5", "5"),
            ("-5", "-5"),
            ("0.1", "0.1"),
            (r#""0.1""#, "0.1"),
            (
                r#""12345678901234567890.0987654321""#,
                "12345678901234567890.0987654321",
            ),
            (r#""1E+2""#, "1E+2"),
            (r#"".5""#, ".5"),
        ] {
            assert_eq!(
                serde_json::from_str::<Decimal>(json).unwrap().as_str(),
                text
            );
        }
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for json in [
            r#""""#,
            r#""NaN""#,
            r#""inf""#,
            r#""-inf""#,
            r#""1,5""#,
            "true",
            "[]",
            "{}",
        ] {
            assert!(serde_json::from_str::<Decimal>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn an_id_leaves_a_filter_as_a_number_if_it_is_one() {
        for (id, json) in [("12", r#"{"eq":12}"#), ("a-12", r#"{"eq":"a-12"}"#)] {
            assert_eq!(serde_json::to_string(&IdFilter::eq(id)).unwrap(), json);
        }
    }
}
