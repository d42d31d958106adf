//! Objects that answer their fields: rows of the tables, connections, and what lives inside rows.

use std::sync::Arc;

use apollo_compiler::resolvers::{ObjectValue, ResolveInfo, ResolvedValue};

use super::connection::Slice;
use super::kinds::{self, NESTED_CONNECTIONS, TYPE_NAMES, is_deleted, reference};
use super::mutate::Payload;
use super::resolve::{Context, Resolved};
use crate::data::select::Base;
use crate::data::{Kind, Object, Row, Store, Value};

/// The `_etag` of a row: another one after every write.
pub(super) fn etag(store: &Store, row: Row) -> String {
    let revision = match store.get(row, "_revision") {
        Value::Int(revision) => *revision,
        _ => 0,
    };
    format!("{:08x}-{revision:x}", kinds::id(row))
}

pub(super) struct RowObject<'c, 's> {
    pub(super) context: &'c Context<'s>,
    pub(super) row: Row,
}

impl ObjectValue for RowObject<'_, '_> {
    fn type_name(&self) -> &str {
        type_name(self.row.kind)
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Resolved<'a> {
        self.context.spend();
        let field = info.field_name();
        let store = self.context.store.borrow();
        match field {
            "id" => return Ok(ResolvedValue::leaf(kinds::id(self.row) as i64)),
            // That of a file names what it is attached to.
            "entityId" if self.row.kind != kinds::FILE_ATTACHMENT => {
                return Ok(ResolvedValue::leaf(kinds::entity_id(self.row) as i64));
            }
            "downloadUrl" => {
                let url = self.context.files.download_url(&store, self.row);
                return Ok(url.map_or_else(ResolvedValue::null, ResolvedValue::leaf));
            }
            "_etag" => return Ok(ResolvedValue::leaf(etag(&store, self.row))),
            _ => {}
        }
        if let Some((name, _)) = reference(self.row.kind, field) {
            let row = store.get(self.row, name).as_row();
            let id = row.map(|row| kinds::id(row) as i64);
            return Ok(id.map_or_else(ResolvedValue::null, ResolvedValue::leaf));
        }
        let related = store.related(self.row, field);
        if let Some((kind, rows)) = related {
            if NESTED_CONNECTIONS.contains(&field) {
                drop(store);
                let arguments = self.context.arguments(info);
                return self
                    .context
                    .connection(kind, Base::Field(self.row, field), &arguments);
            }
            let rows = rows.iter().map(|index| Row {
                kind,
                index: *index,
            });
            let rows: Vec<Row> = rows.filter(|row| !is_deleted(&store, *row)).collect();
            return self.context.rows(&rows);
        }
        let value = store.get(self.row, field).clone();
        drop(store);
        self.context.value(&value)
    }
}

fn type_name(kind: Kind) -> &'static str {
    TYPE_NAMES
        .get(usize::from(kind.0))
        .copied()
        .unwrap_or_default()
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
        self.context.value(self.object.get(info.field_name()))
    }
}

/// What a mutation answers with: an object of the type that its field has in the schema.
pub(super) struct PayloadObject<'c, 's> {
    pub(super) context: &'c Context<'s>,
    pub(super) type_name: String,
    pub(super) fields: Payload,
}

impl ObjectValue for PayloadObject<'_, '_> {
    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Resolved<'a> {
        let field = self
            .fields
            .iter()
            .find(|(name, _)| *name == info.field_name());
        let value = field.map_or(&Value::Null, |(_, value)| value);
        self.context.value(value)
    }
}

/// A page of a connection.
pub(super) struct ConnectionObject<'c, 's> {
    pub(super) context: &'c Context<'s>,
    pub(super) type_name: String,
    pub(super) edge_name: String,
    pub(super) slice: Slice,
}

impl<'c, 's> ConnectionObject<'c, 's> {
    pub(super) fn new(context: &'c Context<'s>, kind: Kind, slice: Slice) -> Self {
        let name = type_name(kind);
        // `StepEdge` is a dependency between two steps.
        let edge = if name == "Step" { "EdgeNode" } else { "Edge" };
        Self {
            context,
            type_name: format!("{name}Connection"),
            edge_name: format!("{name}{edge}"),
            slice,
        }
    }
}

impl ObjectValue for ConnectionObject<'_, '_> {
    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Resolved<'a> {
        self.context.spend();
        if info.field_name() == "edges" {
            let edges = self.slice.rows.iter().map(|row| {
                self.context.check_budget()?;
                Ok(ResolvedValue::object(Edge {
                    context: self.context,
                    type_name: &self.edge_name,
                    row: *row,
                }))
            });
            return Ok(ResolvedValue::List(Box::new(edges)));
        }
        let number = |count: usize| Value::Int(i64::try_from(count).unwrap_or(i64::MAX));
        let end_cursor = self.slice.end_cursor.clone();
        let fields = vec![
            ("endCursor", end_cursor.map_or(Value::Null, Value::text)),
            ("hasNextPage", Value::Bool(self.slice.has_next_page)),
            ("totalCount", number(self.slice.total)),
            ("count", number(self.slice.rows.len())),
        ];
        self.context.value(&Value::object("PageInfo", fields))
    }
}

struct Edge<'c, 's> {
    context: &'c Context<'s>,
    type_name: &'c str,
    row: Row,
}

impl ObjectValue for Edge<'_, '_> {
    fn type_name(&self) -> &str {
        self.type_name
    }

    fn resolve_field<'a>(&'a self, _info: &'a ResolveInfo<'a>) -> Resolved<'a> {
        Ok(self.context.row(Some(self.row)))
    }
}
