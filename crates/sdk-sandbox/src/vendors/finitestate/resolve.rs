//! Answers fields: root fields from the tables, fields of rows from their values.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::sync::Arc;

use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::{JsonMap, JsonValue};

use bytes::Bytes;

use super::Server;
use super::exports;
use super::input::id_text;
use super::kinds::{PLURALS, TYPE_NAMES};
use super::mutate::mutate;
use super::objects::{EmbeddedObject, RowObject};
use crate::data::select::{Base, Page, QueryError};
use crate::data::{Guard, Object, Row, Value};
use crate::graphql::{self, NotARequest, Prepared, arguments, field_error};

pub(super) type Resolved<'a> = Result<ResolvedValue<'a>, FieldError>;

/// Executes a request and gives the body of its answer.
pub(super) fn answer(server: &Server, body: &Bytes) -> Result<Bytes, NotARequest> {
    let revision = Guard::reading(&server.store).revision();
    if let Some(answer) = server.answers.get(body, revision) {
        return Ok(answer);
    }
    let prepared = match server.engine.prepare(graphql::Request::read(body)?) {
        Ok(prepared) => prepared,
        Err(refused) => return Ok(refused.into_body()),
    };
    let store = match prepared.is_mutation() {
        true => Guard::writing(&server.store),
        false => Guard::reading(&server.store),
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

/// What all objects of one execution share.
pub(super) struct Context<'a> {
    pub(super) server: &'a Server,
    pub(super) store: RefCell<Guard<'a>>,
    prepared: &'a Prepared,
    fields: Cell<u64>,
    /// Whether the answer depends on how often it was asked for.
    pub(super) has_moved: Cell<bool>,
    /// The tests whose state this request has looked at.
    pub(super) seen_tests: RefCell<HashSet<Row>>,
}

impl Context<'_> {
    pub(super) fn arguments<'i>(&self, info: &ResolveInfo<'i>) -> std::borrow::Cow<'i, JsonMap> {
        arguments(info, self.prepared.variables())
    }

    /// Counts a resolved field. Lists end once there are too many, and no list begins.
    pub(super) fn spend(&self) {
        self.fields.set(self.fields.get().saturating_add(1));
    }

    fn check_budget(&self) -> Result<(), FieldError> {
        if self.fields.get() <= self.server.max_fields {
            return Ok(());
        }
        Err(field_error(QueryError::plain(
            "the request asks for too much at once",
        )))
    }

    pub(super) fn page<'c>(&'c self, base: Base<'_>, arguments: &JsonMap) -> Resolved<'c> {
        self.check_budget()?;
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
        let mut rows = rows.into_iter();
        let items = std::iter::from_fn(move || {
            let row = rows.next()?;
            if let Err(error) = self.check_budget() {
                // One error says it all; without this the rest of the list would repeat it.
                rows = Vec::new().into_iter();
                return Some(Err(error));
            }
            let order = Some(order.clone());
            Some(Ok(ResolvedValue::object(RowObject {
                context: self,
                row,
                order,
            })))
        });
        ResolvedValue::List(Box::new(items))
    }

    fn row(&self, row: Option<Row>) -> ResolvedValue<'_> {
        let object = row.map(|row| RowObject {
            context: self,
            row,
            order: None,
        });
        ResolvedValue::nullable_object(object)
    }

    pub(super) fn meta<'c>(&'c self, base: Base<'_>, arguments: &JsonMap) -> Resolved<'c> {
        let count = self
            .store
            .borrow()
            .count(base, arguments)
            .map_err(field_error)?;
        Ok(self.count(count as i64))
    }

    pub(super) fn count(&self, count: i64) -> ResolvedValue<'_> {
        let fields = vec![("count", Value::Int(count))];
        self.embedded(Arc::new(Object {
            type_name: "_QueryMeta",
            fields,
        }))
    }

    fn embedded(&self, object: Arc<Object>) -> ResolvedValue<'_> {
        ResolvedValue::object(EmbeddedObject {
            context: self,
            object,
        })
    }

    /// A stored value as the engine wants it.
    pub(super) fn value<'c>(&'c self, value: &Value, arguments: &JsonMap) -> Resolved<'c> {
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
