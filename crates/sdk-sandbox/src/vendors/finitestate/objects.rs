//! Objects that answer their fields: rows of the tables, and what lives inside them.

use std::sync::Arc;

use apollo_compiler::resolvers::{ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::JsonMap;

use super::analysis;
use super::kinds::{self, TYPE_NAMES};
use super::resolve::{Context, Resolved};
use crate::data::select::{Base, Order};
use crate::data::{Object, Row, Store, Value};

/// A row, with the order of the list it was found in, if any.
pub(super) struct RowObject<'c, 's> {
    pub(super) context: &'c Context<'s>,
    pub(super) row: Row,
    pub(super) order: Option<Arc<Order>>,
}

impl ObjectValue for RowObject<'_, '_> {
    fn type_name(&self) -> &str {
        TYPE_NAMES
            .get(usize::from(self.row.kind.0))
            .copied()
            .unwrap_or_default()
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Resolved<'a> {
        self.context.spend();
        let store = self.context.store.borrow();
        match info.field_name() {
            "id" => return Ok(ResolvedValue::leaf(Store::id(self.row).to_string())),
            "_cursor" => {
                let by_id = || Arc::new(Order::read(None));
                let order = self.order.clone().unwrap_or_else(by_id);
                return Ok(ResolvedValue::leaf(order.cursor(&store, self.row)));
            }
            "_revision" => {
                let stamp = store.get(self.row, "updatedAt").to_json();
                let revision = format!("_r{:x}-{stamp}", Store::id(self.row)).replace('"', "");
                return Ok(ResolvedValue::leaf(revision));
            }
            _ => {}
        }
        drop(store);
        self.stored_field(info)
    }
}

impl RowObject<'_, '_> {
    fn stored_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Resolved<'a> {
        let arguments = self.context.arguments(info);
        let field = info.field_name();
        if let Some(list) = field
            .strip_prefix('_')
            .and_then(|rest| rest.strip_suffix("Meta"))
        {
            return self.meta(list, &arguments);
        }
        let store = self.context.store.borrow();
        let value = match (field, store.get(self.row, field)) {
            ("testStatuses", _) if self.row.kind == kinds::ASSET_VERSION => {
                &analysis::statuses(self.context, &store, self.row)
            }
            ("state", _) if self.row.kind == kinds::TEST => {
                &analysis::look(self.context, &store, self.row)
            }
            // A list of rows is stored, or it is the reverse of a reference and has no value here.
            (_, Value::Null | Value::Many(..)) if store.related(self.row, field).is_some() => {
                return self.context.page(Base::Field(self.row, field), &arguments);
            }
            (_, value) => value,
        };
        self.context.value(value, &arguments)
    }

    /// The count of a list of rows, of a list inside the row, or of one that exists only as a count.
    fn meta<'a>(&'a self, list: &str, arguments: &JsonMap) -> Resolved<'a> {
        let store = self.context.store.borrow();
        if store.related(self.row, list).is_some() {
            drop(store);
            return self.context.meta(Base::Field(self.row, list), arguments);
        }
        Ok(self.context.count(match store.get(self.row, list) {
            Value::List(items) => items.len() as i64,
            Value::Int(count) => *count,
            _ => 0,
        }))
    }
}

/// An object inside a row, or made up for one answer.
pub(super) struct EmbeddedObject<'c, 's> {
    pub(super) context: &'c Context<'s>,
    pub(super) object: Arc<Object>,
}

impl ObjectValue for EmbeddedObject<'_, '_> {
    fn type_name(&self) -> &str {
        self.object.type_name
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Resolved<'a> {
        self.context.spend();
        self.context
            .value(self.object.get(info.field_name()), info.arguments())
    }
}
