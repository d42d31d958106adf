//! Answers fields: root fields from the tables, fields of rows from their values.

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLockReadGuard, RwLockWriteGuard};

use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::{JsonMap, JsonValue};

use super::kinds::{PLURALS, TYPE_NAMES};
use super::{Server, kinds};
use crate::data::select::{Base, Order, Page, QueryError};
use crate::data::{Object, Row, Store, Value};
use crate::graphql::{self, Prepared, arguments, field_error};

/// Fields one request may resolve; nested lists without `first` multiply.
const MAX_FIELDS: u64 = 20_000_000;

type Resolved<'a> = Result<ResolvedValue<'a>, FieldError>;

/// Executes a request and gives the body of its answer.
pub(super) fn answer(server: &Server, request: graphql::Request) -> Vec<u8> {
    let response = match server.engine.prepare(request) {
        Err(refused) => refused,
        Ok(prepared) => {
            let store = if prepared.is_mutation() {
                let guard = server.store.write().unwrap_or_else(PoisonError::into_inner);
                Guard::Write(guard)
            } else {
                Guard::Read(server.store.read().unwrap_or_else(PoisonError::into_inner))
            };
            let context = Context {
                server,
                store: RefCell::new(store),
                prepared: &prepared,
                fields: Cell::new(0),
            };
            let root = Root { context: &context };
            server.engine.execute(&prepared, &root)
        }
    };
    serde_json::to_vec(&response).unwrap_or_default()
}

/// Queries read the data side by side; a mutation has it for itself.
pub(super) enum Guard<'a> {
    Read(RwLockReadGuard<'a, Store>),
    Write(RwLockWriteGuard<'a, Store>),
}

impl Deref for Guard<'_> {
    type Target = Store;

    fn deref(&self) -> &Store {
        match self {
            Self::Read(guard) => guard,
            Self::Write(guard) => guard,
        }
    }
}

/// What all objects of one execution share.
pub(super) struct Context<'a> {
    pub(super) server: &'a Server,
    pub(super) store: RefCell<Guard<'a>>,
    prepared: &'a Prepared,
    fields: Cell<u64>,
}

impl Context<'_> {
    fn arguments<'i>(&self, info: &ResolveInfo<'i>) -> std::borrow::Cow<'i, JsonMap> {
        arguments(info, self.prepared.variables())
    }

    fn spend(&self) -> Result<(), FieldError> {
        self.fields.set(self.fields.get() + 1);
        if self.fields.get() > MAX_FIELDS {
            return Err(field_error(QueryError::plain(
                "the request asks for too much at once",
            )));
        }
        Ok(())
    }

    fn page<'c>(&'c self, base: Base<'_>, arguments: &JsonMap) -> Resolved<'c> {
        let page = self
            .store
            .borrow()
            .page(base, arguments)
            .map_err(field_error)?;
        Ok(self.rows(&page))
    }

    fn rows<'c>(&'c self, page: &Page) -> ResolvedValue<'c> {
        let order = page.order.clone();
        let rows: Vec<Row> = page.rows().collect();
        ResolvedValue::list(rows.into_iter().map(move |row| {
            ResolvedValue::object(RowObject {
                context: self,
                row,
                order: Some(order.clone()),
            })
        }))
    }

    pub(super) fn row(&self, row: Option<Row>) -> ResolvedValue<'_> {
        let object = row.map(|row| RowObject {
            context: self,
            row,
            order: None,
        });
        ResolvedValue::nullable_object(object)
    }

    fn meta<'c>(&'c self, base: Base<'_>, arguments: &JsonMap) -> Resolved<'c> {
        let count = self
            .store
            .borrow()
            .count(base, arguments)
            .map_err(field_error)?;
        Ok(self.count(count as i64))
    }

    fn count(&self, count: i64) -> ResolvedValue<'_> {
        let fields = vec![("count", Value::Int(count))];
        self.embedded(Arc::new(Object {
            type_name: "_QueryMeta",
            fields,
        }))
    }

    pub(super) fn embedded(&self, object: Arc<Object>) -> ResolvedValue<'_> {
        ResolvedValue::object(EmbeddedObject {
            context: self,
            object,
        })
    }

    /// A stored value as the engine wants it.
    fn value<'c>(&'c self, value: &Value, arguments: &JsonMap) -> Resolved<'c> {
        Ok(match value {
            Value::One(row) => self.row(Some(*row)),
            Value::Object(object) => self.embedded(object.clone()),
            Value::List(items) => self.list(items, arguments)?,
            leaf => ResolvedValue::Leaf(leaf.to_json()),
        })
    }

    /// A list that lives inside a row. Its items have no cursor, so `after` has no meaning there.
    fn list<'c>(&'c self, items: &[Value], arguments: &JsonMap) -> Resolved<'c> {
        if arguments.get("after").is_some_and(|after| !after.is_null()) {
            let message = "the items of this list have no cursor";
            return Err(field_error(QueryError::coded("INVALID_CURSOR", message)));
        }
        let count = |name| arguments.get(name).and_then(JsonValue::as_u64);
        let count = |name, default| count(name).map_or(default, |count| count as usize);
        let some = items
            .iter()
            .skip(count("skip", 0))
            .take(count("first", usize::MAX));
        let values = some
            .map(|item| self.value(item, arguments))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(ResolvedValue::list(values))
    }
}

