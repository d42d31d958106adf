//! Mutations of the inventory and of finding statuses.
//!
//! An id that names nothing is a `NOT_FOUND` error; the ids of an input are looked up before anything is
//! made from it.

use apollo_compiler::response::JsonValue;

use super::input::{Input, Result};
use super::kinds::{
    ARTIFACT, ASSET, ASSET_VERSION, FINDING, FINDING_STATUS, GROUP, PRODUCT, TEST, USER, VENDOR,
};
use super::seed;
use crate::data::select::QueryError;
use crate::data::{Row, Store, Value};

/// The members that every new entity has.
fn entity(store: &mut Store, input: Input<'_>) -> Result<Vec<(&'static str, Value)>> {
    let user = match input.given("createCreatedBy") {
        Some(user) => Some(create_user(store, user)),
        None => input.row(store, USER, "createdBy")?,
    };
    let now = store.tick();
    Ok(vec![
        ("name", input.value_of("name")),
        ("createdBy", Value::maybe(user)),
        ("createdAt", Value::Time(now)),
        ("updatedAt", Value::Time(now)),
    ])
}

fn create_user(store: &mut Store, input: Input<'_>) -> Row {
    let fields = vec![
        ("email", input.value_of("email")),
        ("groups", Value::many(GROUP, None)),
    ];
    store.insert(USER, fields)
}

fn create_group(store: &mut Store, input: Input<'_>) -> Row {
    store.insert(GROUP, vec![("name", input.value_of("name"))])
}

/// The owning group and the list of business units, named or made on the spot.
fn groups(store: &mut Store, input: Input<'_>) -> Result<(Option<Row>, Vec<Row>)> {
    let mut units = input.rows(store, GROUP, "businessUnits")?;
    let group = input.row(store, GROUP, "group")?;
    units.extend(
        input
            .objects("createBusinessUnits")
            .map(|unit| create_group(store, unit)),
    );
    let group = input
        .given("createGroup")
        .map(|group| create_group(store, group))
        .or(group);
    if units.is_empty() {
        units.extend(group);
    }
    Ok((group, units))
}

pub(super) fn create_product(store: &mut Store, input: Input<'_>) -> Result<Row> {
    // Everything that can fail comes before anything is made.
    let vendor = input.row(store, VENDOR, "vendor")?;
    let mut assets = input.rows(store, ASSET_VERSION, "assets")?;
    let mut children = input.rows(store, PRODUCT, "children")?;
    input.row(store, USER, "createdBy")?;
    let context = input.object("ctx");
    let unit = context.row(store, GROUP, "businessUnit")?;
    let (group, units) = groups(store, input)?;
    let mut fields = entity(store, input)?;
    for asset in input.objects("createAssets") {
        assets.push(create_asset_version(store, asset)?);
    }
    for child in input.objects("createChildren") {
        children.push(create_product(store, child)?);
    }
    let vendor = match input.given("createVendor") {
        Some(new) => Some(store.insert(VENDOR, vec![("name", new.value_of("name"))])),
        None => vendor,
    };
    let unit = unit.map_or(Value::Null, |unit| Value::Id(Store::id(unit)));
    let texts = |name| {
        Value::list(
            input
                .list(name)
                .iter()
                .filter_map(|item| item.as_str())
                .map(Value::text),
        )
    };
    let risk = input.value("absoluteRiskScore").and_then(JsonValue::as_f64);
    fields.extend([
        ("description", input.value_of("description")),
        ("group", Value::maybe(group)),
        ("vendor", Value::maybe(vendor)),
        ("absoluteRiskScore", risk.map_or(Value::Null, Value::Float)),
        ("architectures", texts("architectures")),
        ("compilers", texts("compilers")),
        (
            "assetsOfVersions",
            Value::many(ASSET, assets_of(store, &assets)),
        ),
        ("assets", Value::many(ASSET_VERSION, assets)),
        ("children", Value::many(PRODUCT, children)),
        ("businessUnits", Value::many(GROUP, units)),
        (
            "ctx",
            Value::object("ProductContext", vec![("businessUnit", unit)]),
        ),
    ]);
    Ok(store.insert(PRODUCT, fields))
}

