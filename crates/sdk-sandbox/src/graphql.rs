//! The GraphQL engine: parses, validates and executes documents against a checked-in schema.
//!
//! apollo-compiler does the work; this adapter keeps validated documents by their text, sets limits,
//! and mends two things: a variable that was not given inside an input object leaves its member out
//! (the engine makes it null, which a filter of this API reads as "is absent"), and field errors may
//! carry a code in their `extensions`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use apollo_compiler::ast;
use apollo_compiler::executable::{OperationType, Selection, SelectionSet};
use apollo_compiler::introspection::check_max_depth;
use apollo_compiler::parser::Parser;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::resolvers::{Execution, FieldError, ObjectValue, ResolveInfo};
use apollo_compiler::response::{ExecutionResponse, GraphQLError, JsonMap, JsonValue};
use apollo_compiler::schema::Implementers;
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{ExecutableDocument, Name, Schema};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::data::select::QueryError;

/// Levels of nested selections a document may have.
const MAX_DEPTH: usize = 24;

/// Nested brackets and braces the parser follows.
const MAX_RECURSION: usize = 64;

/// Lexical tokens of one document: some five thousand people to match.
const MAX_TOKENS: usize = 200_000;

/// Validated documents kept at a time; when there would be more, all are dropped.
const MAX_DOCUMENTS: usize = 512;

/// Separates the code of a field error from its message, on their way through the engine.
const CODE_MARK: char = '\u{1f}';

/// A GraphQL request as it comes in the body of a POST.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    pub(crate) query: String,
    #[serde(default)]
    pub(crate) variables: Option<JsonMap>,
    #[serde(default)]
    pub(crate) operation_name: Option<String>,
}

/// The body of a POST is no GraphQL request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotARequest;

impl Request {
    pub(crate) fn read(body: &[u8]) -> Result<Self, NotARequest> {
        serde_json::from_slice(body).map_err(|_| NotARequest)
    }
}

/// A GraphQL response. A request error leaves `data` out altogether.
#[derive(Debug, Serialize)]
pub(crate) struct Response {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<GraphQLError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<Option<JsonMap>>,
}

/// A schema that is ready to answer.
pub(crate) struct Engine {
    schema: Valid<Schema>,
    implementers: apollo_compiler::collections::HashMap<Name, Implementers>,
    documents: Mutex<HashMap<String, Arc<Valid<ExecutableDocument>>>>,
}

/// A request whose document is valid and whose variables fit.
pub(crate) struct Prepared {
    document: Arc<Valid<ExecutableDocument>>,
    operation_name: Option<String>,
    operation_type: OperationType,
    variables: Valid<JsonMap>,
}

impl Prepared {
    pub(crate) fn is_mutation(&self) -> bool {
        self.operation_type == OperationType::Mutation
    }

    /// Whether the document defines fragments with names.
    pub(crate) fn has_named_fragments(&self) -> bool {
        !self.document.fragments.is_empty()
    }

    /// The deprecated fields that the operation selects outside of named fragments: name and reason.
    pub(crate) fn deprecated_fields(&self) -> Vec<(String, String)> {
        let name = self.operation_name.as_deref();
        let mut found = Vec::new();
        if let Ok(operation) = self.document.operations.get(name) {
            deprecated_fields(&operation.selection_set, &mut found);
        }
        found
    }

    pub(crate) fn variables(&self) -> &JsonMap {
        &self.variables
    }
}

impl Response {
    /// The response as JSON.
    pub(crate) fn into_body(self) -> Bytes {
        serde_json::to_vec(&self).unwrap_or_default().into()
    }

    fn refused(errors: Vec<GraphQLError>) -> Self {
        Self { errors, data: None }
    }

    fn refused_because(message: impl Into<String>) -> Self {
        Self::refused(vec![GraphQLError::new(message, None, &Default::default())])
    }
}

impl Engine {
    /// Parses and validates a schema; the error is the engine's report.
    pub(crate) fn new(sdl: &str, path: &str) -> Result<Self, String> {
        let schema = Schema::parse_and_validate(sdl, path).map_err(|error| error.to_string())?;
        let implementers = schema.implementers_map();
        Ok(Self {
            schema,
            implementers,
            documents: Mutex::default(),
        })
    }

