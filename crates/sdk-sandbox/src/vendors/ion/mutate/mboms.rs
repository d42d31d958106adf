//! Loads of bills of materials: each line is taken or refused alone.

use apollo_compiler::response::{JsonMap, JsonValue};

use super::{Payload, find_part, id_value, kinds, live, touch};
use crate::data::{Row, Store, Value};

/// Takes the lines of either notation, and names those it refused by their place, from 0.
pub(super) fn load(store: &mut Store, input: &JsonMap) -> Payload {
    let lines = |name| {
        let lines = input.get(name).and_then(JsonValue::as_array);
        lines.into_iter().flatten().filter_map(JsonValue::as_object)
    };
    let mut lines: Vec<&JsonMap> = lines("levelInputs").collect();
    let depths = input.get("depthInputs").and_then(JsonValue::as_array);
    lines.extend(
        depths
            .into_iter()
            .flatten()
            .filter_map(JsonValue::as_object),
    );

    let (mut above, mut refused, mut made) = (Vec::<Option<Row>>::new(), Vec::new(), Vec::new());
    for (place, line) in lines.into_iter().enumerate() {
        let depth = depth(line).min(above.len());
        above.truncate(depth);
        let parent = above.last().copied();
        let taken = take(store, line, parent);
        above.push(taken.as_ref().ok().map(|(part, _)| *part));
        match taken {
            Ok((_, new)) => made.extend(new.map(id_value)),
            Err(message) => refused.push(Value::object(
                "MBomImportErrorMessage",
                vec![
                    (
                        "rowId",
                        Value::Int(i64::try_from(place).unwrap_or(i64::MAX)),
                    ),
                    ("errorMsg", Value::text(message)),
                ],
            )),
        }
    }
    vec![
        ("errorMessages", Value::list(refused)),
        ("newMbomRowIds", Value::list(made)),
    ]
}

/// How deep a line is: said as a number, or by the dots of its level.
fn depth(line: &JsonMap) -> usize {
    let level = line.get("level").and_then(JsonValue::as_str);
    let number = line.get("depth").and_then(JsonValue::as_u64);
    match level {
        Some(level) => level.matches('.').count(),
        None => number
            .and_then(|depth| usize::try_from(depth).ok())
            .unwrap_or(0),
    }
}

/// The part of a line, and the row that is new; `parent` is the line above, if there is one, and its
/// part, if it was taken.
fn take(
    store: &mut Store,
    line: &JsonMap,
    parent: Option<Option<Row>>,
) -> Result<(Row, Option<Row>), String> {
    let text = |name| line.get(name).and_then(JsonValue::as_str);
    let part = find_part(store, text("partNumber"), text("revision"));
    let part = part.ok_or("there is no part with this part number and revision")?;
    let Some(parent) = parent else {
        return Ok((part, None));
    };
    let parent = parent.ok_or("the line above was refused")?;
    let quantity = line.get("quantity").and_then(JsonValue::as_f64);
    let quantity = quantity.filter(|quantity| *quantity > 0.0);
    let quantity = Value::Float(quantity.ok_or("the quantity must be greater than 0")?);
    let is_there = |row: &Row| {
        store.get(*row, "part").as_row() == Some(part)
            && store.get(*row, "parent").as_row() == Some(parent)
    };
    let row = live(store, kinds::MBOM_ITEM).into_iter().find(is_there);
    if let Some(row) = row {
        store.set(row, "quantity", quantity);
        touch(store, row);
        return Ok((part, None));
    }
    let fields = vec![
        ("part", Value::One(part)),
        ("parent", Value::One(parent)),
        ("quantity", quantity),
    ];
    let row = store.insert(kinds::MBOM_ITEM, fields);
    Ok((part, Some(row)))
}
