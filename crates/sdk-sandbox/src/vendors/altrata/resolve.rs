//! Answers root fields, and gives errors the shape that the vendor's have.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Server;
use super::node::resolved;
use super::paging::page;
use super::people::{People, RESTRICTED};
use super::service::Service;
use crate::data::select::QueryError;
use crate::graphql::{self, NotARequest, Prepared, arguments, field_error};

/// Ids that one bulk call may have ("Profile API" on docs.altrata.com).
const MAX_BULK_IDS: usize = 100;

/// Executes a request and gives the body of its answer.
pub(super) fn answer(server: &Server, service: Service, body: &[u8]) -> Result<Bytes, NotARequest> {
    let request = graphql::Request::read(body)?;
    let Ok(engine) = service.engine() else {
        return Err(NotARequest);
    };
    let (response, deprecated) = match engine.prepare(request) {
        Err(refused) => (refused, Vec::new()),
        Ok(prepared) if prepared.has_named_fragments() => {
            return Ok(named_fragments());
        }
        Ok(prepared) => {
            let root = Root {
                server,
                prepared: &prepared,
            };
            let response = engine.execute(&prepared, &root);
            (response, prepared.deprecated_fields())
        }
    };
    Ok(in_vendors_shape(&response.into_body(), &deprecated))
}

/// Named fragments make the whole request fail ("Errors, Warnings and Limits" on docs.altrata.com).
fn named_fragments() -> Bytes {
    let error = json!({
        "message": "fragment spreads are not supported, use inline fragments",
        "errorType": "GenericError",
        "errorInfo": null,
        "data": null,
        "path": null,
        "locations": null,
    });
    Bytes::from(json!({"data": null, "errors": [error]}).to_string())
}

/// Puts the kind of an error beside its message, and adds an error for each deprecated field.
fn in_vendors_shape(body: &Bytes, deprecated: &[(String, String)]) -> Bytes {
    let Ok(Value::Object(mut response)) = serde_json::from_slice(body) else {
        return body.clone();
    };
    let mut errors = match response.remove("errors") {
        Some(Value::Array(errors)) => errors,
        _ => Vec::new(),
    };
    for error in &mut errors {
        let Some(members) = error.as_object_mut() else {
            continue;
        };
        let extensions = members.remove("extensions");
        let kind = extensions
            .as_ref()
            .and_then(|extensions| extensions.get("code"))
            .cloned();
        let kind = kind.unwrap_or_else(|| json!("ValidationError"));
        members.insert("errorType".to_owned(), kind);
        members.insert("errorInfo".to_owned(), Value::Null);
        members.insert("data".to_owned(), Value::Null);
    }
    errors.extend(deprecated.iter().map(|(field, reason)| {
        json!({
            "message": format!("{field} is deprecated: {reason}"),
            "errorType": "DEPRECATED",
            "errorInfo": null,
            "data": null,
            "path": null,
            "locations": null,
        })
    }));
    if !errors.is_empty() {
        response.insert("errors".to_owned(), Value::Array(errors));
        response.entry("data").or_insert(Value::Null);
    }
    Bytes::from(Value::Object(response).to_string())
}

struct Root<'a> {
    server: &'a Server,
    prepared: &'a Prepared,
}

impl ObjectValue for Root<'_> {
    fn type_name(&self) -> &str {
        if self.prepared.is_mutation() {
            "Mutation"
        } else {
            "Query"
        }
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        if info.field_name() == "debug" {
            return Ok(ResolvedValue::Object(Box::new(Debug)));
        }
        let given = arguments(info, self.prepared.variables());
        let given = serde_json::to_value(&*given).unwrap_or_default();
        Ok(resolved(self.root(info.field_name(), &given)))
    }
}

