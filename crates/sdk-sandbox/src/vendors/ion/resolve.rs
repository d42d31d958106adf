//! Answers fields: root fields from the tables, fields of rows from their values.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU32, Ordering};

use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::{JsonMap, JsonValue};
use bytes::Bytes;

use super::Server;
use super::connection::slice;
use super::files::Files;
use super::kinds::{self, BY_ID, LISTS};
use super::mutate::{input_of, mutate, number, race};
use super::objects::{ConnectionObject, EmbeddedObject, PayloadObject, RowObject};
use crate::data::select::{Base, QueryError};
use crate::data::{Guard, Kind, Row, Store, Value};
use crate::graphql::{self, NotARequest, Prepared, arguments, field_error};

pub(super) type Resolved<'a> = Result<ResolvedValue<'a>, FieldError>;

/// Executes a request and gives the body of its answer.
pub(super) fn answer(server: &Server, body: &Bytes) -> Result<Bytes, NotARequest> {
    let prepared = match server.engine.prepare(graphql::Request::read(body)?) {
        Ok(prepared) => prepared,
        Err(refused) => return Ok(refused.into_body()),
    };
    let store = match prepared.is_mutation() {
        true => Guard::writing(&server.store),
        false => Guard::reading(&server.store),
    };
    let context = Context {
        store: RefCell::new(store),
        prepared: &prepared,
        max_fields: server.max_fields,
        fields: Cell::new(0),
        races: &server.races,
        files: &server.files,
    };
    let response = server
        .engine
        .execute(&prepared, &Root { context: &context });
    Ok(response.into_body())
}

/// What all objects of one execution share.
pub(super) struct Context<'a> {
    pub(super) store: RefCell<Guard<'a>>,
    prepared: &'a Prepared,
    max_fields: u64,
    fields: Cell<u64>,
    /// How many writes are still to find that somebody else was faster.
    races: &'a AtomicU32,
    pub(super) files: &'a Files,
}

impl Context<'_> {
    pub(super) fn arguments<'i>(&self, info: &ResolveInfo<'i>) -> Cow<'i, JsonMap> {
        arguments(info, self.prepared.variables())
    }

    /// Lets somebody else write the row first, if that is asked for. Writes are one after the other.
    fn lose_race(&self, store: &mut Store, arguments: &JsonMap) {
        if self.races.load(Ordering::Relaxed) > 0 && race(store, arguments) {
            self.races.fetch_sub(1, Ordering::Relaxed);
        }
    }

    pub(super) fn spend(&self) {
        self.fields.set(self.fields.get().saturating_add(1));
    }

    pub(super) fn check_budget(&self) -> Result<(), FieldError> {
        if self.fields.get() <= self.max_fields {
            return Ok(());
        }
        let error = QueryError::plain("the request asks for too much at once");
        Err(field_error(error))
    }

    pub(super) fn row(&self, row: Option<Row>) -> ResolvedValue<'_> {
        ResolvedValue::nullable_object(row.map(|row| RowObject { context: self, row }))
    }

    pub(super) fn rows<'c>(&'c self, rows: &[Row]) -> Resolved<'c> {
        self.check_budget()?;
        Ok(ResolvedValue::list(
            rows.iter()
                .map(|row| self.row(Some(*row)))
                .collect::<Vec<_>>(),
        ))
    }

    pub(super) fn connection<'c>(
        &'c self,
        kind: Kind,
        base: Base<'_>,
        arguments: &JsonMap,
    ) -> Resolved<'c> {
        self.check_budget()?;
        let slice = slice(&self.store.borrow(), kind, base, arguments).map_err(field_error)?;
        Ok(ResolvedValue::object(ConnectionObject::new(
            self, kind, slice,
        )))
    }

    /// A stored value as the engine wants it.
    pub(super) fn value<'c>(&'c self, value: &Value) -> Resolved<'c> {
        Ok(match value {
            Value::One(row) => self.row(Some(*row)),
            Value::Many(kind, rows) => {
                let kind = *kind;
                let rows: Vec<Row> = rows
                    .iter()
                    .map(|index| Row {
                        kind,
                        index: *index,
                    })
                    .collect();
                self.rows(&rows)?
            }
            Value::Object(object) => ResolvedValue::object(EmbeddedObject {
                context: self,
                object: object.clone(),
            }),
            Value::List(items) => {
                let values = items.iter().map(|item| self.value(item));
                ResolvedValue::list(values.collect::<Result<Vec<_>, _>>()?)
            }
            leaf => ResolvedValue::Leaf(leaf.to_json()),
        })
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
        let named = |tables: &[(&str, Kind)]| {
            let found = tables.iter().find(|(name, _)| *name == field);
            found.map(|(_, kind)| *kind)
        };
        if self.context.prepared.is_mutation() {
            let answer = match self.context.store.borrow_mut().write() {
                Some(store) => {
                    self.context.lose_race(store, &arguments);
                    match field {
                        "createFileAttachment" | "createAsset" => {
                            self.context.files.register(store, input_of(&arguments))
                        }
                        _ => mutate(store, field, &arguments),
                    }
                }
                None => Err(QueryError::plain("a query cannot change anything")),
            };
            return Ok(ResolvedValue::object(PayloadObject {
                context: self.context,
                type_name: info.field_definition().ty.inner_named_type().to_string(),
                fields: answer.map_err(field_error)?,
            }));
        }
        if let Some(kind) = named(LISTS) {
            return self.context.connection(kind, Base::Table(kind), &arguments);
        }
        if let Some(kind) = named(BY_ID) {
            let id = arguments.get("id").and_then(number);
            let store = self.context.store.borrow();
            let row = id.and_then(|id| kinds::find(&store, kind, id));
            return Ok(self.context.row(row));
        }
        self.special(field, &arguments)
    }
}

impl Root<'_, '_> {
    fn special<'a>(&'a self, field: &str, arguments: &JsonMap) -> Resolved<'a> {
        let store = self.context.store.borrow();
        let value = match field {
            "me" => Value::One(Row {
                kind: kinds::USER,
                index: 0,
            }),
            "abomInstallation" => {
                let wanted = |name| arguments.get(name).and_then(number);
                let of = |row, name| store.get(row, name).as_row().map(kinds::id);
                let all = (0..store.len(kinds::INSTALLATION)).map(|index| Row {
                    kind: kinds::INSTALLATION,
                    index: u32::try_from(index).unwrap_or(u32::MAX),
                });
                let found = all.into_iter().find(|row| {
                    of(*row, "buildRequirement") == wanted("buildRequirementId")
                        && of(*row, "partInventory") == wanted("partInventoryId")
                });
                Value::maybe(found)
            }
            "requestFileUploadUrl" => {
                let name = arguments.get("filename").and_then(JsonValue::as_str);
                self.context.files.upload_url(name.unwrap_or_default())
            }
            _ => {
                let message = format!("the sandbox does not know the query {field}");
                return Err(field_error(QueryError::plain(message)));
            }
        };
        drop(store);
        self.context.value(&value)
    }
}
