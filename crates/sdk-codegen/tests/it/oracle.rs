//! The light checks beside a full validator: what that refuses, the generator refuses too.

use apollo_compiler::{ExecutableDocument, Schema, validation::Valid};

use crate::{documents, project, schema};

fn oracle() -> Valid<Schema> {
    Schema::parse_and_validate(schema(), "schema.graphql").expect("the test schema is valid")
}

fn is_valid(schema: &Valid<Schema>, name: &str, text: &str) -> bool {
    ExecutableDocument::parse_and_validate(schema, text, name).is_ok()
}

#[test]
fn every_good_document_is_valid() {
    let schema = oracle();
    for (name, text) in documents("queries") {
        assert!(is_valid(&schema, &name, &text), "{name}");
    }
}

#[test]
fn documents_are_refused_for_what_graphql_refuses_or_for_the_file_rules() {
    let schema = oracle();
    let rules = [
        "anonymous",
        // The validator does not know `@oneOf`.
        "one_of_two",
        "other_name",
        "reserved_alias",
        "subscription",
        "two_operations",
    ];
    for (name, text) in documents("errors") {
        assert_eq!(
            is_valid(&schema, &name, &text),
            rules.contains(&name.as_str()),
            "{name}"
        );
    }
}

/// Names of the good documents are swapped for one another, which makes thousands of documents
/// that are nearly right.
#[test]
fn whatever_a_full_validator_refuses_is_refused() {
    let schema = oracle();
    let (mut accepted, mut refused) = (0, 0);
    for (name, text) in documents("queries") {
        let words: Vec<(usize, &str)> = text
            .match_indices(|c: char| c.is_alphanumeric() || c == '_')
            .map(|(at, _)| at)
            .filter(|&at| {
                at == 0 || !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
            })
            .map(|at| {
                let rest = &text[at..];
                let end = rest
                    .find(|c: char| !c.is_alphanumeric() && c != '_')
                    .unwrap_or(rest.len());
                (at, &rest[..end])
            })
            .collect();
        for &(at, word) in &words {
            for &(_, other) in words.iter().step_by(7) {
                let changed = format!("{}{other}{}", &text[..at], &text[at + word.len()..]);
                if project(&name, &changed).generate().is_err() {
                    refused += 1;
                    continue;
                }
                accepted += 1;
                assert!(
                    is_valid(&schema, &name, &changed),
                    "accepted, and invalid:\n{changed}"
                );
            }
        }
    }
    assert!(
        accepted > 30 && refused > 500,
        "{accepted} accepted, {refused} refused"
    );
}

/// The text that is sent must itself be a valid document.
#[test]
fn what_is_sent_is_valid() {
    let schema = oracle();
    for inline in [false, true] {
        for (name, text) in documents("queries") {
            let files = project(&name, &text)
                .inline_fragments(inline)
                .generate()
                .unwrap();
            let file = files
                .iter()
                .find(|file| file.name() == format!("{name}.rs"))
                .unwrap();
            let (_, rest) = file.text().split_once("DOCUMENT: &'static str = ").unwrap();
            let (literal, _) = rest.split_once(";\n").unwrap();
            let sent = literal
                .trim_start_matches("r#")
                .trim_end_matches('#')
                .trim_matches('"');
            assert!(is_valid(&schema, &name, sent), "{name}: {sent}");
            assert!(!inline || !sent.contains("fragment "), "{name}: {sent}");
        }
    }
}
