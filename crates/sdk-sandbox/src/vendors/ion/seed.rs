//! The data of a fresh sandbox: a maker of pumps, the same on every run.

use super::kinds::{self, REVERSES, TYPE_NAMES};
use crate::data::{Kind, Row, Store, Value};

/// 2026-01-01T00:00:00Z, the time of the first change.
const FIRST_CHANGE: i64 = 1_767_225_600;

/// 2025-11-03T08:00:00Z, when the first session began.
const FIRST_SESSION: i64 = 1_762_156_800;

const HOUR: i64 = 3_600;

const NOUNS: [&str; 8] = [
    "Housing", "Impeller", "Shaft", "Seal", "Bearing", "Gasket", "Coupling", "Valve",
];

/// Runs of the seed; every third is in progress.
const RUNS: usize = 12;

/// Fills a store with as many parts as asked for, at least eight, and what goes with them.
pub(super) fn seed(items: usize) -> Store {
    let mut store = Store::new(TYPE_NAMES, REVERSES, FIRST_CHANGE);
    people(&mut store);
    let parts = parts(&mut store, items.max(NOUNS.len()));
    let units = inventory(&mut store, &parts);
    let procedure = procedure(&mut store);
    runs(&mut store, procedure, &units);
    purchasing(&mut store, &units);
    store
}

fn text(text: &'static str) -> Value {
    Value::Static(text)
}

fn named(store: &mut Store, kind: Kind, name: &'static str) -> Row {
    store.insert(kind, vec![("name", text(name))])
}

fn people(store: &mut Store) {
    let rules = Value::object(
        "OrganizationRulesSettings",
        vec![("enabled", Value::Bool(true))],
    );
    let settings = Value::object("OrganizationSettings", vec![("rules", rules)]);
    let fields = vec![("domain", text("pumps.example")), ("settings", settings)];
    let organization = store.insert(kinds::ORGANIZATION, fields);
    let permission = named(store, kinds::PERMISSION_GROUP, "UpdateRunStepFieldValue");
    store.set(permission, "family", text("RunStepField"));
    let role = named(store, kinds::ROLE, "Technician");
    let mut users = Vec::new();
    for (name, email) in [
        ("Ada", "ada@pumps.example"),
        ("Grace", "grace@pumps.example"),
    ] {
        let fields = vec![
            ("name", text(name)),
            ("email", text(email)),
            ("organization", Value::One(organization)),
            ("roles", Value::many(kinds::ROLE, [role])),
            (
                "permissionGroups",
                Value::many(kinds::PERMISSION_GROUP, [permission]),
            ),
        ];
        users.push(store.insert(kinds::USER, fields));
    }
    let team = named(store, kinds::TEAM, "Assembly");
    store.set(team, "users", Value::many(kinds::USER, users));
    store.set(team, "roles", Value::many(kinds::ROLE, [role]));
    let fields = vec![("clientId", text("key-1")), ("enabled", Value::Bool(true))];
    store.insert(kinds::API_KEY, fields);
    let fields = vec![
        ("name", text("Location label")),
        ("entityType", text("LOCATIONS")),
    ];
    store.insert(kinds::BARCODE_TEMPLATE, fields);
    for value in ["rework", "urgent"] {
        store.insert(kinds::LABEL, vec![("value", text(value))]);
    }
    for name in ["Receiving", "Assembly line 1"] {
        named(store, kinds::LOCATION, name);
    }
    for unit in ["each", "kilogram"] {
        store.insert(kinds::UNIT_OF_MEASUREMENT, vec![("type", text(unit))]);
    }
    named(store, kinds::PART_SUBTYPE, "Machined");
}

fn row(kind: Kind, index: u32) -> Value {
    Value::One(Row { kind, index })
}

fn parts(store: &mut Store, count: usize) -> Vec<Row> {
    let mut parts = Vec::new();
    for number in 0..count {
        let noun = NOUNS.get(number % NOUNS.len()).copied().unwrap_or_default();
        let is_tool = number % 10 == 9;
        // The server gives decimals as numbers or as strings.
        let quantity = if number % 2 == 0 {
            Value::Float(0.5)
        } else {
            text("1.250")
        };
        let fields = vec![
            ("partNumber", Value::text(format!("P-{:05}", number + 1))),
            ("revision", text("A")),
            ("description", text(noun)),
            ("partType", text(if is_tool { "TOOL" } else { "PART" })),
            (
                "trackingType",
                text(if number % 4 == 3 { "LOT" } else { "SERIAL" }),
            ),
            ("status", text("RELEASED")),
            ("sourcingStrategy", text("MAKE")),
            ("isLatestRevision", Value::Bool(true)),
            ("quantity", quantity),
            ("unitOfMeasure", row(kinds::UNIT_OF_MEASUREMENT, 0)),
        ];
        let part = store.insert(kinds::PART, fields);
        let value = text("316L");
        let attribute = super::mutate::attribute(store, part, "material", value, 1);
        store.set(part, "attributes", Value::list([attribute]));
        parts.push(part);
    }
    if let [parent, children @ ..] = parts.as_slice() {
        for child in children.iter().take(4) {
            let fields = vec![
                ("part", Value::One(*child)),
                ("parent", Value::One(*parent)),
                ("quantity", Value::Int(1)),
            ];
            store.insert(kinds::MBOM_ITEM, fields);
        }
    }
    parts
}

