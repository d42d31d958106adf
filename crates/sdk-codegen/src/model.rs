//! Operations resolved against the schema. Knows GraphQL and no Rust.

mod check;
mod circles;
mod literal;
mod minify;
mod operation;
mod overlap;
mod schema;
mod select;
mod shape;

pub(crate) use check::check;
pub(crate) use operation::{Operation, Variable, resolve};
pub(crate) use schema::{EnumType, Evidence, InputField, Schema, TypeKind};
pub(crate) use shape::{
    AbstractShape, Member, ObjectShape, Output, Shape, ShapeField, ShapeId, Shapes,
};
