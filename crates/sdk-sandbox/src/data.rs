//! The data set: tables of rows with references, changed by mutations.
//!
//! Nothing here knows a vendor. A vendor's seed names the tables, says which lists are the reverse of
//! which reference, and fills in rows; [`select`](crate::data::select) answers filtered, ordered and
//! paged lists from them, and keeps the answers until the data changes.

mod filter;
mod guard;
mod like;
pub(crate) mod select;
mod value;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;

pub(crate) use guard::Guard;
pub(crate) use value::{Kind, Object, Row, Value};

/// Ids of the first table begin here; each table has [`IDS_PER_TABLE`] of its own. All ids have ten
/// digits, so that they sort alike as numbers and as text.
const FIRST_ID: u64 = 1_100_000_000;
const IDS_PER_TABLE: u64 = 100_000_000;

/// A list of rows that is the reverse of a reference: `of`.`list` holds every row of `from` whose
/// `reference` names it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reverse {
    pub(crate) of: Kind,
    pub(crate) list: &'static str,
    pub(crate) from: Kind,
    pub(crate) reference: &'static str,
}

/// All tables of one vendor.
#[derive(Debug)]
pub(crate) struct Store {
    tables: Vec<Table>,
    reverses: &'static [Reverse],
    /// For each reverse list (by its place in `reverses`) and each row it belongs to: its members.
    members: HashMap<(usize, u32), Vec<u32>>,
    revision: u64,
    now: i64,
    lists: Mutex<HashMap<String, Arc<[u32]>>>,
}

#[derive(Debug)]
struct Table {
    type_name: &'static str,
    slots: HashMap<&'static str, usize>,
    /// For each slot the first value that was not null: it tells the sort of the column.
    samples: Vec<Value>,
    rows: Vec<Box<[Value]>>,
}

static NULL: Value = Value::Null;

impl Store {
    /// Empty tables, one for each type name; `now` is the time of the first mutation, in seconds.
    pub(crate) fn new(type_names: &[&'static str], reverses: &'static [Reverse], now: i64) -> Self {
        let table = |type_name: &&'static str| Table {
            type_name,
            slots: HashMap::new(),
            samples: Vec::new(),
            rows: Vec::new(),
        };
        Self {
            tables: type_names.iter().map(table).collect(),
            reverses,
            members: HashMap::new(),
            revision: 0,
            now,
            lists: Mutex::default(),
        }
    }

    /// The table whose rows have this GraphQL type.
    pub(crate) fn kind(&self, type_name: &str) -> Option<Kind> {
        let position = self
            .tables
            .iter()
            .position(|table| table.type_name == type_name)?;
        u8::try_from(position).ok().map(Kind)
    }

