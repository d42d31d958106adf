//! Filters: the vendor's filter objects, compiled once per list and applied to every row.
//!
//! Rules as in the vendor's pages "Filters" and "Product Filter": members of one object
//! are joined by AND, `AND` of nothing holds, `OR` of nothing does not, an operator is a suffix of the
//! field's name, and a value of `null` asks for absence. A nested filter of a to-one relation also asks
//! that the relation is there.

use std::cmp::Ordering;

use apollo_compiler::response::{JsonMap, JsonValue};

use super::like::like;
use super::select::QueryError;
use super::{Kind, Row, Store, Value};

/// Relations that a filter may follow one inside the other.
const MAX_DEPTH: usize = 8;

/// Longest first, so that `_not_in` is not read as `_in` of a field `…_not`.
const OPERATORS: &[(&str, Operator, bool)] = &[
    ("_not_starts_with", Operator::StartsWith, true),
    ("_not_ends_with", Operator::EndsWith, true),
    ("_not_contains", Operator::Contains, true),
    ("_not_like", Operator::Like, true),
    ("_not_in", Operator::In, true),
    ("_not", Operator::Equal, true),
    ("_starts_with", Operator::StartsWith, false),
    ("_ends_with", Operator::EndsWith, false),
    ("_contains", Operator::Contains, false),
    ("_like", Operator::Like, false),
    ("_in", Operator::In, false),
    ("_lte", Operator::AtMost, false),
    ("_gte", Operator::AtLeast, false),
    ("_lt", Operator::Less, false),
    ("_gt", Operator::Greater, false),
];

const QUANTIFIERS: &[(&str, Quantifier)] = &[
    ("_some", Quantifier::Some),
    ("_every", Quantifier::Every),
    ("_none", Quantifier::None),
];

#[derive(Clone, Copy, Debug)]
pub(super) enum Operator {
    Equal,
    In,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Contains,
    StartsWith,
    EndsWith,
    Like,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Quantifier {
    Some,
    Every,
    None,
}

/// A compiled filter of one table.
#[derive(Debug)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Test {
        column: Column,
        operator: Operator,
        negated: bool,
        operand: Operand,
    },
    One {
        column: Column,
        filter: Box<Filter>,
    },
    Many {
        field: String,
        quantifier: Quantifier,
        filter: Box<Filter>,
    },
    Never,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Column {
    Id,
    Slot(usize),
    /// No row has a value here.
    Absent,
}

#[derive(Debug)]
pub(super) enum Operand {
    Value(Value),
    /// Sorted, for binary search.
    Values(Vec<Value>),
}

impl Column {
    pub(super) fn find(store: &Store, kind: Kind, field: &str) -> Self {
        match (field, store.slot(kind, field)) {
            ("id", _) => Self::Id,
            (_, Some(slot)) => Self::Slot(slot),
            (_, None) => Self::Absent,
        }
    }

    pub(super) fn sample(self, store: &Store, kind: Kind) -> Value {
        match self {
            Self::Id => Value::Id(0),
            Self::Slot(slot) => store.sample(kind, slot).clone(),
            Self::Absent => Value::Null,
        }
    }

    /// Calls `use_value` with the value of this column; ids are made on the way.
    pub(super) fn with<T>(self, store: &Store, row: Row, use_value: impl FnOnce(&Value) -> T) -> T {
        match self {
            Self::Id => use_value(&Value::Id(Store::id(row))),
            Self::Slot(slot) => use_value(store.at(row, slot)),
            Self::Absent => use_value(&Value::Null),
        }
    }
}

impl Filter {
    /// Compiles the filter object of a list of `kind`.
    pub(super) fn compile(store: &Store, kind: Kind, object: &JsonMap) -> Result<Self, QueryError> {
        Self::object(store, kind, object, 0)
    }

    fn object(
        store: &Store,
        kind: Kind,
        object: &JsonMap,
        depth: usize,
    ) -> Result<Self, QueryError> {
        if depth > MAX_DEPTH {
            return Err(QueryError::plain(format!(
                "a filter may follow at most {MAX_DEPTH} relations, one inside the other"
            )));
        }
        let member = |(name, value): (_, &JsonValue)| Self::member(store, kind, name, value, depth);
        let members = object
            .iter()
            .map(|(name, value)| member((name.as_str(), value)));
        Ok(Self::All(members.collect::<Result<_, _>>()?))
    }

