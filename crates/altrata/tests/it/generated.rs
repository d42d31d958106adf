//! The generated types as they are reviewed, so that a change of a schema, a document or the generator
//! shows the exact types that change.
//!
//! `cargo xtask codegen` accepts changes. The snapshots leave out documentation and the calls that
//! implement serde's traits; the generator's own tests show those.

use std::{fs, path::Path};

use altrata::Service;

/// The operations' files of a service, by the stem of their document.
pub(crate) fn operations(service: Service) -> Vec<String> {
    let queries = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
    let mut stems: Vec<String> = fs::read_dir(queries.join(service.name()))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    stems.sort();
    stems
}

/// The declarations alone: modules, types, fields, and the document that is sent.
fn declarations(source: &str) -> String {
    let declares = |line: &&str| {
        let line = line.trim_start();
        line.starts_with("pub ") && !line.starts_with("pub fn")
    };
    let mut text = String::new();
    for line in source.lines().filter(declares) {
        text.push_str(line.trim_end_matches(['{', ',']).trim_end());
        text.push('\n');
    }
    text
}

#[test]
fn operations_are_as_reviewed() {
    for service in Service::ALL {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(format!("snapshots/{}", service.name()));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        for stem in operations(service) {
            let file = Path::new(env!("OUT_DIR")).join(format!("{}/{stem}.rs", service.name()));
            let source = fs::read_to_string(file).unwrap();
            settings.bind(|| insta::assert_snapshot!(stem, declarations(&source)));
        }
    }
}

#[test]
fn no_named_fragment_ever_leaves_the_crate() {
    for service in Service::ALL {
        for stem in operations(service) {
            let file = Path::new(env!("OUT_DIR")).join(format!("{}/{stem}.rs", service.name()));
            let source = fs::read_to_string(file).unwrap();
            let document = source
                .lines()
                .find(|line| line.contains("const DOCUMENT"))
                .unwrap();
            assert!(!document.contains("fragment "), "{stem}");
            let spreads = document.split("...").skip(1);
            assert!(
                spreads.clone().all(|rest| rest.starts_with("on ")),
                "{stem}"
            );
        }
    }
}

/// What the vendor's page "Paging" shows: the page itself, without a union around it.
const DIRECT: &str = "
type Query { personKeywordSearch(filter: KeywordFilter!, pageInfo: PageInfoInput): PersonPagedResult }
type PersonPagedResult { items: [Person] pageInfoResponse: PageInfoResponse }
type Person { id: String name: String firstName: String lastName: String }
type PageInfoResponse { totalCount: Int pageInfo: PageInfo }
type PageInfo { hasNextPage: Boolean hasPreviousPage: Boolean startCursor: String endCursor: String }
input PageInfoInput { after: String before: String first: Int last: Int }
input KeywordFilter { searchKeyword: String! }
";

#[test]
fn the_search_for_people_is_valid_with_and_without_a_union() {
    let document = altrata::queries::profile::SearchPeople::DOCUMENT;
    for schema in [altrata::schemas::PROFILE, DIRECT] {
        let generated = sdk_codegen::Project::from_schema_text(schema, "")
            .documents([("search_people.graphql", document)])
            .generate();
        assert!(generated.is_ok(), "{}", generated.unwrap_err());
    }
}
