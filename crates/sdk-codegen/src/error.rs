//! What is wrong with a schema or a document, where, and what to do about it.

use std::{fmt, rc::Rc};

use crate::source::{Source, Span};

/// Everything that was found wrong, in the order of the files.
///
/// `Display` prints each error with its file, line, column and the line itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errors(Vec<Error>);

impl Errors {
    pub(crate) fn new(errors: Vec<Error>) -> Self {
        Self(errors)
    }

    /// The errors one by one; there is at least one.
    pub fn iter(&self) -> std::slice::Iter<'_, Error> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Errors {
    type Item = &'a Error;
    type IntoIter = std::slice::Iter<'a, Error>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Errors {}

/// One thing that is wrong, with its place and, where one is known, its remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    message: String,
    file: String,
    place: Option<Place>,
    help: Option<String>,
}

/// A position with the line it is on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    line: usize,
    column: usize,
    width: usize,
    text: String,
}

impl Error {
    /// An error at a place in a source.
    pub(crate) fn at(source: &Rc<Source>, span: Span, message: impl Into<String>) -> Self {
        let (line, column) = source.position(span.start);
        let text = source.line(line).to_owned();
        let length = source.text.get(span.start..span.end).map_or(0, |text| {
            text.lines()
                .next()
                .unwrap_or_default()
                .trim_end()
                .chars()
                .count()
        });
        let rest = text.chars().count().saturating_sub(column - 1);
        Self {
            message: message.into(),
            file: source.name.clone(),
            place: Some(Place {
                line,
                column,
                width: length.min(rest).max(1),
                text,
            }),
            help: None,
        }
    }

    /// An error of a whole file or folder.
    pub(crate) fn in_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            file: file.into(),
            place: None,
            help: None,
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What is wrong, in one clause.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The file, as it was given to the generator.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Line and column, counted from 1; `None` when the whole file is meant.
    pub fn position(&self) -> Option<(usize, usize)> {
        self.place.as_ref().map(|place| (place.line, place.column))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: {}", self.message)?;
        let Some(place) = &self.place else {
            writeln!(f, "  --> {}", self.file)?;
            if let Some(help) = &self.help {
                writeln!(f, "  = help: {help}")?;
            }
            return Ok(());
        };
        let number = place.line.to_string();
        let gutter = " ".repeat(number.len());
        let indent: String = place
            .text
            .chars()
            .take(place.column - 1)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        writeln!(
            f,
            "{gutter}--> {}:{}:{}",
            self.file, place.line, place.column
        )?;
        writeln!(f, "{gutter} |")?;
        writeln!(f, "{number} | {}", place.text)?;
        writeln!(f, "{gutter} | {indent}{}", "^".repeat(place.width))?;
        if let Some(help) = &self.help {
            writeln!(f, "{gutter} = help: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
