//! A server that holds two versions, and pages of the size it likes.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::routing::post;
use axum::{Router, body::Bytes};
use finitestate::{Client, Credentials};
use serde_json::{Value, json};

use super::model::{Component, Finding, Status, components};

/// The ids of the two versions.
pub(super) const OLD: &str = "1";
pub(super) const NEW: &str = "2";

/// What a status may be made of.
const WORDS: [&str; 7] = [
    "AFFECTED",
    "NOT_AFFECTED",
    "FIXED",
    "VULNERABLE_CODE_NOT_PRESENT",
    "UPDATE_REQUIRED",
    "CANNOT_FIX",
    "why",
];

pub(super) struct Server {
    pub(super) client: Client,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    old: Vec<Finding>,
    new: Vec<Finding>,
    page: usize,
}

impl Server {
    pub(super) async fn start() -> Self {
        let shared = Arc::new(Mutex::new(Shared::default()));
        let routes = Router::new()
            .route("/token", post(async || token().to_string()))
            .route("/graphql", post(answer))
            .with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, routes).into_future());
        let client = Client::builder()
            .credentials(Credentials::client("id", "secret"))
            .organization_context("organization")
            .token_url(format!("http://{address}/token").parse().unwrap())
            .api_url(format!("http://{address}/graphql").parse().unwrap());
        let client = client.build().unwrap();
        Self { client, shared }
    }

    /// Holds these versions from now on, and gives so many items of them at most at once.
    pub(super) fn hold(&self, old: &[Finding], new: &[Finding], page: usize) {
        *self.shared.lock().unwrap() = Shared {
            old: old.to_vec(),
            new: new.to_vec(),
            page,
        };
    }

    /// A version as it is now.
    pub(super) fn findings(&self, version: &str) -> Vec<Finding> {
        self.shared.lock().unwrap().version(version).clone()
    }
}

impl Shared {
    fn version(&mut self, version: &str) -> &mut Vec<Finding> {
        match version {
            OLD => &mut self.old,
            _ => &mut self.new,
        }
    }
}

fn token() -> Value {
    json!({"access_token": "token", "expires_in": 86_400, "token_type": "Bearer"})
}

async fn answer(State(shared): State<Arc<Mutex<Shared>>>, body: Bytes) -> String {
    let request: Value = serde_json::from_slice(&body).unwrap();
    let variables = &request["variables"];
    let mut shared = shared.lock().unwrap();
    let page = shared.page;
    let filter = variables["filter"].as_object();
    let version = filter.and_then(|filter| filter["assetVersionRefId"].as_str());
    if let Some(filter) = filter {
        // Rows that were merged or deleted are asked to be left out.
        assert!(filter["deletedAt"].is_null() && filter.len() == 3);
    }
    let findings = shared.version(version.unwrap_or(NEW));
    let name = request["operationName"].as_str().unwrap();
    let data = match name.split('_').next() {
        Some("ListFindings") => {
            let rows = findings.iter().map(finding).collect();
            json!({"allFindings": paged(rows, variables, page)})
        }
        Some("ListSoftwareComponentInstances") => {
            let rows = components(findings).into_iter();
            let rows = rows.map(|(id, it)| component(&id, it)).collect();
            json!({"allSoftwareComponentInstances": paged(rows, variables, page)})
        }
        Some("UpdateFindingsStatuses") => {
            let ids = variables["ids"].as_array().unwrap();
            for finding in findings {
                if ids.contains(&json!(finding.id)) {
                    finding.status = Some(status(&variables["updateStatusInput"]));
                }
            }
            json!({"updateFindingsStatuses": {"ids": ids}})
        }
        _ => panic!("nobody asks for {name}"),
    };
    json!({ "data": data }).to_string()
}

/// The rows after the cursor: as many as are asked for, and no more than the server gives.
fn paged(rows: Vec<Value>, variables: &Value, page: usize) -> Vec<Value> {
    let after = variables["after"].as_str();
    let skip = after.map_or(0, |after| after.parse::<usize>().unwrap() + 1);
    let first = usize::try_from(variables["first"].as_u64().unwrap()).unwrap();
    let rows = rows.into_iter().enumerate().skip(skip);
    let with_cursor = |(place, mut row): (usize, Value)| {
        row["_cursor"] = json!(place.to_string());
        row
    };
    rows.take(page.min(first)).map(with_cursor).collect()
}

fn finding(finding: &Finding) -> Value {
    let affects = finding.affects.iter();
    let affects: Vec<_> = affects.map(|it| component("", *it)).collect();
    json!({
        "id": finding.id,
        "title": finding.title,
        "category": finding.category,
        "vulnIdFromTool": finding.tool_id,
        "affects": affects,
        "currentStatus": finding.status.as_ref().map(|it| json!({
            "id": "status",
            "status": it.status,
            "justification": it.justification,
            "responses": it.responses,
            "comment": it.comment,
        })),
    })
}

fn component(id: &str, (name, version): Component) -> Value {
    json!({"id": id, "name": name, "version": version})
}

/// A status as it was sent, in the words of the cases.
fn status(input: &Value) -> Status {
    let word = |text: &Value| {
        let word = WORDS.into_iter().find(|word| text == word);
        word.unwrap_or_else(|| panic!("no case says {text}"))
    };
    let responses = input.get("responses").and_then(Value::as_array);
    Status {
        status: word(&input["status"]),
        justification: input.get("justification").map(word),
        responses: responses.into_iter().flatten().map(word).collect(),
        comment: input.get("comment").map(word),
    }
}
