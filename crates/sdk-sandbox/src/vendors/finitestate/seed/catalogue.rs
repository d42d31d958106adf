//! What all devices share: vulnerabilities, weaknesses, licences, components.
//!
//! The vulnerabilities are made up, with numbers that nobody assigns; the rest are names in common use.

use super::super::kinds::{COMPONENT, CVE, CWE, LICENSE, LICENSE_EXCEPTION};
use super::FIRST_ROW;
use super::random::{Random, hex};
use crate::data::{Row, Store, Value};

const CVES: usize = 400;

const DAY: i64 = 86_400;

const WEAKNESSES: &[(&str, &str)] = &[
    ("20", "Improper Input Validation"),
    ("22", "Path Traversal"),
    ("78", "OS Command Injection"),
    ("79", "Cross-site Scripting"),
    (
        "119",
        "Improper Restriction of Operations within the Bounds of a Memory Buffer",
    ),
    ("125", "Out-of-bounds Read"),
    ("190", "Integer Overflow or Wraparound"),
    ("200", "Exposure of Sensitive Information"),
    ("287", "Improper Authentication"),
    ("295", "Improper Certificate Validation"),
    ("327", "Use of a Broken or Risky Cryptographic Algorithm"),
    ("400", "Uncontrolled Resource Consumption"),
    ("416", "Use After Free"),
    ("476", "NULL Pointer Dereference"),
    ("787", "Out-of-bounds Write"),
    ("798", "Use of Hard-coded Credentials"),
];

/// SPDX id, full name, copyleft strength, free by the FSF, approved by the OSI, deprecated id.
type LicenseFacts = (
    &'static str,
    &'static str,
    Option<&'static str>,
    bool,
    bool,
    bool,
);

const LICENSES: &[LicenseFacts] = &[
    ("MIT", "MIT License", None, true, true, false),
    ("Apache-2.0", "Apache License 2.0", None, true, true, false),
    (
        "BSD-3-Clause",
        "BSD 3-Clause \"New\" or \"Revised\" License",
        None,
        true,
        true,
        false,
    ),
    (
        "GPL-2.0",
        "GNU General Public License v2.0 only",
        Some("STRONG"),
        true,
        true,
        true,
    ),
    (
        "GPL-3.0-or-later",
        "GNU General Public License v3.0 or later",
        Some("STRONG"),
        true,
        true,
        false,
    ),
    (
        "LGPL-2.1-only",
        "GNU Lesser General Public License v2.1 only",
        Some("WEAK"),
        true,
        true,
        false,
    ),
    (
        "AGPL-3.0-only",
        "GNU Affero General Public License v3.0",
        Some("NETWORK"),
        true,
        true,
        false,
    ),
    (
        "MPL-2.0",
        "Mozilla Public License 2.0",
        Some("WEAK"),
        true,
        true,
        false,
    ),
    (
        "SSPL-1.0",
        "Server Side Public License, v 1",
        Some("MAXIMAL"),
        false,
        false,
        false,
    ),
    ("Zlib", "zlib License", None, true, true, false),
    ("curl", "curl License", None, false, false, false),
    ("OpenSSL", "OpenSSL License", None, true, false, false),
];

const EXCEPTIONS: &[(&str, &str)] = &[
    ("Classpath-exception-2.0", "Classpath exception 2.0"),
    ("GCC-exception-3.1", "GCC Runtime Library exception 3.1"),
    ("Linux-syscall-note", "Linux Syscall Note"),
    ("Nokia-Qt-exception-1.1", "Nokia Qt LGPL exception 1.1"),
];

