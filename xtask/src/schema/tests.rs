//! The verbs on copies of the tree, with the sandbox as the vendor.

use super::{compare, incoming, normalise, pull, shipped};
use crate::new_vendor::auth::Auth;
use crate::projects::{Login, Project};
use crate::workspace;
use apollo_compiler::Schema;
use finitestate::Env;
use sdk_sandbox::{Endpoint, Fault, Sandbox, StandIn, TokenShape};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of its own with the schemas and operations of the tree, removed at the end of the test.
struct Copy(PathBuf);

impl Copy {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "xtask-schema-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let folder = std::env::temp_dir().join(name);
        let root = workspace::root();
        for path in workspace::files(&root).unwrap() {
            let wanted = path == crate::projects::FILE
                || path.starts_with("schemas/")
                || path.starts_with("queries/finitestate/");
            if wanted {
                let target = folder.join(&path);
                std::fs::create_dir_all(target.parent().unwrap()).unwrap();
                std::fs::copy(root.join(&path), target).unwrap();
            }
        }
        Self(folder)
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.0.join(path)).unwrap()
    }

    /// Names and contents of everything under `schemas/`.
    fn schemas(&self) -> Vec<(String, String)> {
        let mut names: Vec<String> = std::fs::read_dir(self.0.join("schemas"))
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().is_file())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
            .into_iter()
            .map(|name| (self.read(&format!("schemas/{name}")), name))
            .map(|(text, name)| (name, text))
            .collect()
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What stands after the comments at the top.
fn body(text: &str) -> &str {
    text.split_once("\n\n").unwrap().1
}

/// A project of the tree.
fn named(name: &str) -> Project {
    shipped::project(&workspace::root(), name).unwrap()
}

fn bring_in(copy: &Copy, pulled: &pull::Pulled) -> anyhow::Result<String> {
    let project = shipped::project(&copy.0, "finitestate").unwrap();
    pull::bring_in(&copy.0, &project, pulled, "2026-02-03")
}

#[tokio::test]
async fn a_pull_reproduces_the_schema_that_the_server_has_without_a_mark() {
    let copy = Copy::new();
    let before =
        Schema::parse_and_validate(copy.read("schemas/finitestate.graphql"), "it").unwrap();
    let marks = super::marks::judge(&before, &before, &[]).confirmed;
    assert!(marks > 1000, "{marks}");

    let sandbox = Sandbox::start().await.unwrap();
    let env = Env::from_pairs(sandbox.finitestate().variables());
    let pulled = pull::from_server(&named("finitestate"), &env)
        .await
        .unwrap();
    let said = bring_in(&copy, &pulled).unwrap();

    let text = copy.read("schemas/finitestate.graphql");
    let served = normalise::normalised(&before, &normalise::descriptions(&before));
    assert!(body(&text) == served, "the schema is another one");
    assert!(!text.contains("@inferred") && !text.contains("InferredWhat"));
    assert!(said.contains("nothing changed"), "{said}");
    assert!(
        said.contains(&format!("{marks} guesses are confirmed")),
        "{said}"
    );
    let record = copy.read("schemas/README.md");
    let row = record
        .lines()
        .find(|it| it.contains("`finitestate.graphql`"))
        .unwrap();
    assert!(
        row.ends_with("| introspection of the server of Finite State | 2026-02-03 |"),
        "{row}"
    );

    // All operations stay valid, and pulling again changes nothing.
    let project = shipped::project(&copy.0, "finitestate").unwrap();
    let after = shipped::schema(&copy.0, &project).unwrap();
    let operations = project.documents(&copy.0).unwrap().len();
    assert_eq!(
        shipped::usages(&copy.0, &project, &after).unwrap().len(),
        operations
    );
    bring_in(&copy, &pulled).unwrap();
    assert_eq!(copy.read("schemas/finitestate.graphql"), text);
}

