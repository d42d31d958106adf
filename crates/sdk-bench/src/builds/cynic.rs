//! A scratch crate under cynic, laid out as its manual says: the schema registered by the build script, a file of
//! types per operation, and what operations share beside them.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use super::Operations;
use crate::cynic_source;

/// The `rkyv` feature keeps the schema in a form that each derive reads without parsing: cynic's fastest way.
pub(super) const DEPENDENCIES: &str = "cynic = { version = \"3.14\", features = [\"rkyv\"] }\n\
    serde_json = \"1\"\n\
    chrono = { version = \"0.4\", default-features = false, features = [\"std\", \"serde\"] }\n\n\
    [build-dependencies]\ncynic-codegen = { version = \"3.14\", features = [\"rkyv\"] }\n";

const SCRIPT: &str = "fn main() {\n    \
    cynic_codegen::register_schema(\"scratch\").from_sdl_file(\"schema.graphql\").unwrap();\n}\n";

const HEAD: &str = "#![allow(dead_code, non_camel_case_types, non_snake_case, unused_imports)]\n\
    #[cynic::schema(\"scratch\")]\nmod schema {}\npub mod shared;\n";

/// Writes sources and build script.
pub(super) fn write(folder: &Path, operations: &Operations) -> Result<()> {
    let source = cynic_source::write("scratch", &operations.schema, &operations.documents)?;
    let sources = folder.join("src");
    let mut library = HEAD.to_owned();
    for (module, types) in source.modules {
        library += &format!("pub mod {module};\n");
        fs::write(sources.join(module).with_extension("rs"), types)?;
    }
    fs::write(sources.join("shared.rs"), source.shared)?;
    fs::write(sources.join("lib.rs"), library)?;
    Ok(fs::write(folder.join("build.rs"), SCRIPT)?)
}

/// The module with the first plain `id` selected a second time under another name.
pub(super) fn with_one_more_field(module: &str) -> Result<String> {
    let line = module
        .lines()
        .find(|line| line.trim().starts_with("pub id: ") && !line.contains('&'))
        .context("the edited operation selects no `id`")?;
    let more = line.replace("id:", "again:");
    let added = format!("{line}\n    #[cynic(rename = \"id\", alias)]\n{more}\n");
    Ok(module.replacen(&format!("{line}\n"), &added, 1))
}
