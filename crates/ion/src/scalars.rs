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
/// Two decimals are equal if their texts are: `1.0` differs from `1.00`, and
/// [is the same number](Self::is_same_number).
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

    /// True if both texts spell the same number, such as `1`, `1.00` and `10e-1`; nothing is rounded.
    ///
    /// ```
    /// use ion::Decimal;
    ///
    /// let wanted: Decimal = "1.50".parse()?;
    /// assert!(wanted.is_same_number(&Decimal::from(1.5)));
    /// assert!(!wanted.is_same_number(&"1.50000000000000000001".parse()?));
    /// # Ok::<(), ion::NotADecimal>(())
    /// ```
    #[must_use]
    pub fn is_same_number(&self, other: &Self) -> bool {
        self == other
            || normal(&self.0)
                .zip(normal(&other.0))
                .is_some_and(|(one, other)| one == other)
    }
}

/// The one form of all spellings of a number: its sign, its digits without zeros around them, and the power
/// of ten that the last digit counts.
///
/// None for an exponent beyond 64 bits, and for what is no finite number.
fn normal(text: &str) -> Option<(bool, String, i64)> {
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_negative = whole.starts_with('-');
    let digits = format!("{}{fraction}", whole.trim_start_matches(['+', '-']));
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_end_matches('0');
    let behind = i64::try_from(fraction.len()).ok()?;
    let zeros = i64::try_from(digits.len() - significant.len()).ok()?;
    match significant.trim_start_matches('0') {
        "" => Some((false, String::new(), 0)),
        significant => {
            let power = exponent.checked_sub(behind)?.checked_add(zeros)?;
            Some((is_negative, significant.to_owned(), power))
        }
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
    fn a_number_is_the_same_in_all_its_spellings_and_no_other_is() {
        let decimal = |text: &str| text.parse::<Decimal>().unwrap();
        let huge = "1e99999999999999999999";
        for (one, other, is_same) in [
            ("1", "1.00", true),
            ("+1", "0001.", true),
            ("100", "1e2", true),
            ("1E-1", ".1", true),
            ("-0.0", "0e7", true),
            ("1200", "0.12e4", true),
            (huge, huge, true),
            ("1", "-1", false),
            ("1", "10", false),
            ("0.1", "0.01", false),
            ("0.1", "0.10000000000000000001", false),
            ("9007199254740993", "9007199254740992", false),
            (huge, "2e99999999999999999999", false),
            ("1e400", "1e401", false),
        ] {
            let (one, other) = (decimal(one), decimal(other));
            assert_eq!(one.is_same_number(&other), is_same, "{one} {other}");
            assert_eq!(other.is_same_number(&one), is_same, "{other} {one}");
        }
        let nan = Decimal::from(f64::NAN);
        assert!(!nan.is_same_number(&Decimal::from(f64::INFINITY)));
    }

    #[test]
    fn an_id_leaves_a_filter_as_a_number_if_it_is_one() {
        for (id, json) in [("12", r#"{"eq":12}"#), ("a-12", r#"{"eq":"a-12"}"#)] {
            assert_eq!(serde_json::to_string(&IdFilter::eq(id)).unwrap(), json);
        }
    }
}
