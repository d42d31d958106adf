//! Root fields of mutations: most create or change one row by their input, a few do more.

mod access;
mod attributes;
mod labels;
mod mboms;
mod races;
mod runs;
mod table;

pub(super) use attributes::attribute;
pub(super) use races::race;
use table::{STORED, WRITES, Write};

use apollo_compiler::response::{JsonMap, JsonValue};

use super::kinds::{self, find, reference};
use super::objects::etag;
use crate::data::select::QueryError;
use crate::data::{Kind, Row, Store, Value};

pub(super) type Result<T> = std::result::Result<T, QueryError>;

/// The fields of a mutation's reply.
pub(super) type Payload = Vec<(&'static str, Value)>;

/// Performs one mutation and gives what its field answers.
pub(super) fn mutate(store: &mut Store, field: &str, arguments: &JsonMap) -> Result<Payload> {
    let input = input_of(arguments);
    if let Some((_, write, kind, name)) = WRITES.iter().find(|(it, ..)| *it == field) {
        return match write {
            Write::Create => create(store, *kind, input).map(|row| payload(name, row)),
            Write::Update => update(store, *kind, input).map(|row| payload(name, row)),
            Write::Delete => {
                let row = current(store, *kind, input)?;
                store.set(row, "_deleted", Value::Bool(true));
                Ok(vec![("id", id_value(row))])
            }
        };
    }
    match field {
        "createRun" => runs::create(store, input).map(|row| payload("run", row)),
        "createRunStep" => runs::create_step(store, input).map(|row| payload("step", row)),
        "updateRunStep" => runs::update_step(store, input).map(|row| payload("runStep", row)),
        "updateRunStepFieldValue" => {
            runs::submit(store, input).map(|row| payload("runStepField", row))
        }
        "createOrUpdateMultipleMboms" => Ok(mboms::load(store, input)),
        "copyStep" => copy_step(store, input).map(|row| payload("step", row)),
        "updateIssueAttribute" => attributes::set_one(store, kinds::ISSUE, "issueId", input),
        "updateRunAttribute" => attributes::set_one(store, kinds::RUN, "runId", input),
        "addLabelToItem" => labels::on_item(store, input, true),
        "removeLabelFromItem" => labels::on_item(store, input, false),
        "addLabelToProcedureFamily" => labels::on_family(store, input),
        _ => access::change(store, field, input),
    }
}

/// What a mutation is told: its `input`, or else its plain arguments.
pub(super) fn input_of(arguments: &JsonMap) -> &JsonMap {
    let input = arguments.get("input").and_then(JsonValue::as_object);
    input.unwrap_or(arguments)
}

fn create(store: &mut Store, kind: Kind, input: &JsonMap) -> Result<Row> {
    match kind {
        kinds::PART => check_part_number(store, input)?,
        kinds::PART_INVENTORY => check_serial_number(store, input)?,
        _ => {}
    }
    let mut fields = defaults(kind);
    fields.extend(fields_of(store, kind, input)?);
    if let Some(each) = input.get("quantityPerParentPartInventory") {
        fields.push(("quantity", value_of(each)));
    }
    let row = store.insert(kind, fields);
    if let Some(attributes) = input.get("attributes") {
        attributes::set_all(store, row, attributes)
            .inspect_err(|_| store.set(row, "_deleted", Value::Bool(true)))?;
    }
    Ok(row)
}

fn check_part_number(store: &Store, input: &JsonMap) -> Result<()> {
    let text = |name| input.get(name).and_then(JsonValue::as_str);
    let (number, revision) = (text("partNumber"), text("revision").unwrap_or("A"));
    match find_part(store, number, Some(revision)) {
        None => Ok(()),
        Some(_) => Err(QueryError::plain(
            "A part with this part number and revision already exists",
        )),
    }
}

/// The part of a number and, if one is given, a revision.
fn find_part(store: &Store, number: Option<&str>, revision: Option<&str>) -> Option<Row> {
    live(store, kinds::PART).into_iter().find(|row| {
        let text = |field| store.get(*row, field).as_text();
        text("partNumber") == number && revision.is_none_or(|it| text("revision") == Some(it))
    })
}

/// A serial number is one unit, and one alone has it among those of its part.
fn check_serial_number(store: &Store, input: &JsonMap) -> Result<()> {
    let Some(serial) = input.get("serialNumber").and_then(JsonValue::as_str) else {
        return Ok(());
    };
    let quantity = input.get("quantity").map(|quantity| match quantity {
        JsonValue::String(text) => text.as_str().parse().unwrap_or(f64::NAN),
        quantity => quantity.as_f64().unwrap_or(f64::NAN),
    });
    if quantity.is_some_and(|quantity| quantity != 0.0 && quantity != 1.0) {
        return Err(QueryError::plain(
            "the quantity of a serial number is 0 or 1",
        ));
    }
    let part = input.get("partId").and_then(number);
    let is_same = |row: &Row| {
        store.get(*row, "serialNumber").as_text() == Some(serial)
            && store.get(*row, "part").as_row().map(kinds::id) == part
    };
    match live(store, kinds::PART_INVENTORY).iter().any(is_same) {
        false => Ok(()),
        true => Err(QueryError::plain(
            "A part inventory with this serial number already exists",
        )),
    }
}

fn defaults(kind: Kind) -> Vec<(&'static str, Value)> {
    match kind {
        kinds::PART => vec![
            ("revision", Value::Static("A")),
            ("status", Value::Static("RELEASED")),
            ("partType", Value::Static("PART")),
            ("isLatestRevision", Value::Bool(true)),
        ],
        kinds::PART_INVENTORY => vec![("status", Value::Static("AVAILABLE"))],
        kinds::ISSUE => vec![("status", Value::Static("PENDING"))],
        kinds::PURCHASE_ORDER => vec![("status", Value::Static("DRAFT"))],
        _ => Vec::new(),
    }
}

fn update(store: &mut Store, kind: Kind, input: &JsonMap) -> Result<Row> {
    let row = current(store, kind, input)?;
    apply(store, row, input)?;
    touch(store, row);
    Ok(row)
}

/// The row that `id` names, if `etag` is the one it has now.
fn current(store: &Store, kind: Kind, input: &JsonMap) -> Result<Row> {
    let id = input.get("id").and_then(number);
    let row = id.and_then(|id| find(store, kind, id));
    let row = row.ok_or_else(|| not_found(store.type_name(kind)))?;
    check_etag(store, row, input.get("etag"))?;
    Ok(row)
}

fn check_etag(store: &Store, row: Row, given: Option<&JsonValue>) -> Result<()> {
    let given = given.and_then(JsonValue::as_str);
    if given == Some(etag(store, row).as_str()) {
        return Ok(());
    }
    Err(conflict())
}

fn conflict() -> QueryError {
    QueryError::coded("CONCURRENCY_ERROR", "Etag does not match")
}

pub(super) fn not_found(what: &str) -> QueryError {
    QueryError::coded("NOT_FOUND", format!("{what} not found"))
}

/// Gives a row another `_etag`.
fn touch(store: &mut Store, row: Row) {
    let next = match store.get(row, "_revision") {
        Value::Int(revision) => revision + 1,
        _ => 1,
    };
    store.set(row, "_revision", Value::Int(next));
}

/// Takes over what an input says, all of it or, if any of it is wrong, nothing.
fn apply(store: &mut Store, row: Row, input: &JsonMap) -> Result<()> {
    let fields = fields_of(store, row.kind, input)?;
    if let Some(attributes) = input.get("attributes") {
        attributes::set_all(store, row, attributes)?;
    }
    for (field, value) in fields {
        store.set(row, field, value);
    }
    Ok(())
}

/// The fields that an input sets; members that name nothing the tables hold are ignored.
fn fields_of(store: &Store, kind: Kind, input: &JsonMap) -> Result<Payload> {
    let mut fields = Vec::new();
    for (name, value) in input {
        let name = name.as_str();
        if let Some((field, kind)) = reference(kind, name) {
            let target = number(value)
                .map(|id| find(store, kind, id).ok_or_else(|| not_found(store.type_name(kind))));
            fields.push((field, Value::maybe(target.transpose()?)));
        } else if let Some(field) = STORED.iter().find(|field| **field == name) {
            fields.push((*field, value_of(value)));
        }
    }
    Ok(fields)
}

fn value_of(json: &JsonValue) -> Value {
    match json {
        JsonValue::Null => Value::Null,
        JsonValue::Bool(value) => Value::Bool(*value),
        JsonValue::String(text) => Value::text(text.as_str()),
        JsonValue::Number(number) => match number.as_i64() {
            Some(number) => Value::Int(number),
            None => Value::Float(number.as_f64().unwrap_or_default()),
        },
        structure => Value::json(structure.clone()),
    }
}

/// The row that an id member names.
fn required(store: &Store, input: &JsonMap, name: &str) -> Result<Row> {
    let (_, kind) = reference(kinds::TEAM, name).ok_or_else(|| not_found(name))?;
    let id = input.get(name).and_then(number);
    id.and_then(|id| find(store, kind, id))
        .ok_or_else(|| not_found(store.type_name(kind)))
}

fn add_to_list(store: &mut Store, row: Row, field: &'static str, member: Row, present: bool) {
    let mut rows: Vec<u32> = match store.get(row, field) {
        Value::Many(_, rows) => rows.to_vec(),
        _ => Vec::new(),
    };
    rows.retain(|index| *index != member.index);
    if present {
        rows.push(member.index);
    }
    store.set(row, field, Value::Many(member.kind, rows.into()));
    touch(store, row);
}

fn copy_step(store: &mut Store, input: &JsonMap) -> Result<Row> {
    let origin = required(store, input, "stepId")?;
    let copied = ["title", "type", "slateContent"];
    let mut fields: Vec<_> = copied
        .map(|name| (name, store.get(origin, name).clone()))
        .into();
    fields.push(("originStep", Value::One(origin)));
    let places = input.iter().filter(|(name, _)| name.as_str() != "stepId");
    let places = places
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    fields.extend(fields_of(store, kinds::STEP, &places)?);
    Ok(store.insert(kinds::STEP, fields))
}

/// All rows of a table that have not been deleted.
fn live(store: &Store, kind: Kind) -> Vec<Row> {
    let count = u32::try_from(store.len(kind)).unwrap_or(u32::MAX);
    (0..count)
        .map(|index| Row { kind, index })
        .filter(|row| !kinds::is_deleted(store, *row))
        .collect()
}

fn id_value(row: Row) -> Value {
    Value::Int(i64::try_from(kinds::id(row)).unwrap_or(i64::MAX))
}

fn payload(name: &'static str, row: Row) -> Payload {
    vec![(name, Value::One(row))]
}

/// An id, which comes as a number or as text.
pub(super) fn number(json: &JsonValue) -> Option<u64> {
    match json {
        JsonValue::String(text) => text.as_str().parse().ok(),
        JsonValue::Number(number) => number.as_u64(),
        _ => None,
    }
}