fn inventory(store: &mut Store, parts: &[Row]) -> Vec<Row> {
    let mut units = Vec::new();
    for (number, part) in parts.iter().take(40).enumerate() {
        let fields = vec![
            ("part", Value::One(*part)),
            ("serialNumber", Value::text(format!("SN-{:04}", number + 1))),
            ("quantity", Value::Int(1)),
            ("status", text("AVAILABLE")),
            ("location", row(kinds::LOCATION, u32::from(number % 2 == 1))),
        ];
        units.push(store.insert(kinds::PART_INVENTORY, fields));
    }
    if let [unit, component, ..] = units.as_slice() {
        let fields = vec![
            ("partInventory", Value::One(*unit)),
            ("part", store.get(*component, "part").clone()),
            ("quantity", Value::Int(1)),
        ];
        let requirement = store.insert(kinds::BUILD_REQUIREMENT, fields);
        let fields = vec![
            ("buildRequirement", Value::One(requirement)),
            ("partInventory", Value::One(*component)),
            ("quantity", Value::Int(1)),
        ];
        store.insert(kinds::INSTALLATION, fields);
    }
    units
}

fn procedure(store: &mut Store) -> Row {
    let fields = vec![
        ("title", text("Assemble pump")),
        ("labels", Value::list([])),
    ];
    let procedure = store.insert(kinds::PROCEDURE, fields);
    for (position, title) in ["Inspect housing", "Press bearing", "Leak test"]
        .into_iter()
        .enumerate()
    {
        let fields = vec![
            ("procedure", Value::One(procedure)),
            ("title", text(title)),
            ("position", Value::Int(position as i64 + 1)),
        ];
        let step = store.insert(kinds::STEP, fields);
        for (name, kind) in [
            ("Torque", "NUMBER"),
            ("Accepted", "BOOLEAN"),
            ("Remark", "STRING"),
        ] {
            let fields = vec![
                ("step", Value::One(step)),
                ("name", text(name)),
                ("type", text(kind)),
            ];
            store.insert(kinds::STEP_FIELD, fields);
        }
        let fields = vec![("step", Value::One(step)), ("header", text("Bolt"))];
        let column = store.insert(kinds::DATAGRID_COLUMN, fields);
        for index in 0..5 {
            let fields = vec![("step", Value::One(step)), ("index", Value::Int(index))];
            let grid_row = store.insert(kinds::DATAGRID_ROW, fields);
            let fields = vec![
                ("row", Value::One(grid_row)),
                ("column", Value::One(column)),
            ];
            store.insert(kinds::DATAGRID_VALUE, fields);
        }
    }
    procedure
}

fn runs(store: &mut Store, procedure: Row, units: &[Row]) {
    for number in 0..RUNS {
        let in_progress = number % 3 == 0;
        let unit = units.get(number % units.len().max(1)).copied();
        let fields = vec![
            ("title", Value::text(format!("Pump {:03}", number + 1))),
            (
                "status",
                text(if in_progress { "IN_PROGRESS" } else { "TODO" }),
            ),
            ("procedure", Value::One(procedure)),
            ("partInventory", Value::maybe(unit)),
            ("labels", Value::many(kinds::LABEL, [])),
        ];
        let run = store.insert(kinds::RUN, fields);
        for (position, title) in ["Inspect housing", "Press bearing", "Leak test"]
            .into_iter()
            .enumerate()
        {
            let started = in_progress && position == 0;
            let fields = vec![
                ("run", Value::One(run)),
                ("title", text(title)),
                ("status", text(if started { "IN_PROGRESS" } else { "TODO" })),
                ("position", Value::Int(position as i64 + 1)),
            ];
            let step = store.insert(kinds::RUN_STEP, fields);
            for (name, kind) in [
                ("Torque", "NUMBER"),
                ("Accepted", "BOOLEAN"),
                ("Remark", "STRING"),
            ] {
                let fields = vec![
                    ("runStep", Value::One(step)),
                    ("name", text(name)),
                    ("type", text(kind)),
                ];
                store.insert(kinds::RUN_STEP_FIELD, fields);
            }
            if started {
                let began = FIRST_SESSION + HOUR * number as i64;
                let fields = vec![
                    ("runStep", Value::One(step)),
                    ("createdBy", row(kinds::USER, 0)),
                    ("checkIn", Value::Time(began)),
                ];
                store.insert(kinds::SESSION, fields);
            }
        }
    }
}

fn purchasing(store: &mut Store, units: &[Row]) {
    let order = store.insert(kinds::PURCHASE_ORDER, vec![("status", text("DRAFT"))]);
    let fields = vec![
        ("purchaseOrder", Value::One(order)),
        ("description", text("Bearings")),
        ("status", text("DRAFT")),
    ];
    let line = store.insert(kinds::PURCHASE_ORDER_LINE, fields);
    let lines = Value::many(kinds::PURCHASE_ORDER_LINE, [line]);
    store.insert(kinds::RECEIPT, vec![("purchaseOrderLines", lines)]);
    let unit = Value::maybe(units.first().copied());
    store.insert(kinds::RECEIPT_ITEM, vec![("partInventory", unit)]);
    let certificate = vec![
        ("key", text("Certificate")),
        ("type", text("STRING")),
        ("value", text("ISO 9001")),
    ];
    let certificate = Value::object("SupplierAttribute", certificate);
    let fields = vec![
        ("name", text("Bearings of Turku")),
        ("Attributes", Value::list([certificate])),
    ];
    store.insert(kinds::SUPPLIER, fields);
    let fields = vec![
        ("title", text("Scratched housing")),
        ("status", text("PENDING")),
    ];
    store.insert(kinds::ISSUE, fields);
    let fields = vec![
        ("filename", text("drawing.pdf")),
        ("contentType", text("application/pdf")),
        ("s3Key", text(super::files::SEEDED_KEY)),
    ];
    store.insert(kinds::FILE_ATTACHMENT, fields);
}
