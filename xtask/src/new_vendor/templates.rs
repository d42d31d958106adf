//! The files of a new crate: the vendor's name in place of Acme's in `xtask/templates/vendor`.

use super::Vendor;
use crate::validate::snake_case;
use std::collections::BTreeMap;

macro_rules! template {
    ($path:literal) => {
        include_str!(concat!("../../templates/vendor/", $path))
    };
}

/// Paths in the new crate, and what stands in them whatever the vendor is.
const FILES: &[(&str, &str)] = &[
    ("Cargo.toml", template!("manifest.toml")),
    ("build.rs", template!("build.rs")),
    ("src/client.rs", template!("src/client.rs")),
    ("src/config.rs", template!("src/config.rs")),
    ("src/lib.rs", template!("src/lib.rs")),
    ("src/queries.rs", template!("src/queries.rs")),
    ("src/service.rs", template!("src/service.rs")),
    ("tests/it/main.rs", template!("tests/it/main.rs")),
    ("tests/it/setup.rs", template!("tests/it/setup.rs")),
    ("tests/it/tokens.rs", template!("tests/it/tokens.rs")),
];

/// The operation of a vendor that has none yet.
pub(super) fn starter() -> BTreeMap<String, String> {
    let text = template!("get_typename.graphql");
    BTreeMap::from([("get_typename.graphql".to_owned(), text.to_owned())])
}

/// Every file of the new crate, by its path in the tree.
pub(super) fn filled(vendor: &Vendor) -> BTreeMap<String, String> {
    let endpoint = vendor.auth.template();
    let shape = format!("TokenShape::{:?}", vendor.auth);
    let name = &vendor.name;
    let mut files = BTreeMap::new();
    for (path, text) in FILES {
        let mut text = text
            .replace("// The token endpoint stands here.\n", endpoint)
            .replace("TokenShape::Shape", &shape);
        if vendor.callable.is_empty() {
            text = text.replace("mod operations;\n", "");
        }
        files.insert(format!("crates/{name}/{path}"), renamed(&text, vendor));
    }
    if !vendor.callable.is_empty() {
        let mut text = template!("tests/it/operations.rs").to_owned();
        for operation in &vendor.callable {
            text.push('\n');
            let one = template!("tests/it/operation.rs");
            let one = one.replace("acme_operation", &snake_case(operation));
            text.push_str(&one.replace("AcmeOperation", operation));
        }
        let path = format!("crates/{name}/tests/it/operations.rs");
        files.insert(path, renamed(&text, vendor));
    }
    files
}

/// Puts the vendor's name in place of Acme's, in the form that the place needs.
fn renamed(text: &str, vendor: &Vendor) -> String {
    const AS_IT_IS: &str = "\u{0}";
    let mut text = text.to_owned();
    // A package, a folder and a product are called as they are; all else is Rust code.
    for place in ["name = \"acme\"", "queries/acme/", "\"acme/\""] {
        text = text.replace(place, &place.replace("acme", AS_IT_IS));
    }
    text.replace("acme", &vendor.name.in_code())
        .replace("ACME", &vendor.name.in_variables())
        .replace("Acme", &vendor.name.title())
        .replace(AS_IT_IS, vendor.name.as_str())
}