    fn member(
        store: &Store,
        kind: Kind,
        name: &str,
        value: &JsonValue,
        depth: usize,
    ) -> Result<Self, QueryError> {
        if let "AND" | "OR" = name {
            // A null list is the same as none at all.
            let Some(items) = value.as_array() else {
                return Ok(Self::All(Vec::new()));
            };
            let objects = items.iter().filter_map(JsonValue::as_object);
            let parts = objects.map(|object| Self::object(store, kind, object, depth));
            let parts = parts.collect::<Result<_, _>>()?;
            return Ok(if name == "AND" {
                Self::All(parts)
            } else {
                Self::Any(parts)
            });
        }
        for (suffix, quantifier) in QUANTIFIERS {
            if let Some(field) = name.strip_suffix(suffix) {
                let Some(object) = value.as_object() else {
                    return Ok(Self::All(Vec::new()));
                };
                let filter = match store.list_kind(kind, field) {
                    Some(kind) => Self::object(store, kind, object, depth + 1)?,
                    None => Self::Never,
                };
                let filter = Box::new(filter);
                return Ok(Self::Many {
                    field: field.to_owned(),
                    quantifier: *quantifier,
                    filter,
                });
            }
        }
        if let Some(object) = value.as_object() {
            let column = Column::find(store, kind, name);
            return Ok(match column.sample(store, kind) {
                Value::One(row) => {
                    let filter = Box::new(Self::object(store, row.kind, object, depth + 1)?);
                    Self::One { column, filter }
                }
                _ => Self::Never,
            });
        }
        Self::test(store, kind, name, value)
    }

    fn test(store: &Store, kind: Kind, name: &str, value: &JsonValue) -> Result<Self, QueryError> {
        let suffixed = OPERATORS.iter().find_map(|(suffix, operator, negated)| {
            Some((name.strip_suffix(suffix)?, *operator, *negated))
        });
        let (field, operator, negated) = suffixed.unwrap_or((name, Operator::Equal, false));
        let column = Column::find(store, kind, field);
        let sample = column.sample(store, kind);
        let read = |json: &JsonValue| {
            sample.read_alike(json).ok_or_else(|| {
                QueryError::plain(format!("the value of {name} is not of the type of {field}"))
            })
        };
        let operand = match (operator, value) {
            (Operator::In, JsonValue::Array(items)) => {
                let mut values = items.iter().map(read).collect::<Result<Vec<_>, _>>()?;
                values.sort_by(Value::compare);
                Operand::Values(values)
            }
            // The list of a null `_in` is as good as no condition.
            (Operator::In, _) => return Ok(Self::All(Vec::new())),
            (_, json) => Operand::Value(read(json)?),
        };
        Ok(Self::Test {
            column,
            operator,
            negated,
            operand,
        })
    }

    /// Whether a row passes.
    pub(super) fn accepts(&self, store: &Store, row: Row) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.accepts(store, row)),
            Self::Any(parts) => parts.iter().any(|part| part.accepts(store, row)),
            Self::Never => false,
            Self::Test {
                column,
                operator,
                negated,
                operand,
            } => {
                let holds = |value: &Value| operator.holds(value, operand);
                column.with(store, row, holds) != *negated
            }
            Self::One { column, filter } => column
                .with(store, row, Value::as_row)
                .is_some_and(|target| filter.accepts(store, target)),
            Self::Many {
                field,
                quantifier,
                filter,
            } => {
                let Some((kind, rows)) = store.related(row, field) else {
                    return !matches!(quantifier, Quantifier::Some);
                };
                let accepts = |index: &u32| {
                    filter.accepts(
                        store,
                        Row {
                            kind,
                            index: *index,
                        },
                    )
                };
                match quantifier {
                    Quantifier::Some => rows.iter().any(accepts),
                    Quantifier::Every => rows.iter().all(accepts),
                    Quantifier::None => !rows.iter().any(accepts),
                }
            }
        }
    }
}

impl Operator {
    fn holds(self, value: &Value, operand: &Operand) -> bool {
        let operand = match operand {
            Operand::Values(values) => {
                return values
                    .binary_search_by(|other| other.compare(value))
                    .is_ok();
            }
            Operand::Value(operand) => operand,
        };
        let order = || value.compare(operand);
        // An absent value is neither less nor greater than another one.
        let both = !value.is_null() && !operand.is_null();
        let texts = || value.as_text().zip(operand.as_text());
        match self {
            Self::Equal | Self::In => order() == Ordering::Equal,
            Self::Less => both && order() == Ordering::Less,
            Self::AtMost => both && order() != Ordering::Greater,
            Self::Greater => both && order() == Ordering::Greater,
            Self::AtLeast => both && order() != Ordering::Less,
            Self::Contains => texts().is_some_and(|(text, part)| text.contains(part)),
            Self::StartsWith => texts().is_some_and(|(text, part)| text.starts_with(part)),
            Self::EndsWith => texts().is_some_and(|(text, part)| text.ends_with(part)),
            Self::Like => texts().is_some_and(|(text, pattern)| like(text, pattern)),
        }
    }
}
