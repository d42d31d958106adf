//! The organization: its business units, people, products, assets, versions, artifacts and tests.

use super::super::kinds::{ASSET, ASSET_VERSION, GROUP, ORGANIZATION, PRODUCT, USER, VENDOR};
use super::versions::{ASSETS, VERSIONS_PER_ASSET, Version, asset, link_contexts};
use super::{DAY, FIRST_ROW};
use crate::data::{Row, Store, Value};
use crate::random::Random;

const GROUPS: &[&str] = &[
    "Home Networking",
    "Industrial Control",
    "Medical Devices",
    "Automotive",
];

const USERS: &[(&str, &[&str])] = &[
    ("amal.haddad@acme.example", &["ADMIN", "ANALYST"]),
    ("bo.lindqvist@acme.example", &["ANALYST"]),
    ("chiara.conti@acme.example", &["ANALYST"]),
    ("dai.nguyen@acme.example", &["VIEWER"]),
    ("ci-uploads@acme.example", &["UPLOADER"]),
    ("former.colleague@acme.example", &["VIEWER"]),
];

const VENDORS: &[&str] = &["Acme Devices", "Borealis Semiconductors", "Cobalt Systems"];

const PRODUCTS: &[&str] = &[
    "R7 Home Router",
    "R9 Home Router",
    "Mesh System",
    "C2 Camera",
    "PLC 400",
    "HMI Panel",
    "G1 Gateway",
    "Infusion Pump",
    "Patient Monitor",
    "Connected Car Platform",
    "Keyless Entry",
    "Door Module",
];

#[derive(Debug)]
pub(super) struct Inventory {
    /// The main one first.
    pub(super) versions: Vec<Version>,
}

impl Inventory {
    pub(super) fn main_asset_version(&self) -> Row {
        let nowhere = Row {
            kind: ASSET_VERSION,
            index: u32::MAX,
        };
        self.versions.first().map_or(nowhere, |version| version.row)
    }
}

pub(super) fn seed(store: &mut Store) -> Inventory {
    store.insert(ORGANIZATION, vec![("name", Value::Static("Acme Devices"))]);
    let groups: Vec<Row> = GROUPS
        .iter()
        .enumerate()
        .map(|(number, name)| store.insert(GROUP, group(name, number)))
        .collect();
    let users: Vec<Row> = USERS
        .iter()
        .enumerate()
        .map(|(number, (email, roles))| {
            let deleted = number + 1 == USERS.len();
            let fields = vec![
                ("email", Value::Static(email)),
                (
                    "groups",
                    Value::many(GROUP, groups.iter().copied().skip(number % 2)),
                ),
                ("roles", Value::texts(roles)),
                (
                    "deletedAt",
                    if deleted {
                        Value::Time(FIRST_ROW + 400 * DAY)
                    } else {
                        Value::Null
                    },
                ),
                ("createdAt", Value::Time(FIRST_ROW)),
                ("updatedAt", Value::Time(FIRST_ROW + number as i64 * DAY)),
            ];
            store.insert(USER, fields)
        })
        .collect();
    let vendors: Vec<Row> = VENDORS
        .iter()
        .map(|name| store.insert(VENDOR, vec![("name", Value::Static(name))]))
        .collect();
    let mut versions = Vec::new();
    for (number, name) in ASSETS.iter().enumerate() {
        versions.extend(asset(store, &groups, &users, number, name).unwrap_or_default());
    }
    let mut products = Vec::<Row>::new();
    for (number, name) in PRODUCTS.iter().enumerate() {
        let product = product(
            store,
            &Owners {
                groups: &groups,
                users: &users,
                vendors: &vendors,
            },
            &versions,
            &products,
            number,
            name,
        );
        products.extend(product);
    }
    link_contexts(store, &versions);
    Inventory { versions }
}

fn group(name: &'static str, number: usize) -> Vec<(&'static str, Value)> {
    vec![
        ("name", Value::Static(name)),
        ("createdAt", Value::Time(FIRST_ROW)),
        ("updatedAt", Value::Time(FIRST_ROW + number as i64 * DAY)),
    ]
}

/// Who may own a product.
struct Owners<'a> {
    groups: &'a [Row],
    users: &'a [Row],
    vendors: &'a [Row],
}

fn product(
    store: &mut Store,
    owners: &Owners<'_>,
    versions: &[Version],
    earlier: &[Row],
    number: usize,
    name: &'static str,
) -> Option<Row> {
    let mut random = Random::new(5, number);
    let group = *owners
        .groups
        .get(number * owners.groups.len() / PRODUCTS.len())?;
    let user = *random.pick(owners.users.get(..3)?)?;
    let vendor = *random.pick(owners.vendors)?;
    let own = versions
        .iter()
        .skip(number * VERSIONS_PER_ASSET)
        .take(VERSIONS_PER_ASSET);
    let own: Vec<Row> = own.map(|version| version.row).collect();
    let assets = own
        .iter()
        .filter_map(|version| store.get(*version, "asset").as_row());
    let mut assets: Vec<Row> = assets.collect();
    assets.dedup();
    // The platform product is made of the products before it.
    let children = earlier.iter().copied().skip(7).filter(|_| number == 9);
    let made = FIRST_ROW + number as i64 * DAY;
    let context = vec![("businessUnit", Value::Id(Store::id(group)))];
    Some(store.insert(
        PRODUCT,
        vec![
            ("name", Value::Static(name)),
            ("description", Value::text(format!("{name}, all releases"))),
            ("createdAt", Value::Time(made)),
            ("updatedAt", Value::Time(made + DAY)),
            ("createdBy", Value::One(user)),
            ("group", Value::One(group)),
            ("vendor", Value::One(vendor)),
            ("relativeRiskScore", Value::Float(random.tenths(0, 1000))),
            ("absoluteRiskScore", Value::Float(random.tenths(0, 9000))),
            ("architectures", Value::texts(&["armv7", "aarch64"])),
            ("compilers", Value::texts(&["gcc"])),
            ("assets", Value::many(ASSET_VERSION, own)),
            ("assetsOfVersions", Value::many(ASSET, assets)),
            ("children", Value::many(PRODUCT, children)),
            ("businessUnits", Value::many(GROUP, [group])),
            ("ctx", Value::object("ProductContext", context)),
        ],
    ))
}
