//! Runs: made from a procedure, driven by their steps, filled in value by value.

use apollo_compiler::response::{JsonMap, JsonValue};

use super::{Result, apply, current, fields_of, required, touch, value_of};
use crate::data::select::QueryError;
use crate::data::{Row, Store, Value};
use crate::vendors::ion::kinds;

/// Makes a run in TODO, with a copy of the steps of its procedure.
pub(super) fn create(store: &mut Store, input: &JsonMap) -> Result<Row> {
    let mut fields = vec![("status", Value::Static("TODO"))];
    fields.extend(fields_of(store, kinds::RUN, input)?);
    let run = store.insert(kinds::RUN, fields);
    let Some(procedure) = store.get(run, "procedure").as_row() else {
        return Ok(run);
    };
    for step in members(store, procedure, "steps") {
        let fields = vec![
            ("run", Value::One(run)),
            ("title", store.get(step, "title").clone()),
            ("status", Value::Static("TODO")),
            ("position", store.get(step, "position").clone()),
        ];
        let copy = store.insert(kinds::RUN_STEP, fields);
        for field in members(store, step, "fields") {
            let fields = vec![
                ("runStep", Value::One(copy)),
                ("name", store.get(field, "name").clone()),
                ("type", store.get(field, "type").clone()),
            ];
            store.insert(kinds::RUN_STEP_FIELD, fields);
        }
    }
    Ok(run)
}

/// Adds a step to a run, in REDLINE.
pub(super) fn create_step(store: &mut Store, input: &JsonMap) -> Result<Row> {
    let run = required(store, input, "runId")?;
    let position = i64::try_from(members(store, run, "steps").len()).unwrap_or(0) + 1;
    let mut fields = vec![
        ("status", Value::Static("REDLINE")),
        ("position", Value::Int(position)),
    ];
    fields.extend(fields_of(store, kinds::RUN_STEP, input)?);
    Ok(store.insert(kinds::RUN_STEP, fields))
}

/// Changes the state of a step, and with it that of its run.
pub(super) fn update_step(store: &mut Store, input: &JsonMap) -> Result<Row> {
    let step = current(store, kinds::RUN_STEP, input)?;
    let status = input.get("status").and_then(JsonValue::as_str);
    let run = store.get(step, "run").as_row();
    let steps = run.map_or_else(Vec::new, |run| members(store, run, "steps"));
    let is_complete = |row: &Row| store.get(*row, "status").as_text() == Some("COMPLETE");
    if matches!(status, Some("IN_PROGRESS" | "COMPLETE")) {
        let mut before = steps.iter().take_while(|row| **row != step);
        if !before.all(is_complete) {
            return Err(QueryError::plain("upstream steps must be complete"));
        }
    }
    apply(store, step, input)?;
    touch(store, step);
    if let Some(run) = run {
        let status = run_status(store, &steps);
        store.set(run, "status", Value::Static(status));
        touch(store, run);
    }
    Ok(step)
}

/// A run's state follows from its steps.
fn run_status(store: &Store, steps: &[Row]) -> &'static str {
    let all = |status| {
        let mut states = steps
            .iter()
            .map(|step| store.get(*step, "status").as_text());
        states.all(|state| state == Some(status))
    };
    match (all("COMPLETE"), all("TODO")) {
        (true, _) => "COMPLETE",
        (_, true) => "TODO",
        _ => "IN_PROGRESS",
    }
}

/// Submits a value: the step is in progress, and the value has the field's type.
pub(super) fn submit(store: &mut Store, input: &JsonMap) -> Result<Row> {
    let field = current(store, kinds::RUN_STEP_FIELD, input)?;
    let step = store.get(field, "runStep").as_row();
    let status = step.and_then(|step| store.get(step, "status").as_text());
    if status != Some("IN_PROGRESS") {
        return Err(QueryError::plain("the step is not in progress"));
    }
    let value = input.get("value").unwrap_or(&JsonValue::Null);
    let fits = match store.get(field, "type").as_text() {
        Some("NUMBER") => value.is_number(),
        Some("BOOLEAN") => value.is_boolean(),
        Some("MULTISELECT") => value.is_array(),
        Some("STRING" | "SELECT" | "DATETIME") => value.is_string(),
        _ => true,
    };
    if !fits && !value.is_null() {
        return Err(QueryError::plain(
            "the value does not have the type of the field",
        ));
    }
    store.set(field, "value", value_of(value));
    touch(store, field);
    Ok(field)
}

fn members(store: &Store, row: Row, list: &str) -> Vec<Row> {
    let Some((kind, rows)) = store.related(row, list) else {
        return Vec::new();
    };
    rows.iter()
        .map(|index| Row {
            kind,
            index: *index,
        })
        .collect()
}
