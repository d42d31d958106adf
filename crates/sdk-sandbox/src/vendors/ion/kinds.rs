//! The tables, and how their rows name each other.

use crate::data::{Kind, Reverse, Row, Store};

macro_rules! kinds {
    ($($constant:ident $number:literal $type_name:literal)+) => {
        $(pub(super) const $constant: Kind = Kind($number);)+

        /// GraphQL type names, in the order of the table numbers.
        pub(super) const TYPE_NAMES: &[&str] = &[$($type_name),+];
    };
}

kinds! {
    ORGANIZATION 0 "Organization"
    USER 1 "User"
    ROLE 2 "Role"
    PERMISSION_GROUP 3 "PermissionGroup"
    TEAM 4 "Team"
    API_KEY 5 "APIKeyObject"
    PART 6 "Part"
    PART_SUBTYPE 7 "PartSubtype"
    MBOM_ITEM 8 "MBomItem"
    REFERENCE_DESIGNATOR 9 "MBomItemReferenceDesignator"
    PART_INVENTORY 10 "PartInventory"
    BUILD_REQUIREMENT 11 "BuildRequirement"
    INSTALLATION 12 "ABomInstallation"
    LOCATION 13 "Location"
    UNIT_OF_MEASUREMENT 14 "UnitOfMeasurement"
    BARCODE_TEMPLATE 15 "BarcodeTemplate"
    PROCEDURE 16 "Procedure"
    STEP 17 "Step"
    STEP_EDGE 18 "StepEdge"
    STEP_FIELD 19 "StepField"
    DATAGRID_COLUMN 20 "DatagridColumn"
    DATAGRID_ROW 21 "DatagridRow"
    DATAGRID_VALUE 22 "DatagridValue"
    LABEL 23 "Label"
    RUN 24 "Run"
    RUN_STEP 25 "RunStep"
    RUN_STEP_FIELD 26 "RunStepField"
    SESSION 27 "Session"
    ISSUE 28 "Issue"
    PURCHASE_ORDER 29 "PurchaseOrder"
    PURCHASE_ORDER_LINE 30 "PurchaseOrderLine"
    RECEIPT 31 "Receipt"
    RECEIPT_ITEM 32 "ReceiptItem"
    SUPPLIER 33 "Supplier"
    FILE_ATTACHMENT 34 "FileAttachment"
    RULE 35 "Rule"
    OAUTH_APP 36 "OauthApp"
    OAUTH_REDIRECT_URI 37 "OauthRedirectUri"
    WEBHOOK_RECEIVER 38 "WebhookReceiver"
    WEBHOOK_SUBSCRIPTION 39 "WebhookSubscription"
}

const fn reverse(of: Kind, list: &'static str, from: Kind, reference: &'static str) -> Reverse {
    Reverse {
        of,
        list,
        from,
        reference,
    }
}

pub(super) const REVERSES: &[Reverse] = &[
    reverse(
        PART_INVENTORY,
        "buildRequirements",
        BUILD_REQUIREMENT,
        "partInventory",
    ),
    reverse(
        BUILD_REQUIREMENT,
        "abomInstallations",
        INSTALLATION,
        "buildRequirement",
    ),
    reverse(
        PART_INVENTORY,
        "abomInstallations",
        INSTALLATION,
        "partInventory",
    ),
    reverse(PROCEDURE, "steps", STEP, "procedure"),
    reverse(STEP, "steps", STEP, "parent"),
    reverse(STEP, "fields", STEP_FIELD, "step"),
    reverse(STEP, "datagridColumns", DATAGRID_COLUMN, "step"),
    reverse(STEP, "datagridRows", DATAGRID_ROW, "step"),
    reverse(DATAGRID_ROW, "values", DATAGRID_VALUE, "row"),
    reverse(RUN, "steps", RUN_STEP, "run"),
    reverse(RUN_STEP, "fields", RUN_STEP_FIELD, "runStep"),
];

/// Lists inside rows that are connections; every other one is plain.
pub(super) const NESTED_CONNECTIONS: &[&str] = &["datagridColumns", "datagridRows"];

/// The table behind a list of the query root.
pub(super) const LISTS: &[(&str, Kind)] = &[
    ("users", USER),
    ("teams", TEAM),
    ("roles", ROLE),
    ("permissionGroups", PERMISSION_GROUP),
    ("apiKeys", API_KEY),
    ("parts", PART),
    ("partSubtypes", PART_SUBTYPE),
    ("mbomItems", MBOM_ITEM),
    ("partInventories", PART_INVENTORY),
    ("locations", LOCATION),
    ("unitsOfMeasurement", UNIT_OF_MEASUREMENT),
    ("barcodeTemplates", BARCODE_TEMPLATE),
    ("procedures", PROCEDURE),
    ("steps", STEP),
    ("labels", LABEL),
    ("runs", RUN),
    ("sessions", SESSION),
    ("issues", ISSUE),
    ("purchaseOrders", PURCHASE_ORDER),
    ("purchaseOrderLines", PURCHASE_ORDER_LINE),
    ("receipts", RECEIPT),
    ("suppliers", SUPPLIER),
];