    pub(crate) fn type_name(&self, kind: Kind) -> &'static str {
        self.table(kind).map_or("", |table| table.type_name)
    }

    pub(crate) fn len(&self, kind: Kind) -> usize {
        self.table(kind).map_or(0, |table| table.rows.len())
    }

    /// The id of a row, as a number.
    pub(crate) fn id(row: Row) -> u64 {
        FIRST_ID + u64::from(row.kind.0) * IDS_PER_TABLE + u64::from(row.index)
    }

    /// The row of one table with this id, if there is one.
    pub(crate) fn find(&self, kind: Kind, id: &str) -> Option<Row> {
        let number = id.parse::<u64>().ok()?;
        let index = number.checked_sub(Self::id(Row { kind, index: 0 }))?;
        let row = Row {
            kind,
            index: u32::try_from(index).ok()?,
        };
        (row.index < self.len(kind) as u32 && Self::id(row).to_string() == id).then_some(row)
    }

    /// The value of a field; null where the row, the table or the field does not exist.
    pub(crate) fn get(&self, row: Row, field: &str) -> &Value {
        let slot = self
            .table(row.kind)
            .and_then(|table| table.slots.get(field));
        slot.map_or(&NULL, |slot| self.at(row, *slot))
    }

    fn at(&self, row: Row, slot: usize) -> &Value {
        let fields = self
            .table(row.kind)
            .and_then(|table| table.rows.get(row.index as usize));
        fields.and_then(|fields| fields.get(slot)).unwrap_or(&NULL)
    }

    fn slot(&self, kind: Kind, field: &str) -> Option<usize> {
        self.table(kind)?.slots.get(field).copied()
    }

    /// A value that shows which sort a column holds; null when all its values are null.
    fn sample(&self, kind: Kind, slot: usize) -> &Value {
        self.table(kind)
            .and_then(|table| table.samples.get(slot))
            .unwrap_or(&NULL)
    }

    /// The rows in a list field, stored or reverse; `None` when the field is no list of rows.
    pub(crate) fn related(&self, row: Row, field: &str) -> Option<(Kind, Cow<'_, [u32]>)> {
        if let Some((place, reverse)) = self.reverse(row.kind, field) {
            let members = self.members.get(&(place, row.index));
            let members = members.map_or(&[][..], Vec::as_slice);
            return Some((reverse.from, Cow::Borrowed(members)));
        }
        match self.get(row, field) {
            Value::Many(kind, rows) => Some((*kind, Cow::Borrowed(rows))),
            _ => None,
        }
    }

    fn reverse(&self, of: Kind, list: &str) -> Option<(usize, &'static Reverse)> {
        let mut reverses = self.reverses.iter().enumerate();
        reverses.find(|(_, reverse)| reverse.of == of && reverse.list == list)
    }

    /// Adds a row.
    pub(crate) fn insert(&mut self, kind: Kind, fields: Vec<(&'static str, Value)>) -> Row {
        let Some(table) = self.tables.get_mut(usize::from(kind.0)) else {
            return Row {
                kind,
                index: u32::MAX,
            };
        };
        let row = Row {
            kind,
            index: u32::try_from(table.rows.len()).unwrap_or(u32::MAX),
        };
        let mut values = vec![Value::Null; table.slots.len().max(fields.len())];
        for (field, value) in fields {
            let slot = table.slot_for(field);
            if slot >= values.len() {
                values.resize(slot + 1, Value::Null);
            }
            table.note_sample(slot, &value);
            if let Some(place) = values.get_mut(slot) {
                *place = value;
            }
        }
        table.rows.push(values.into_boxed_slice());
        for (place, reverse) in self.reverses.iter().enumerate() {
            if reverse.from == kind {
                let value = self.get(row, reverse.reference).clone();
                self.link(place, &value, row.index);
            }
        }
        self.touch();
        row
    }

    /// Changes one field of a row, and every reverse list that depends on it.
    pub(crate) fn set(&mut self, row: Row, field: &'static str, value: Value) {
        let previous = self.get(row, field).clone();
        for (place, reverse) in self.reverses.iter().enumerate() {
            if reverse.from == row.kind && reverse.reference == field {
                self.unlink(place, &previous, row.index);
                self.link(place, &value, row.index);
            }
        }
        if let Some(table) = self.tables.get_mut(usize::from(row.kind.0)) {
            let slot = table.slot_for(field);
            table.note_sample(slot, &value);
            if let Some(fields) = table.rows.get_mut(row.index as usize) {
                if slot >= fields.len() {
                    let mut longer = fields.to_vec();
                    longer.resize(slot + 1, Value::Null);
                    *fields = longer.into_boxed_slice();
                }
                if let Some(place) = fields.get_mut(slot) {
                    *place = value;
                }
            }
        }
        self.touch();
    }

    /// The time of the next change: each is one second after the one before, so that the same calls
    /// give the same data on every run.
    pub(crate) fn tick(&mut self) -> i64 {
        self.now += 1;
        self.now
    }

    /// Grows with every change.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// Says that something changed which answers may show, in the tables or beside them.
    pub(crate) fn touch(&mut self) {
        self.revision += 1;
        if let Ok(lists) = self.lists.get_mut() {
            lists.clear();
        }
    }

    fn link(&mut self, place: usize, value: &Value, member: u32) {
        for target in targets(value) {
            self.members
                .entry((place, target))
                .or_default()
                .push(member);
        }
    }

    fn unlink(&mut self, place: usize, value: &Value, member: u32) {
        for target in targets(value) {
            if let Some(members) = self.members.get_mut(&(place, target)) {
                members.retain(|other| *other != member);
            }
        }
    }

    fn table(&self, kind: Kind) -> Option<&Table> {
        self.tables.get(usize::from(kind.0))
    }
}

impl Table {
    fn slot_for(&mut self, field: &'static str) -> usize {
        let next = self.slots.len();
        *self.slots.entry(field).or_insert(next)
    }

    fn note_sample(&mut self, slot: usize, value: &Value) {
        if slot >= self.samples.len() {
            self.samples.resize(slot + 1, Value::Null);
        }
        if let Some(sample) = self.samples.get_mut(slot).filter(|sample| sample.is_null()) {
            *sample = value.clone();
        }
    }
}

/// The places that a reference names; all are in the table the reverse list belongs to.
fn targets(value: &Value) -> Vec<u32> {
    match value {
        Value::One(row) => vec![row.index],
        Value::Many(_, rows) => rows.to_vec(),
        _ => Vec::new(),
    }
}
