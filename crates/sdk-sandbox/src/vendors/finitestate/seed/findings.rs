//! The findings of each asset version.

use super::super::kinds::{COMPONENT_INSTANCE, CVE, CWE, FINDING, FINDING_STATUS};
use super::DAY;
use super::catalogue::{Catalogue, Cve};
use super::components::{Instance, comments};
use super::versions::{Version, tool};
use crate::data::{Row, Store, Value};
use crate::random::{Random, hex};

/// One row in this many more than asked for is merged or deleted.
const VISIBLE_PER_HIDDEN: usize = 25;

/// Findings that are no CVE: category, title, description, subcategory.
const OTHERS: &[(&str, &str, &str, &str)] = &[
    (
        "CREDENTIALS",
        "Hard-coded password hash",
        "A password hash is part of the image.",
        "PASSWORD",
    ),
    (
        "CRYPTO_MATERIAL",
        "Private key in firmware",
        "A private key is part of the image.",
        "PRIVATE_KEY",
    ),
    (
        "CONFIG_ISSUES",
        "Telnet enabled at boot",
        "A start script opens telnet.",
        "NETWORK_SERVICE",
    ),
    (
        "SAST_ANALYSIS",
        "Unbounded copy into a buffer",
        "strcpy copies from the network.",
        "MEMORY",
    ),
];

/// Values that the findings of one version have in common, made once.
struct Shared {
    source_types: Value,
    sources: Value,
    confidences: Vec<Value>,
    no_findings: Value,
}

impl Shared {
    fn new(version: &Version) -> Self {
        let confidence = |value| {
            let fields = vec![
                ("rangeMin", Value::Float(0.0)),
                ("rangeMax", Value::Float(1.0)),
                ("value", Value::Float(value)),
            ];
            Value::object("FindingConfidence", fields)
        };
        Self {
            source_types: Value::texts(&["STATIC"]),
            sources: Value::list([tool(version.number)]),
            confidences: [0.5, 0.6, 0.7, 0.8, 0.9]
                .into_iter()
                .map(confidence)
                .collect(),
            no_findings: Value::many(FINDING, None),
        }
    }
}

/// Adds the findings of one version: those that count, then a few merged and deleted ones.
pub(super) fn seed(
    store: &mut Store,
    catalogue: &Catalogue,
    version: &Version,
    instances: &[Instance],
    items: usize,
) {
    let hidden = items.div_ceil(VISIBLE_PER_HIDDEN).max(2).min(items);
    let shared = Shared::new(version);
    let mut first = None;
    for place in 0..items + hidden {
        let mut random = Random::new(100 + version.number as u64, place);
        let mut fields = Vec::with_capacity(40);
        let cve = catalogue
            .cves
            .get((place * 7 + version.number) % catalogue.cves.len().max(1));
        let instance = instances.get(place % instances.len().max(1));
        match (cve, instance) {
            (Some(cve), Some(instance)) if place % 8 != 7 => {
                fields.extend(vulnerability(cve, instance, &mut random));
            }
            _ => fields.extend(other(place, &mut random)),
        }
        fields.extend(common(version, &shared, place, &mut random));
        fields.extend(status(store, version, place, &mut random));
        let into = first.map_or(Value::Null, |row| Value::Id(Store::id(row)));
        let (merged, deleted) = match (place >= items, place.saturating_sub(items) % 3) {
            (false, _) => (Value::Null, Value::Null),
            (true, 0) => (Value::Null, Value::Time(version.made + 20 * DAY)),
            (true, _) => (into, Value::Null),
        };
        let is_merged = !merged.is_null();
        fields.extend([("mergedFindingRefId", merged), ("deletedAt", deleted)]);
        let row = store.insert(FINDING, fields);
        if let (Some(first), true) = (first, is_merged) {
            let before = store
                .related(first, "originalFindings")
                .map(|(_, rows)| rows.into_owned());
            let before = before.unwrap_or_default().into_iter();
            let before = before.map(|index| Row {
                kind: FINDING,
                index,
            });
            let originals = Value::many(FINDING, before.chain([row]));
            store.set(first, "originalFindings", originals);
        }
        first = first.or(Some(row));
    }
}

fn vulnerability(
    cve: &Cve,
    instance: &Instance,
    random: &mut Random,
) -> Vec<(&'static str, Value)> {
    let severity = severity(cve.score);
    let risk = (cve.score * 8.0 + random.tenths(0, 200)).min(100.0);
    vec![
        (
            "title",
            Value::text(format!("{} in {}", cve.id, instance.label)),
        ),
        (
            "description",
            Value::text(format!("{} affects {}.", cve.id, instance.label)),
        ),
        ("category", Value::Static("CVE")),
        ("subcategory", Value::Null),
        ("vulnIdFromTool", Value::text(cve.id.as_str())),
        ("severity", Value::Static(severity)),
        ("riskScore", Value::Float((risk * 10.0).round() / 10.0)),
        ("cvssScore", Value::Float(cve.score)),
        ("cvssSeverity", Value::Static(severity)),
        ("affects", Value::many(COMPONENT_INSTANCE, [instance.row])),
        ("cves", Value::many(CVE, [cve.row])),
        ("cwes", Value::many(CWE, [cve.cwe])),
    ]
}