impl Root<'_> {
    fn root(&self, field: &str, given: &Value) -> Value {
        let server = self.server;
        let people = &server.people;
        let text = |path: &str| {
            given
                .pointer(path)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        match field {
            "personIdSearch" => match text("/id") {
                RESTRICTED => json!({
                    "__typename": "AuthorizationError",
                    "authorizationErrorCode": "NOT_IN_SUBSCRIPTION",
                }),
                id => people.number(id).map_or(Value::Null, People::person),
            },
            "personBulkIdSearch" => self.bulk(given),
            "personKeywordSearch" => {
                let words = text("/filter/searchKeyword");
                let found = people.search(words).into_iter().map(People::person);
                self.list(
                    "PersonPagedResult",
                    "items",
                    field,
                    words,
                    found.collect(),
                    given,
                )
            }
            "organizationKeywordSearch" => {
                let words = text("/filter/searchKeyword");
                let found = people.search_organizations(words);
                self.list(
                    "OrganizationPagedResult",
                    "items",
                    field,
                    words,
                    found,
                    given,
                )
            }
            "events" => match people.announcements(text("/altrataId")) {
                Some(found) => self.list(
                    "EventsResponse",
                    "events",
                    field,
                    text("/altrataId"),
                    found,
                    given,
                ),
                None => self.refusal("ValidationError", "altrataId names nobody"),
            },
            "personsMatch" => self.submit(given),
            "requestStatus" => match server.jobs.look(text("/input/requestId")) {
                Some((status, description)) => json!({
                    "__typename": "StatusDescription",
                    "status": status,
                    "description": description,
                }),
                None => self.refusal("ValidationError", "requestId names no job"),
            },
            "personUniqueMatches" => match server.jobs.results(text("/input/requestId")) {
                Some(records) => unique_matches(people, &records),
                None => self.refusal("ValidationError", "requestId names no job that is done"),
            },
            "myPathsToPerson" => match people.number(text("/personId")) {
                Some(number) => paths("MyPathsToPersonResponse", number % 7),
                None => self.refusal("TargetNotFoundError", "personId names nobody"),
            },
            "myPathsToOrganization" => match people.has_organization(text("/organizationId")) {
                true => paths("MyPathsToOrganizationResponse", 4),
                false => self.refusal("TargetNotFoundError", "organizationId names nothing"),
            },
            "organizationPathsToOrganization" => {
                if !people.has_organization(text("/sourceOrganizationId")) {
                    self.refusal("SourceNotFoundError", "sourceOrganizationId names nothing")
                } else if !people.has_organization(text("/targetOrganizationId")) {
                    self.refusal("TargetNotFoundError", "targetOrganizationId names nothing")
                } else {
                    paths("OrganizationPathsToOrganizationResponse", 9)
                }
            }
            _ => Value::Null,
        }
    }

    /// A typed error. It has the fields of all services; the schema of each takes those that it has.
    fn refusal(&self, kind: &str, message: &str) -> Value {
        let number = self.server.answers.fetch_add(1, Ordering::Relaxed);
        json!({
            "__typename": kind,
            "code": "INVALID_INPUT",
            "errorCode": "INVALID_INPUT",
            "genericErrorCode": "INVALID_INPUT",
            "errorMessage": message,
            "correlationId": format!("sandbox-{number}"),
        })
    }

    fn list(
        &self,
        result: &str,
        member: &str,
        field: &str,
        words: &str,
        found: Vec<Value>,
        given: &Value,
    ) -> Value {
        if words.trim().is_empty() {
            return self.refusal("ValidationError", "there is nothing to search for");
        }
        let asked = given.get("pageInfo").unwrap_or(&Value::Null);
        match page(found, asked, &format!("{field} {words}")) {
            Ok((items, info)) => {
                json!({"__typename": result, member: items, "pageInfoResponse": info})
            }
            Err(message) => self.refusal("ValidationError", &message),
        }
    }

    fn bulk(&self, given: &Value) -> Value {
        let ids = given.pointer("/filter/ids").and_then(Value::as_array);
        let ids: Vec<&str> = ids
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if ids.is_empty() || ids.len() > MAX_BULK_IDS {
            let message = format!("'ids' must be 1 to {MAX_BULK_IDS}");
            return self.refusal("ValidationError", &message);
        }
        let people = ids
            .into_iter()
            .filter_map(|id| self.server.people.number(id));
        let items: Vec<Value> = people.map(People::person).collect();
        json!({"__typename": "PersonPagedResult", "items": items, "pageInfoResponse": null})
    }

    fn submit(&self, given: &Value) -> Value {
        let records = given.get("persons").and_then(Value::as_array);
        let records = records.cloned().unwrap_or_default();
        let mut seen = HashSet::new();
        for record in &records {
            let has = |name: &str| record.get(name).is_some_and(|value| !value.is_null());
            let named = has("firstName") && has("lastName") && has("organizationName");
            let identified = IDS.into_iter().any(has);
            if !seen.insert(record.get("clientSuppliedId").cloned()) || !(named || identified) {
                return self.refusal("ValidationError", "a record is incomplete or not unique");
            }
        }
        if records.is_empty() {
            return self.refusal("ValidationError", "there are no records");
        }
        let id = self.server.jobs.submit(records);
        json!({"__typename": "RequestResponse", "requestId": id})
    }
}

/// The ids that a record may have.
const IDS: [&str; 8] = [
    "altrataId",
    "bxPersonId",
    "rsPersonId",
    "wxPersonId",
    "briPersonId",
    "wePersonId",
    "workEmail",
    "linkedinProfile",
];

/// The records with exactly one match.
fn unique_matches(people: &People, records: &[Value]) -> Value {
    let data = records.iter().filter_map(|record| {
        let [number] = people.matches(record)[..] else {
            return None;
        };
        let id = record.get("clientSuppliedId")?;
        Some(json!({
            "__typename": "PersonMatchResult",
            "clientSuppliedId": id,
            "matchResultId": format!("{:x}", Sha256::digest(id.to_string())),
            "matchResultType": "UNIQUE",
            "matches": [People::matched(number)],
        }))
    });
    json!({"__typename": "PersonMatchesResponse", "data": data.collect::<Vec<_>>()})
}

fn paths(response: &str, count: usize) -> Value {
    json!({
        "__typename": response,
        "pageInfoResponse": {
            "__typename": "PageInfoResponse",
            "totalCount": count,
            "pageInfo": {"__typename": "PageInfo", "hasNextPage": false, "hasPreviousPage": false},
        },
    })
}

/// The fields that provoke errors.
struct Debug;

impl ObjectValue for Debug {
    fn type_name(&self) -> &str {
        "Debug"
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        match info.field_name() {
            "permissionDeniedExample" => Err(field_error(QueryError::coded(
                "unauthorized",
                "the subscription does not cover permissionDeniedExample",
            ))),
            _ => Ok(resolved(json!("an example"))),
        }
    }
}
