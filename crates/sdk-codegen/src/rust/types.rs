//! Which Rust type stands for which GraphQL type.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Imported, Options,
    names::{self, Unique},
};
use crate::{
    model::{Output, Schema, TypeKind},
    syntax::Type,
};

/// Rust types of scalars, by the scalar's name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scalars(BTreeMap<String, String>);

impl Scalars {
    pub(crate) fn set(&mut self, scalar: &str, rust: &str) {
        self.0.insert(scalar.to_owned(), rust.to_owned());
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(scalar, rust)| (scalar.as_str(), rust.as_str()))
    }

    /// Changes every Rust type.
    pub(crate) fn change(&mut self, change: impl Fn(&str) -> String) {
        for rust in self.0.values_mut() {
            *rust = change(rust);
        }
    }
}

/// Where a type is used: what is sent is strict, what is received is generous.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Sent,
    Received,
}

/// Type names of one schema.
pub(super) struct Types<'a> {
    pub(super) schema: &'a Schema,
    scalars: &'a Scalars,
    imported: &'a Imported,
    /// The enums and input objects that operations use, with their Rust names.
    shared: BTreeMap<String, String>,
}

impl<'a> Types<'a> {
    pub(super) fn new(schema: &'a Schema, options: &'a Options, reached: BTreeSet<String>) -> Self {
        let imported = &options.imported;
        let mut unique = Unique::new();
        let mut shared = BTreeMap::new();
        // Imported types have their names already.
        for name in &reached {
            if let Some(rust) = imported.types.get(name) {
                shared.insert(name.clone(), unique.take(rust.clone()));
            }
        }
        for name in reached {
            shared
                .entry(name)
                .or_insert_with_key(|name| unique.take(names::type_name(name)));
        }
        Self {
            schema,
            scalars: &options.scalars,
            imported,
            shared,
        }
    }

    /// The enums and input objects to print: schema name and Rust name.
    pub(super) fn printed(&self) -> impl Iterator<Item = (&str, &str)> {
        let shared = self.shared.iter();
        shared
            .filter(|(name, _)| !self.imported.types.contains_key(*name))
            .map(|(name, rust)| (name.as_str(), rust.as_str()))
    }

    /// The Rust names of the enums and input objects to import.
    pub(super) fn imported(&self) -> impl Iterator<Item = &str> {
        let shared = self.shared.iter();
        shared
            .filter(|(name, _)| self.imported.types.contains_key(*name))
            .map(|(_, rust)| rust.as_str())
    }

    /// The Rust name of an enum or input object; `prefix` is the path to the shared types.
    pub(super) fn named(&self, name: &str, prefix: &str, direction: Direction) -> String {
        if let Some(shared) = self.shared.get(name) {
            return format!("{prefix}{shared}");
        }
        if let Some(scalar) = self.scalars.0.get(name) {
            return scalar.clone();
        }
        match name {
            // The specification's range where we send; any JSON integer where we receive.
            "Int" if direction == Direction::Sent => "i32".to_owned(),
            "Int" => "i64".to_owned(),
            "Float" => "f64".to_owned(),
            "Boolean" => "bool".to_owned(),
            "String" => "String".to_owned(),
            "ID" => "Id".to_owned(),
            "DateTime" => "DateTime".to_owned(),
            "Date" => "Date".to_owned(),
            _ => "Json".to_owned(),
        }
    }

    /// True for input objects.
    pub(super) fn is_input_object(&self, name: &str) -> bool {
        self.schema.input(name).is_some()
    }

    /// True for a leaf whose Rust type is known to be written as text.
    pub(super) fn is_text(&self, name: &str) -> bool {
        let rust = self.named(name, "", Direction::Received);
        let of_runtime = [
            "String",
            "::std::string::String",
            "Id",
            "i64",
            "f64",
            "bool",
        ];
        self.shared.contains_key(name) || of_runtime.contains(&rust.as_str())
    }

    /// The type of a sent value, without the outermost nullability.
    pub(super) fn sent(&self, ty: &Type, prefix: &str) -> String {
        match ty.nullable() {
            Type::List(item) => {
                let inner = self.sent(item, prefix);
                if item.is_non_null() {
                    format!("Vec<{inner}>")
                } else {
                    format!("Vec<Option<{inner}>>")
                }
            }
            named => self.named(&named.name().text, prefix, Direction::Sent),
        }
    }

    /// The type inside `Input<…>`: objects are boxed, since filters nest and are large.
    pub(super) fn optional(&self, ty: &Type, prefix: &str) -> String {
        let inner = self.sent(ty, prefix);
        match ty.nullable() {
            Type::Named(name) if self.is_input_object(&name.text) => format!("Box<{inner}>"),
            _ => inner,
        }
    }

    /// The type of a received value.
    pub(super) fn received(
        &self,
        ty: &Output,
        lenient: bool,
        prefix: &str,
        shape_name: &dyn Fn(usize) -> String,
    ) -> String {
        let inner = |ty| self.received(ty, lenient, prefix, shape_name);
        match ty {
            Output::Optional(ty) => format!("Option<{}>", inner(ty)),
            Output::List(ty) => format!("Vec<{}>", inner(ty)),
            Output::Shape(id) => shape_name(*id),
            Output::Leaf(name) => {
                let rust = self.named(name, prefix, Direction::Received);
                let keeps_text = matches!(rust.as_str(), "String" | "Id")
                    || matches!(
                        self.schema.get(name).map(|def| &def.kind),
                        Some(TypeKind::Enum(_))
                    );
                if lenient && !keeps_text {
                    format!("Inferred<{rust}>")
                } else {
                    rust
                }
            }
        }
    }
}
