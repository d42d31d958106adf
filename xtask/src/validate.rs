//! Operations against their schema: GraphQL's own validation, then the house rules.

mod evidence;
mod house;
#[cfg(test)]
mod tests;

pub(crate) use house::snake_case;

use crate::problem::Problem;
use crate::projects::{Limits, Project};
use anyhow::{Context as _, Result};
use apollo_compiler::diagnostic::ToCliReport as _;
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::validation::DiagnosticList;
use apollo_compiler::{ExecutableDocument, Schema};
use std::ops::Range;
use std::path::Path;

/// A file and its text.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// Relative to the root of the work tree, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    fn read(root: &Path, path: &str) -> Result<Self> {
        let text = std::fs::read_to_string(root.join(path))
            .with_context(|| format!("cannot read {path}"))?;
        Ok(Self {
            path: path.to_owned(),
            text,
        })
    }

    /// A problem at a place in this file, or at its start when the place is unknown.
    fn problem(&self, location: Option<SourceSpan>, message: impl Into<String>) -> Problem {
        Problem::at(&self.path, &self.text, span(location), message)
    }
}

/// What was found about the operations of a project.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// Everything that has to be mended, in the order of the files.
    pub(crate) problems: Vec<Problem>,
    /// What is used although it is deprecated, where the file says why: a line for each.
    pub(crate) deprecated: Vec<String>,
}

/// Holds every operation of a project against its schema.
pub(crate) fn project(root: &Path, project: &Project) -> Result<Verdict> {
    let schema = Source::read(root, &project.schema)?;
    let documents = project.documents(root)?;
    let documents: Vec<Source> = documents
        .iter()
        .map(|path| Source::read(root, path))
        .collect::<Result<_>>()?;
    Ok(check(&schema, &documents, project.limits))
}

/// Judges the documents, or the schema alone when it is broken itself.
pub(crate) fn check(schema: &Source, documents: &[Source], limits: Limits) -> Verdict {
    let parsed = match Schema::parse_and_validate(&schema.text, &schema.path) {
        Ok(parsed) => parsed,
        Err(broken) => {
            let help = format!(
                "mend {} first: no operation can be checked against it",
                schema.path
            );
            let problems = problems(&broken.errors, &schema.path).into_iter();
            return Verdict {
                problems: problems.map(|it| it.help(help.clone())).collect(),
                deprecated: Vec::new(),
            };
        }
    };
    let mut verdict = Verdict::default();
    for source in documents {
        let found = &mut verdict.problems;
        let (document, errors) =
            match ExecutableDocument::parse_and_validate(&parsed, &source.text, &source.path) {
                Ok(document) => (document.into_inner(), None),
                Err(broken) => (broken.partial, Some(broken.errors)),
            };
        let sound = errors.is_none();
        let help = format!(
            "correct the operation or, where the vendor documents it, {}",
            schema.path
        );
        found.extend(
            errors
                .iter()
                .flat_map(|errors| problems(errors, &source.path))
                .map(|problem| problem.help(help.clone())),
        );
        found.extend(house::check(source, &document, sound, limits));
        evidence::check(source, &document, &parsed, &mut verdict);
    }
    verdict
}

/// GraphQL's own findings, each at its place; one without a place is a fault of the file as a whole.
pub(crate) fn problems(list: &DiagnosticList, file_name: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    for diagnostic in list.iter() {
        let location = diagnostic.error.location();
        let echo = diagnostic.error.unstable_error_name() == Some("MissingSubselection")
            && list
                .iter()
                .any(|other| encloses(location, other.error.location()));
        if echo {
            continue; // the selection is empty only because what it selects is wrong, which is reported
        }
        let message = diagnostic.error.to_string();
        let file = location.and_then(|it| diagnostic.sources.get(&it.file_id()));
        let problem = match file {
            Some(file) => Problem::at(
                &file.path().to_string_lossy(),
                file.source_text(),
                span(location),
                message,
            ),
            None => Problem::of_file(file_name, message),
        };
        if !found.contains(&problem) {
            found.push(problem);
        }
    }
    found
}

fn encloses(outer: Option<SourceSpan>, inner: Option<SourceSpan>) -> bool {
    let (outer, inner) = (span(outer), span(inner));
    outer != inner && outer.start <= inner.start && inner.end <= outer.end
}

fn span(location: Option<SourceSpan>) -> Range<usize> {
    location.map_or(0..0, |it| it.offset()..it.end_offset())
}
