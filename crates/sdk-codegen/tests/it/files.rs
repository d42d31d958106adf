//! Reading files.

use std::{fs, path::PathBuf};

use sdk_codegen::Project;

use crate::{schema, testdata};

/// A folder of its own under cargo's folder for test files.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _absent = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_folder_is_read_and_other_files_in_it_are_left_alone() {
    let folder = folder("left_alone");
    fs::write(
        folder.join("list_ids.graphql"),
        "query ListIds { ships { id } }",
    )
    .unwrap();
    fs::write(folder.join("README.md"), "not GraphQL").unwrap();
    let files = Project::new(testdata("schema.graphql"), &folder)
        .generate()
        .unwrap();
    let names: Vec<_> = files.iter().map(|file| file.name()).collect();
    assert_eq!(
        names,
        [
            "queries.rs",
            "enums.rs",
            "inputs.rs",
            "list_ids.rs",
            "operations.rs"
        ]
    );
}

#[test]
fn a_byte_order_mark_is_skipped() {
    let folder = folder("byte_order_mark");
    fs::write(
        folder.join("list_ids.graphql"),
        "\u{feff}query ListIds { ships { id } }",
    )
    .unwrap();
    let files = Project::from_schema_text(schema(), &folder)
        .generate()
        .unwrap();
    assert!(files.iter().any(|file| file.name() == "list_ids.rs"));
}

#[test]
fn a_file_that_is_not_utf_8_is_named() {
    let folder = folder("not_utf_8");
    fs::write(folder.join("latin.graphql"), b"query Latin { \xe9 }").unwrap();
    let errors = Project::from_schema_text(schema(), &folder)
        .generate()
        .unwrap_err()
        .to_string();
    assert!(errors.contains("is not UTF-8: byte 14"), "{errors}");
    assert!(errors.contains("latin.graphql"), "{errors}");
}

#[test]
fn a_missing_schema_or_folder_is_named() {
    let errors = Project::new("no/schema.graphql", "no/queries")
        .generate()
        .unwrap_err()
        .to_string();
    assert!(errors.contains("no/schema.graphql"), "{errors}");
    assert!(errors.contains("no/queries"), "{errors}");
}

#[test]
fn projects_of_one_build_script_write_to_folders_of_their_own() {
    let files = Project::from_schema_text(schema(), "")
        .documents([("list_ids.graphql", "query ListIds { ships { id } }")])
        .into_folder("fleet")
        .generate()
        .unwrap();
    assert_eq!(files[0].name(), "fleet/queries.rs");
    let root = files[0].text();
    let (list, included) = files[1..].split_last().unwrap();
    assert_eq!(list.name(), "fleet/operations.rs");
    for file in included {
        let included = format!(r#"concat!(env!("OUT_DIR"), "/{}")"#, file.name());
        assert!(root.contains(&included), "{root}");
    }
}
