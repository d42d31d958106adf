//! What all devices share: vulnerabilities, weaknesses, licences, components.
//!
//! The vulnerabilities are made up, with numbers that nobody assigns; the rest are names in common use.

use super::super::kinds::{COMPONENT, CVE, CWE, LICENSE, LICENSE_EXCEPTION};
use super::details::{
    copyrights, end_of_life, external_references, files, hashes, identifiers, properties, supplier,
};
use super::names::{COMPONENTS, EXCEPTIONS, LICENSES, LicenseFacts, WEAKNESSES};
use super::{DAY, FIRST_ROW};
use crate::data::{Row, Store, Value};
use crate::random::{Random, hex};

const CVES: usize = 400;

/// Versions of every component.
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
    /// What its instances say in the same words.
    pub(super) shared: Vec<(&'static str, Value)>,
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
    let described = vec![
        ("copyrights", copyrights(author)),
        (
            "externalReferences",
            external_references(&page, &mut random),
        ),
        ("hashes", hashes(&mut random)),
        ("properties", properties(number)),
        ("softwareIdentifiers", identifiers(name, &version)),
        ("licenseExpressions", Value::Int(1)),
    ];
    let mut shared = described.clone();
    shared.extend([
        ("supplier", supplier(author, &page)),
        ("files", files(name, &mut random)),
    ]);
    let mut fields = vec![
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
        ("licenses", Value::many(LICENSE, license)),
        (
            "licenseExceptions",
            Value::many(LICENSE_EXCEPTION, exception),
        ),
    ];
    fields.extend(described);
    let row = store.insert(COMPONENT, fields);
    Some(Component {
        row,
        name,
        author,
        version,
        sort,
        license,
        shared,
    })
}
