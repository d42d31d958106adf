//! The printed Rust and the error messages, as snapshots, one small document each.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests may panic"
)]

mod errors;
mod files;
mod generated;
mod large;
mod limits;
mod oracle;
mod sharing;
mod unions;
mod world;

use std::{fs, path::PathBuf};

use sdk_codegen::Project;

fn testdata(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("testdata")
        .join(name)
}

fn schema() -> String {
    fs::read_to_string(testdata("schema.graphql")).unwrap()
}

/// The documents of a folder: name without extension, and text.
fn documents(folder: &str) -> Vec<(String, String)> {
    let mut documents: Vec<_> = fs::read_dir(testdata(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    documents.sort();
    assert!(!documents.is_empty(), "{folder} has documents");
    documents
}

/// Compares with the snapshot `<name>.snap`.
fn check(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// A project with the test schema and one document.
fn project(name: &str, text: &str) -> Project {
    Project::from_schema_text(schema(), "").documents([(format!("{name}.graphql"), text)])
}
