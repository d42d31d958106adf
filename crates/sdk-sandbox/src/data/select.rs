//! Lists: filtered, ordered, paged.
//!
//! The ordered list of a (filter, order) pair is computed once and kept until the data changes, so
//! that the pages of a walk cost their own size and a binary search each.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use apollo_compiler::response::{JsonMap, JsonValue};

use super::filter::{Column, Filter};
use super::{Kind, Row, Store, Value};

/// Lists kept at a time; when there would be more, all are dropped.
const MAX_LISTS: usize = 256;

/// Lists shorter than this are not worth keeping.
const MIN_KEPT: usize = 32;

/// A list that cannot be answered as asked.
#[derive(Debug)]
pub(crate) struct QueryError {
    pub(crate) code: Option<&'static str>,
    pub(crate) message: String,
}

impl QueryError {
    pub(crate) fn plain(message: impl Into<String>) -> Self {
        Self {
            code: None,
            message: message.into(),
        }
    }

    pub(crate) fn coded(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code: Some(code),
            message: message.into(),
        }
    }
}

/// Where a list comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Base<'a> {
    /// All rows of a table.
    Table(Kind),
    /// The rows in a list field of one row.
    Field(Row, &'a str),
}

/// How a list is sorted, and what its cursors hold.
#[derive(Debug, Default)]
pub(crate) struct Order {
    keys: Vec<(String, bool)>,
}

/// Some rows of a list.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) kind: Kind,
    rows: Arc<[u32]>,
    range: Range<usize>,
    pub(crate) order: Arc<Order>,
}

impl Page {
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row> {
        let rows = self.rows.get(self.range.clone()).unwrap_or_default();
        rows.iter().map(|index| Row {
            kind: self.kind,
            index: *index,
        })
    }
}

impl Order {
    /// Reads `orderBy`, a list of `FIELD_ASC` and `FIELD_DESC`, and adds the id as the last key.
    pub(crate) fn read(order_by: Option<&JsonValue>) -> Self {
        let values = order_by
            .and_then(JsonValue::as_array)
            .map_or(&[][..], Vec::as_slice);
        let names = values.iter().filter_map(JsonValue::as_str);
        let parts = names.filter_map(|name| name.rsplit_once('_'));
        let mut keys = Vec::<(String, bool)>::new();
        for (field, direction) in parts {
            if keys.iter().all(|(known, _)| known != field) {
                keys.push((field.to_owned(), direction == "DESC"));
            }
        }
        if keys.iter().all(|(field, _)| field != "id") {
            keys.push(("id".to_owned(), false));
        }
        Self { keys }
    }

    /// The cursor of a row: a JSON object with the value of each key.
    pub(crate) fn cursor(&self, store: &Store, row: Row) -> String {
        let mut cursor = String::from("{");
        for (field, _) in &self.keys {
            if cursor.len() > 1 {
                cursor.push(',');
            }
            let column = Column::find(store, row.kind, field);
            let value = column.with(store, row, Value::to_json);
            cursor.push_str(&format!("\"{field}\":{value}"));
        }
        cursor.push('}');
        cursor
    }

    fn read_cursor(
        &self,
        store: &Store,
        kind: Kind,
        cursor: &str,
    ) -> Result<Vec<Value>, QueryError> {
        let wrong = |reason: &str| {
            QueryError::coded(
                "INVALID_CURSOR",
                format!("the cursor is not valid here: {reason}"),
            )
        };
        let json = serde_json::from_str::<JsonMap>(cursor);
        let object = json.map_err(|_| wrong("it is not a JSON object"))?;
        if object.len() != self.keys.len() {
            return Err(wrong("it was made under another orderBy"));
        }
        let value = |(field, _): &(String, bool)| {
            let json = object.get(field.as_str());
            let json = json.ok_or_else(|| wrong("it was made under another orderBy"))?;
            let sample = Column::find(store, kind, field).sample(store, kind);
            sample
                .read_alike(json)
                .ok_or_else(|| wrong("a value in it has the wrong type"))
        };
        self.keys.iter().map(value).collect()
    }

    fn columns(&self, store: &Store, kind: Kind) -> Vec<(Column, bool)> {
        let column =
            |(field, descending): &(String, bool)| (Column::find(store, kind, field), *descending);
        self.keys.iter().map(column).collect()
    }

    fn is_by_id(&self) -> bool {
        matches!(self.keys.as_slice(), [(field, false)] if field == "id")
    }
}