/// Name, author, type, licence.
const COMPONENTS: &[(&str, &str, &str, &str)] = &[
    (
        "openssl",
        "OpenSSL Software Foundation",
        "LIBRARY",
        "OpenSSL",
    ),
    ("busybox", "Erik Andersen", "APPLICATION", "GPL-2.0"),
    ("zlib", "Jean-loup Gailly", "LIBRARY", "Zlib"),
    ("curl", "Daniel Stenberg", "APPLICATION", "curl"),
    ("linux", "Linus Torvalds", "OPERATING_SYSTEM", "GPL-2.0"),
    ("dropbear", "Matt Johnston", "SERVICE", "MIT"),
    ("dnsmasq", "Simon Kelley", "SERVICE", "GPL-3.0-or-later"),
    ("hostapd", "Jouni Malinen", "SERVICE", "BSD-3-Clause"),
    ("sqlite", "D. Richard Hipp", "LIBRARY", "MIT"),
    ("libxml2", "Daniel Veillard", "LIBRARY", "MIT"),
    ("u-boot", "Wolfgang Denk", "FIRMWARE", "GPL-2.0"),
    ("mbedtls", "Arm Limited", "LIBRARY", "Apache-2.0"),
    ("lighttpd", "Jan Kneschke", "SERVICE", "BSD-3-Clause"),
    ("glibc", "GNU Project", "LIBRARY", "LGPL-2.1-only"),
    ("expat", "James Clark", "LIBRARY", "MIT"),
    ("qt", "The Qt Company", "FRAMEWORK", "LGPL-2.1-only"),
];

/// Versions of every component of the list above.
const VERSIONS: usize = 4;

/// One vulnerability, as the findings need it.
#[derive(Clone, Debug)]
pub(super) struct Cve {
    pub(super) row: Row,
    pub(super) id: String,
    pub(super) score: f64,
    pub(super) cwe: Row,
}

/// One component version, as the instances need it.
#[derive(Clone, Debug)]
pub(super) struct Component {
    pub(super) row: Row,
    pub(super) name: &'static str,
    pub(super) author: &'static str,
    pub(super) version: String,
    pub(super) sort: &'static str,
    pub(super) license: Option<Row>,
}

#[derive(Debug)]
pub(super) struct Catalogue {
    pub(super) cves: Vec<Cve>,
    pub(super) components: Vec<Component>,
    pub(super) exceptions: Vec<Row>,
}

pub(super) fn seed(store: &mut Store) -> Catalogue {
    let cwes: Vec<Row> = WEAKNESSES
        .iter()
        .map(|(number, name)| {
            let fields = vec![
                ("cweId", Value::Static(number)),
                ("name", Value::Static(name)),
            ];
            store.insert(CWE, fields)
        })
        .collect();
    let cves = (0..CVES)
        .filter_map(|number| cve(store, &cwes, number))
        .collect();
    let licenses: Vec<(&str, Row)> = LICENSES
        .iter()
        .enumerate()
        .map(|(number, facts)| (facts.0, license(store, number, facts)))
        .collect();
    let exceptions = EXCEPTIONS
        .iter()
        .enumerate()
        .map(|(number, (id, name))| exception(store, number, id, name))
        .collect();
    let mut catalogue = Catalogue {
        cves,
        components: Vec::new(),
        exceptions,
    };
    for number in 0..COMPONENTS.len() * VERSIONS {
        let component = component(store, &licenses, &catalogue.exceptions, number);
        catalogue.components.extend(component);
    }
    catalogue
}

