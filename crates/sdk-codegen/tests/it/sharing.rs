//! Types of another crate, and lists.

use std::{fs, path::PathBuf};

use sdk_codegen::{GeneratedFile, Paging, Project};

const SCHEMA: &str = "
    type Query { fleet: Fleet  crew(after: String, first: Int): [Person!] }
    type Fleet { ships(filter: ShipFilter, after: String, first: Int): Ships! }
    type Ships { edges: [Edge!]!  pageInfo: PageInfo! }
    type Edge { node: Ship! }
    type PageInfo { hasNextPage: Boolean!  endCursor: String }
    type Ship { id: ID!  status: Status  flag: Flag }
    type Person { _cursor: String  name: String }
    enum Status { AFLOAT ASHORE }
    enum Flag { FR GR }
    input ShipFilter { status: Status  flag: Flag  name: TextFilter }
    input TextFilter { is: String }";

/// A file in a folder of its own, with this text.
fn file(name: &str, text: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("sharing");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

/// A project on what a vendor shares: the schema above, and these further lines.
fn dependent(name: &str, lines: &str) -> Project {
    let schema = file(&format!("{name}.graphql"), SCHEMA);
    let text = format!(
        "sdk-codegen 1\nschema {}\ncrate ::vendor\n{lines}",
        schema.display()
    );
    Project::from_shared(file(&format!("{name}.txt"), &text), "")
}

fn text<'a>(files: &'a [GeneratedFile], name: &str) -> &'a str {
    files
        .iter()
        .find(|file| file.name() == name)
        .unwrap()
        .text()
}

const LIST: &str = "query ListShips($filter: ShipFilter, $after: String, $first: Int) {
    fleet { ships(filter: $filter, after: $after, first: $first) {
        edges { node { id status flag } } pageInfo { hasNextPage endCursor } } } }";

#[test]
fn types_that_the_vendor_has_are_imported_and_the_others_printed() {
    let lines = "runtime crate::runtime\ntypes crate::types\ntype ShipFilter ShipFilter\ntype Status Status2\n";
    let files = dependent("imported", lines)
        .documents([("list_ships.graphql", LIST)])
        .generate()
        .unwrap();
    let root = text(&files, "queries.rs");
    assert!(
        root.contains("pub use ::vendor::types::ShipFilter;"),
        "{root}"
    );
    assert!(root.contains("pub use ::vendor::types::Status2;"), "{root}");
    assert!(root.contains("use ::vendor::runtime::{"), "{root}");
    let (enums, inputs) = (text(&files, "enums.rs"), text(&files, "inputs.rs"));
    assert!(enums.contains("pub enum Flag"), "{enums}");
    assert!(!enums.contains("pub enum Status"), "{enums}");
    assert!(
        !inputs.contains("struct"),
        "what only an imported input reaches is not printed: {inputs}"
    );
    let list = text(&files, "list_ships.rs");
    assert!(list.contains("Option<super::types::Status2>"), "{list}");
}

#[test]
fn what_does_not_fit_the_vendors_schema_is_reported_in_the_users_file() {
    let document = "query ListShips {\n  fleet {\n    boats { edges { node { id } } }\n  }\n}";
    let errors = dependent("errors", "types crate::types\n")
        .documents([("queries/list_ships.graphql", document)])
        .generate()
        .unwrap_err();
    let error = errors.iter().next().unwrap();
    assert_eq!(error.file(), "queries/list_ships.graphql");
    assert_eq!(error.position(), Some((3, 5)));
    assert_eq!(error.message(), "`Fleet` has no field `boats`");
}

#[test]
fn a_name_that_an_imported_type_has_is_not_given_again() {
    let lines = "types crate::types\ntype Status Flag\n";
    let files = dependent("names", lines)
        .documents([("list_ships.graphql", LIST)])
        .generate()
        .unwrap();
    let enums = text(&files, "enums.rs");
    assert!(enums.contains("pub enum Flag2"), "{enums}");
}

#[test]
fn a_vendor_crate_under_another_name_is_called_so() {
    let files = dependent("renamed", "types crate::types\ntype Status Status\n")
        .vendor_path("::other")
        .documents([("list_ships.graphql", LIST)])
        .generate()
        .unwrap();
    assert!(text(&files, "queries.rs").contains("pub use ::other::types::Status;"));
}

/// The call of the macro that makes an operation a list, if there is one.
fn list(paging: Paging, document: &str) -> Option<String> {
    let name = document.split(['(', ' ']).nth(1).unwrap();
    let stem = name.replace("List", "list_").to_lowercase();
    let files = Project::from_schema_text(SCHEMA, "")
        .paging(paging)
        .documents([(format!("{stem}.graphql"), document)])
        .generate()
        .unwrap_or_else(|errors| panic!("{errors}"));
    let text = text(&files, &format!("{stem}.rs"));
    let (_, call) = text.split_once("crate::paged! {\n")?;
    assert!(text.contains("/// A list: "), "its documentation says so");
    Some(call.lines().next()?.trim().to_owned())
}

fn connections() -> Paging {
    Paging::new("crate::paged", "after")
        .optional(["first"])
        .items("edges.node")
        .selects(["pageInfo.hasNextPage", "pageInfo.endCursor"])
}

fn cursors() -> Paging {
    Paging::new("crate::paged", "after").selects(["_cursor"])
}

#[test]
fn a_list_is_found_by_what_it_declares_and_selects() {
    assert_eq!(
        list(connections(), LIST).unwrap(),
        "ListShips of list_ships::Ship, [first], |data| Some(data.fleet?.ships)"
    );
    let crew = "query ListCrew($after: String) { staff: crew(after: $after) { ...Sailor } }
        fragment Sailor on Person { _cursor name }";
    assert_eq!(
        list(cursors(), crew).unwrap(),
        "ListCrew of list_crew::Sailor, [], |data| data.staff"
    );
}

#[test]
fn the_documents_own_page_size_is_left_alone() {
    let sized = LIST.replace("$first: Int", "$first: Int = 5");
    assert!(
        list(connections(), &sized)
            .unwrap()
            .contains("list_ships::Ship, [], ")
    );
}

#[test]
fn what_could_not_be_followed_is_no_list() {
    for (what, document) in [
        ("no cursor to go on from", LIST.replace("endCursor", "")),
        (
            "a cursor that can be left out",
            LIST.replace("$first: Int)", "$first: Int, $x: Boolean!)")
                .replace("hasNextPage ", "hasNextPage @include(if: $x) "),
        ),
        (
            "no variable for the cursor",
            LIST.replace("$after: String, ", "")
                .replace("after: $after, ", ""),
        ),
        (
            "a cursor that must be given",
            LIST.replace("$after: String", "$after: String!"),
        ),
        (
            "another name for what is needed",
            LIST.replace("pageInfo {", "info: pageInfo {"),
        ),
    ] {
        assert_eq!(list(connections(), &document), None, "{what}");
    }
    let crew = "query ListCrew($after: String) { crew(after: $after) { name } }";
    assert_eq!(list(cursors(), crew), None, "no cursor is selected");
}
