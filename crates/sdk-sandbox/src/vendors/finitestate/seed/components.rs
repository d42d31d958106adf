//! The software components found in each asset version.

use super::super::kinds::{COMPONENT_INSTANCE, COMPONENT_STATUS, LICENSE, LICENSE_EXCEPTION};
use super::DAY;
use super::catalogue::{Catalogue, Component};
use super::details::end_of_life;
use super::versions::{Version, tool};
use crate::data::{Row, Store, Value};
use crate::random::Random;

/// Findings for each component instance.
const FINDINGS_PER_INSTANCE: usize = 5;

/// One component instance, as the findings need it.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub(super) row: Row,
    pub(super) label: String,
}

/// Adds the instances of one version: those that count, then a few merged and deleted ones.
pub(super) fn seed(
    store: &mut Store,
    catalogue: &Catalogue,
    version: &Version,
    items: usize,
) -> Vec<Instance> {
    let visible = (items / FINDINGS_PER_INSTANCE).max(4);
    let hidden = 1 + visible.div_ceil(20);
    let mut instances = Vec::with_capacity(visible);
    for place in 0..visible + hidden {
        let number = version.number * 7 + place;
        let Some(component) = catalogue
            .components
            .get(number % catalogue.components.len().max(1))
        else {
            continue;
        };
        let mut fields = fields(catalogue, version, component, number);
        fields.extend(status(store, version, number));
        // A hidden instance belongs to the visible one it was merged into, or was deleted beside.
        let kept = place
            .checked_sub(visible)
            .and_then(|twin| instances.get(twin));
        let Some(kept): Option<&Instance> = kept else {
            let row = store.insert(COMPONENT_INSTANCE, fields);
            let label = format!("{} {}", component.name, component.version);
            instances.push(Instance { row, label });
            continue;
        };
        if place % 2 == 0 {
            fields.push(("mergedComponentRefId", Value::Id(Store::id(kept.row))));
            let row = store.insert(COMPONENT_INSTANCE, fields);
            store.set(
                kept.row,
                "originalComponents",
                Value::many(COMPONENT_INSTANCE, [row]),
            );
        } else {
            fields.push(("deletedAt", Value::Time(version.made + 9 * DAY)));
            store.insert(COMPONENT_INSTANCE, fields);
        }
    }
    instances
}

fn fields(
    catalogue: &Catalogue,
    version: &Version,
    component: &Component,
    number: usize,
) -> Vec<(&'static str, Value)> {
    let mut random = Random::new(6 + version.number as u64, number);
    let Component {
        name,
        author,
        version: release,
        ..
    } = component;
    let built = version.made - random.below(300) as i64 * DAY;
    let exception = catalogue.exceptions.get(number % 8).copied();
    let scope = ["REQUIRED", "OPTIONAL", "EXCLUDED", "UNKNOWN"].get(number % 4);
    let mut fields = vec![
        ("name", Value::Static(name)),
        ("version", Value::text(release.as_str())),
        ("type", Value::Static(component.sort)),
        ("group", Value::text(format!("org.{name}"))),
        ("author", Value::Static(author)),
        ("publisher", Value::Static(author)),
        ("originator", Value::Static(author)),
        ("fileName", Value::text(format!("{name}-{release}.so"))),
        ("origin", Value::Static("FS_ANALYSIS")),
        (
            "scope",
            scope.map_or(Value::Null, |scope| Value::Static(scope)),
        ),
        (
            "summaryDescription",
            Value::text(format!("{name} as found in the image")),
        ),
        (
            "detailedDescription",
            Value::text(format!("{name} {release} by {author}")),
        ),
        ("buildDate", Value::Time(built)),
        ("releaseDate", Value::Time(built + 5 * DAY)),
        ("supportEol", end_of_life(built, number)),
        ("createdAt", Value::Time(version.made)),
        ("createdBy", Value::One(version.analyst)),
        ("updatedAt", Value::Time(version.made + DAY)),
        ("absoluteRiskScore", Value::Float(random.tenths(0, 1000))),
        ("assetVersionRefId", Value::Id(Store::id(version.row))),
        ("assetVersion", Value::One(version.row)),
        ("softwareComponent", Value::One(component.row)),
        ("test", Value::One(version.test)),
        ("licenses", Value::many(LICENSE, component.license)),
        (
            "licenseExceptions",
            Value::many(LICENSE_EXCEPTION, exception),
        ),
        ("comments", comments(version, number)),
        ("originalComponents", Value::many(COMPONENT_INSTANCE, None)),
        ("originalComponentsSources", Value::list([tool(number)])),
        ("destRelationships", Value::Int(random.below(4) as i64)),
        ("originalComponentsComments", Value::Int(0)),
    ];
    fields.extend(component.shared.iter().cloned());
    fields
}

pub(super) fn comments(version: &Version, number: usize) -> Value {
    if !number.is_multiple_of(9) {
        return Value::list([]);
    }
    let fields = vec![
        (
            "id",
            Value::text(format!("comment-{}-{number}", version.number)),
        ),
        ("text", Value::Static("Checked against the build manifest.")),
        ("createdAt", Value::Time(version.made + 2 * DAY)),
        ("createdBy", Value::One(version.analyst)),
        ("updatedAt", Value::Time(version.made + 3 * DAY)),
        ("updatedBy", Value::One(version.analyst)),
    ];
    Value::list([Value::object("Comment", fields)])
}

/// One instance in six has been looked at; one in thirty was excluded.
fn status(store: &mut Store, version: &Version, number: usize) -> Vec<(&'static str, Value)> {
    if !number.is_multiple_of(6) {
        let none = Value::many(COMPONENT_STATUS, None);
        return vec![("currentStatus", Value::Null), ("componentStatus", none)];
    }
    let options = [
        "CONFIRMED",
        "NEEDS_REVIEW",
        "REVIEWED_CORRECT",
        "IN_REVIEW",
        "EXCLUDED",
    ];
    let option = options
        .get(number / 6 % options.len())
        .copied()
        .unwrap_or("CONFIRMED");
    let row = store.insert(
        COMPONENT_STATUS,
        vec![
            ("status", Value::Static(option)),
            ("comment", Value::Static("set during triage")),
            ("createdBy", Value::One(version.analyst)),
        ],
    );
    vec![
        ("currentStatus", Value::One(row)),
        ("componentStatus", Value::many(COMPONENT_STATUS, [row])),
    ]
}
