//! Root fields of mutations: most create or change one row by their input, a few do more.

mod access;
mod attributes;
mod labels;
mod runs;

pub(super) use attributes::attribute;

use apollo_compiler::response::{JsonMap, JsonValue};

use super::kinds::{self, find, reference};
use super::objects::etag;
use crate::data::select::QueryError;
use crate::data::{Kind, Row, Store, Value};

pub(super) type Result<T> = std::result::Result<T, QueryError>;

/// The fields of a mutation's reply.
pub(super) type Payload = Vec<(&'static str, Value)>;

enum Write {
    Create,
    Update,
    Delete,
}

/// Field of the mutation root, what it does to which table, and how the row is called in the reply.
const WRITES: &[(&str, Write, Kind, &str)] = &[
    ("createPart", Write::Create, kinds::PART, "part"),
    ("updatePart", Write::Update, kinds::PART, "part"),
    (
        "createMbomItem",
        Write::Create,
        kinds::MBOM_ITEM,
        "mbomItem",
    ),
    (
        "createMbomItemReferenceDesignator",
        Write::Create,
        kinds::REFERENCE_DESIGNATOR,
        "mbomItemReferenceDesignator",
    ),
    (
        "createPartInventory",
        Write::Create,
        kinds::PART_INVENTORY,
        "partInventory",
    ),
    (
        "updatePartInventory",
        Write::Update,
        kinds::PART_INVENTORY,
        "partInventory",
    ),
    (
        "deletePartInventory",
        Write::Delete,
        kinds::PART_INVENTORY,
        "id",
    ),
    (
        "createAbomInstallation",
        Write::Create,
        kinds::INSTALLATION,
        "abomInstallation",
    ),
    (
        "createBuildRequirement",
        Write::Create,
        kinds::BUILD_REQUIREMENT,
        "buildRequirement",
    ),
    (
        "createUnitOfMeasurement",
        Write::Create,
        kinds::UNIT_OF_MEASUREMENT,
        "unitOfMeasurement",
    ),
    ("createLocation", Write::Create, kinds::LOCATION, "location"),
    ("deleteLocation", Write::Delete, kinds::LOCATION, "id"),
    (
        "createProcedure",
        Write::Create,
        kinds::PROCEDURE,
        "procedure",
    ),
    ("createStep", Write::Create, kinds::STEP, "step"),
    ("updateStep", Write::Update, kinds::STEP, "step"),
    (
        "createStepEdge",
        Write::Create,
        kinds::STEP_EDGE,
        "stepEdge",
    ),
    (
        "createStepField",
        Write::Create,
        kinds::STEP_FIELD,
        "stepField",
    ),
    (
        "createDatagridColumn",
        Write::Create,
        kinds::DATAGRID_COLUMN,
        "datagridColumn",
    ),
    (
        "createDatagridRow",
        Write::Create,
        kinds::DATAGRID_ROW,
        "datagridRow",
    ),
    (
        "setDatagridValue",
        Write::Create,
        kinds::DATAGRID_VALUE,
        "datagridValue",
    ),
    ("createLabel", Write::Create, kinds::LABEL, "label"),
    (
        "createRunStepField",
        Write::Create,
        kinds::RUN_STEP_FIELD,
        "runStepField",
    ),
    ("updateSession", Write::Update, kinds::SESSION, "session"),
    ("createIssue", Write::Create, kinds::ISSUE, "issue"),
    (
        "createPurchaseOrder",
        Write::Create,
        kinds::PURCHASE_ORDER,
        "purchaseOrder",
    ),
    (
        "updatePurchaseOrder",
        Write::Update,
        kinds::PURCHASE_ORDER,
        "purchaseOrder",
    ),
    (
        "deletePurchaseOrder",
        Write::Delete,
        kinds::PURCHASE_ORDER,
        "id",
    ),
    (
        "deletePurchaseOrderLine",
        Write::Delete,
        kinds::PURCHASE_ORDER_LINE,
        "id",
    ),
    ("deleteReceipt", Write::Delete, kinds::RECEIPT, "id"),
    (
        "createFileAttachment",
        Write::Create,
        kinds::FILE_ATTACHMENT,
        "fileAttachment",
    ),
    (
        "createAsset",
        Write::Create,
        kinds::FILE_ATTACHMENT,
        "fileAttachment",
    ),
    ("createRole", Write::Create, kinds::ROLE, "role"),
    (
        "registerOauthApp",
        Write::Create,
        kinds::OAUTH_APP,
        "oauthApp",
    ),
    (
        "addOauthRedirectUri",
        Write::Create,
        kinds::OAUTH_REDIRECT_URI,
        "redirectUri",
    ),
    (
        "updateOrganization",
        Write::Update,
        kinds::ORGANIZATION,
        "organization",
    ),
    ("createRule", Write::Create, kinds::RULE, "rule"),
    (
        "createWebhookReceiver",
        Write::Create,
        kinds::WEBHOOK_RECEIVER,
        "webhookReceiver",
    ),
    (
        "createWebhookSubscription",
        Write::Create,
        kinds::WEBHOOK_SUBSCRIPTION,
        "webhookSubscription",
    ),
];

/// Members of inputs that are stored under their own name.
const STORED: &[&str] = &[
    "partNumber",
    "revision",
    "description",
    "partType",
    "trackingType",
    "name",
    "title",
    "type",
    "maintenanceIntervalSeconds",
    "serialNumber",
    "lotNumber",
    "quantity",
    "cost",
    "unavailable",
    "lastMaintainedDate",
    "quantityPerParentPartInventory",
    "madeOnAssembly",
    "value",
    "slateContent",
    "leadTime",
    "display",
    "unit",
    "options",
    "required",
    "allowNotApplicable",
    "allowedIonType",
    "index",
    "header",
    "status",
    "checkIn",
    "checkOut",
    "causeCondition",
    "filename",
    "s3Key",
    "webhookUri",
    "sharedSecret",
    "uri",
    "uriType",
    "resource",
    "action",
    "enabled",
    "clientId",
];

/// Performs one mutation and gives what its field answers.
pub(super) fn mutate(store: &mut Store, field: &str, arguments: &JsonMap) -> Result<Payload> {
    let input = arguments.get("input").and_then(JsonValue::as_object);
    let input = input.unwrap_or(arguments);
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
        "copyStep" => copy_step(store, input).map(|row| payload("step", row)),
        "updateIssueAttribute" => attributes::set_one(store, kinds::ISSUE, "issueId", input),
        "updateRunAttribute" => attributes::set_one(store, kinds::RUN, "runId", input),
        "addLabelToItem" => labels::on_item(store, input, true),
        "removeLabelFromItem" => labels::on_item(store, input, false),
        "addLabelToProcedureFamily" => labels::on_family(store, input),
        _ => access::change(store, field, input),
    }
}

fn create(store: &mut Store, kind: Kind, input: &JsonMap) -> Result<Row> {
    if kind == kinds::PART {
        let text = |name| input.get(name).and_then(JsonValue::as_str);
        let (number, revision) = (text("partNumber"), text("revision").unwrap_or("A"));
        let same = |row: &Row| {
            store.get(*row, "partNumber").as_text() == number
                && store.get(*row, "revision").as_text() == Some(revision)
        };
        if live(store, kind).iter().any(same) {
            return Err(QueryError::plain(
                "A part with this part number and revision already exists",
            ));
        }
    }
    let mut fields = defaults(kind);
    fields.extend(fields_of(store, kind, input)?);
    let row = store.insert(kind, fields);
    if let Some(attributes) = input.get("attributes") {
        attributes::set_all(store, row, attributes)
            .inspect_err(|_| store.set(row, "_deleted", Value::Bool(true)))?;
    }
    Ok(row)
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

fn not_found(what: &str) -> QueryError {
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