/// The table behind a field of the query root that gives one row by its id.
pub(super) const BY_ID: &[(&str, Kind)] = &[
    ("part", PART),
    ("mbomItem", MBOM_ITEM),
    ("partInventory", PART_INVENTORY),
    ("location", LOCATION),
    ("procedure", PROCEDURE),
    ("step", STEP),
    ("run", RUN),
    ("issue", ISSUE),
    ("purchaseOrder", PURCHASE_ORDER),
    ("purchaseOrderLine", PURCHASE_ORDER_LINE),
    ("receiptItem", RECEIPT_ITEM),
    ("fileAttachment", FILE_ATTACHMENT),
];

/// A field `…Id` or a member of that name, the reference it is the id of, and the table.
const REFERENCES: &[(&str, &str, Kind)] = &[
    ("organizationId", "organization", ORGANIZATION),
    ("partId", "part", PART),
    ("partInventoryId", "partInventory", PART_INVENTORY),
    ("buildRequirementId", "buildRequirement", BUILD_REQUIREMENT),
    ("mbomItemId", "mbomItem", MBOM_ITEM),
    ("locationId", "location", LOCATION),
    ("unitOfMeasureId", "unitOfMeasure", UNIT_OF_MEASUREMENT),
    ("procedureId", "procedure", PROCEDURE),
    ("stepId", "step", STEP),
    ("upstreamStepId", "upstreamStep", STEP),
    ("originStepId", "originStep", STEP),
    ("columnId", "column", DATAGRID_COLUMN),
    ("rowId", "row", DATAGRID_ROW),
    ("signoffRoleId", "signoffRole", ROLE),
    ("runId", "run", RUN),
    ("runStepId", "runStep", RUN_STEP),
    ("issueId", "issue", ISSUE),
    ("labelId", "label", LABEL),
    ("templateId", "template", BARCODE_TEMPLATE),
    ("userId", "user", USER),
    ("createdById", "createdBy", USER),
    ("teamId", "team", TEAM),
    ("roleId", "role", ROLE),
    ("permissionGroupId", "permissionGroup", PERMISSION_GROUP),
    ("receiverId", "receiver", WEBHOOK_RECEIVER),
    ("oauthAppId", "oauthApp", OAUTH_APP),
];

/// The reference behind an id field of a table.
pub(super) fn reference(kind: Kind, field: &str) -> Option<(&'static str, Kind)> {
    if field == "parentId" {
        return Some(("parent", if kind == MBOM_ITEM { PART } else { kind }));
    }
    let found = REFERENCES.iter().find(|(name, ..)| *name == field);
    found.map(|(_, reference, kind)| (*reference, *kind))
}

/// Ids of a table begin here times its number: all fit the 32 bits of a GraphQL `Int`.
const IDS_PER_TABLE: u64 = 10_000_000;

/// What is added to an id to get the `entityId` of the same row, which is another number on purpose.
const ENTITY_ID_OFFSET: u64 = 1_000_000_000;

/// The id of a row on the wire.
pub(super) fn id(row: Row) -> u64 {
    u64::from(row.kind.0) * IDS_PER_TABLE + u64::from(row.index) + 1
}

pub(super) fn entity_id(row: Row) -> u64 {
    ENTITY_ID_OFFSET + id(row)
}

/// The row that an id names, whatever its table; it need not exist.
pub(super) fn row_of_id(id: u64) -> Option<Row> {
    let place = id.checked_sub(1)?;
    Some(Row {
        kind: Kind(u8::try_from(place / IDS_PER_TABLE).ok()?),
        index: u32::try_from(place % IDS_PER_TABLE).ok()?,
    })
}

/// The row of a table with this id, if there is one and it has not been deleted.
pub(super) fn find(store: &Store, kind: Kind, id: u64) -> Option<Row> {
    let row = row_of_id(id).filter(|row| row.kind == kind)?;
    let exists = (row.index as usize) < store.len(kind);
    (exists && !is_deleted(store, row)).then_some(row)
}

/// The row that an `entityId` names.
pub(super) fn find_entity(store: &Store, entity_id: u64) -> Option<Row> {
    let row = row_of_id(entity_id.checked_sub(ENTITY_ID_OFFSET)?)?;
    find(store, row.kind, id(row))
}

pub(super) fn is_deleted(store: &Store, row: Row) -> bool {
    !store.get(row, "_deleted").is_null()
}
