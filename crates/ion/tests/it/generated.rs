//! The generated types as they are reviewed, so that a change of a schema, a document or the generator
//! shows the exact types that change.
//!
//! `cargo xtask codegen` accepts changes. The snapshots leave out documentation and the calls that
//! implement serde's traits; the generator's own tests show those.

use std::{collections::BTreeMap, fs, path::Path};

fn generated(file: &str) -> String {
    fs::read_to_string(Path::new(env!("OUT_DIR")).join(file)).unwrap()
}

/// The operations' files, by the stem of their document.
fn operations() -> Vec<String> {
    let queries = concat!(env!("CARGO_MANIFEST_DIR"), "/queries");
    let mut stems: Vec<String> = fs::read_dir(queries)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    stems.sort();
    stems
}

/// The declarations alone: modules, types, fields, and the document that is sent.
fn declarations(source: &str) -> String {
    let declares = |line: &&str| {
        let line = line.trim_start();
        line.starts_with("pub ") && !line.starts_with("pub fn")
    };
    let mut text = String::new();
    for line in source.lines().filter(declares) {
        text.push_str(line.trim_end_matches(['{', ',']).trim_end());
        text.push('\n');
    }
    text
}

fn in_folder(folder: &str, check: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(format!("snapshots/{folder}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(check);
}

#[test]
fn operations_are_as_reviewed() {
    let stems = operations();
    assert!(!stems.is_empty());
    in_folder("operations", || {
        for stem in stems {
            let source = generated(&format!("{stem}.rs"));
            insta::assert_snapshot!(stem, declarations(&source));
        }
    });
}

/// The fields of each input object, gathered by their type.
fn inputs() -> BTreeMap<String, BTreeMap<String, Vec<String>>> {
    let mut inputs = BTreeMap::<String, BTreeMap<String, Vec<String>>>::new();
    let mut current = String::new();
    for line in generated("inputs.rs").lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("pub struct ") {
            current = name.trim_end_matches(" {").to_owned();
        } else if let Some((field, ty)) = line
            .strip_prefix("pub ")
            .and_then(|line| line.split_once(": "))
        {
            let fields = inputs.entry(current.clone()).or_default();
            let ty = ty.trim_end_matches(',').to_owned();
            fields.entry(ty).or_default().push(field.to_owned());
        }
    }
    inputs
}

/// A line per filtered field: the field, and the operators that it has.
fn by_stem(fields: &[String]) -> String {
    let mut text = String::new();
    let mut stem = "";
    for field in fields {
        let operator = field
            .strip_prefix(stem)
            .filter(|rest| rest.starts_with('_'));
        match operator {
            Some(operator) if !stem.is_empty() => text.push_str(&format!(" {operator}")),
            _ => {
                stem = field;
                text.push_str(&format!("\n    {field}"));
            }
        }
    }
    text
}

#[test]
fn inputs_are_as_reviewed() {
    let inputs = inputs();
    assert!(!inputs.is_empty());
    in_folder("inputs", || {
        for (name, fields) in inputs {
            let mut text = String::new();
            for (ty, fields) in fields {
                text.push_str(&format!("{ty}{}\n", by_stem(&fields)));
            }
            insta::assert_snapshot!(name, text);
        }
    });
}

#[test]
fn enums_are_as_reviewed() {
    let mut values = BTreeMap::<String, Vec<String>>::new();
    let mut current = None;
    for line in generated("enums.rs").lines() {
        if let Some(name) = line.strip_prefix("pub enum ") {
            current = Some(name.trim_end_matches(" {").to_owned());
        } else if line.starts_with('}') {
            current = None;
        } else if let Some(name) = &current
            && !line.trim_start().starts_with(['/', '#'])
        {
            let value = line.trim().trim_end_matches(',').to_owned();
            values.entry(name.clone()).or_default().push(value);
        }
    }
    let text: String = values
        .into_iter()
        .map(|(name, values)| format!("{name}: {}\n", values.join(" ")))
        .collect();
    in_folder(".", || insta::assert_snapshot!("enums", text));
}