fn other(place: usize, random: &mut Random) -> Vec<(&'static str, Value)> {
    let (category, title, description, subcategory) = OTHERS
        .get(place / 8 % OTHERS.len())
        .copied()
        .unwrap_or_default();
    let severity = ["HIGH", "MEDIUM", "LOW", "INFO", "UNKNOWN"]
        .get(place / 8 % 5)
        .copied();
    vec![
        ("title", Value::text(format!("{title} ({place})"))),
        ("description", Value::Static(description)),
        ("category", Value::Static(category)),
        ("subcategory", Value::Static(subcategory)),
        (
            "vulnIdFromTool",
            Value::text(format!("FS-{}", 10_000 + place)),
        ),
        ("severity", severity.map_or(Value::Null, Value::Static)),
        ("riskScore", Value::Float(random.tenths(0, 1000))),
        ("cvssScore", Value::Null),
        ("cvssSeverity", Value::Null),
        ("affects", Value::many(COMPONENT_INSTANCE, None)),
        ("cves", Value::many(CVE, None)),
        ("cwes", Value::many(CWE, None)),
    ]
}

fn common(
    version: &Version,
    shared: &Shared,
    place: usize,
    random: &mut Random,
) -> Vec<(&'static str, Value)> {
    let found = version.made + random.below(86_400) as i64;
    vec![
        ("date", Value::Time(found)),
        ("createdAt", Value::Time(found)),
        ("updatedAt", Value::Time(found + DAY)),
        ("linkedFindingHash", Value::text(hex(random, 32))),
        ("findingClass", Value::Static("VULNERABILITY")),
        (
            "origin",
            Value::Static(if place.is_multiple_of(4) {
                "FS_MONITORING"
            } else {
                "SCAN"
            }),
        ),
        ("sourceTypes", shared.source_types.clone()),
        (
            "regression",
            if place.is_multiple_of(10) {
                Value::Bool(place.is_multiple_of(20))
            } else {
                Value::Null
            },
        ),
        (
            "confidence",
            random
                .pick(&shared.confidences)
                .cloned()
                .unwrap_or_default(),
        ),
        ("assetVersion", Value::One(version.row)),
        ("assetVersionRefId", Value::Id(Store::id(version.row))),
        ("comments", comments(version, place)),
        ("originalFindings", shared.no_findings.clone()),
        ("originalFindingsSources", shared.sources.clone()),
        ("test", Value::One(version.test)),
        ("findingLocations", Value::Int(1 + random.below(3) as i64)),
        ("processingStatuses", Value::Int(1)),
        ("patches", Value::Int(0)),
        ("properties", Value::Int(random.below(2) as i64)),
        ("originalFindingsComments", Value::Int(0)),
        ("originalFindingsFindingLocations", Value::Int(1)),
        ("originalFindingsStatuses", Value::Int(0)),
    ]
}

/// One finding in five has been judged; the others have no status at all.
fn status(
    store: &mut Store,
    version: &Version,
    place: usize,
    random: &mut Random,
) -> Vec<(&'static str, Value)> {
    if place % 5 != 2 {
        let none = Value::many(FINDING_STATUS, None);
        return vec![("currentStatus", Value::Null), ("statuses", none)];
    }
    let judged = version.made + random.below(40) as i64 * DAY;
    let (status, justification, responses): (_, _, &[&str]) = match random.below(4) {
        0 => ("AFFECTED", None, &["UPDATE_REQUIRED"]),
        1 => ("FIXED", None, &[]),
        2 => ("NOT_AFFECTED", Some("VULNERABLE_CODE_NOT_PRESENT"), &[]),
        _ => ("UNDER_INVESTIGATION", None, &[]),
    };
    let row = store.insert(
        FINDING_STATUS,
        vec![
            ("status", Value::Static(status)),
            (
                "justification",
                justification.map_or(Value::Null, Value::Static),
            ),
            ("responses", Value::texts(responses)),
            (
                "comment",
                Value::Static("judged by the product security team"),
            ),
            ("createdAt", Value::Time(judged)),
            ("createdBy", Value::One(version.analyst)),
            ("updatedAt", Value::Time(judged)),
            ("updatedBy", Value::One(version.analyst)),
        ],
    );
    vec![
        ("currentStatus", Value::One(row)),
        ("statuses", Value::many(FINDING_STATUS, [row])),
    ]
}

fn severity(score: f64) -> &'static str {
    match score {
        score if score >= 9.0 => "CRITICAL",
        score if score >= 7.0 => "HIGH",
        score if score >= 4.0 => "MEDIUM",
        _ => "LOW",
    }
}