    /// Validates a request, or says in a GraphQL response why it is refused.
    pub(crate) fn prepare(&self, request: Request) -> Result<Prepared, Response> {
        let document = self.document(&request.query)?;
        let refuse = |error: apollo_compiler::request::RequestError| {
            Response::refused(vec![error.to_graphql_error(&document.sources)])
        };
        let operation = document.operations.get(request.operation_name.as_deref());
        let operation = operation.map_err(refuse)?;
        check_max_depth(&document, operation).map_err(refuse)?;
        let given = request.variables.unwrap_or_default();
        let variables = coerce_variable_values(&self.schema, operation, &given).map_err(refuse)?;
        let operation_type = operation.operation_type;
        let operation_name = request.operation_name;
        Ok(Prepared {
            document,
            operation_name,
            operation_type,
            variables,
        })
    }

    /// The name of the type that a prepared request starts from.
    pub(crate) fn root_name(&self, prepared: &Prepared) -> &str {
        // A valid document has only operations whose root the schema has.
        let root = self.schema.root_operation(prepared.operation_type);
        root.map_or("Query", |it| it.as_str())
    }

    /// Executes a prepared request from a root object of its operation's type.
    pub(crate) fn execute(&self, prepared: &Prepared, root: &dyn ObjectValue) -> Response {
        let document = &prepared.document;
        let execution = Execution::new(&self.schema, document)
            .implementers_map(&self.implementers)
            .coerced_variable_values(&prepared.variables)
            .enable_schema_introspection(true)
            .operation_name(prepared.operation_name.as_deref());
        match execution.and_then(|execution| execution.execute_sync(root)) {
            Ok(ExecutionResponse { mut errors, data }) => {
                errors.iter_mut().for_each(restore_code);
                Response {
                    errors,
                    data: Some(data),
                }
            }
            Err(error) => Response::refused(vec![error.to_graphql_error(&document.sources)]),
        }
    }

    fn document(&self, text: &str) -> Result<Arc<Valid<ExecutableDocument>>, Response> {
        let known = self
            .documents
            .lock()
            .ok()
            .and_then(|known| known.get(text).cloned());
        if let Some(document) = known {
            return Ok(document);
        }
        let document = self.validate(text).map_err(Response::refused)?;
        for operation in document.operations.iter() {
            if depth(&document, &operation.selection_set, &mut HashMap::new()) > MAX_DEPTH {
                return Err(Response::refused_because(format!(
                    "the document nests more than {MAX_DEPTH} levels of selections"
                )));
            }
        }
        let document = Arc::new(document);
        if let Ok(mut known) = self.documents.lock() {
            if known.len() >= MAX_DOCUMENTS {
                known.clear();
            }
            known.insert(text.to_owned(), document.clone());
        }
        Ok(document)
    }

    fn validate(&self, text: &str) -> Result<Valid<ExecutableDocument>, Vec<GraphQLError>> {
        let mut parser = Parser::new()
            .recursion_limit(MAX_RECURSION)
            .token_limit(MAX_TOKENS);
        let report = |errors: &DiagnosticList| errors.iter().map(|error| error.to_json()).collect();
        let parsed = parser.parse_executable(&self.schema, text, "document.graphql");
        let document = parsed.map_err(|invalid| report(&invalid.errors))?;
        document
            .validate(&self.schema)
            .map_err(|invalid| report(&invalid.errors))
    }
}

