//! The table of operations in the crate's documentation, held against the documents.

use std::collections::BTreeSet;

use altrata::Service;

use crate::generated::operations;

const PAGE: &str = include_str!("../../src/docs/operations.md");

/// The first two cells of each row of the tables under a heading.
fn rows(heading: &str) -> Vec<(String, String)> {
    let section = PAGE
        .split("\n## ")
        .find(|it| it.starts_with(heading))
        .unwrap();
    let rows = section
        .lines()
        .filter(|line| line.starts_with("| `") || line.starts_with("| ["));
    rows.map(|line| {
        let cells: Vec<&str> = line.split('|').map(|cell| cell.trim()).collect();
        (cells[1].to_owned(), cells[2].to_owned())
    })
    .collect()
}

/// `SearchPeople` as its file is named.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}

#[test]
fn the_table_lists_every_shipped_operation_and_no_other() {
    let mut listed = BTreeSet::new();
    for (cell, service) in rows("Shipped") {
        let name = cell.split('`').nth(1).unwrap();
        assert!(
            listed.insert((service.to_lowercase(), snake(name))),
            "{name} twice"
        );
    }
    let shipped: BTreeSet<(String, String)> = Service::ALL
        .into_iter()
        .flat_map(|service| {
            let stems = operations(service).into_iter();
            stems.map(move |stem| (service.name().to_owned(), stem))
        })
        .collect();
    assert_eq!(listed, shipped);
    assert!(PAGE.contains(&format!("{} operations", shipped.len())));
}

#[test]
fn what_is_known_by_name_alone_is_in_no_schema() {
    let known = rows("Known by name alone");
    assert!(known.len() > 20, "{}", known.len());
    assert!(PAGE.contains(&format!("{} root fields", known.len())));
    for (cell, service) in known {
        let field = cell.trim_matches('`');
        let schema = match service.as_str() {
            "Profile" => altrata::schemas::PROFILE,
            "Matching" => altrata::schemas::MATCHING,
            "Events" => altrata::schemas::EVENTS,
            _ => altrata::schemas::RELATIONSHIPS,
        };
        let (_, query) = schema.split_once("\ntype Query {").unwrap();
        let query = query.split_once("\n}").unwrap().0;
        assert!(
            !query.contains(&format!("\n  {field}")),
            "{field} is declared"
        );
    }
}
