//! Operation files in the generator.

use std::sync::LazyLock;

use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use sdk_codegen::Project;

use crate::printed;

/// A schema with one of everything.
const SCHEMA: &str = include_str!("../../sdk-codegen/testdata/schema.graphql");

#[expect(clippy::expect_used, reason = "it is a file of the tree")]
static VALID: LazyLock<Valid<Schema>> = LazyLock::new(|| {
    Schema::parse_and_validate(SCHEMA, "schema.graphql").expect("the schema is valid")
});

/// The bytes are an operation file.
///
/// It becomes Rust that sends the same operation, or errors that point into it. What is sent is valid if the
/// file was, and becomes the same again.
///
/// # Panics
///
/// When that does not hold.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    for inline in [false, true] {
        let Some(sent) = generated(text, inline) else {
            return;
        };
        let [sent] = sent.as_slice() else {
            panic!("{} documents for one file", sent.len())
        };
        if is_valid(text) {
            assert!(is_valid(sent), "{sent}");
        }
        let again = generated(sent, inline);
        assert_eq!(again.as_deref(), Some(std::slice::from_ref(sent)));
    }
}

fn generated(text: &str, inline: bool) -> Option<Vec<String>> {
    let project = Project::from_schema_text(SCHEMA, "")
        .documents([(printed::file_name(text), text)])
        .inline_fragments(inline);
    printed::documents(&project, SCHEMA, text)
}

fn is_valid(text: &str) -> bool {
    ExecutableDocument::parse_and_validate(&VALID, text, "it").is_ok()
}
