//! Responses to every operation of every vendor.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use sdk_codegen_properties::{Failure, Leaf, Properties, Scalar, Subject, difference};
use sdk_graphql::DecodeError;
use serde_json::json;

use crate::refused::refused;

/// Every operation, by its vendor and file: `ion/list_parts.graphql`.
pub static OPERATIONS: LazyLock<BTreeMap<String, Subject>> = LazyLock::new(|| {
    let vendors = [
        ("finitestate", finitestate()),
        ("ion", ion()),
        ("altrata/profile", profile()),
        ("altrata/matching", matching()),
        ("altrata/events", events()),
        ("altrata/relationships", relationships()),
    ];
    let named = |(vendor, subjects): (&str, Vec<Subject>)| {
        let vendor = vendor.to_owned();
        let name = move |it: Subject| (format!("{vendor}/{}", it.file()), it);
        subjects.into_iter().map(name)
    };
    vendors.into_iter().flat_map(named).collect()
});

/// A response to every operation that its schema allows, as cases.
///
/// # Errors
///
/// When a schema or an operation is not valid.
pub fn first_cases(seed: u64) -> Result<Vec<Vec<u8>>, Failure> {
    let schemas = [
        ("finitestate", finitestate::SCHEMA, finitestate()),
        ("ion", ion::SCHEMA, ion()),
        ("altrata/profile", altrata::schemas::PROFILE, profile()),
        ("altrata/matching", altrata::schemas::MATCHING, matching()),
        ("altrata/events", altrata::schemas::EVENTS, events()),
        (
            "altrata/relationships",
            altrata::schemas::RELATIONSHIPS,
            relationships(),
        ),
    ];
    let mut cases = Vec::new();
    for (vendor, schema, subjects) in schemas {
        let properties = Properties::new(schema, subjects)?
            .scalar("Decimal", Scalar::Custom(|_| Leaf::same("1.50".into())))
            .scalar("AWSDate", Scalar::Text)
            .scalar("GenericErrorCode", Scalar::Text)
            .scalar("ValidationErrorCode", Scalar::Text);
        for (file, body) in properties.responses(seed)? {
            cases.push(format!("{vendor}/{file}\n{body}").into_bytes());
        }
    }
    Ok(cases)
}

macro_rules! operations {
    ($($file:literal => $name:ident,)*) => {
        vec![$(Subject::of::<$name>($file, $name::DOCUMENT)),*]
    };
}

macro_rules! vendor {
    ($name:ident, $queries:path, $list:literal) => {
        fn $name() -> Vec<Subject> {
            use $queries::*;
            include!(concat!(env!("OUT_DIR"), "/", $list))
        }
    };
}

vendor!(finitestate, finitestate::queries, "finitestate.rs");
vendor!(ion, ion::queries, "ion.rs");
vendor!(profile, altrata::queries::profile, "altrata_profile.rs");
vendor!(matching, altrata::queries::matching, "altrata_matching.rs");
vendor!(events, altrata::queries::events, "altrata_events.rs");
vendor!(
    relationships,
    altrata::queries::relationships,
    "altrata_relationships.rs"
);

/// The first line names the operation, the rest is the body.
///
/// What a decoder takes, it writes, and takes again as the same; what it refuses, it refuses with a place
/// and without a value.
///
/// # Panics
///
/// When that does not hold.
pub fn check(bytes: &[u8]) {
    let (name, body) = crate::first_line(bytes);
    let Some(operation) = std::str::from_utf8(name)
        .ok()
        .and_then(|it| OPERATIONS.get(it))
    else {
        return;
    };
    let data = match operation.decode(body) {
        Ok(Some(data)) => data,
        Ok(None) => return,
        Err(error) => return refused(body, &error),
    };
    let written = json!({ "data": data }).to_string();
    match operation.decode(written.as_bytes()) {
        Ok(again) => {
            let again = again.unwrap_or_default();
            assert_eq!(difference("data", &data, &again), None, "{written}");
        }
        Err(error) => {
            let error = DecodeError::of_body("it", "itself", written.as_bytes(), &error);
            panic!("{error}\n{written}");
        }
    }
}
