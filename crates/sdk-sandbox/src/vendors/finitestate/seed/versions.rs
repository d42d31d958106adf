//! Assets, their versions, and the artifact and test of each version.

use super::super::kinds::{ARTIFACT, ASSET, ASSET_VERSION, GROUP, TEST};
use super::{DAY, FIRST_ROW};
use crate::data::{Row, Store, Value};
use crate::random::{Random, hex};

pub(super) const ASSETS: &[&str] = &[
    "Router R7 Firmware",
    "Router R9 Firmware",
    "Mesh Satellite Image",
    "Camera C2 Firmware",
    "PLC 400 Runtime",
    "PLC 400 Bootloader",
    "HMI Panel Image",
    "Gateway G1 Linux",
    "Infusion Pump Controller",
    "Patient Monitor OS",
    "Telematics Unit",
    "Head Unit System",
    "Key Fob Firmware",
    "Door Module ECU",
];

pub(super) const VERSIONS_PER_ASSET: usize = 3;

/// One asset version, as the findings and components need it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Version {
    pub(super) row: Row,
    pub(super) test: Row,
    pub(super) number: usize,
    pub(super) made: i64,
    pub(super) analyst: Row,
}

/// One asset with its versions, the newest of which is its default.
pub(super) fn asset(
    store: &mut Store,
    groups: &[Row],
    users: &[Row],
    number: usize,
    name: &'static str,
) -> Option<Vec<Version>> {
    let mut random = Random::new(3, number);
    let group = *groups.get(number * groups.len() / ASSETS.len())?;
    let user = *random.pick(users.get(..3)?)?;
    let made = FIRST_ROW + number as i64 * 3 * DAY;
    let retired = number + 1 == ASSETS.len();
    let asset = store.insert(
        ASSET,
        vec![
            ("name", Value::Static(name)),
            ("createdAt", Value::Time(made)),
            ("updatedAt", Value::Time(made + DAY)),
            ("createdBy", Value::One(user)),
            (
                "deletedAt",
                if retired {
                    Value::Time(made + 500 * DAY)
                } else {
                    Value::Null
                },
            ),
            ("group", Value::One(group)),
            ("defaultToLatest", Value::Bool(number.is_multiple_of(2))),
            ("businessUnits", Value::many(GROUP, [group])),
        ],
    );
    let mut versions = Vec::new();
    for place in 0..VERSIONS_PER_ASSET {
        let number = number * VERSIONS_PER_ASSET + place;
        versions.extend(version(store, asset, group, user, number, name));
    }
    let newest = versions.last().map(|version: &Version| version.row);
    store.set(asset, "defaultVersion", Value::maybe(newest));
    Some(versions)
}

fn version(
    store: &mut Store,
    asset: Row,
    group: Row,
    user: Row,
    number: usize,
    asset_name: &str,
) -> Option<Version> {
    let mut random = Random::new(4, number);
    let name = format!(
        "{}.{}.{}",
        1 + number % VERSIONS_PER_ASSET,
        random.below(10),
        random.below(20)
    );
    let made = FIRST_ROW + (30 + number as i64 * 7) * DAY;
    let row = store.insert(
        ASSET_VERSION,
        vec![
            ("name", Value::text(name.as_str())),
            ("createdAt", Value::Time(made)),
            ("updatedAt", Value::Time(made + DAY)),
            ("createdBy", Value::One(user)),
            ("asset", Value::One(asset)),
            ("group", Value::One(group)),
            ("relativeRiskScore", Value::Float(random.tenths(0, 1000))),
            ("uniqueTestTypes", Value::list([tool(0)])),
        ],
    );
    let artifact = store.insert(
        ARTIFACT,
        vec![
            (
                "name",
                Value::text(format!("{asset_name} {name} - Firmware Binary")),
            ),
            ("fsanId", Value::text(hex(&mut random, 24))),
            ("assetVersion", Value::One(row)),
            ("createdBy", Value::One(user)),
            ("createdAt", Value::Time(made)),
            ("updatedAt", Value::Time(made)),
        ],
    );
    let tool_number = number % TOOLS.len();
    let test = store.insert(
        TEST,
        vec![
            (
                "name",
                Value::text(format!(
                    "{asset_name} {name} - {}",
                    TOOLS.get(tool_number)?.0
                )),
            ),
            ("createdAt", Value::Time(made)),
            ("updatedAt", Value::Time(made + 3600)),
            ("createdBy", Value::One(user)),
            ("artifactUnderTest", Value::One(artifact)),
            ("assetVersion", Value::One(row)),
            ("group", Value::One(group)),
            ("tools", Value::list([tool(tool_number)])),
            (
                "uploadMethod",
                Value::Static(METHODS.get(number % METHODS.len())?),
            ),
            (
                "testResultFileLink",
                Value::text(format!("https://files.example/results/{number}.json")),
            ),
            ("state", state(number, made)),
        ],
    );
    Some(Version {
        row,
        test,
        number,
        made,
        analyst: user,
    })
}

