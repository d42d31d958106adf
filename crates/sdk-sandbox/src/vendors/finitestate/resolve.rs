//! Answers fields: root fields from the tables, fields of rows from their values.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLockReadGuard, RwLockWriteGuard};

use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::{JsonMap, JsonValue};

use bytes::Bytes;

use super::exports;
use super::jobs::Stage;
use super::kinds::{PLURALS, TYPE_NAMES};
use super::mutate::mutate;
use super::{Server, kinds};
use crate::data::select::{Base, Order, Page, QueryError};
use crate::data::{Object, Row, Store, Value};
use crate::graphql::{self, NotARequest, Prepared, arguments, field_error};

/// Fields one request may resolve; nested lists without `first` multiply.
const MAX_FIELDS: u64 = 20_000_000;

type Resolved<'a> = Result<ResolvedValue<'a>, FieldError>;

/// Executes a request and gives the body of its answer.
pub(super) fn answer(server: &Server, body: &Bytes) -> Result<Bytes, NotARequest> {
    let revision = read(server).revision();
    if let Some(answer) = server.answers.get(body, revision) {
        return Ok(answer);
    }
    let prepared = match server.engine.prepare(graphql::Request::read(body)?) {
        Ok(prepared) => prepared,
        Err(refused) => return Ok(refused.into_body()),
    };
    let store = if prepared.is_mutation() {
        Guard::Write(server.store.write().unwrap_or_else(PoisonError::into_inner))
    } else {
        Guard::Read(read(server))
    };
    let context = Context {
        server,
        store: RefCell::new(store),
        prepared: &prepared,
        fields: Cell::new(0),
        has_moved: Cell::new(false),
        seen_tests: RefCell::default(),
    };
    let response = server
        .engine
        .execute(&prepared, &Root { context: &context });
    let lasting = !prepared.is_mutation() && !context.has_moved.get() && response.errors.is_empty();
    let answer = response.into_body();
    if lasting {
        server
            .answers
            .keep(body, context.store.borrow().revision(), &answer);
    }
    Ok(answer)
}

fn read(server: &Server) -> RwLockReadGuard<'_, Store> {
    server.store.read().unwrap_or_else(PoisonError::into_inner)
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

impl Guard<'_> {
    fn write(&mut self) -> Option<&mut Store> {
        match self {
            Self::Read(_) => None,
            Self::Write(guard) => Some(guard),
        }
    }
}

/// What all objects of one execution share.
pub(super) struct Context<'a> {
    pub(super) server: &'a Server,
    pub(super) store: RefCell<Guard<'a>>,
    prepared: &'a Prepared,
    fields: Cell<u64>,
    /// Whether the answer depends on how often it was asked for.
    has_moved: Cell<bool>,
    seen_tests: RefCell<HashSet<Row>>,
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

    /// The state of a test, which a launched analysis moves on: once for each request that looks.
    fn look_at_test(&self, store: &Store, test: Row) -> Value {
        let state = self.test_state(store, test);
        if self.seen_tests.borrow_mut().insert(test) {
            self.server.jobs.look_at_test(test);
        }
        state
    }

    fn test_state(&self, store: &Store, test: Row) -> Value {
        let Some(stage) = self.server.jobs.test_stage(test) else {
            return store.get(test, "state").clone();
        };
        self.has_moved.set(true);
        let launched = store.get(test, "updatedAt").clone();
        let finished = matches!(stage, Stage::Done | Stage::Failed(_));
        let (status, error) = match stage {
            Stage::Queued => ("QUEUED", Value::Null),
            Stage::Running => ("IN_PROGRESS", Value::Null),
            Stage::Done => ("COMPLETED", Value::Null),
            Stage::Failed(message) => ("ERROR", Value::text(message)),
        };
        let fields = vec![
            ("id", Value::text(format!("state-{}", Store::id(test)))),
            ("created", launched.clone()),
            ("requestedDateTime", launched.clone()),
            (
                "completedDateTime",
                if finished {
                    launched.clone()
                } else {
                    Value::Null
                },
            ),
            ("lastUpdated", launched),
            ("errorMessage", error),
            ("status", Value::Static(status)),
        ];
        Value::object("TestState", fields)
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
        let value = match field {
            "generateExportDownloadPresignedUrl" => self.look_at_export(&arguments),
            _ => self.mutate(field, &arguments),
        };
        self.context
            .value(&value.map_err(field_error)?, &JsonMap::new())
    }
}

impl Root<'_, '_> {
    fn by_id(&self, type_name: &str, arguments: &JsonMap) -> Option<Row> {
        let store = self.context.store.borrow();
        let kind = store.kind(type_name)?;
        store.find(kind, &id_text(arguments.get("id")?)?)
    }

    fn look_at_export(&self, arguments: &JsonMap) -> Result<Value, QueryError> {
        let server = self.context.server;
        self.context.has_moved.set(true);
        let id = arguments
            .get("exportId")
            .and_then(id_text)
            .unwrap_or_default();
        exports::look(
            &self.context.store.borrow(),
            &server.jobs,
            &server.storage,
            &id,
        )
    }

    fn mutate(&self, field: &str, arguments: &JsonMap) -> Result<Value, QueryError> {
        match self.context.store.borrow_mut().write() {
            Some(store) => {
                store.touch();
                mutate(self.context.server, store, field, arguments)
            }
            None => Err(QueryError::plain(format!(
                "the sandbox does not know the query {field}"
            ))),
        }
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
            "state" if self.row.kind == kinds::TEST => self.context.look_at_test(&store, self.row),
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
            let test = Row {
                kind,
                index: *index,
            };
            let Value::Object(state) = self.context.test_state(store, test) else {
                return Value::Null;
            };
            state.get("status").clone()
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
