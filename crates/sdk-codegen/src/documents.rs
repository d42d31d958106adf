//! Operation files: finding them, reading them, and the rules about what is in one.

use std::{collections::BTreeMap, fs, path::Path, rc::Rc};

use crate::{
    error::Error,
    rust::{camel, module, snake, type_name},
    source::{Source, Span},
    syntax::{self, Document, Kind, Operation},
};

/// A longer operation is a mistake: the largest that people write are a tenth of it.
const MAX_BYTES: usize = 1_000_000;

/// A parsed operation file.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) source: Rc<Source>,
    pub(crate) document: Document,
}

impl File {
    /// The only operation of the file.
    pub(crate) fn operation(&self) -> Option<&Operation> {
        self.document.operations.first()
    }
}

/// Reads a text file, with a message that names it.
pub(crate) fn read(path: &Path, name: &str) -> Result<Rc<Source>, Error> {
    let bytes =
        fs::read(path).map_err(|error| Error::in_file(name, format!("cannot be read: {error}")))?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Source::new(name, text)),
        Err(error) => Err(not_utf_8(&bytes, error.valid_up_to(), name)),
    }
}

/// Says where the first byte is that cannot be read, or which encoding the whole file has.
fn not_utf_8(bytes: &[u8], valid: usize, name: &str) -> Error {
    if matches!(bytes, [0xfe, 0xff, ..] | [0xff, 0xfe, ..]) {
        return Error::in_file(name, "is in UTF-16").help("save the file as UTF-8");
    }
    let rest = bytes.get(valid..).unwrap_or_default();
    let line_end = rest.iter().position(|byte| *byte == b'\n');
    let shown = bytes.get(..valid + line_end.unwrap_or(rest.len()));
    let text = String::from_utf8_lossy(shown.unwrap_or_default());
    let place = Span {
        start: valid,
        end: valid + char::REPLACEMENT_CHARACTER.len_utf8(),
    };
    let message = format!("is not UTF-8: byte {valid} is not part of any character");
    Error::at(&Source::new(name, &text), place, message).help("save the file as UTF-8")
}

/// The `.graphql` files of a folder, sorted by name: path and name for messages.
pub(crate) fn list(folder: &Path, name: &str) -> Result<Vec<(std::path::PathBuf, String)>, Error> {
    let entries = fs::read_dir(folder)
        .map_err(|error| Error::in_file(name, format!("cannot be listed: {error}")))?;
    let mut files: Vec<_> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "graphql")
        })
        .map(|path| {
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            let name = format!("{name}/{file}");
            (path, name)
        })
        .collect();
    files.sort();
    Ok(files)
}

/// Parses a file and checks the rules about files: one named operation, named like the file.
pub(crate) fn parse(source: Rc<Source>) -> Result<File, Vec<Error>> {
    if source.text.len() > MAX_BYTES {
        let message = format!(
            "holds {} bytes, and an operation has at most {MAX_BYTES}",
            source.text.len()
        );
        return Err(vec![
            Error::in_file(&source.name, message).help("split it into several operations"),
        ]);
    }
    let document = syntax::parse_document(&source)?;
    let mut errors = Vec::new();
    let [operation] = document.operations.as_slice() else {
        return Err(vec![match document.operations.get(1) {
            Some(second) => Error::at(&source, keyword(second), "a second operation in one file")
                .help("one operation per file: move it to a file of its own"),
            None => Error::in_file(&source.name, "holds no operation")
                .help("each file holds one query or mutation, and the fragments it uses"),
        }]);
    };
    if operation.kind == Kind::Subscription {
        errors.push(
            Error::at(
                &source,
                keyword(operation),
                "subscriptions are not supported",
            )
            .help("operations go over plain HTTP requests; use a query or a mutation"),
        );
    }
    match &operation.name {
        None => errors.push(
            Error::at(&source, keyword(operation), "the operation has no name").help(format!(
                "name it after the file: `{} {} {{ … }}`",
                operation.kind.keyword(),
                camel(source.stem())
            )),
        ),
        Some(name) if snake(&name.text) != source.stem() => errors.push(
            Error::at(
                &source,
                name.span,
                format!("operation `{}` is in a file of another name", name.text),
            )
            .help(format!(
                "rename the file to `{}.graphql`",
                snake(&name.text)
            )),
        ),
        Some(_) => {}
    }
    if errors.is_empty() {
        Ok(File { source, document })
    } else {
        Err(errors)
    }
}

/// Operations of different names whose names in Rust are the same, each reported where it is named.
pub(crate) fn collisions(files: &[File]) -> Vec<Error> {
    let mut known: BTreeMap<String, &File> = BTreeMap::new();
    let mut errors = Vec::new();
    for file in files {
        let Some(name) = file.operation().and_then(|it| it.name.as_ref()) else {
            continue;
        };
        // The struct, and the module and its file.
        for rust in [type_name(&name.text), module(&name.text)] {
            let Some(earlier) = known.insert(rust.clone(), file) else {
                continue;
            };
            errors.push(
                Error::at(
                    &file.source,
                    name.span,
                    format!(
                        "`{}` is `{rust}` in Rust, as is the operation of {}",
                        name.text, earlier.source.name
                    ),
                )
                .help("rename one of the two operations, and its file"),
            );
            break;
        }
    }
    errors
}

/// The place of an operation's first word.
fn keyword(operation: &Operation) -> Span {
    let length = operation
        .name
        .as_ref()
        .map_or(1, |_| operation.kind.keyword().len());
    Span {
        start: operation.span.start,
        end: operation.span.start + length,
    }
}
