//! Schema files in the generator.

use sdk_codegen::{Paging, Project};

use crate::printed;

/// Asks for what every schema has.
const LEAST: &str = "query Least { __typename }";

/// The bytes are a schema, and after a line `%%` an operation on it.
///
/// They become Rust, or errors that point into them.
///
/// # Panics
///
/// When that does not hold.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (schema, document) = text.split_once("\n%%\n").unwrap_or((text, LEAST));
    let paging = Paging::new("crate::paged", "after")
        .optional(["first"])
        .items("edges.node")
        .selects(["pageInfo.endCursor"]);
    let project = Project::from_schema_text(schema, "")
        .documents([(printed::file_name(document), document)])
        .scalar("Money", "crate::Money")
        .paging(paging);
    let sent = printed::documents(&project, schema, document);
    assert!(
        sent.is_none_or(|it| it.len() == 1),
        "one file sends one document"
    );
}