/// The root of a query or of a mutation.
struct Root<'c, 's> {
    context: &'c Context<'s>,
}

impl ObjectValue for Root<'_, '_> {
    fn type_name(&self) -> &str {
        if self.context.prepared.is_mutation() {
            "Mutation"
        } else {
            "Query"
        }
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Resolved<'a> {
        let arguments = self.context.arguments(info);
        let field = info.field_name();
        let table = |plural: &str| {
            PLURALS
                .iter()
                .find(|(name, _)| *name == plural)
                .map(|(_, kind)| Base::Table(*kind))
        };
        if let Some(base) = field.strip_prefix("all").and_then(table) {
            return self.context.page(base, &arguments);
        }
        let plural = field
            .strip_prefix("_all")
            .and_then(|rest| rest.strip_suffix("Meta"));
        if let Some(base) = plural.and_then(table) {
            return self.context.meta(base, &arguments);
        }
        if TYPE_NAMES.contains(&field) {
            return Ok(self.context.row(self.by_id(field, &arguments)));
        }
        Err(self.unknown_field_error(info))
    }
}

impl Root<'_, '_> {
    fn by_id(&self, type_name: &str, arguments: &JsonMap) -> Option<Row> {
        let store = self.context.store.borrow();
        let kind = store.kind(type_name)?;
        store.find(kind, &id_text(arguments.get("id")?)?)
    }
}

/// An id, which a document may also write as a number.
pub(super) fn id_text(json: &JsonValue) -> Option<String> {
    match json {
        JsonValue::String(text) => Some(text.as_str().to_owned()),
        JsonValue::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A row, with the order of the list it was found in, if any.
struct RowObject<'c, 's> {
    context: &'c Context<'s>,
    row: Row,
    order: Option<Arc<Order>>,
}

impl ObjectValue for RowObject<'_, '_> {
    fn type_name(&self) -> &str {
        TYPE_NAMES
            .get(usize::from(self.row.kind.0))
            .copied()
            .unwrap_or_default()
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Resolved<'a> {
        self.context.spend()?;
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
        if store.related(self.row, field).is_some() {
            drop(store);
            return self.context.page(Base::Field(self.row, field), &arguments);
        }
        let value = match field {
            "testStatuses" if self.row.kind == kinds::ASSET_VERSION => self.test_statuses(&store),
            _ => store.get(self.row, field).clone(),
        };
        self.context.value(&value, &arguments)
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

    fn test_statuses(&self, store: &Store) -> Value {
        let tests = store.related(self.row, "tests");
        let (kind, tests) = tests.unwrap_or((kinds::TEST, Default::default()));
        let status = |index: &u32| {
            let state = store.get(
                Row {
                    kind,
                    index: *index,
                },
                "state",
            );
            let Value::Object(state) = state else {
                return Value::Null;
            };
            let status = state.fields.iter().find(|(name, _)| *name == "status");
            status.map_or(Value::Null, |(_, status)| status.clone())
        };
        Value::list(tests.iter().map(status).filter(|status| !status.is_null()))
    }
}

/// An object inside a row, or made up for one answer.
struct EmbeddedObject<'c, 's> {
    context: &'c Context<'s>,
    object: Arc<Object>,
}

impl ObjectValue for EmbeddedObject<'_, '_> {
    fn type_name(&self) -> &str {
        self.object.type_name
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Resolved<'a> {
        self.context.spend()?;
        let field = info.field_name();
        let value = self.object.fields.iter().find(|(name, _)| *name == field);
        match value {
            Some((_, value)) => self.context.value(value, info.arguments()),
            None => Ok(ResolvedValue::null()),
        }
    }
}
