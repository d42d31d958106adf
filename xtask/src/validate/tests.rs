use super::*;
use crate::{projects, workspace};

fn testdata(folder: &str) -> Vec<Source> {
    let root = workspace::root();
    let folder = format!("xtask/testdata/{folder}");
    let mut names: Vec<String> = std::fs::read_dir(root.join(&folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
        .iter()
        .map(|name| Source::read(&root, &format!("{folder}/{name}")).unwrap())
        .collect()
}

fn schema() -> Source {
    Source::read(&workspace::root(), "xtask/testdata/schema.graphql").unwrap()
}

const STRICT: Limits = Limits {
    refuses_repeated_aliases: true,
};

fn rendered(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n\n")
}

#[test]
fn every_shipped_operation_is_valid() {
    let root = workspace::root();
    for project in projects::load(&root).unwrap() {
        let problems = super::project(&root, &project).unwrap().problems;
        assert!(problems.is_empty(), "{}", rendered(&problems));
    }
}

#[test]
fn every_bad_document_is_refused_with_its_place_and_remedy() {
    for source in testdata("errors") {
        let name = source
            .path
            .rsplit('/')
            .next()
            .unwrap()
            .trim_end_matches(".graphql")
            .to_owned();
        let problems = check(&schema(), &[source], STRICT).problems;
        assert!(!problems.is_empty(), "{name} was accepted");
        insta::with_settings!({ snapshot_path => "../../testdata/snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, rendered(&problems));
        });
    }
}

#[test]
fn good_documents_are_accepted() {
    assert_eq!(
        rendered(&check(&schema(), &testdata("valid"), STRICT).problems),
        ""
    );
}

#[test]
fn repeated_aliases_are_refused_only_where_the_server_refuses_them() {
    let mut documents = testdata("errors");
    documents.retain(|it| it.path.ends_with("repeated_alias.graphql"));
    assert_eq!(
        rendered(&check(&schema(), &documents, Limits::default()).problems),
        ""
    );
}

#[test]
fn a_broken_schema_is_reported_once_and_not_for_every_operation() {
    let broken = Source {
        path: "schemas/broken.graphql".into(),
        text: "type Query {\n  thing: Thing\n}\n".into(),
    };
    insta::assert_snapshot!(rendered(&check(&broken, &testdata("valid"), STRICT).problems), @r"
    error: cannot find type `Thing` in this document
     --> schemas/broken.graphql:2:10
      |
    2 |   thing: Thing
      |          ^^^^^
      = help: mend schemas/broken.graphql first: no operation can be checked against it
    ");
}

#[test]
fn deleting_a_selected_field_from_a_shipped_schema_names_the_operation() {
    let root = workspace::root();
    let projects = projects::load(&root).unwrap();
    let finitestate = projects.iter().find(|it| it.name == "finitestate").unwrap();
    let mut schema = Source::read(&root, &finitestate.schema).unwrap();
    let field = "\n  title: String\n";
    assert!(schema.text.contains(field));
    schema.text = schema.text.replacen(field, "\n", 1);
    let document =
        Source::read(&root, "queries/finitestate/list_finding_summaries.graphql").unwrap();
    insta::assert_snapshot!(rendered(&check(&schema, &[document], finitestate.limits).problems), @r"
    error: type `Finding` does not have a field `title`
      --> queries/finitestate/list_finding_summaries.graphql:15:5
       |
    15 |     title
       |     ^^^^^
       = help: correct the operation or, where the vendor documents it, schemas/finitestate.graphql
    ");
}

#[test]
fn operation_names_turn_into_file_names() {
    let check = |name: &str, expected: &str| assert_eq!(house::snake_case(name), expected);
    check("ListFindings", "list_findings");
    check("GetCVE", "get_cve");
    check("LaunchArtifactCSVExport", "launch_artifact_csv_export");
    check("GetV2Thing", "get_v2_thing");
}
