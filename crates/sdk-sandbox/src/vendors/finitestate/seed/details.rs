//! What components and their instances have in common: hashes, references, identifiers.

use super::DAY;
use crate::data::Value;
use crate::random::{Random, hex};

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

pub(super) fn supplier(name: &'static str, page: &str) -> Value {
    Value::object(
        "Supplier",
        vec![("name", Value::Static(name)), ("url", Value::text(page))],
    )
}

pub(super) fn files(name: &str, random: &mut Random) -> Value {
    let file = |directory: &str| {
        let fields = vec![
            ("name", Value::text(format!("{name}.so"))),
            ("path", Value::text(format!("/{directory}/lib/{name}.so"))),
            ("hashes", hashes(random)),
        ];
        Value::object("File", fields)
    };
    Value::list(["usr", "opt"].map(file))
}
