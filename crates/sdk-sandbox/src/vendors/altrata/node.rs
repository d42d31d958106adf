//! Objects of an answer, as JSON with their `__typename`.

use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::JsonValue;
use serde_json::{Map, Value};

/// An object whose members are the fields that it has.
pub(super) struct Node(Map<String, Value>);

/// A value as the engine takes it: an object with `__typename` is an object, a list a list.
pub(super) fn resolved<'a>(value: Value) -> ResolvedValue<'a> {
    match value {
        Value::Object(members) => ResolvedValue::Object(Box::new(Node(members))),
        Value::Array(items) => {
            ResolvedValue::List(Box::new(items.into_iter().map(|item| Ok(resolved(item)))))
        }
        leaf => ResolvedValue::Leaf(JsonValue::from(leaf)),
    }
}

impl ObjectValue for Node {
    fn type_name(&self) -> &str {
        self.0
            .get("__typename")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let value = self.0.get(info.field_name()).cloned();
        Ok(resolved(value.unwrap_or_default()))
    }
}
