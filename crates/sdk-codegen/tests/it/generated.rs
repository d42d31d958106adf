//! What is printed.

use crate::{check, documents, project, schema};

#[test]
fn every_operation_prints_its_snapshot() {
    for (name, text) in documents("queries") {
        let files = project(&name, &text)
            .generate()
            .unwrap_or_else(|errors| panic!("{errors}"));
        let file = files
            .iter()
            .find(|file| file.name() == format!("{name}.rs"))
            .unwrap();
        assert!(
            file.text().lines().count() < 150,
            "{name} is too long to review"
        );
        check(&format!("query_{name}"), file.text());
    }
}

/// The files that are not one operation's own.
const SHARED: [&str; 4] = ["enums.rs", "inputs.rs", "queries.rs", "operations.rs"];

#[test]
fn shared_types_print_only_what_operations_reach() {
    let all = sdk_codegen::Project::from_schema_text(schema(), "").documents(
        documents("queries")
            .into_iter()
            .map(|(name, text)| (format!("{name}.graphql"), text)),
    );
    let files = all.generate().unwrap_or_else(|errors| panic!("{errors}"));
    for file in files.iter().filter(|file| SHARED.contains(&file.name())) {
        assert!(
            !file.text().contains("InferredWhat"),
            "no operation reaches it"
        );
        check(&format!("shared_{}", file.name()), file.text());
    }
}

#[test]
fn generating_twice_prints_the_same() {
    let all = documents("queries");
    let once = |reverse: bool| {
        let mut all = all.clone();
        if reverse {
            all.reverse();
        }
        let documents = all
            .into_iter()
            .map(|(name, text)| (format!("{name}.graphql"), text));
        let project = sdk_codegen::Project::from_schema_text(schema(), "").documents(documents);
        let mut files = project.generate().unwrap();
        files.retain(|file| file.name() != "queries.rs");
        files.sort_by(|left, right| left.name().cmp(right.name()));
        files
    };
    assert_eq!(
        once(false),
        once(true),
        "the order of the files changes nothing but the root"
    );
}

#[test]
fn a_server_that_refuses_named_fragments_is_sent_none() {
    let text = "query Inlined { ships { ...Parts captain { ...Contact } } }
        fragment Parts on Ship { id mate { ...Contact } }
        fragment Contact on Person { email }";
    let files = project("inlined", text)
        .inline_fragments(true)
        .generate()
        .unwrap();
    let file = files
        .iter()
        .find(|file| file.name() == "inlined.rs")
        .unwrap();
    let sent = "query Inlined{ships{...on Ship{id mate{...on Person{email}}}captain{...on Person{email}}}}";
    assert!(file.text().contains(sent), "{}", file.text());
    assert!(
        file.text().contains("pub struct Contact"),
        "the types stay the same"
    );
}

#[test]
fn options_reach_the_printed_code() {
    let text = "query Priced { ships { price built } }";
    let files = project("priced", text)
        .scalar("Money", "crate::Money")
        .service("harbour")
        .runtime_path("::vendor::runtime")
        .generate()
        .unwrap();
    let text = files
        .iter()
        .find(|file| file.name() == "priced.rs")
        .unwrap()
        .text();
    assert!(text.contains("pub price: Option<crate::Money>"), "{text}");
    assert!(text.contains(r#"service "harbour""#), "{text}");
    assert!(
        text.contains("use ::vendor::runtime::{DateTime, codegen};"),
        "{text}"
    );
}

#[test]
fn a_replaced_type_is_named_and_not_printed() {
    let text = "query Filtered($filter: ShipFilter) { ships(filter: $filter) { id } }";
    let files = project("filtered", text)
        .replace("ShipFilter", "crate::MyFilter")
        .generate()
        .unwrap();
    let file = |name: &str| {
        files
            .iter()
            .find(|file| file.name() == name)
            .unwrap()
            .text()
    };
    assert!(file("filtered.rs").contains("pub filter: Input<Box<crate::MyFilter>>"));
    assert!(
        !file("inputs.rs").contains("struct"),
        "neither it nor what only it reaches"
    );
}
