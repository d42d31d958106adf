//! Input that nobody writes on purpose: too large, too deep, in circles, under one name.

use std::{fmt::Write as _, fs, path::PathBuf};

use sdk_codegen::Project;

use crate::{project, schema};

fn message(name: &str, text: &str) -> String {
    project(name, text).generate().unwrap_err().to_string()
}

#[test]
fn a_query_of_ten_megabytes_is_refused_with_its_size() {
    let text = format!("query Huge {{ {} }}", "ships { id } ".repeat(800_000));
    let message = message("huge", &text);
    assert!(message.contains("holds 10400015 bytes"), "{message}");
    assert!(message.contains("huge.graphql"), "{message}");
    assert!(message.contains("split it"), "{message}");
}

#[test]
fn fragments_inside_each_other_are_followed_to_a_depth_that_is_said() {
    let mut text = "query Chain { ships { ...F0 } }\n".to_owned();
    for number in 0..10_000 {
        let next = number + 1;
        writeln!(text, "fragment F{number} on Ship {{ ...F{next} }}").unwrap();
    }
    text.push_str("fragment F10000 on Ship { id }");
    let message = message("chain", &text);
    assert!(message.contains("nest deeper than 200 levels"), "{message}");
    assert!(message.contains("chain.graphql:200:"), "{message}");
}

#[test]
fn depth_counts_where_a_fragment_is_spread_and_not_where_it_is_seen_first() {
    let shallow_first = format!(
        "query Twice {{ ships {{ captain {{ ...Deep }} mate {{ {} ...Deep {} }} }} }}
        fragment Deep on Person {{ {} id {} }}",
        "friends { ".repeat(120),
        "}".repeat(120),
        "friends { ".repeat(120),
        "}".repeat(120),
    );
    let message = message("twice", &shallow_first);
    assert!(message.contains("nest deeper than 200 levels"), "{message}");
}

#[test]
fn fragments_that_double_are_counted_before_they_are_written_out() {
    let mut text = "query Double { ships { captain { ...F0 } } }\n".to_owned();
    for number in 0..40 {
        let next = number + 1;
        writeln!(
            text,
            "fragment F{number} on Person {{ a: friends {{ ...F{next} }} b: friends {{ ...F{next} }} }}"
        )
        .unwrap();
    }
    text.push_str("fragment F40 on Person { id }");
    let message = message("double", &text);
    assert!(message.contains("more than 20000 fields"), "{message}");
    assert!(message.contains("double.graphql:1:7"), "{message}");
}

#[test]
fn nothing_that_nests_reaches_the_end_of_the_stack() {
    let deep = |open: &str, close: &str| open.repeat(50_000) + &close.repeat(50_000);
    for text in [
        format!("query Deep {}", deep("{ a ", "}")),
        format!("query Deep {}", deep("{ ... on Query ", "}")),
        format!("query Deep {{ ships(a: {}) }}", deep("[", "]")),
        format!("query Deep {{ ships(a: {}) }}", deep("{ a: ", "}")),
        format!("query Deep($a: {}) {{ ships }}", deep("[", "]")),
        format!("query Deep {{ {}", "(".repeat(100_000)),
    ] {
        let errors = project("deep", &text).generate().unwrap_err();
        assert!(errors.iter().count() <= 50, "{}", errors.iter().count());
    }
    let types = format!("type Query {{ a: {} }}", deep("[", "]"));
    let schema = Project::from_schema_text(types, "").documents([("a.graphql", "query A { a }")]);
    assert!(schema.generate().is_err());
}

#[test]
fn a_file_full_of_mistakes_reports_the_first_of_them() {
    let text = format!("query Wrong {{ {} }}", "wrong ".repeat(100_000));
    let errors = project("wrong", &text).generate().unwrap_err();
    assert!((1..=50).contains(&errors.iter().count()));
}

#[test]
fn inputs_may_contain_themselves_unless_no_value_could_end() {
    let of = |fields: &str| {
        let schema = format!(
            "type Query {{ a(b: A): Int }} input A {{ {fields} }} input B {{ a: A! }} input C {{ b: B! }}"
        );
        let document = "query Ask($b: A) { a(b: $b) }";
        let project = Project::from_schema_text(schema, "");
        project.documents([("ask.graphql", document)]).generate()
    };
    for fine in ["a: A", "a: [A!]!", "a: [A!]! b: A", "b: B", "c: C! = {}"] {
        let outcome = of(fine);
        assert!(outcome.is_ok(), "{fine}: {}", outcome.unwrap_err());
    }
    for endless in ["a: A!", "b: B!", "x: Int c: C!"] {
        let message = of(endless).unwrap_err().to_string();
        assert!(message.contains("inside it, without end"), "{message}");
        assert!(message.contains("the schema:1:"), "{message}");
    }
}

#[test]
fn operations_that_are_one_in_rust_are_both_named() {
    let project = Project::from_schema_text(schema(), "").documents([
        ("get_ab.graphql", "query GetAB { ships { id } }"),
        ("get_a_b.graphql", "query Get_a_b { ships { id } }"),
    ]);
    let message = project.generate().unwrap_err().to_string();
    assert!(
        message.contains("`Get_a_b` is `GetAB` in Rust"),
        "{message}"
    );
    assert!(
        message.contains("the operation of get_ab.graphql"),
        "{message}"
    );
    assert!(message.contains("get_a_b.graphql:1:7"), "{message}");
}

#[test]
fn an_operation_may_be_called_like_a_file_of_every_project() {
    let names = ["enums", "inputs", "queries", "operations", "types"];
    let documents = names.map(|name| {
        let operation = name[..1].to_uppercase() + &name[1..];
        (
            format!("{name}.graphql"),
            format!("query {operation} {{ ships {{ id }} }}"),
        )
    });
    let files = Project::from_schema_text(schema(), "")
        .documents(documents)
        .generate()
        .unwrap();
    let mut names: Vec<_> = files.iter().map(|file| file.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 9, "{names:?}");
}

#[test]
fn a_file_in_another_encoding_says_where_and_which() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("encodings");
    fs::create_dir_all(&folder).unwrap();
    let utf_16 = "query A { b }".encode_utf16().flat_map(u16::to_le_bytes);
    let utf_16: Vec<u8> = [0xff, 0xfe].into_iter().chain(utf_16).collect();
    fs::write(folder.join("wide.graphql"), utf_16).unwrap();
    fs::write(folder.join("latin.graphql"), b"query A {\n  # caf\xe9\n}").unwrap();
    let project = Project::from_schema_text(schema(), &folder);
    let message = project.generate().unwrap_err().to_string();
    assert!(
        message.contains("wide.graphql") && message.contains("is in UTF-16"),
        "{message}"
    );
    assert!(message.contains("latin.graphql:2:8"), "{message}");
    assert!(message.contains("save the file as UTF-8"), "{message}");
}
