//! Answers to introspection queries, as `cargo xtask schema pull` reads them.

use std::collections::BTreeSet;

use apollo_compiler::ast::{Definition, Document};
use serde_json::Value;

// The verbs are a program without a library, and this is the part of them that reads what servers send.
#[allow(dead_code, unused_imports, reason = "the verb uses the rest")]
#[path = "../../../xtask/src/schema"]
mod schema {
    pub(crate) mod introspection;
}

/// The bytes are the answer of a server.
///
/// The SDL that is made of it defines the types that the answer names and no others: nothing in it is text
/// that the server chose.
///
/// # Panics
///
/// When that does not hold.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let sdl = match schema::introspection::sdl(text) {
        Ok(sdl) => sdl,
        Err(fault) => return assert!(!fault.to_string().is_empty()),
    };
    // A type without fields, for one, is no SDL: the verb shows that to its user.
    let Ok(document) = Document::parse(sdl.as_str(), "sdl") else {
        return;
    };
    let said: Value = serde_json::from_str(text).unwrap_or_default();
    assert_eq!(defined(&document), named(&said), "{sdl}");
}

/// The types and directives that a document defines.
fn defined(document: &Document) -> BTreeSet<String> {
    let names = document.definitions.iter().filter_map(|it| match it {
        Definition::SchemaDefinition(_) => None,
        Definition::DirectiveDefinition(it) => Some(format!("@{}", it.name)),
        other => Some(other.name().map(ToString::to_string).unwrap_or_default()),
    });
    names.collect()
}

/// The types and directives that an answer names and no schema has by itself.
fn named(answer: &Value) -> BTreeSet<String> {
    let inside = answer.pointer("/data/__schema").filter(|it| !it.is_null());
    let schema = inside.or(answer.get("__schema"));
    let names = |member: &str| -> Vec<String> {
        let rows = schema
            .and_then(|it| it.get(member))
            .and_then(Value::as_array);
        let names = rows
            .into_iter()
            .flatten()
            .filter_map(|it| it.get("name")?.as_str());
        names.map(str::to_owned).collect()
    };
    let built_in = ["Int", "Float", "String", "Boolean", "ID"];
    let known = ["include", "skip", "deprecated", "specifiedBy"];
    let types = names("types").into_iter();
    let types = types.filter(|it| !built_in.contains(&it.as_str()) && !it.starts_with("__"));
    let directives = names("directives").into_iter();
    let directives = directives.filter(|it| !known.contains(&it.as_str()));
    types.chain(directives.map(|it| format!("@{it}"))).collect()
}
