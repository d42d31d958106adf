//! What generated code calls.
//!
//! `sdk-codegen` prints plain structs and enums and one macro call per type; the macros and the
//! functions behind them are here, so that every type shares one reader. They are public because
//! the generated code lives in other crates; they are no interface to program against.
//!
//! Objects are read by matching keys, without a derive: that halves the compile time of the
//! generated types. Unknown keys are skipped, and of a repeated key the last value counts.

mod inferred;
mod object;
mod open_enum;
mod operation;
mod outcome;
mod variables;
mod variants;

pub use inferred::{FromJson, Scalar, lenient};
pub use object::{Object, ObjectVisitor, Selection, optional, required};
pub use open_enum::read as enum_text;
pub use operation::{decode, encode};
pub use variables::entry;
pub use variants::{OneOf, type_name};

pub use crate::{
    __sdk_graphql_one_of as one_of, __sdk_graphql_open_enum as open_enum,
    __sdk_graphql_operation as operation, __sdk_graphql_outcome as outcome,
    __sdk_graphql_selection as selection, __sdk_graphql_variables as variables,
    __sdk_graphql_variants as variants,
};
pub use serde;
pub use serde_json::Error as JsonError;
