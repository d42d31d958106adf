//! Values that fit a schema, made up from nothing else.

use std::cell::Cell;

use apollo_compiler::ast::Type;
use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Schema};
use bytes::Bytes;

use crate::data::select::QueryError;
use crate::graphql::{self, Engine, NotARequest, field_error};

/// Items of every list.
const ITEMS: usize = 2;

/// Fields of one answer: lists in lists multiply.
const MAX_FIELDS: u64 = 100_000;

/// Executes a request and gives the body of its answer.
pub(super) fn answer(engine: &Engine, body: &Bytes) -> Result<Bytes, NotARequest> {
    let prepared = match engine.prepare(graphql::Request::read(body)?) {
        Ok(prepared) => prepared,
        Err(refused) => return Ok(refused.into_body()),
    };
    let fields = Cell::new(0);
    let root = MadeUp {
        type_name: engine.root_name(&prepared).to_owned(),
        fields: &fields,
    };
    Ok(engine.execute(&prepared, &root).into_body())
}

/// An object of some type.
struct MadeUp<'c> {
    type_name: String,
    /// How many fields the answer has so far.
    fields: &'c Cell<u64>,
}

impl ObjectValue for MadeUp<'_> {
    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        self.fields.set(self.fields.get() + 1);
        if self.fields.get() > MAX_FIELDS {
            let error = QueryError::plain("the request asks for too much at once");
            return Err(field_error(error));
        }
        Ok(self.value(&info.field_definition().ty, info))
    }
}

impl<'c> MadeUp<'c> {
    fn value<'a>(&'a self, ty: &Type, info: &'a ResolveInfo<'a>) -> ResolvedValue<'a>
    where
        'c: 'a,
    {
        match ty {
            Type::List(item) | Type::NonNullList(item) => {
                let items: Vec<_> = (0..ITEMS).map(|_| self.value(item, info)).collect();
                ResolvedValue::list(items)
            }
            Type::Named(name) | Type::NonNullNamed(name) => self.named(name, info),
        }
    }

    fn named<'a>(&'a self, name: &Name, info: &'a ResolveInfo<'a>) -> ResolvedValue<'a>
    where
        'c: 'a,
    {
        match info.schema().types.get(name) {
            Some(ExtendedType::Enum(it)) => match it.values.keys().next() {
                Some(value) => ResolvedValue::leaf(value.as_str()),
                None => ResolvedValue::null(),
            },
            Some(ExtendedType::Object(_)) => self.object(name.to_string()),
            Some(ExtendedType::Interface(_) | ExtendedType::Union(_)) => {
                match first_member(info.schema(), name) {
                    Some(member) => self.object(member),
                    None => ResolvedValue::null(),
                }
            }
            _ => scalar(name, info.field_name()),
        }
    }

    fn object<'a>(&'a self, type_name: String) -> ResolvedValue<'a>
    where
        'c: 'a,
    {
        ResolvedValue::object(MadeUp {
            type_name,
            fields: self.fields,
        })
    }
}

fn scalar<'a>(name: &Name, field: &str) -> ResolvedValue<'a> {
    match name.as_str() {
        "Int" => ResolvedValue::leaf(1),
        "Float" => ResolvedValue::leaf(1.5),
        "Boolean" => ResolvedValue::leaf(false),
        "Date" => ResolvedValue::leaf("2026-01-02"),
        "DateTime" => ResolvedValue::leaf("2026-01-02T03:04:05Z"),
        _ => ResolvedValue::leaf(format!("some {field}")),
    }
}

/// The first object type, by name, that an interface or union can be.
fn first_member(schema: &Schema, name: &Name) -> Option<String> {
    let objects = schema.types.iter().filter(|(_, it)| it.is_object());
    objects
        .map(|(member, _)| member)
        .filter(|member| schema.is_subtype(name, member))
        .min()
        .map(ToString::to_string)
}
