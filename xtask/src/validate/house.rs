//! Rules of this project that GraphQL does not have: one documented, well-named operation per file.

use super::Source;
use crate::problem::Problem;
use crate::projects::Limits;
use apollo_compiler::ExecutableDocument;
use apollo_compiler::executable::{Selection, SelectionSet};
use std::collections::HashMap;

/// `sound` says that GraphQL's own validation found nothing; what is missing because of a syntax error is then not
/// reported a second time.
pub(super) fn check(
    source: &Source,
    document: &ExecutableDocument,
    sound: bool,
    limits: Limits,
) -> Vec<Problem> {
    let mut found = Vec::new();
    found.extend(documentation(source));
    found.extend(one_named_operation(source, document, sound));
    if limits.refuses_repeated_aliases {
        let operations = document.operations.iter().map(|it| &it.selection_set);
        let fragments = document.fragments.values().map(|it| &it.selection_set);
        for selections in operations.chain(fragments) {
            repeated_aliases(source, selections, &mut found);
        }
    }
    found
}

/// The comment at the top becomes the documentation of the generated type.
fn documentation(source: &Source) -> Option<Problem> {
    let first = source.text.lines().next().unwrap_or_default();
    let written = first
        .strip_prefix('#')
        .is_some_and(|text| !text.trim().is_empty());
    (!written).then(|| {
        Problem::on_line(&source.path, 1, first, "the operation is not documented")
            .help("start the file with a `# …` comment that says what the operation does and what null means; it becomes the documentation of the generated type")
    })
}

fn one_named_operation(
    source: &Source,
    document: &ExecutableDocument,
    sound: bool,
) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut operations: Vec<_> = document.operations.iter().collect();
    operations.sort_by_key(|it| super::span(it.location()).start);
    if operations.is_empty() && sound {
        found.push(
            Problem::of_file(&source.path, "the file has no operation")
                .help("write one query or mutation, or delete the file; a fragment belongs into the file that uses it"),
        );
    }
    for (index, operation) in operations.iter().enumerate() {
        let Some(name) = &operation.name else {
            found.push(
                source
                    .problem(operation.location(), "the operation has no name")
                    .help("name it with a verb and the vendor's noun, such as ListFindings"),
            );
            continue;
        };
        if index > 0 {
            found.push(
                source
                    .problem(
                        name.location(),
                        format!("a second operation, `{name}`, in one file"),
                    )
                    .help(format!(
                        "move it to {}.graphql: every request carries the whole file",
                        snake_case(name)
                    )),
            );
            continue;
        }
        let stem = source
            .path
            .rsplit('/')
            .next()
            .and_then(|file| file.strip_suffix(".graphql"))
            .unwrap_or_default();
        let expected = snake_case(name);
        if stem != expected {
            found.push(
                source
                    .problem(
                        name.location(),
                        format!("operation `{name}` is in {stem}.graphql"),
                    )
                    .help(format!(
                        "rename the file to {expected}.graphql, or the operation to match the file"
                    )),
            );
        }
    }
    found
}

/// A server that drops aliases answers two of them with one value.
fn repeated_aliases(source: &Source, selections: &SelectionSet, found: &mut Vec<Problem>) {
    let mut seen = HashMap::new();
    for selection in &selections.selections {
        match selection {
            Selection::Field(field) => {
                let first = seen
                    .entry(field.name.clone())
                    .or_insert_with(|| field.response_key().clone());
                if first != field.response_key() {
                    found.push(
                        source
                            .problem(
                                field.response_key().location(),
                                format!("`{}` is selected a second time under another alias", field.name),
                            )
                            .help("this server does not answer several aliases of one field; make it two operations"),
                    );
                }
                repeated_aliases(source, &field.selection_set, found);
            }
            Selection::InlineFragment(fragment) => {
                repeated_aliases(source, &fragment.selection_set, found)
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// `ListSBOMFiles` and `ListSbomFiles` are both `list_sbom_files`.
pub(crate) fn snake_case(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (index, &character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|i| characters.get(i));
        let after = characters.get(index + 1);
        let starts_word = character.is_ascii_uppercase()
            && before.is_some_and(|it| {
                it.is_ascii_lowercase()
                    || it.is_ascii_digit()
                    || (it.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if starts_word {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}