fn assets_of(store: &Store, versions: &[Row]) -> Vec<Row> {
    let assets = versions
        .iter()
        .filter_map(|version| store.get(*version, "asset").as_row());
    let mut assets: Vec<Row> = assets.collect();
    assets.sort();
    assets.dedup();
    assets
}

pub(super) fn create_asset(store: &mut Store, input: Input<'_>) -> Result<Row> {
    let context = input.object("ctx");
    let products = context.rows(store, PRODUCT, "products")?;
    let default = input.row(store, ASSET_VERSION, "defaultVersion")?;
    input.row(store, USER, "createdBy")?;
    let (group, mut units) = groups(store, input)?;
    for unit in context.rows(store, GROUP, "businessUnits")? {
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    let mut fields = entity(store, input)?;
    fields.extend([
        ("group", Value::maybe(group)),
        ("defaultVersion", Value::maybe(default)),
        ("defaultToLatest", Value::Bool(default.is_none())),
        ("businessUnits", Value::many(GROUP, units)),
    ]);
    let asset = store.insert(ASSET, fields);
    for product in products {
        append(store, product, "assetsOfVersions", asset);
    }
    if let Some(version) = input.given("createDefaultVersion") {
        let version = create_asset_version(store, version)?;
        store.set(version, "asset", Value::One(asset));
        store.set(asset, "defaultVersion", Value::One(version));
    }
    let context = seed::context(store, asset, asset);
    store.set(asset, "ctx", context);
    Ok(asset)
}

pub(super) fn update_asset(store: &mut Store, input: Input<'_>) -> Result<Row> {
    let asset = input.required(store, ASSET, "id")?;
    // A default version of null takes the present one away; one that is not given leaves it.
    if input.0.contains_key("defaultVersion") {
        let version = input.row(store, ASSET_VERSION, "defaultVersion")?;
        store.set(asset, "defaultVersion", Value::maybe(version));
    }
    let now = store.tick();
    store.set(asset, "updatedAt", Value::Time(now));
    Ok(asset)
}

pub(super) fn create_asset_version(store: &mut Store, input: Input<'_>) -> Result<Row> {
    let asset = input.row(store, ASSET, "asset")?;
    let products = input.object("ctx").rows(store, PRODUCT, "products")?;
    let fields = entity(store, input)?;
    let version = insert_version(store, asset, fields);
    for product in products {
        append(store, product, "assets", version);
    }
    Ok(version)
}

pub(super) fn create_new_asset_version_on_asset(
    store: &mut Store,
    input: Input<'_>,
) -> Result<Row> {
    let asset = input.required(store, ASSET, "assetId")?;
    let user = input.row(store, USER, "createdByUserId")?;
    let product = input.row(store, PRODUCT, "productId")?;
    let now = store.tick();
    let fields = vec![
        ("name", input.value_of("assetVersionName")),
        ("createdBy", Value::maybe(user)),
        ("createdAt", Value::Time(now)),
        ("updatedAt", Value::Time(now)),
    ];
    let version = insert_version(store, Some(asset), fields);
    store.set(asset, "defaultVersion", Value::One(version));
    if let Some(product) = product {
        append(store, product, "assets", version);
        append(store, product, "assetsOfVersions", asset);
        let context = seed::context(store, asset, asset);
        store.set(version, "ctx", context);
    }
    Ok(version)
}

fn insert_version(
    store: &mut Store,
    asset: Option<Row>,
    mut fields: Vec<(&'static str, Value)>,
) -> Row {
    let group = asset.map_or(Value::Null, |asset| store.get(asset, "group").clone());
    let context = asset.map_or(Value::Null, |asset| seed::context(store, asset, asset));
    fields.extend([
        ("asset", Value::maybe(asset)),
        ("group", group),
        ("ctx", context),
        ("uniqueTestTypes", Value::list([])),
    ]);
    store.insert(ASSET_VERSION, fields)
}

/// Adds a row to a stored list that does not hold it yet.
fn append(store: &mut Store, row: Row, list: &'static str, member: Row) {
    let Some((kind, members)) = store.related(row, list) else {
        return;
    };
    if members.contains(&member.index) {
        return;
    }
    let members = members
        .into_owned()
        .into_iter()
        .map(|index| Row { kind, index });
    let members = Value::many(kind, members.chain([member]));
    store.set(row, list, members);
}

pub(super) fn create_artifact(store: &mut Store, input: Input<'_>) -> Result<Row> {
    let version = input.required(store, ASSET_VERSION, "assetVersion")?;
    let mut fields = entity(store, input)?;
    let context = context_below(store, version, version);
    fields.extend([("assetVersion", Value::One(version)), ("ctx", context)]);
    Ok(store.insert(ARTIFACT, fields))
}

pub(super) fn create_test(store: &mut Store, input: Input<'_>) -> Result<Row> {
    let artifact = input.required(store, ARTIFACT, "artifactUnderTest")?;
    let mut fields = entity(store, input)?;
    let version = store.get(artifact, "assetVersion").as_row();
    let group = version.map_or(Value::Null, |version| store.get(version, "group").clone());
    let asset = version.and_then(|version| store.get(version, "asset").as_row());
    let context = asset.map_or(Value::Null, |asset| seed::context(store, asset, asset));
    let tool = |(number, tool): (usize, Input<'_>)| {
        let fields = vec![
            ("id", Value::text(format!("tool-{number}"))),
            ("name", tool.value_of("name")),
            ("description", tool.value_of("description")),
        ];
        Value::object("TestTool", fields)
    };
    let tools = Value::list(input.objects("tools").enumerate().map(tool));
    if let Some(version) = version {
        store.set(version, "uniqueTestTypes", tools.clone());
    }
    fields.extend([
        ("artifactUnderTest", Value::One(artifact)),
        ("assetVersion", Value::maybe(version)),
        ("group", group),
        ("tools", tools),
        ("uploadMethod", input.value_of("uploadMethod")),
        (
            "testResultFileFormat",
            input.value_of("testResultFileFormat"),
        ),
        ("ctx", context),
    ]);
    Ok(store.insert(TEST, fields))
}

fn context_below(store: &Store, version: Row, named: Row) -> Value {
    let asset = store.get(version, "asset").as_row();
    asset.map_or(Value::Null, |asset| seed::context(store, asset, named))
}

/// One status for all findings, under the rules of the vendor's page "Update Findings Statuses".
pub(super) fn update_findings_statuses(store: &mut Store, arguments: Input<'_>) -> Result<Value> {
    let findings = arguments.rows(store, FINDING, "ids")?;
    let user = arguments.required(store, USER, "userId")?;
    let input = arguments.object("updateStatusInput");
    let Some(status) = input.text("status") else {
        return Err(QueryError::plain("status is missing"));
    };
    let responses: Vec<&str> = input
        .list("responses")
        .iter()
        .filter_map(|item| item.as_str())
        .collect();
    if status == "AFFECTED" && input.text("justification").is_some() {
        return Err(QueryError::plain(
            "a finding that is AFFECTED has no justification",
        ));
    }
    if status == "NOT_AFFECTED" && !responses.is_empty() {
        return Err(QueryError::plain(
            "a finding that is NOT_AFFECTED has no response",
        ));
    }
    let now = store.tick();
    for finding in &findings {
        let fields = vec![
            ("status", Value::text(status)),
            ("justification", input.value_of("justification")),
            (
                "responses",
                Value::list(responses.iter().copied().map(Value::text)),
            ),
            ("comment", input.value_of("comment")),
            ("createdAt", Value::Time(now)),
            ("createdBy", Value::One(user)),
            ("updatedAt", Value::Time(now)),
            ("updatedBy", Value::One(user)),
        ];
        let status = store.insert(FINDING_STATUS, fields);
        store.set(*finding, "currentStatus", Value::One(status));
        store.set(*finding, "updatedAt", Value::Time(now));
        append(store, *finding, "statuses", status);
    }
    let ids = findings
        .into_iter()
        .map(|finding| Value::Id(Store::id(finding)));
    Ok(Value::object(
        "UpdateFindingsStatusesResponse",
        vec![("ids", Value::list(ids))],
    ))
}
