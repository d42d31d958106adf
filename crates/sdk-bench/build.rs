//! Generates the operations of the decoding probes, ours and cynic's, and those on a vendor's API that no crate
//! ships.

#[path = "src/cynic_source.rs"]
#[allow(unreachable_pub, reason = "the library shares it")]
mod cynic_source;

use std::{env, fs, path::Path};

use anyhow::{Context, Result};
use sdk_codegen::Project;

/// Name, schema and documents of each module of `src/under_cynic.rs`.
const UNDER_CYNIC: [(&str, &str, &[&str]); 4] = [
    (
        "probe",
        "probe/schema.graphql",
        &[
            "probe/queries/leaf_fragments.graphql",
            "probe/queries/node_fragments.graphql",
            "probe/queries/deep_fragments.graphql",
            "probe/queries/members.graphql",
        ],
    ),
    (
        "finitestate",
        "../../schemas/finitestate.graphql",
        &["../../queries/finitestate/list_findings.graphql"],
    ),
    (
        "ion",
        "../../schemas/ion.graphql",
        &["../../queries/ion/get_procedure.graphql"],
    ),
    (
        "altrata",
        "../../schemas/altrata/profile.graphql",
        &["probe/altrata/search_organizations.graphql"],
    ),
];

fn main() -> Result<()> {
    Project::new("probe/schema.graphql", "probe/queries").emit();
    Project::of("finitestate", "probe/finitestate")
        .into_folder("finitestate")
        .emit();
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/cynic_source.rs");
    for (name, schema, documents) in UNDER_CYNIC {
        cynic_codegen::register_schema(name).from_sdl_file(schema)?;
        let documents = documents.iter().map(|path| {
            println!("cargo::rerun-if-changed={path}");
            let file = Path::new(path).file_name().context("a document's name")?;
            Ok((
                file.to_string_lossy().into_owned(),
                fs::read_to_string(path)?,
            ))
        });
        let documents = documents.collect::<Result<Vec<_>>>()?;
        let source = cynic_source::write(name, &fs::read_to_string(schema)?, &documents)?;
        let mut text = format!("pub mod shared {{\n{}}}\n", source.shared);
        for (module, types) in source.modules {
            text += &format!("pub mod {module} {{\n{types}}}\n");
        }
        #[allow(
            clippy::disallowed_methods,
            reason = "cargo tells scripts by variables"
        )]
        let folder = env::var("OUT_DIR").context("OUT_DIR is not set")?;
        fs::write(
            Path::new(&folder).join(format!("{name}_under_cynic.rs")),
            text,
        )?;
    }
    Ok(())
}