fn cve(store: &mut Store, cwes: &[Row], number: usize) -> Option<Cve> {
    let mut random = Random::new(1, number);
    let id = format!("CVE-{}-{}", 2017 + number % 9, 9_000_001 + number);
    let score = random.tenths(20, 100);
    let cwe = *random.pick(cwes)?;
    let exploited = random.one_in(6);
    let exploits = (0..random.below(3)).map(|_| {
        let digits = hex(&mut random, 32);
        let part = |range: std::ops::Range<usize>| digits.get(range).unwrap_or_default().to_owned();
        let uuid = [
            part(0..8),
            part(8..12),
            part(12..16),
            part(16..20),
            part(20..32),
        ]
        .join("-");
        Value::object("Exploit", vec![("id", Value::text(uuid))])
    });
    let exploits = Value::list(exploits.collect::<Vec<_>>());
    let exploits_info = vec![
        ("exploitProofOfConcept", Value::Bool(random.one_in(2))),
        ("reportedInTheWild", Value::Bool(exploited)),
        ("weaponized", Value::Bool(exploited && random.one_in(2))),
        (
            "exploitedByNamedThreatActors",
            Value::Bool(exploited && random.one_in(3)),
        ),
        (
            "exploitedByBotnets",
            Value::Bool(exploited && random.one_in(3)),
        ),
        (
            "exploitedByRansomware",
            Value::Bool(exploited && random.one_in(4)),
        ),
        ("exploits", exploits),
    ];
    let vector = if score >= 9.0 {
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    } else if score >= 4.0 {
        "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:L/A:L"
    } else {
        "CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N"
    };
    let cvss = vec![
        ("baseScore", Value::Float(score)),
        ("vectorString", Value::Static(vector)),
    ];
    let metric = vec![("cvssv3", Value::object("CvssV3", cvss))];
    let likelihood = random.below(10_000) as f64 / 10_000.0;
    let epss = vec![
        ("epssScore", Value::Float(likelihood * likelihood)),
        ("epssPercentile", Value::Float(likelihood)),
    ];
    let row = store.insert(
        CVE,
        vec![
            ("cveId", Value::text(id.as_str())),
            ("createdAt", Value::Time(FIRST_ROW - number as i64 * DAY)),
            ("cvssScore", Value::Float(score)),
            (
                "cvssBaseMetricV3",
                Value::object("CvssBaseMetricV3", metric),
            ),
            ("epss", Value::object("Epss", epss)),
            ("exploitsInfo", Value::object("ExploitInfo", exploits_info)),
        ],
    );
    Some(Cve {
        row,
        id,
        score,
        cwe,
    })
}

fn license(store: &mut Store, number: usize, facts: &LicenseFacts) -> Row {
    let (id, full_name, copy_left, libre, approved, deprecated) = *facts;
    let details = format!("https://spdx.org/licenses/{id}.json");
    let page = format!("https://spdx.org/licenses/{id}.html");
    store.insert(
        LICENSE,
        vec![
            ("name", Value::Static(id)),
            ("fullLicenseName", Value::Static(full_name)),
            ("copyLeft", copy_left.map_or(Value::Null, Value::Static)),
            ("isFsfLibre", Value::Bool(libre)),
            ("isOsiApproved", Value::Bool(approved)),
            ("isDeprecatedLicenseId", Value::Bool(deprecated)),
            ("referenceNumber", Value::Int(number as i64 + 1)),
            ("seeAlso", Value::list([Value::text(page.as_str())])),
            ("spdxDetailsUrl", Value::text(details)),
            (
                "url",
                if number.is_multiple_of(3) {
                    Value::text(page)
                } else {
                    Value::Null
                },
            ),
            ("createdAt", Value::Time(FIRST_ROW)),
            ("updatedAt", Value::Time(FIRST_ROW + DAY)),
        ],
    )
}

fn exception(store: &mut Store, number: usize, id: &'static str, name: &'static str) -> Row {
    let address = |ending: &str| Value::text(format!("https://spdx.org/licenses/{id}.{ending}"));
    store.insert(
        LICENSE_EXCEPTION,
        vec![
            ("name", Value::Static(name)),
            ("licenseExceptionId", Value::Static(id)),
            ("isDeprecatedLicenseId", Value::Bool(number == 3)),
            ("referenceNumber", Value::Int(number as i64 + 1)),
            ("seeAlso", Value::list([address("html")])),
            ("spdxDetailsUrl", address("json")),
            ("spdxReferenceUrl", address("html")),
            ("createdAt", Value::Time(FIRST_ROW)),
            ("updatedAt", Value::Time(FIRST_ROW + DAY)),
        ],
    )
}

