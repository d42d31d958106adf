//! The properties.

use std::{collections::BTreeMap, path::Path};

use apollo_compiler::{
    ExecutableDocument, Name, Schema, executable::SelectionSet, validation::Valid,
};
use sdk_graphql::DecodeError;

use crate::{
    Failure, Scalar, Subject,
    generate::{Server, Source, data},
    response::{HoleKind, Node, difference},
};

/// Cases of one operation and property, unless `SDK_PROPERTY_CASES` says otherwise.
const CASES: u64 = 24;

/// Places that are left empty in one response.
const HOLES: usize = 8;

/// A schema and the operations on it.
#[derive(Debug)]
pub struct Properties {
    schema: Valid<Schema>,
    /// The object types of each interface and union.
    possible: BTreeMap<Name, Vec<Name>>,
    scalars: BTreeMap<&'static str, Scalar>,
    operations: Vec<Parsed>,
}

#[derive(Debug)]
struct Parsed {
    subject: Subject,
    document: Valid<ExecutableDocument>,
}

impl Properties {
    /// The properties of these operations.
    ///
    /// # Errors
    ///
    /// When the schema or a document is not valid.
    pub fn new(schema: &str, subjects: Vec<Subject>) -> Result<Self, Failure> {
        // A directive of the specification that apollo-compiler does not have built in.
        let one_of = match schema.contains("directive @oneOf") {
            true => "",
            false => "directive @oneOf on INPUT_OBJECT",
        };
        let schema = Schema::parse_and_validate(format!("{schema}\n{one_of}"), "schema.graphql")
            .map_err(|error| Failure::new(error.to_string()))?;
        let operations = subjects
            .into_iter()
            .map(|subject| {
                let Subject { file, document, .. } = subject;
                ExecutableDocument::parse_and_validate(&schema, document, file)
                    .map(|document| Parsed { subject, document })
                    .map_err(|error| Failure::new(error.to_string()))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            possible: possible(&schema),
            schema,
            scalars: BTreeMap::new(),
            operations,
        })
    }

    /// How a scalar of the schema is mapped. Default: any JSON, and `DateTime` and `Date` as the generator
    /// maps them.
    #[must_use]
    pub fn scalar(mut self, name: &'static str, scalar: Scalar) -> Self {
        self.scalars.insert(name, scalar);
        self
    }

