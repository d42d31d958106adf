//! GraphQL names as Rust names.

use std::collections::HashSet;

use super::writer::RUNTIME_ITEMS;

/// Every keyword of every edition, and `self` and its like.
const KEYWORDS: [&str; 53] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "Self", "static", "struct", "super", "trait", "true", "try", "type",
    "typeof", "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Type names that generated code uses itself, beside those it imports from the runtime.
const TAKEN_TYPES: [&str; 22] = [
    "Self",
    "Option",
    "Some",
    "None",
    "Vec",
    "Box",
    "String",
    "Result",
    "Ok",
    "Err",
    "Default",
    "Debug",
    "Clone",
    "PartialEq",
    "Eq",
    "Hash",
    "Into",
    "From",
    "Id",
    "Input",
    "Inferred",
    "Iterator",
];

/// The words of a name: split at `_`, at a lower-to-upper step, and before the last letter of an
/// acronym that a word follows (`CSVExport` is `CSV`, `Export`).
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let chars: Vec<char> = name.chars().collect();
    for (index, &c) in chars.iter().enumerate() {
        let previous = index.checked_sub(1).and_then(|at| chars.get(at)).copied();
        let next = chars.get(index + 1).copied();
        let starts = c.is_uppercase()
            && previous.is_some_and(|p| {
                p.is_lowercase()
                    || p.is_ascii_digit()
                    || (p.is_uppercase() && next.is_some_and(char::is_lowercase))
            });
        if (c == '_' || starts) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c != '_' {
            word.push(c);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// `assetVersionId` → `asset_version_id`; leading underscores are dropped.
fn snake_words(name: &str) -> String {
    let words = words(name);
    let joined = words.join("_").to_lowercase();
    if joined.is_empty() || joined.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("n{joined}");
    }
    joined
}

/// A field, module or file name without regard to keywords: `Where` → `where`.
pub(crate) fn snake(name: &str) -> String {
    snake_words(name)
}

/// A field or module name that is no keyword: `type` → `type_`.
pub(super) fn identifier(name: &str) -> String {
    escape(snake_words(name))
}

/// A type or variant name: `id_ASC` → `IdAsc`, `CSVExport` stays.
pub(crate) fn camel(name: &str) -> String {
    let mut out = String::new();
    // A name without lower case is shouted, not made of acronyms.
    let shouted = !name.contains(|c: char| c.is_lowercase());
    for word in words(name) {
        let keep = !shouted && !word.chars().all(|c| c.is_uppercase() || c.is_ascii_digit());
        let mut chars = word.chars();
        out.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        if keep || (!shouted && !name.contains('_')) {
            out.extend(chars);
        } else {
            out.extend(chars.map(|c| c.to_ascii_lowercase()));
        }
    }
    if out.is_empty() || out.starts_with(|c: char| c.is_ascii_digit()) {
        out.insert(0, 'N');
    }
    escape(out)
}

/// The module of an operation: not one that generated code has already.
pub(crate) fn module(operation: &str) -> String {
    let name = identifier(operation);
    if matches!(name.as_str(), "types" | "codegen") {
        format!("{name}_")
    } else {
        name
    }
}

/// The Rust name of a schema type: not one that generated code uses itself.
pub(crate) fn type_name(name: &str) -> String {
    let name = camel(name);
    if TAKEN_TYPES.contains(&name.as_str()) || RUNTIME_ITEMS.contains(&name.as_str()) {
        format!("{name}Type")
    } else {
        name
    }
}

fn escape(name: String) -> String {
    if KEYWORDS.contains(&name.as_str()) {
        format!("{name}_")
    } else {
        name
    }
}

/// Names in the order given, later ones numbered until they differ from all before.
pub(super) struct Unique(HashSet<String>);

impl Unique {
    pub(super) fn new() -> Self {
        Self(HashSet::new())
    }

    pub(super) fn with(taken: &[&str]) -> Self {
        Self(taken.iter().map(|&name| name.to_owned()).collect())
    }

    /// The name itself, or with the first number from 2 that makes it unique.
    pub(super) fn take(&mut self, name: String) -> String {
        let base = name.trim_end_matches('_').to_owned();
        let mut unique = name;
        let mut number = 2;
        while self.0.contains(&unique) {
            unique = format!("{base}{number}");
            number += 1;
        }
        self.0.insert(unique.clone());
        unique
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_snake_case() {
        for (name, expected) in [
            ("assetVersionId", "asset_version_id"),
            ("_findingsMeta", "findings_meta"),
            ("AND", "and"),
            ("ETag", "e_tag"),
            ("cvssBaseMetricV3", "cvss_base_metric_v3"),
            ("title_not_like", "title_not_like"),
            ("type", "type_"),
            ("__", "n"),
        ] {
            assert_eq!(identifier(name), expected);
        }
    }

    #[test]
    fn names_become_camel_case() {
        for (name, expected) in [
            ("ALL_FINDINGS", "AllFindings"),
            ("createdAt_ASC", "CreatedAtAsc"),
            ("ArtifactCSVExportSubtype", "ArtifactCSVExportSubtype"),
            ("_QueryMeta", "QueryMeta"),
            ("startMultipartUploadInput", "StartMultipartUploadInput"),
            ("Self", "Self_"),
            ("_2D", "N2D"),
        ] {
            assert_eq!(camel(name), expected);
        }
    }

    #[test]
    fn later_names_are_numbered() {
        let mut unique = Unique::with(&["new"]);
        let taken = ["new", "a", "a", "type_", "type_"].map(|name| unique.take(name.to_owned()));
        assert_eq!(taken, ["new2", "a", "a2", "type_", "type2"]);
    }
}