#[tokio::test]
async fn every_graphql_vendor_of_the_sandbox_can_be_introspected() {
    let sandbox = Sandbox::start().await.unwrap();
    let variables = [sandbox.altrata().variables(), sandbox.ion().variables()].concat();
    let env = Env::from_pairs(variables);
    for project in [
        "altrata-profile",
        "altrata-matching",
        "altrata-events",
        "ion",
    ] {
        let pulled = pull::from_server(&named(project), &env).await;
        assert!(pulled.is_ok(), "{project}: {:#}", pulled.unwrap_err());
    }
    let unknown = Project {
        name: "acme".into(),
        ..named("ion")
    };
    let unknown = pull::from_server(&unknown, &env).await.unwrap_err();
    assert!(unknown.to_string().contains("--from"), "{unknown}");
}

#[tokio::test]
async fn a_vendor_without_a_client_here_is_asked_as_its_project_says() {
    let schema = "type Query { ship: Ship } type Ship { name: String! }";
    let vendor = StandIn::start(schema, TokenShape::App).await.unwrap();
    let acme = Project {
        name: "acme-parts".into(),
        login: Some(Login {
            auth: Auth::App,
            variables: "ACME_PARTS".into(),
        }),
        ..named("ion")
    };
    let env = Env::from_pairs([
        ("ACME_PARTS_CLIENT_ID", vendor.client_id().to_owned()),
        (
            "ACME_PARTS_CLIENT_SECRET",
            vendor.client_secret().to_owned(),
        ),
        ("ACME_PARTS_TOKEN_URL", vendor.token_url()),
        ("ACME_PARTS_API_URL", vendor.api_url()),
    ]);
    let pulled = pull::from_server(&acme, &env).await.unwrap();
    let served = pulled.incoming.normalised();
    assert!(
        served.contains("type Ship {\n  name: String!\n}"),
        "{served}"
    );

    let nothing = Env::from_pairs::<&str, &str>([]);
    let error = pull::from_server(&acme, &nothing).await.unwrap_err();
    let error = format!("{error:#}");
    for end in ["CLIENT_ID", "CLIENT_SECRET", "TOKEN_URL", "API_URL"] {
        assert!(error.contains(&format!("ACME_PARTS_{end}")), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_forbids_introspection_changes_nothing() {
    let copy = Copy::new();
    let before = copy.schemas();
    let sandbox = Sandbox::start().await.unwrap();
    let env = Env::from_pairs(sandbox.finitestate().variables());
    let fault = Fault::GraphqlError {
        message: "GraphQL introspection is not allowed".to_owned(),
        code: Some("BAD_USER_INPUT".to_owned()),
    };
    sandbox.finitestate().fail_times(Endpoint::Api, fault, 2);
    let error = pull::from_server(&named("finitestate"), &env)
        .await
        .unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("does not answer introspection, so nothing was changed"),
        "{message}"
    );
    assert!(
        message.contains("introspection is not allowed") && message.contains("--from"),
        "{message}"
    );
    assert_eq!(sandbox.finitestate().counts().api_requests, 2);
    assert_eq!(copy.schemas(), before);
}

#[tokio::test]
async fn a_server_that_does_not_know_the_newest_fields_is_asked_for_less() {
    let sandbox = Sandbox::start().await.unwrap();
    let env = Env::from_pairs(sandbox.finitestate().variables());
    let fault = Fault::GraphqlError {
        message: "Cannot query field \"isOneOf\" on type \"__Type\".".to_owned(),
        code: None,
    };
    sandbox.finitestate().fail_next(Endpoint::Api, fault);
    let pulled = pull::from_server(&named("finitestate"), &env)
        .await
        .unwrap();
    let said = bring_in(&Copy::new(), &pulled).unwrap();
    assert!(said.contains("nothing changed"), "{said}");
}

#[test]
fn a_file_that_refutes_a_guess_names_the_operations_to_change() {
    let copy = Copy::new();
    let text = copy.read("schemas/finitestate.graphql");
    let old = incoming::read("it", text.as_bytes()).unwrap();
    let mut theirs = normalise::normalised(&old.schema, &normalise::Descriptions::new());
    let guess = "  relativeRiskScore: Float\n";
    assert!(theirs.contains(guess));
    theirs = theirs.replace(guess, "  relativeRiskScore: Int\n");
    let file = copy.0.join("theirs.graphql");
    std::fs::write(&file, theirs).unwrap();
    let said = bring_in(&copy, &pull::from_file(&file).unwrap()).unwrap();
    let refuted: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("relativeRiskScore: is Int, was Float; change "))
        .collect();
    assert!(
        refuted
            .iter()
            .any(|line| line.contains("ListAssetVersions")),
        "{said}"
    );
    assert!(said.contains("FIELD_TYPE_CHANGED"), "{said}");
    let record = copy.read("schemas/README.md");
    assert!(
        record.contains("| SDL in the file theirs.graphql | 2026-02-03 |"),
        "{record}"
    );
}

#[test]
fn the_words_of_the_vendor_stay_out_of_the_tree() {
    let copy = Copy::new();
    let old = incoming::read("it", copy.read("schemas/finitestate.graphql").as_bytes()).unwrap();
    let theirs = normalise::normalised(&old.schema, &normalise::Descriptions::new());
    let theirs = theirs.replace("type Query {", "\"\"\"Their words.\"\"\"\ntype Query {\n  \"\"\"Their words.\"\"\"\n  novelty: Int @deprecated(reason: \"Their reason.\")");
    let file = copy.0.join("theirs.graphql");
    std::fs::write(&file, theirs).unwrap();
    let said = bring_in(&copy, &pull::from_file(&file).unwrap()).unwrap();
    let text = copy.read("schemas/finitestate.graphql");
    assert!(!text.contains("Their words."));
    assert!(text.contains("  novelty: Int @deprecated(reason: \"Their reason.\")\n"));
    assert!(
        text.contains("Leave it out for everything."),
        "our own words are kept"
    );
    assert!(said.contains("FIELD_ADDED"), "{said}");
}

#[test]
fn bad_input_leaves_the_tree_as_it_was() {
    let copy = Copy::new();
    let before = copy.schemas();
    for (name, text) in [
        ("broken.graphql", "type Query { a: Missing }"),
        ("refused.json", r#"{"errors": [{"message": "no"}]}"#),
        ("empty.graphql", ""),
    ] {
        let file = copy.0.join(name);
        std::fs::write(&file, text).unwrap();
        assert!(pull::from_file(&file).is_err(), "{name}");
    }
    let missing = pull::from_file(Path::new("nowhere.graphql")).unwrap_err();
    assert!(missing.to_string().contains("nowhere.graphql"));
    assert_eq!(copy.schemas(), before);
}

#[test]
fn a_report_is_json_with_a_class_and_operations_for_each_change() {
    let root = workspace::root();
    let project = shipped::project(&root, "finitestate").unwrap();
    let old = shipped::schema(&root, &project).unwrap();
    let usages = shipped::usages(&root, &project, &old).unwrap();
    let mut text = std::fs::read_to_string(root.join(&project.schema)).unwrap();
    text = text.replacen("\n  title: String\n", "\n", 1);
    let new = incoming::read("new", text.as_bytes()).unwrap().schema;
    let report = compare::Report::new("finitestate", "HEAD", &old, &new, &usages);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["breaking"], 1);
    let change = &json["changes"][0];
    assert_eq!(
        (&change["class"], &change["kind"]),
        (&"breaking".into(), &"FIELD_REMOVED".into())
    );
    assert_eq!(change["coordinate"], "Finding.title");
    assert!(
        change["operations"]
            .as_array()
            .unwrap()
            .contains(&"ListFindings".into())
    );
}

#[test]
fn an_unknown_project_names_those_there_are() {
    let error = shipped::project(&workspace::root(), "finite").unwrap_err();
    assert!(error.to_string().contains("altrata-profile"), "{error}");
}
