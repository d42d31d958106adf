//! The answer as it comes over the wire, read strictly.

use serde::Deserialize;
use std::fmt;

/// Why an answer is no schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The text is no JSON, or not that of an answer. Line and column count from 1.
    Unreadable {
        line: usize,
        column: usize,
        message: String,
    },
    /// The server answered with errors, so that the schema is missing or not whole.
    Refused(Vec<String>),
    /// Something in the answer cannot be: where, and what.
    Impossible { place: String, what: String },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { message, .. } => {
                write!(f, "not the answer to an introspection: {message}")
            }
            Self::Refused(errors) => write!(f, "the answer has errors: {}", errors.join("; ")),
            Self::Impossible { place, what } => write!(f, "{place} {what}"),
        }
    }
}

/// `{"data": {"__schema": …}}`, as servers answer, or `{"__schema": …}`, as tools save it.
#[derive(Deserialize)]
struct Answer {
    data: Option<Data>,
    #[serde(rename = "__schema")]
    schema: Option<Schema>,
    errors: Option<Vec<Message>>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "__schema")]
    schema: Option<Schema>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Schema {
    pub(super) description: Option<String>,
    pub(super) query_type: Option<Root>,
    pub(super) mutation_type: Option<Root>,
    pub(super) subscription_type: Option<Root>,
    pub(super) types: Vec<Type>,
    pub(super) directives: Option<Vec<Directive>>,
}

#[derive(Deserialize)]
pub(super) struct Root {
    pub(super) name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Type {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    #[serde(rename = "specifiedByURL")]
    pub(super) specified_by_url: Option<String>,
    pub(super) is_one_of: Option<bool>,
    pub(super) fields: Option<Vec<Field>>,
    pub(super) input_fields: Option<Vec<Input>>,
    pub(super) interfaces: Option<Vec<TypeRef>>,
    pub(super) enum_values: Option<Vec<Value>>,
    pub(super) possible_types: Option<Vec<TypeRef>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) args: Option<Vec<Input>>,
    #[serde(rename = "type")]
    pub(super) ty: TypeRef,
    pub(super) is_deprecated: Option<bool>,
    pub(super) deprecation_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    pub(super) name: String,
    pub(super) description: Option<String>,
    #[serde(rename = "type")]
    pub(super) ty: TypeRef,
    pub(super) default_value: Option<String>,
    pub(super) is_deprecated: Option<bool>,
    pub(super) deprecation_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Value {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) is_deprecated: Option<bool>,
    pub(super) deprecation_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TypeRef {
    pub(super) kind: String,
    pub(super) name: Option<String>,
    pub(super) of_type: Option<Box<TypeRef>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Directive {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) is_repeatable: Option<bool>,
    pub(super) locations: Vec<String>,
    pub(super) args: Option<Vec<Input>>,
}

/// The schema in the answer.
pub(super) fn read(text: &str) -> Result<Schema, Fault> {
    let answer: Answer = serde_json::from_str(text).map_err(|error| Fault::Unreadable {
        line: error.line(),
        column: error.column(),
        message: without_place(&error.to_string()),
    })?;
    let schema = answer.data.and_then(|it| it.schema).or(answer.schema);
    let errors = answer.errors.unwrap_or_default();
    match schema {
        Some(schema) if errors.is_empty() => Ok(schema),
        None if errors.is_empty() => Err(Fault::Impossible {
            place: "the answer".to_owned(),
            what: "holds no `__schema`".to_owned(),
        }),
        _ => Err(Fault::Refused(
            errors.into_iter().map(|it| it.message).collect(),
        )),
    }
}

/// The message alone: the place is shown beside it.
fn without_place(message: &str) -> String {
    let end = message.rfind(" at line ").unwrap_or(message.len());
    message.get(..end).unwrap_or(message).to_owned()
}
