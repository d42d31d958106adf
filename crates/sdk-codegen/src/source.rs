//! Source files and places in them.

use std::{cell::OnceCell, path::Path, rc::Rc};

/// One file, or one text that a caller gave in place of a file.
#[derive(Debug)]
pub(crate) struct Source {
    /// The name used in messages and headers, with `/` on every platform.
    pub(crate) name: String,
    /// The text without a byte order mark.
    pub(crate) text: String,
    /// Where each line starts.
    lines: OnceCell<Vec<usize>>,
}

impl Source {
    pub(crate) fn new(name: impl Into<String>, text: &str) -> Rc<Self> {
        Rc::new(Self {
            name: name.into(),
            text: text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(),
            lines: OnceCell::new(),
        })
    }

    /// The file name without folders and extension; empty for a name without one.
    pub(crate) fn stem(&self) -> &str {
        Path::new(&self.name)
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default()
    }

    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let ends = self.text.match_indices('\n');
            std::iter::once(0)
                .chain(ends.map(|(at, _)| at + 1))
                .collect()
        })
    }

    /// Line and column of a byte offset, both counted from 1, columns in characters.
    pub(crate) fn position(&self, offset: usize) -> (usize, usize) {
        let line = self.lines().partition_point(|start| *start <= offset);
        let start = self.lines().get(line.saturating_sub(1));
        let before = self.text.get(start.copied().unwrap_or(0)..offset);
        (line, before.map_or(0, |text| text.chars().count()) + 1)
    }

    /// The text of a line, counted from 1.
    pub(crate) fn line(&self, line: usize) -> &str {
        let start = self.lines().get(line.saturating_sub(1));
        let rest = self.text.get(start.copied().unwrap_or(0)..);
        rest.and_then(|text| text.lines().next())
            .unwrap_or_default()
    }
}

/// A stretch of bytes in a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}
