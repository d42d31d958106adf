//! Operations that answer with a union: lists in one member, refusals in the others.

use sdk_codegen::{GeneratedFile, Paging, Project, Refusals};

const SCHEMA: &str = "
    type Query {
        find(words: String, page: PageInput): Found
        finds(page: PageInput): [Found]
        look: Looked
        other: Found
        ship: Ship!
    }
    input PageInput { first: Int  after: String  before: String }
    union Found = Ships | Tugs | Boats | Denied | LostError | BusyError
    union Looked = Ships | LostError
    type Ships { rows: [Ship]  tags: [String!]  info: Info }
    type Tugs { rows: [Ship]  tags: [String!]  info: Info }
    type Boats { rows: [Ship!]!  ports: [Port!]!  info: Info! }
    type Info { position: Position }
    type Position { end: String  more: Boolean  start: String  less: Boolean }
    type Ship { name: String }
    type Port { name: String }
    type Denied { why: String }
    interface Failure { message: String }
    type LostError implements Failure { message: String  code: Int!  id: ID }
    type BusyError implements Failure { message: String  retry: Port }";

fn generate(document: &str) -> String {
    let paging = Paging::new("crate::paged", "after")
        .argument("page.after")
        .optional(["before"])
        .selects(["info.position.end", "info.position.more"])
        .selects_with("before", ["info.position.start"])
        .info("info.position");
    let refusals = Refusals::new("crate::refusal", "Error")
        .codes(["retry", "code"])
        .messages(["message"])
        .correlation_ids(["id"]);
    let files = Project::from_schema_text(SCHEMA, "")
        .paging(paging)
        .refusals(refusals)
        .documents([("find.graphql", document)])
        .generate()
        .unwrap_or_else(|errors| panic!("{errors}"));
    let file = files.iter().find(|file| file.name() == "find.rs");
    file.map(GeneratedFile::text).unwrap().to_owned()
}

/// The call of a macro, without its indentation.
fn call(document: &str, name: &str) -> Option<String> {
    let text = generate(document);
    let (_, call) = text.split_once(&format!("{name}! {{\n"))?;
    let (call, _) = call.split_once("\n}")?;
    Some(call.lines().map(str::trim).collect::<Vec<_>>().join(" "))
}

/// A document with this selection and these variables beside `$after`.
fn find(variables: &str, arguments: &str, selection: &str) -> String {
    format!(
        "query Find($after: String{variables}) {{
            find(page: {{ after: $after{arguments} }}) {{ {selection} }} }}"
    )
}

const SHIPS: &str = "... on Ships { rows { name } tags info { position { end more } } }";

#[test]
fn a_page_is_the_member_that_selects_it_all() {
    let errors = "... on LostError { code }";
    let ships = call(&find("", "", &format!("{SHIPS} {errors}")), "crate::paged");
    assert_eq!(
        ships.unwrap(),
        "Find of find::Ship, [], |data| match data.find? { find::Found::Ships(page) => Some(page), \
         _ => None }, |page| page.rows.into_iter().flatten().flatten(), page.info?.position"
    );
    let boats = "... on Boats { rows { name } info { position { end more } } }";
    let boats = call(&find("", "", boats), "crate::paged").unwrap();
    assert!(
        boats.ends_with("|page| page.rows.into_iter(), page.info.position"),
        "{boats}"
    );
}

#[test]
fn a_list_that_could_be_misread_is_none() {
    let both = SHIPS.replace("more", "more start");
    for (what, document) in [
        (
            "two members are pages",
            find(
                "",
                "",
                &format!("{SHIPS} {}", SHIPS.replace("Ships", "Tugs")),
            ),
        ),
        (
            "two lists in the page",
            find(
                "",
                "",
                "... on Boats { rows { name } ports { name } info { position { end more } } }",
            ),
        ),
        (
            "backwards without what that takes",
            find(", $before: String", ", before: $before", SHIPS),
        ),
        (
            "a variable of the name for something else",
            find(", $before: String", "", &both).replace("find(", "find(words: $before "),
        ),
        (
            "the cursor passed elsewhere",
            find("", "", SHIPS)
                .replace("after: $after", "first: 1")
                .replace("find(", "find(words: $after "),
        ),
        (
            "many pages at once",
            find("", "", SHIPS).replace("find(page", "finds(page"),
        ),
        (
            "two lists after one cursor",
            format!(
                "query Find($after: String) {{ one: find(page: {{ after: $after }}) {{ {SHIPS} }}
                    two: find(page: {{ after: $after }}) {{ {SHIPS} }} }}"
            ),
        ),
    ] {
        assert_eq!(call(&document, "crate::paged"), None, "{what}");
    }
    let backwards = find(", $before: String", ", before: $before", &both);
    let list = call(&backwards, "crate::paged").unwrap();
    assert!(list.starts_with("Find of find::Ship, [before], "), "{list}");
}

#[test]
fn members_are_refusals_by_their_name_and_say_what_is_selected() {
    let document = "{ find { ... on Ships { tags } ... on LostError { text: message code id }
        ... on BusyError { retry { name } } } }";
    let operation = call(
        &document.replacen('{', "query Find {", 1),
        "codegen::operation",
    )
    .unwrap();
    assert_eq!(
        operation,
        "Query Find = \"Find\" => find::Data, service \"\", refusals crate::refusal: optional find of \
         find::Found { LostError = \"LostError\" { with_code: required code, with_message: optional text, \
         with_correlation_id: optional id }, BusyError = \"BusyError\" {}, \
         _ = Other unless \"Boats\" | \"Denied\" | \"Tugs\" }"
    );
}

#[test]
fn the_only_result_is_the_outcome() {
    let results = "... on Ships { tags } ... on LostError { message }";
    let some = format!("query Find {{ find {{ {results} }} }}");
    assert_eq!(
        call(&some, "codegen::outcome"),
        None,
        "Boats are a result, too"
    );
    let only = format!("query Find {{ find: look {{ {results} }} }}");
    assert_eq!(
        call(&only, "codegen::outcome").unwrap(),
        "Find = optional find of find::Looked::Ships(find::Ships)"
    );
}

#[test]
fn errors_that_are_selected_by_their_interface_are_told_apart() {
    let document = "query Find { find { ... on Ships { tags } ... on Failure { message } } }";
    let operation = call(document, "codegen::operation").unwrap();
    assert!(
        operation.contains(
            "Failure[type_name] = \"BusyError\" | \"LostError\" { with_message: optional message }"
        ),
        "{operation}"
    );
}

#[test]
fn several_results_or_root_fields_are_left_to_the_caller() {
    let results = "query Find { find { ... on Ships { tags } ... on Denied { why } } }";
    assert_eq!(call(results, "codegen::outcome"), None);
    for document in [
        "query Find { find { ... on Ships { tags } } other { ... on Ships { tags } } }",
        "query Find { ship { name } }",
    ] {
        let operation = call(document, "codegen::operation").unwrap();
        assert!(!operation.contains("refusals"), "{operation}");
        assert_eq!(call(document, "codegen::outcome"), None);
    }
}