const TOOLS: &[(&str, &str)] = &[
    (
        "Finite State Binary Analysis",
        "Analysis of a firmware image",
    ),
    ("CycloneDX", "Software bill of materials"),
    ("Snyk", "Third-party scanner"),
];

const METHODS: &[&str] = &[
    "WEB_APP_UI",
    "API",
    "GITHUB_INTEGRATION",
    "AZURE_DEVOPS_INTEGRATION",
];

pub(super) fn tool(number: usize) -> Value {
    let (name, description) = TOOLS.get(number % TOOLS.len()).copied().unwrap_or_default();
    let fields = vec![
        ("id", Value::text(format!("tool-{}", number % TOOLS.len()))),
        ("name", Value::Static(name)),
        ("description", Value::Static(description)),
    ];
    Value::object("TestTool", fields)
}

/// One seeded test in seven has failed.
fn state(number: usize, made: i64) -> Value {
    let failed = number % 7 == 5;
    let fields = vec![
        ("id", Value::text(format!("state-{number}"))),
        ("created", Value::Time(made)),
        ("requestedDateTime", Value::Time(made + 60)),
        ("completedDateTime", Value::Time(made + 3600)),
        ("lastUpdated", Value::Time(made + 3600)),
        (
            "errorMessage",
            if failed {
                Value::Static("the archive is damaged")
            } else {
                Value::Null
            },
        ),
        (
            "originalFilename",
            Value::text(format!("firmware-{number}.bin")),
        ),
        (
            "status",
            Value::Static(if failed { "ERROR" } else { "COMPLETED" }),
        ),
        (
            "statusMessage",
            Value::Static(if failed { "stopped" } else { "done" }),
        ),
    ];
    Value::object("TestState", fields)
}

/// The access context of an asset and of everything below it names its products.
pub(super) fn link_contexts(store: &mut Store, versions: &[Version]) {
    for version in versions {
        let Some(asset) = store.get(version.row, "asset").as_row() else {
            continue;
        };
        let context = context(store, asset, asset);
        let artifact = store.get(version.test, "artifactUnderTest").as_row();
        for row in [Some(asset), Some(version.row), Some(version.test), artifact]
            .into_iter()
            .flatten()
        {
            store.set(row, "ctx", context.clone());
        }
    }
}

/// An access context: an asset (or version) id, the asset's products, the asset's business units.
pub(in super::super) fn context(store: &Store, asset: Row, named: Row) -> Value {
    let ids = |list: &str| match store.related(asset, list) {
        Some((kind, rows)) => Value::list(rows.iter().map(|index| {
            Value::Id(Store::id(Row {
                kind,
                index: *index,
            }))
        })),
        None => Value::list([]),
    };
    let fields = vec![
        ("asset", Value::Id(Store::id(named))),
        ("products", ids("dependentProducts")),
        ("businessUnits", ids("businessUnits")),
    ];
    Value::object("AssetContext", fields)
}
