//! A decoder for `query GetNode`, and others that each have one fault.

use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned, de::Error};
use serde_json::Value;

#[derive(Deserialize)]
struct Response<T> {
    data: Option<T>,
}

/// Reads the data as this type and writes it again.
pub(crate) fn decode<T>(body: &[u8]) -> Result<Option<Value>, serde_json::Error>
where
    T: DeserializeOwned + Serialize,
{
    let response: Response<T> = serde_json::from_slice(body)?;
    response.data.map(serde_json::to_value).transpose()
}

/// An ID that may come as a number.
#[derive(Serialize)]
pub(crate) struct Id(String);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            _ => Err(D::Error::custom("no ID")),
        }
    }
}

/// A string that has to be this one.
macro_rules! only {
    ($name:ident $text:literal) => {
        #[derive(Serialize)]
        pub(crate) struct $name(String);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                match String::deserialize(deserializer)? {
                    text if text == $text => Ok(Self(text)),
                    _ => Err(D::Error::custom("not the one that is known")),
                }
            }
        }
    };
}

only!(Red "RED");
only!(Ship "Ship");

/// The data of `GetNode`, with the types of its node's fields, and attributes for the node and its names.
macro_rules! decoder {
    (
        $name:ident $node:ident { type: $type:ty, id: $id:ty, color: $color:ty }
        $(node $attribute:meta)? $(names $names:meta)?
    ) => {
        #[derive(Serialize, Deserialize)]
        pub(crate) struct $name {
            node: Option<$node>,
        }

        #[derive(Serialize, Deserialize)]
        $(#[$attribute])?
        pub(crate) struct $node {
            #[serde(rename = "__typename")]
            type_name: $type,
            id: $id,
            color: Option<$color>,
            $(#[$names])?
            names: Option<Vec<String>>,
        }
    };
}

decoder!(Right RightNode { type: String, id: Id, color: String });
decoder!(ClosedEnum EnumNode { type: String, id: Id, color: Red });
decoder!(ClosedType TypeNode { type: Ship, id: Id, color: String });
decoder!(StrictId IdNode { type: String, id: String, color: String });
decoder!(Forgiving ForgivingNode { type: String, id: Option<Id>, color: String });
decoder!(StrictKeys KeysNode { type: String, id: Id, color: String }
    node serde(deny_unknown_fields));
decoder!(Forgetful ForgetfulNode { type: String, id: Id, color: String }
    names serde(skip_deserializing));
