//! Parsed GraphQL: a small tree of owned values, each with its place in the source.
//!
//! Parsing itself is `apollo-parser`'s; this keeps the parts that generation needs.

mod document;
mod read;
mod schema;

use std::{cell::OnceCell, collections::HashMap};

use crate::source::Span;

pub(crate) use document::parse_document;
pub(crate) use schema::parse_schema;

/// An identifier and its place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// A type as written: `[ID!]!`.
#[derive(Debug, Clone)]
pub(crate) enum Type {
    Named(Name),
    List(Box<Type>),
    NonNull(Box<Type>),
}

impl Type {
    /// The name inside all lists.
    pub(crate) fn name(&self) -> &Name {
        match self {
            Self::Named(name) => name,
            Self::List(inner) | Self::NonNull(inner) => inner.name(),
        }
    }

    pub(crate) fn is_non_null(&self) -> bool {
        matches!(self, Self::NonNull(_))
    }

    /// The same type without its outermost `!`.
    pub(crate) fn nullable(&self) -> &Self {
        match self {
            Self::NonNull(inner) => inner,
            other => other,
        }
    }
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Named(name) => f.write_str(&name.text),
            Self::List(inner) => write!(f, "[{inner}]"),
            Self::NonNull(inner) => write!(f, "{inner}!"),
        }
    }
}

/// A literal or a variable.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    pub(crate) kind: ValueKind,
    pub(crate) span: Span,
}

/// Scalars keep the text they were written with.
#[derive(Debug, Clone)]
pub(crate) enum ValueKind {
    Variable(Name),
    Int(String),
    Float(String),
    /// As written, with its quotes.
    String(String),
    Boolean(bool),
    Null,
    Enum(String),
    List(Vec<Value>),
    Object(Vec<Argument>),
}

/// `name: value`, in arguments, directives and input objects.
#[derive(Debug, Clone)]
pub(crate) struct Argument {
    pub(crate) name: Name,
    pub(crate) value: Value,
}

/// `@name(arguments)`.
#[derive(Debug, Clone)]
pub(crate) struct Directive {
    pub(crate) name: Name,
    pub(crate) arguments: Vec<Argument>,
}

/// The executable definitions of one file.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) operations: Vec<Operation>,
    pub(crate) fragments: Vec<Fragment>,
    /// Where each name's first fragment is.
    by_name: OnceCell<HashMap<String, usize>>,
}

impl Document {
    /// The fragment of a name; the first, where several have it.
    pub(crate) fn fragment(&self, name: &str) -> Option<&Fragment> {
        let by_name = self.by_name.get_or_init(|| {
            let fragments = self.fragments.iter().enumerate().rev();
            fragments
                .map(|(index, fragment)| (fragment.name.text.clone(), index))
                .collect()
        });
        self.fragments.get(*by_name.get(name)?)
    }
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Query,
    Mutation,
    Subscription,
}

impl Kind {
    pub(crate) fn keyword(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mutation => "mutation",
            Self::Subscription => "subscription",
        }
    }
}

/// `query Name($variables) { … }`.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) kind: Kind,
    pub(crate) name: Option<Name>,
    /// The comment lines right above the operation, without `#`.
    pub(crate) comment: String,
    pub(crate) variables: Vec<Variable>,
    pub(crate) directives: Vec<Directive>,
    pub(crate) selections: Vec<Selection>,
    pub(crate) span: Span,
}

/// `$name: Type = default`.
#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) name: Name,
    pub(crate) ty: Type,
    pub(crate) default: Option<Value>,
    pub(crate) directives: Vec<Directive>,
    /// The comment lines right above the variable, without `#`.
    pub(crate) comment: String,
}

/// `fragment Name on Condition { … }`.
#[derive(Debug)]
pub(crate) struct Fragment {
    pub(crate) name: Name,
    pub(crate) condition: Name,
    pub(crate) directives: Vec<Directive>,
    pub(crate) selections: Vec<Selection>,
}

/// One entry of a selection set.
#[derive(Debug)]
pub(crate) enum Selection {
    Field(Field),
    Spread(Spread),
    Inline(Inline),
}

/// `alias: name(arguments) @directives { … }`.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) alias: Option<Name>,
    pub(crate) name: Name,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) directives: Vec<Directive>,
    pub(crate) selections: Vec<Selection>,
}

impl Field {
    /// The key of this field in the response.
    pub(crate) fn key(&self) -> &str {
        &self.alias.as_ref().unwrap_or(&self.name).text
    }
}

/// `...Name`.
#[derive(Debug)]
pub(crate) struct Spread {
    pub(crate) name: Name,
    pub(crate) directives: Vec<Directive>,
}

/// `... on Condition { … }`, or without a condition.
#[derive(Debug)]
pub(crate) struct Inline {
    pub(crate) condition: Option<Name>,
    pub(crate) directives: Vec<Directive>,
    pub(crate) selections: Vec<Selection>,
}

/// One type system definition or extension; extensions have the same parts.
#[derive(Debug)]
pub(crate) enum SchemaItem {
    /// `query: Query` lines of `schema { … }`.
    Roots(Vec<(Kind, Name)>),
    Directive {
        name: Name,
        arguments: Vec<InputValue>,
    },
    Type {
        name: Name,
        description: String,
        directives: Vec<Directive>,
        body: TypeBody,
        extension: bool,
    },
}

/// What is inside a type definition.
#[derive(Debug)]
pub(crate) enum TypeBody {
    Scalar,
    Object {
        interfaces: Vec<Name>,
        fields: Vec<FieldDefinition>,
    },
    Interface {
        interfaces: Vec<Name>,
        fields: Vec<FieldDefinition>,
    },
    Union {
        members: Vec<Name>,
    },
    Enum {
        values: Vec<EnumValue>,
    },
    Input {
        fields: Vec<InputValue>,
    },
}

/// A field of an object or interface.
#[derive(Debug)]
pub(crate) struct FieldDefinition {
    pub(crate) name: Name,
    pub(crate) description: String,
    pub(crate) arguments: Vec<InputValue>,
    pub(crate) ty: Type,
    pub(crate) directives: Vec<Directive>,
}

/// An argument or an input field.
#[derive(Debug)]
pub(crate) struct InputValue {
    pub(crate) name: Name,
    pub(crate) description: String,
    pub(crate) ty: Type,
    pub(crate) default: Option<Value>,
    pub(crate) directives: Vec<Directive>,
}

/// A value of an enum.
#[derive(Debug)]
pub(crate) struct EnumValue {
    pub(crate) name: Name,
    pub(crate) description: String,
    pub(crate) directives: Vec<Directive>,
}
