//! A fault in a file of the tree, printed with its place, a caret and the remedy.

use std::fmt;
use std::ops::Range;

/// Something to mend, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Relative to the root of the work tree, with `/`.
    path: String,
    /// From 1.
    line: usize,
    /// In characters, from 1.
    column: usize,
    message: String,
    /// The line itself and how many of its characters the caret underlines.
    excerpt: Option<(String, usize)>,
    help: Option<String>,
}

impl Problem {
    /// A fault at a range of bytes of a file's text.
    pub(crate) fn at(
        path: &str,
        text: &str,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        let start = floor_char_boundary(text, span.start);
        let end = floor_char_boundary(text, span.end.max(start));
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_text = text
            .get(line_start..)
            .unwrap_or_default()
            .lines()
            .next()
            .unwrap_or_default();
        let marked = text
            .get(start..end)
            .unwrap_or_default()
            .lines()
            .next()
            .unwrap_or_default();
        Self {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: text
                .get(line_start..start)
                .unwrap_or_default()
                .chars()
                .count()
                + 1,
            message: message.into(),
            excerpt: Some((
                line_text.trim_end().to_owned(),
                marked.chars().count().max(1),
            )),
            help: None,
        }
    }

    /// A fault of one line, counted from 1.
    pub(crate) fn on_line(path: &str, line: usize, text: &str, message: impl Into<String>) -> Self {
        let indent = text.chars().take_while(|c| c.is_whitespace()).count();
        let trimmed = text.trim_end();
        Self {
            path: path.to_owned(),
            line,
            column: indent + 1,
            message: message.into(),
            excerpt: Some((
                trimmed.to_owned(),
                trimmed.chars().count().saturating_sub(indent).max(1),
            )),
            help: None,
        }
    }

    /// A fault of a file as a whole.
    pub(crate) fn of_file(path: &str, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: 1,
            column: 1,
            message: message.into(),
            excerpt: None,
            help: None,
        }
    }

    /// Says how to mend it.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Orders problems by file, then by place.
    pub(crate) fn place(&self) -> (&str, usize, usize) {
        (&self.path, self.line, self.column)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            line,
            column,
            message,
            excerpt,
            help,
        } = self;
        let gutter = " ".repeat(line.to_string().len());
        writeln!(f, "error: {message}")?;
        write!(f, "{gutter}--> {path}:{line}:{column}")?;
        if let Some((text, width)) = excerpt {
            let indent: String = text
                .chars()
                .take(column - 1)
                .map(|c| if c == '\t' { '\t' } else { ' ' })
                .collect();
            write!(
                f,
                "\n{gutter} |\n{line} | {text}\n{gutter} | {indent}{}",
                "^".repeat(*width)
            )?;
        }
        if let Some(help) = help {
            write!(f, "\n{gutter} = help: {help}")?;
        }
        Ok(())
    }
}

/// Prints every problem to standard error, in order, and fails if there is one.
#[expect(clippy::print_stderr, reason = "problems are what the verb prints")]
pub(crate) fn report(mut problems: Vec<Problem>, what: &str) -> anyhow::Result<()> {
    problems.sort_by(|a, b| a.place().cmp(&b.place()));
    for problem in &problems {
        eprintln!("{problem}\n");
    }
    match problems.len() {
        0 => Ok(()),
        1 => anyhow::bail!("1 problem in {what}"),
        count => anyhow::bail!("{count} problems in {what}"),
    }
}

fn floor_char_boundary(text: &str, index: usize) -> usize {
    let index = index.min(text.len());
    (0..=index)
        .rev()
        .find(|&i| text.is_char_boundary(i))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_shows_its_place_the_line_and_the_remedy() {
        let text = "query A {\n  näme titel\n}\n";
        let start = text.find("titel").unwrap();
        let problem = Problem::at("queries/a.graphql", text, start..start + 5, "no such field")
            .help("spell it right");
        assert_eq!(
            problem.to_string(),
            "error: no such field\n --> queries/a.graphql:2:8\n  |\n2 |   näme titel\n  |        ^^^^^\n  = help: spell it right"
        );
    }

    #[test]
    fn a_span_beyond_the_text_points_at_its_end() {
        let problem = Problem::at("a", "x", 5..9, "gone");
        assert_eq!(problem.place(), ("a", 1, 2));
    }
}