fn component(
    store: &mut Store,
    licenses: &[(&str, Row)],
    exceptions: &[Row],
    number: usize,
) -> Option<Component> {
    let mut random = Random::new(2, number);
    let (name, author, sort, license) = *COMPONENTS.get(number % COMPONENTS.len())?;
    let version = format!(
        "{}.{}.{}",
        1 + number / COMPONENTS.len(),
        random.below(12),
        random.below(9)
    );
    let license = licenses
        .iter()
        .find(|(id, _)| *id == license)
        .map(|(_, row)| *row);
    let built = FIRST_ROW - random.below(900) as i64 * DAY;
    let page = format!("https://{name}.example/releases/{version}");
    let exception = exceptions
        .first()
        .copied()
        .filter(|_| number.is_multiple_of(5));
    let row = store.insert(
        COMPONENT,
        vec![
            ("name", Value::Static(name)),
            ("version", Value::text(version.as_str())),
            ("type", Value::Static(sort)),
            ("url", Value::text(page.as_str())),
            ("author", Value::Static(author)),
            ("buildDate", Value::Time(built)),
            ("createdAt", Value::Time(FIRST_ROW)),
            ("updatedAt", Value::Time(FIRST_ROW + DAY)),
            (
                "detailedDescription",
                Value::text(format!("{name} {version}, by {author}")),
            ),
            (
                "downloadLocation",
                Value::text(format!("{page}/{name}.tar.gz")),
            ),
            ("supportEndOfLife", end_of_life(built, number)),
            ("copyrights", copyrights(author)),
            (
                "licenses",
                Value::many(super::super::kinds::LICENSE, license),
            ),
            (
                "licenseExceptions",
                Value::many(LICENSE_EXCEPTION, exception),
            ),
            (
                "externalReferences",
                external_references(&page, &mut random),
            ),
            ("hashes", hashes(&mut random)),
            ("properties", properties(number)),
            ("softwareIdentifiers", identifiers(name, &version)),
            ("licenseExpressions", Value::Int(1)),
        ],
    );
    Some(Component {
        row,
        name,
        author,
        version,
        sort,
        license,
    })
}

/// Two components in three have a date; half of those dates are past.
pub(super) fn end_of_life(built: i64, number: usize) -> Value {
    match number % 3 {
        0 => Value::Null,
        1 => Value::Time(built + 365 * DAY),
        _ => Value::Time(built + 3650 * DAY),
    }
}

pub(super) fn copyrights(author: &'static str) -> Value {
    Value::list([Value::object(
        "Copyright",
        vec![
            ("name", Value::Static(author)),
            ("text", Value::text(format!("Copyright (c) {author}"))),
            ("url", Value::Static("https://copyright.example/notice")),
        ],
    )])
}

pub(super) fn hashes(random: &mut Random) -> Value {
    let mut hash = |algorithm: &'static str, digits| {
        let content = hex(random, digits);
        let id = content.get(..12).unwrap_or_default().to_owned();
        let fields = vec![
            ("id", Value::text(id)),
            ("alg", Value::Static(algorithm)),
            ("content", Value::text(content)),
        ];
        Value::object("Hash", fields)
    };
    Value::list([hash("SHA_256", 64), hash("SHA_1", 40)])
}

pub(super) fn properties(number: usize) -> Value {
    let fields = vec![
        ("id", Value::text(format!("property-{number}"))),
        ("key", Value::Static("build:architecture")),
        (
            "value",
            Value::Static(if number.is_multiple_of(2) {
                "armv7"
            } else {
                "aarch64"
            }),
        ),
    ];
    Value::list([Value::object("Property", fields)])
}

pub(super) fn external_references(page: &str, random: &mut Random) -> Value {
    let fields = vec![
        ("category", Value::Static("OTHER")),
        ("comment", Value::Static("release notes")),
        ("value", Value::text(page)),
        ("extRefType", Value::Static("website")),
        ("hashes", hashes(random)),
    ];
    Value::list([Value::object("ExternalReference", fields)])
}

pub(super) fn identifiers(name: &str, version: &str) -> Value {
    let one = |text: String| Value::list([Value::text(text)]);
    let fields = vec![
        (
            "cpes",
            Value::list([Value::text(format!(
                "cpe:2.3:a:{name}:{name}:{version}:*:*:*:*:*:*:*"
            ))]),
        ),
        (
            "generic",
            Value::list([Value::text(format!("{name}@{version}"))]),
        ),
        ("purl", Value::text(format!("pkg:generic/{name}@{version}"))),
        (
            "softwareHeritageIds",
            one(format!("swh:1:rel:{:0>40}", version.replace('.', ""))),
        ),
        ("swidTags", one(format!("swid:{name}.example/{version}"))),
        ("udis", one(format!("(01)00000000000000(10){version}"))),
        ("upcs", one("000000000000".to_owned())),
    ];
    Value::object("SoftwareIdentifiers", fields)
}
