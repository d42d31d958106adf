//! A vendor's name in the forms it is needed in.

use anyhow::{Result, ensure};
use std::fmt;

/// Names that Rust or cargo keep for themselves, of those that have the form of a name.
const TAKEN: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "build",
    "const",
    "continue",
    "core",
    "crate",
    "deps",
    "do",
    "dyn",
    "else",
    "enum",
    "examples",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "incremental",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc-macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "xtask",
    "yield",
];

/// Lower case letters, digits and single hyphens, beginning with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VendorName(String);

impl VendorName {
    pub(crate) fn new(name: &str) -> Result<Self> {
        let fits = name.starts_with(|it: char| it.is_ascii_lowercase())
            && name
                .chars()
                .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-')
            && !name.ends_with('-')
            && !name.contains("--");
        ensure!(
            fits,
            "`{name}` cannot be a crate: use lower case letters, digits and single hyphens, such as acme-parts"
        );
        ensure!(
            !TAKEN.contains(&name),
            "`{name}` is kept for Rust or cargo; choose another name"
        );
        Ok(Self(name.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// As Rust code names the crate.
    pub(super) fn in_code(&self) -> String {
        self.0.replace('-', "_")
    }

    /// What the variables of the environment begin with.
    pub(super) fn in_variables(&self) -> String {
        self.in_code().to_ascii_uppercase()
    }

    /// As text calls the vendor.
    pub(super) fn title(&self) -> String {
        let word = |word: &str| {
            let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
            format!("{}{rest}", first.to_ascii_uppercase())
        };
        self.0.split('-').map(word).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Display for VendorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_form_that_each_place_needs() {
        let name = VendorName::new("acme-parts2").unwrap();
        assert_eq!(name.in_code(), "acme_parts2");
        assert_eq!(name.in_variables(), "ACME_PARTS2");
        assert_eq!(name.title(), "Acme Parts2");
    }

    #[test]
    fn names_that_are_no_crate_are_refused() {
        for name in [
            "", "Acme", "1st", "a_b", "a--b", "a-", "../up", "a/b", "test", "loop",
        ] {
            assert!(VendorName::new(name).is_err(), "{name}");
        }
    }
}
