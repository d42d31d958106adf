//! Doc comments from descriptions, deprecations and evidence.

use super::writer::Writer;
use crate::model::Evidence;

/// What a doc comment can say about a member.
#[derive(Default)]
pub(super) struct Docs<'a> {
    pub(super) description: &'a str,
    /// Said when there is no description.
    pub(super) fallback: String,
    pub(super) deprecated: Option<&'a str>,
    pub(super) evidence: Evidence,
    pub(super) notes: Vec<String>,
}

impl Docs<'_> {
    /// Writes `///` lines: description, notes, deprecation, evidence, each its own paragraph.
    ///
    /// A deprecation is a line of the docs and no attribute: the attribute would warn inside the
    /// generated code itself, wherever the member is read or written.
    pub(super) fn write(&self, out: &mut Writer) {
        let mut paragraphs = Vec::new();
        let description = self.description.trim();
        if description.is_empty() {
            paragraphs.push(self.fallback.clone());
        } else {
            paragraphs.push(markdown(description));
        }
        paragraphs.extend(self.notes.iter().cloned());
        if let Some(reason) = self.deprecated {
            paragraphs.push(format!("**Deprecated**: {}", markdown(reason)));
        }
        if self.evidence.name_inferred {
            paragraphs.push("Inferred: no public source shows this name.".to_owned());
        }
        if self.evidence.spelling_inferred {
            paragraphs
                .push("Inferred: no public source shows this name letter by letter.".to_owned());
        }
        if self.evidence.shape_inferred {
            paragraphs.push("Inferred: no public source shows this type.".to_owned());
        }
        paragraphs.retain(|paragraph| !paragraph.is_empty());
        for (index, paragraph) in paragraphs.iter().enumerate() {
            if index > 0 {
                out.line("///");
            }
            for line in paragraph.lines() {
                out.line(format!("/// {line}").trim_end());
            }
        }
    }
}

/// What stands in for a missing description: the name on the wire, where it differs.
pub(super) fn wire_name(key: &str, rust: &str) -> String {
    if key == rust {
        String::new()
    } else {
        format!("`{key}`")
    }
}

/// A description as rustdoc reads it without complaint: what would be a link, HTML or a code
/// block to test stays text.
fn markdown(description: &str) -> String {
    let mut text = String::with_capacity(description.len());
    let mut in_code = false;
    for line in description.lines() {
        if !text.is_empty() {
            text.push('\n');
        }
        // Four leading spaces would be a code block, which rustdoc compiles.
        let line = if line.starts_with("    ") || line.starts_with('\t') {
            line.trim_start()
        } else {
            line
        };
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
            text.push_str(if in_code { "```text" } else { "```" });
            continue;
        }
        if in_code {
            text.push_str(line);
            continue;
        }
        escape_line(line, &mut text);
    }
    if in_code {
        text.push_str("\n```");
    }
    text
}

fn escape_line(line: &str, text: &mut String) {
    let mut in_span = false;
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let whole = if in_span { 0 } else { link(rest) };
        if whole > 0 {
            let (link, after) = rest.split_at(whole);
            match link.strip_prefix('[') {
                Some(_) => text.push_str(link),
                None => text.extend(["<", link, ">"]),
            }
            rest = after;
            continue;
        }
        match c {
            '`' => {
                in_span = !in_span;
                text.push(c);
            }
            '<' | '>' | '[' | ']' if !in_span => text.extend(['\\', c]),
            c => text.push(c),
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
}

/// The length of the link at the start of a text: `[words](https://…)` or a bare address.
fn link(text: &str) -> usize {
    let is_address = |text: &str| text.starts_with("https://") || text.starts_with("http://");
    if text.starts_with('[') {
        let target = text
            .find("](")
            .filter(|at| is_address(text.get(at + 2..).unwrap_or_default()));
        let end = target.and_then(|at| Some(at + text.get(at..)?.find(')')? + 1));
        return end.unwrap_or(0);
    }
    if !is_address(text) {
        return 0;
    }
    let end = text
        .find([' ', '>', '<', '`', ')', ']', '"'])
        .unwrap_or(text.len());
    text.get(..end).map_or(0, |address| {
        address.trim_end_matches(['.', ',', ';', ':']).len()
    })
}
