//! Rust for cynic, as `cynic-querygen` writes it from the same documents that everybody else reads. The build
//! script writes the measured types with it, the benchmark of builds its scratch crate.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use cynic_querygen::Generator;

/// What a few operations need, module by module.
#[derive(Debug)]
pub struct Source {
    /// Enums, inputs and scalars. The generator repeats them for every operation; here they are once, as a
    /// user of cynic would have them.
    pub shared: String,
    /// A module for each document, named after it.
    pub modules: Vec<(String, String)>,
}

/// Writes cynic's types for documents (file names and texts) on a schema that is registered as `name`.
///
/// # Errors
///
/// When the generator refuses the schema or a document.
pub fn write(name: &str, schema: &str, documents: &[(String, String)]) -> Result<Source> {
    let generator = Generator::new(schema)?.with_schema_name(name);
    let mut shared = BTreeMap::new();
    let mut modules = Vec::new();
    for (file, document) in documents {
        let text = generator
            .generate(document)
            .with_context(|| format!("cynic-querygen on {file}"))?;
        let mut own = String::from("use super::{schema, shared::*};\n");
        for item in text.split("\n\n").map(str::trim) {
            let item = with_derives(item);
            if is_shared(&item) {
                shared.insert(name_of(&item).to_owned(), with_scalar(&item));
            } else if !item.is_empty() {
                own += &format!("\n{item}\n");
            }
        }
        modules.push((file.trim_end_matches(".graphql").to_owned(), own));
    }
    let mut source = String::from("use super::schema;\n");
    for item in shared.values() {
        source += &format!("\n{item}\n");
    }
    Ok(Source {
        shared: source,
        modules,
    })
}

fn is_shared(item: &str) -> bool {
    ["Enum", "InputObject", "Scalar"]
        .iter()
        .any(|kind| item.starts_with(&format!("#[derive(cynic::{kind},")))
}

/// What everybody's types derive.
fn with_derives(item: &str) -> String {
    let derives = ["Clone, Copy, Debug)]", "Debug, Clone)]", "Debug)]"]
        .into_iter()
        .find(|derives| {
            item.lines()
                .next()
                .is_some_and(|line| line.ends_with(derives))
        });
    match derives {
        Some("Clone, Copy, Debug)]") => item.replacen("Debug)]", "Debug, PartialEq)]", 1),
        Some(derives) => item.replacen(derives, "Debug, Clone, PartialEq)]", 1),
        None => item.to_owned(),
    }
}

fn name_of(item: &str) -> &str {
    let start = item
        .find("pub struct ")
        .or_else(|| item.find("pub enum "))
        .unwrap_or_default();
    let name = item.get(start..).unwrap_or_default().splitn(3, ' ').nth(2);
    name.and_then(|rest| {
        rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .next()
    })
    .unwrap_or_default()
}

/// The generator makes every scalar a string; these hold what the other contenders' do.
fn with_scalar(item: &str) -> String {
    let holds = match name_of(item) {
        "DateTime" => "pub chrono::DateTime<chrono::Utc>",
        "Decimal" => "pub f64",
        _ => "pub serde_json::Value",
    };
    if item.starts_with("#[derive(cynic::Scalar,") {
        item.replacen("pub String", holds, 1)
    } else {
        item.to_owned()
    }
}