    /// The operations are those of a folder, one for each of its files.
    ///
    /// # Errors
    ///
    /// When the folder has a file without an operation here, or an operation has no file there.
    pub fn cover(&self, folder: &Path) -> Result<(), Failure> {
        let entries = std::fs::read_dir(folder)
            .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
        let mut files: Vec<String> = entries
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name.ends_with(".graphql"))
            .collect();
        files.sort();
        let mut tested: Vec<&str> = self.operations.iter().map(|it| it.subject.file).collect();
        tested.sort_unstable();
        if tested.is_empty() || files != tested {
            return Err(Failure::new(format!(
                "the files are {files:?}, and those tested {tested:?}"
            )));
        }
        Ok(())
    }

    /// What the schema allows decodes, and is the same JSON when it is encoded again.
    ///
    /// Absent is as good as null, numbers are compared by their value, and dates come back in UTC.
    ///
    /// # Errors
    ///
    /// When a response does not decode, or comes back as something else.
    pub fn valid_responses_survive(&self) -> Result<(), Failure> {
        self.survive(Server::Exact)
    }

    /// Responses of a server that has gone on decode, and what was asked for comes back.
    ///
    /// They have unknown enum values and types, more keys and in another order, numbers for IDs, integers
    /// of 64 bits, and scalars of any type where the schema marks a type as a guess.
    ///
    /// # Errors
    ///
    /// When a response does not decode, or what was asked for comes back as something else.
    pub fn responses_of_a_newer_server_survive(&self) -> Result<(), Failure> {
        self.survive(Server::Newer)
    }

    /// A response to each operation that the schema allows, by the operation's file.
    ///
    /// # Errors
    ///
    /// When a file has not exactly one operation.
    pub fn responses(&self, seed: u64) -> Result<BTreeMap<&'static str, String>, Failure> {
        let response = |operation: &Parsed| {
            let root = self.root(operation)?;
            let data = data(self.source(operation), root, Server::Exact, seed);
            Ok((operation.subject.file, body(&data, Server::Exact)))
        };
        self.operations.iter().map(response).collect()
    }

    fn survive(&self, server: Server) -> Result<(), Failure> {
        for operation in &self.operations {
            let root = self.root(operation)?;
            for seed in seeds()? {
                let data = data(self.source(operation), root, server, seed);
                let sent = body(&data, server);
                let fail =
                    |what: &str| Err(Failure::of_case(operation.subject.file, seed, what, &sent));
                match (operation.subject.decode)(sent.as_bytes()) {
                    Err(error) => {
                        let error =
                            DecodeError::of_body("it", "the server", sent.as_bytes(), &error);
                        return fail(&error.to_string());
                    }
                    Ok(None) => return fail("the data is lost"),
                    Ok(Some(found)) => {
                        if let Some(what) = difference("data", &data.kept(), &found) {
                            return fail(&what);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// A response that lacks what the schema promises is an error that says where, and which key.
    ///
    /// Nulls where there may be none are refused alike. A guess of the schema counts as a promise only
    /// where it is of a text.
    ///
    /// # Errors
    ///
    /// When such a response decodes or its error names another place, or when not one response of all
    /// operations has such a place.
    pub fn broken_promises_are_named(&self) -> Result<(), Failure> {
        let mut tried = 0;
        for operation in &self.operations {
            let root = self.root(operation)?;
            for seed in seeds()? {
                let data = data(self.source(operation), root, Server::Exact, seed);
                let mut holes = data.holes("data");
                fastrand::Rng::with_seed(seed).shuffle(&mut holes);
                for hole in holes.iter().take(HOLES) {
                    let sent = body(&data.without(hole), Server::Exact);
                    tried += 1;
                    let fail = |what: String| {
                        let what = format!("{:?} at {}: {what}", hole.kind, hole.path);
                        Err(Failure::of_case(operation.subject.file, seed, &what, &sent))
                    };
                    let error = match (operation.subject.decode)(sent.as_bytes()) {
                        Ok(_) => return fail("it decodes".to_owned()),
                        Err(error) => error,
                    };
                    let error = DecodeError::of_body("it", "the server", sent.as_bytes(), &error);
                    let names_key = match &hole.kind {
                        HoleKind::Missing(key) => error.reason().contains(&format!("`{key}`")),
                        HoleKind::Null => true,
                    };
                    if error.path() != hole.path || !names_key {
                        return fail(error.to_string());
                    }
                }
            }
        }
        match tried {
            0 => Err(Failure::new("no operation has a field that must be there")),
            _ => Ok(()),
        }
    }

    fn source<'a>(&'a self, operation: &'a Parsed) -> Source<'a> {
        Source {
            schema: &self.schema,
            document: &operation.document,
            possible: &self.possible,
            scalars: &self.scalars,
        }
    }

    fn root<'a>(&self, operation: &'a Parsed) -> Result<&'a SelectionSet, Failure> {
        let operations = &operation.document.operations;
        match operations.get(None) {
            Ok(operation) => Ok(&operation.selection_set),
            Err(_) => Err(Failure::new(format!(
                "{} has not exactly one operation",
                operation.subject.file
            ))),
        }
    }
}

/// The object types of each interface and union.
fn possible(schema: &Schema) -> BTreeMap<Name, Vec<Name>> {
    let objects = || schema.types.iter().filter(|(_, ty)| ty.is_object());
    let abstracts = schema
        .types
        .iter()
        .filter(|(_, ty)| ty.is_interface() || ty.is_union());
    abstracts
        .map(|(name, _)| {
            let members = objects().filter(|(object, _)| schema.is_subtype(name, object));
            (
                name.clone(),
                members.map(|(object, _)| object.clone()).collect(),
            )
        })
        .collect()
}

/// The response around the data.
fn body(data: &Node, server: Server) -> String {
    let data = data.text();
    match server {
        Server::Exact => format!(r#"{{"data":{data}}}"#),
        Server::Newer => format!(r#"{{"addedLater":[{{}}],"extensions":{{"a":1}},"data":{data}}}"#),
    }
}

/// The seeds of the cases: the same in every run.
fn seeds() -> Result<Vec<u64>, Failure> {
    if let Some(seed) = variable("SDK_PROPERTY_SEED")? {
        return Ok(vec![seed]);
    }
    Ok((0..variable("SDK_PROPERTY_CASES")?.unwrap_or(CASES)).collect())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a knob of tests, which is no configuration of a client"
)]
fn variable(name: &str) -> Result<Option<u64>, Failure> {
    match std::env::var(name) {
        Err(_) => Ok(None),
        Ok(text) => match text.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(Failure::new(format!("{name} is not a number: {text}"))),
        },
    }
}