fn deprecated_fields(set: &SelectionSet, found: &mut Vec<(String, String)>) {
    for selection in &set.selections {
        match selection {
            Selection::Field(field) => {
                if let Some(directive) = field.definition.directives.get("deprecated") {
                    let reason = directive.specified_argument_by_name("reason");
                    let reason = reason
                        .and_then(|reason| reason.as_str())
                        .unwrap_or_default();
                    found.push((field.name.to_string(), reason.to_owned()));
                }
                deprecated_fields(&field.selection_set, found);
            }
            Selection::InlineFragment(inline) => deprecated_fields(&inline.selection_set, found),
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// Levels of nested selections. A fragment counts with what it holds, and is measured once however often
/// it is spread; validation has made sure that it does not hold itself.
fn depth<'a>(
    document: &'a ExecutableDocument,
    set: &'a SelectionSet,
    measured: &mut HashMap<&'a str, usize>,
) -> usize {
    let depths = set.selections.iter().map(|selection| match selection {
        Selection::Field(field) if field.selection_set.is_empty() => 0,
        Selection::Field(field) => 1 + depth(document, &field.selection_set, measured),
        Selection::InlineFragment(inline) => depth(document, &inline.selection_set, measured),
        Selection::FragmentSpread(spread) => {
            if let Some(known) = measured.get(spread.fragment_name.as_str()) {
                return *known;
            }
            let Some(fragment) = spread.fragment_def(document) else {
                return 0;
            };
            let found = depth(document, &fragment.selection_set, measured);
            measured.insert(&spread.fragment_name, found);
            found
        }
    });
    depths.max().unwrap_or(0)
}

/// A field error whose message reaches the client as it is, with a code in its `extensions`.
#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
pub(crate) fn field_error(error: QueryError) -> FieldError {
    let code = error.code.unwrap_or_default();
    FieldError {
        message: format!("{code}{CODE_MARK}{}", error.message),
    }
}

fn restore_code(error: &mut GraphQLError) {
    let Some(message) = error.message.strip_prefix("resolver error: ") else {
        return;
    };
    let (code, message) = message.split_once(CODE_MARK).unwrap_or(("", message));
    if !code.is_empty() {
        error.extensions.insert("code", JsonValue::from(code));
    }
    error.message = message.to_owned();
}

/// The arguments of a field as the caller gave them: members whose variable was not given are left
/// out, as the GraphQL specification says under "Input Objects, Input Coercion".
pub(crate) fn arguments<'a>(info: &ResolveInfo<'a>, variables: &JsonMap) -> Cow<'a, JsonMap> {
    let given = info
        .field_selections()
        .first()
        .map_or(&[][..], |field| field.arguments.as_slice());
    let absent = |argument: &&apollo_compiler::Node<ast::Argument>| {
        has_absent_member(&argument.value, variables)
    };
    if !given.iter().any(|argument| absent(&argument)) {
        return Cow::Borrowed(info.arguments());
    }
    let mut arguments = info.arguments().clone();
    for argument in given.iter().filter(absent) {
        if let Some(value) = arguments.get_mut(argument.name.as_str()) {
            remove_absent_members(&argument.value, value, variables);
        }
    }
    Cow::Owned(arguments)
}

fn is_absent(value: &ast::Value, variables: &JsonMap) -> bool {
    value
        .as_variable()
        .is_some_and(|name| !variables.contains_key(name.as_str()))
}

fn has_absent_member(value: &ast::Value, variables: &JsonMap) -> bool {
    match value {
        ast::Value::Object(members) => members.iter().any(|(_, member)| {
            is_absent(member, variables) || has_absent_member(member, variables)
        }),
        ast::Value::List(items) => items.iter().any(|item| has_absent_member(item, variables)),
        _ => false,
    }
}

fn remove_absent_members(literal: &ast::Value, value: &mut JsonValue, variables: &JsonMap) {
    match (literal, value) {
        (ast::Value::Object(members), JsonValue::Object(object)) => {
            for (name, member) in members {
                if is_absent(member, variables) {
                    object.remove(name.as_str());
                } else if let Some(value) = object.get_mut(name.as_str()) {
                    remove_absent_members(member, value, variables);
                }
            }
        }
        (ast::Value::List(items), JsonValue::Array(values)) => {
            for (item, value) in items.iter().zip(values) {
                remove_absent_members(item, value, variables);
            }
        }
        // One value where a list is expected has been made a list of one.
        (ast::Value::Object(_), JsonValue::Array(values)) => {
            if let Some(value) = values.first_mut() {
                remove_absent_members(literal, value, variables);
            }
        }
        _ => {}
    }
}
