//! Identifiers: text that the server chose, most of it short.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;

/// An opaque identifier (GraphQL's `ID`).
///
/// Servers may send a number; it is kept as text, and sent back as text, which the GraphQL
/// specification lets every server accept. Ids of up to 22 bytes, all numbers among them, are kept
/// without an allocation.
///
/// ```
/// use sdk_graphql::Id;
///
/// let id = Id::from("42");
/// assert_eq!(id, "42");
/// assert_eq!(id.as_str(), "42");
/// ```
#[derive(Clone)]
pub struct Id(Text);

/// The most bytes that stand in the id itself: as many as fit beside a length without making an id larger
/// than a `String`. Numbers of 64 bits have 20 at most.
const SHORT: usize = 22;

#[derive(Clone)]
enum Text {
    /// The first `length` bytes are the text.
    Short {
        length: u8,
        bytes: [u8; SHORT],
    },
    Long(Box<str>),
}

impl Text {
    fn short(text: &str) -> Option<Self> {
        let mut bytes = [0; SHORT];
        bytes
            .get_mut(..text.len())?
            .copy_from_slice(text.as_bytes());
        Some(Self::Short {
            length: u8::try_from(text.len()).ok()?,
            bytes,
        })
    }

    fn as_str(&self) -> &str {
        match self {
            Self::Short { length, bytes } => {
                let text = bytes.get(..usize::from(*length)).unwrap_or_default();
                // What makes one puts text there, so there is always some.
                std::str::from_utf8(text).unwrap_or_default()
            }
            Self::Long(text) => text,
        }
    }
}

impl Id {
    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The text, without a copy if it is a long one.
    pub fn into_string(self) -> String {
        match self.0 {
            Text::Long(text) => text.into_string(),
            short => short.as_str().to_owned(),
        }
    }
}

impl Default for Id {
    fn default() -> Self {
        Self::from("")
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Self(Text::short(&text).unwrap_or_else(|| Text::Long(text.into_boxed_str())))
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self(Text::short(text).unwrap_or_else(|| Text::Long(text.into())))
    }
}

impl From<&Id> for Id {
    fn from(id: &Id) -> Self {
        id.clone()
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.into_string()
    }
}

impl AsRef<str> for Id {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Id {}

impl PartialEq<str> for Id {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Id {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialOrd for Id {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Id {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Id").field(&self.as_str()).finish()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor)
    }
}

struct IdVisitor;

impl<'de> Visitor<'de> for IdVisitor {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an ID (a string or an integer)")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Id, E> {
        Ok(Id::from(text))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Id, E> {
        Ok(Id::from(text))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Id, E> {
        Ok(Id::from(itoa::Buffer::new().format(number)))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Id, E> {
        Ok(Id::from(itoa::Buffer::new().format(number)))
    }

    /// With serde_json's `arbitrary_precision` anywhere in the build, a number comes as a map.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Id, A::Error> {
        match Value::deserialize(MapAccessDeserializer::new(map))? {
            Value::Number(number) if !number.is_f64() => Ok(Id::from(number.to_string())),
            _ => Err(A::Error::custom("invalid type: map, expected an ID")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;

    #[test]
    fn numbers_are_their_digits() {
        for number in [0, 7, 10, 42, 100, u64::from(u32::MAX), u64::MAX] {
            let id: Id = serde_json::from_str(&number.to_string()).unwrap();
            assert_eq!(id, number.to_string().as_str());
        }
        for number in [-1, -10, i64::MIN] {
            let id: Id = serde_json::from_str(&number.to_string()).unwrap();
            assert_eq!(id, number.to_string().as_str());
        }
    }

    #[test]
    fn texts_of_every_length_come_back_as_they_were() {
        for length in 0..64 {
            for unit in ["x", "ä", "€", "🦀"] {
                let text: String = unit.repeat(length);
                for id in [Id::from(text.as_str()), Id::from(text.clone())] {
                    assert_eq!(id.as_str(), text);
                    assert_eq!(id.to_string(), text);
                    assert_eq!(format!("{id:?}"), format!("Id({text:?})"));
                    let json = serde_json::to_string(&id).unwrap();
                    assert_eq!(json, serde_json::to_string(&text).unwrap());
                    assert_eq!(serde_json::from_str::<Id>(&json).unwrap(), id);
                    assert_eq!(id.into_string(), text);
                }
            }
        }
    }

    #[test]
    fn ids_are_equal_ordered_and_hashed_as_their_texts() {
        let texts = [
            "",
            "1",
            "10",
            "2",
            "a-rather-long-identifier-of-36-bytes",
            "b",
        ];
        let number: Id = serde_json::from_str("10").unwrap();
        assert_eq!(number, Id::from("10"));
        let ordered: BTreeSet<Id> = texts.into_iter().map(Id::from).collect();
        assert!(ordered.iter().map(Id::as_str).eq(texts));
        let hashed: HashSet<Id> = texts.into_iter().map(Id::from).collect();
        assert!(hashed.contains(&number));
        assert_eq!(Id::default(), "");
    }

    #[test]
    fn an_id_is_no_larger_than_a_string() {
        assert_eq!(size_of::<Id>(), size_of::<String>());
        assert_eq!(size_of::<Option<Id>>(), size_of::<Id>());
    }
}
