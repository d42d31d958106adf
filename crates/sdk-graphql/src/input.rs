//! The three states of a nullable input: unset, null, or a value.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Id;

/// A nullable input field or variable.
///
/// GraphQL tells an absent field from one that is `null`: in a filter, `null` can mean "has no
/// value", while an absent field means "do not filter". The default is [`Input::Unset`], which is
/// not sent at all.
///
/// ```
/// use sdk_graphql::Input;
///
/// let unset: Input<i32> = Input::default();
/// assert!(unset.is_unset());
/// assert_eq!(Input::<i32>::from(3), Input::Value(3));
/// assert_eq!(Input::<i32>::from(None), Input::Null);
/// assert_eq!(Input::<String>::from("a"), Input::Value("a".to_owned()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Input<T> {
    /// Not sent.
    #[default]
    Unset,
    /// Sent as `null`.
    Null,
    /// Sent as this value.
    Value(T),
}

impl<T> Input<T> {
    /// True when nothing is sent.
    pub const fn is_unset(&self) -> bool {
        matches!(self, Self::Unset)
    }

    /// The value, when there is one.
    pub const fn as_value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Unset | Self::Null => None,
        }
    }

    /// Changes the value and keeps the state.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Input<U> {
        match self {
            Self::Unset => Input::Unset,
            Self::Null => Input::Null,
            Self::Value(value) => Input::Value(change(value)),
        }
    }
}

impl<T> From<T> for Input<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// `None` is sent as `null`; leave the setter out to send nothing.
impl<T> From<Option<T>> for Input<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl From<&str> for Input<String> {
    fn from(value: &str) -> Self {
        Self::Value(value.to_owned())
    }
}

impl From<&str> for Input<Id> {
    fn from(value: &str) -> Self {
        Self::Value(value.into())
    }
}

impl From<String> for Input<Id> {
    fn from(value: String) -> Self {
        Self::Value(value.into())
    }
}

impl From<&Id> for Input<Id> {
    fn from(value: &Id) -> Self {
        Self::Value(value.clone())
    }
}

/// Input objects are boxed, since they nest; callers need not say so.
impl<T> From<T> for Input<Box<T>> {
    fn from(value: T) -> Self {
        Self::Value(Box::new(value))
    }
}

impl<T, const N: usize> From<[T; N]> for Input<Vec<T>> {
    fn from(values: [T; N]) -> Self {
        Self::Value(values.into())
    }
}

impl<T, const N: usize> From<[T; N]> for Input<Vec<Option<T>>> {
    fn from(values: [T; N]) -> Self {
        Self::Value(values.into_iter().map(Some).collect())
    }
}

/// For lists whose items may be null, from one in which none is.
impl<T> From<Vec<T>> for Input<Vec<Option<T>>> {
    fn from(values: Vec<T>) -> Self {
        Self::Value(values.into_iter().map(Some).collect())
    }
}

impl<const N: usize> From<[&str; N]> for Input<Vec<Id>> {
    fn from(values: [&str; N]) -> Self {
        Self::Value(values.into_iter().map(Id::from).collect())
    }
}

impl<const N: usize> From<[&str; N]> for Input<Vec<Option<Id>>> {
    fn from(values: [&str; N]) -> Self {
        Self::Value(values.into_iter().map(|text| Some(text.into())).collect())
    }
}

impl<const N: usize> From<[&str; N]> for Input<Vec<String>> {
    fn from(values: [&str; N]) -> Self {
        Self::Value(values.into_iter().map(str::to_owned).collect())
    }
}

impl<const N: usize> From<[&str; N]> for Input<Vec<Option<String>>> {
    fn from(values: [&str; N]) -> Self {
        Self::Value(
            values
                .into_iter()
                .map(|text| Some(text.to_owned()))
                .collect(),
        )
    }
}

/// Writes a value or `null`. The object that holds the field leaves [`Input::Unset`] out.
impl<T: Serialize> Serialize for Input<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => serializer.serialize_some(value),
            Self::Unset | Self::Null => serializer.serialize_none(),
        }
    }
}

/// Reads `null` as [`Input::Null`]; a field that is missing keeps the default, [`Input::Unset`].
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Input<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}
