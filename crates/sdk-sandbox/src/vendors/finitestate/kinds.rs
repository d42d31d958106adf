//! The tables, and which lists are the reverse of which reference.

use crate::data::{Kind, Reverse};

macro_rules! kinds {
    ($($constant:ident $number:literal $type_name:literal)+) => {
        $(pub(super) const $constant: Kind = Kind($number);)+

        /// GraphQL type names, in the order of the table numbers.
        pub(super) const TYPE_NAMES: &[&str] = &[$($type_name),+];
    };
}

kinds! {
    ORGANIZATION 0 "Organization"
    GROUP 1 "Group"
    USER 2 "User"
    VENDOR 3 "Vendor"
    PRODUCT 4 "Product"
    ASSET 5 "Asset"
    ASSET_VERSION 6 "AssetVersion"
    ARTIFACT 7 "Artifact"
    TEST 8 "Test"
    FINDING 9 "Finding"
    FINDING_STATUS 10 "FindingStatus"
    CVE 11 "Cve"
    CWE 12 "Cwe"
    COMPONENT_INSTANCE 13 "SoftwareComponentInstance"
    COMPONENT 14 "SoftwareComponent"
    COMPONENT_STATUS 15 "SoftwareComponentStatus"
    LICENSE 16 "License"
    LICENSE_EXCEPTION 17 "LicenseException"
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
    reverse(GROUP, "products", PRODUCT, "group"),
    reverse(ASSET, "versions", ASSET_VERSION, "asset"),
    reverse(ASSET, "dependentProducts", PRODUCT, "assetsOfVersions"),
    reverse(ASSET_VERSION, "products", PRODUCT, "assets"),
    reverse(ASSET_VERSION, "artifacts", ARTIFACT, "assetVersion"),
    reverse(ASSET_VERSION, "findings", FINDING, "assetVersion"),
    reverse(
        ASSET_VERSION,
        "softwareComponentInstances",
        COMPONENT_INSTANCE,
        "assetVersion",
    ),
    reverse(ASSET_VERSION, "tests", TEST, "assetVersion"),
    reverse(COMPONENT_INSTANCE, "findings", FINDING, "affects"),
    reverse(
        COMPONENT,
        "instances",
        COMPONENT_INSTANCE,
        "softwareComponent",
    ),
    reverse(LICENSE, "instances", COMPONENT_INSTANCE, "licenses"),
];

/// The table behind a root field: `allFindings`, `_allFindingsMeta`, `Finding`.
pub(super) const PLURALS: &[(&str, Kind)] = &[
    ("Findings", FINDING),
    ("SoftwareComponentInstances", COMPONENT_INSTANCE),
    ("SoftwareComponents", COMPONENT),
    ("Licenses", LICENSE),
    ("LicenseExceptions", LICENSE_EXCEPTION),
    ("Assets", ASSET),
    ("AssetVersions", ASSET_VERSION),
    ("Products", PRODUCT),
    ("Artifacts", ARTIFACT),
    ("Tests", TEST),
    ("Groups", GROUP),
    ("Users", USER),
    ("Organizations", ORGANIZATION),
];