impl Store {
    /// Answers a list field with its arguments `filter`, `orderBy`, `after`, `skip` and `first`.
    pub(crate) fn page(&self, base: Base<'_>, arguments: &JsonMap) -> Result<Page, QueryError> {
        let order = Order::read(arguments.get("orderBy"));
        let (kind, rows) = self.list(base, arguments, &order)?;
        let mut start = 0;
        if let Some(after) = arguments.get("after").and_then(JsonValue::as_str) {
            let cursor = order.read_cursor(self, kind, after)?;
            let columns = order.columns(self, kind);
            start = rows.partition_point(|index| {
                let row = Row {
                    kind,
                    index: *index,
                };
                compare_to_cursor(self, &columns, row, &cursor) != Ordering::Greater
            });
        }
        start = start.saturating_add(count_argument(arguments, "skip")?.unwrap_or(0));
        let start = start.min(rows.len());
        let first = count_argument(arguments, "first")?.unwrap_or(usize::MAX);
        let end = start.saturating_add(first).min(rows.len());
        Ok(Page {
            kind,
            rows,
            range: start..end,
            order: Arc::new(order),
        })
    }

    /// Counts a list.
    pub(crate) fn count(&self, base: Base<'_>, arguments: &JsonMap) -> Result<usize, QueryError> {
        let (_, rows) = self.list(base, arguments, &Order::read(None))?;
        Ok(rows.len())
    }

    /// The table of the rows in a list field; `None` while no row has any.
    pub(super) fn list_kind(&self, kind: Kind, field: &str) -> Option<Kind> {
        if let Some((_, reverse)) = self.reverse(kind, field) {
            return Some(reverse.from);
        }
        match self.sample(kind, self.slot(kind, field)?) {
            Value::Many(kind, _) => Some(*kind),
            _ => None,
        }
    }

    fn list(
        &self,
        base: Base<'_>,
        arguments: &JsonMap,
        order: &Order,
    ) -> Result<(Kind, Arc<[u32]>), QueryError> {
        let (kind, length) = match base {
            Base::Table(kind) => (kind, self.len(kind)),
            Base::Field(row, field) => match self.related(row, field) {
                Some((kind, rows)) => (kind, rows.len()),
                None => return Ok((row.kind, Arc::default())),
            },
        };
        let filter = arguments.get("filter").and_then(JsonValue::as_object);
        let filter = filter.filter(|filter| !filter.is_empty());
        let key = (length >= MIN_KEPT).then(|| {
            let filter = filter.map(serde_json::to_string).and_then(Result::ok);
            format!("{base:?} {order:?} {filter:?}")
        });
        if let Some(rows) = key.as_ref().and_then(|key| self.kept(key)) {
            return Ok((kind, rows));
        }
        let filter = filter
            .map(|filter| Filter::compile(self, kind, filter))
            .transpose()?;
        let accepts = |index: &u32| {
            let row = Row {
                kind,
                index: *index,
            };
            filter
                .as_ref()
                .is_none_or(|filter| filter.accepts(self, row))
        };
        let mut rows: Vec<u32> = match base {
            Base::Table(_) => (0..length as u32).filter(accepts).collect(),
            Base::Field(row, field) => {
                let (_, rows) = self
                    .related(row, field)
                    .unwrap_or((kind, Default::default()));
                rows.iter().copied().filter(accepts).collect()
            }
        };
        if order.is_by_id() {
            rows.sort_unstable();
        } else {
            let columns = order.columns(self, kind);
            rows.sort_unstable_by(|left, right| {
                let row = |index: &u32| Row {
                    kind,
                    index: *index,
                };
                compare_rows(self, &columns, row(left), row(right))
            });
        }
        let rows: Arc<[u32]> = rows.into();
        if let Some(key) = key {
            self.keep(key, &rows);
        }
        Ok((kind, rows))
    }

    fn kept(&self, key: &str) -> Option<Arc<[u32]>> {
        self.lists.lock().ok()?.get(key).cloned()
    }

    fn keep(&self, key: String, rows: &Arc<[u32]>) {
        if let Ok(mut lists) = self.lists.lock() {
            if lists.len() >= MAX_LISTS {
                lists.clear();
            }
            lists.insert(key, rows.clone());
        }
    }
}

fn compare_rows(store: &Store, columns: &[(Column, bool)], left: Row, right: Row) -> Ordering {
    let mut orders = columns.iter().map(|(column, descending)| {
        let order = column.with(store, left, |left| {
            column.with(store, right, |right| left.compare(right))
        });
        if *descending { order.reverse() } else { order }
    });
    orders
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn compare_to_cursor(
    store: &Store,
    columns: &[(Column, bool)],
    row: Row,
    cursor: &[Value],
) -> Ordering {
    let mut orders = columns
        .iter()
        .zip(cursor)
        .map(|((column, descending), value)| {
            let order = column.with(store, row, |own| own.compare(value));
            if *descending { order.reverse() } else { order }
        });
    orders
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn count_argument(arguments: &JsonMap, name: &str) -> Result<Option<usize>, QueryError> {
    let Some(number) = arguments.get(name).and_then(JsonValue::as_i64) else {
        return Ok(None);
    };
    let wrong = |_| {
        QueryError::coded(
            "ARGUMENT_OUT_OF_RANGE",
            format!("{name} must not be negative"),
        )
    };
    usize::try_from(number).map(Some).map_err(wrong)
}
