//! Decoders with one fault each: the property that forbids it has to see it.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test fails by panicking, as the test does"
)]

mod decoders;

use std::path::Path;

use sdk_codegen_properties::{Properties, Subject};
use serde::{Serialize, de::DeserializeOwned};

use decoders::{ClosedEnum, ClosedType, Forgetful, Forgiving, Right, StrictId, StrictKeys};

const SCHEMA: &str = "
type Query { node: Node }
interface Node { id: ID! color: Color names: [String!] }
type Ship implements Node { id: ID! color: Color names: [String!] }
enum Color { RED }
";

const DOCUMENT: &str = "query GetNode { node { __typename id color names } }";

fn properties<T: DeserializeOwned + Serialize>() -> Properties {
    let subject = Subject::new("get_node.graphql", DOCUMENT, decoders::decode::<T>);
    Properties::new(SCHEMA, vec![subject]).unwrap()
}

/// Which of the three properties hold: valid responses, a newer server, broken promises.
fn hold<T: DeserializeOwned + Serialize>() -> [bool; 3] {
    let properties = properties::<T>();
    [
        properties.valid_responses_survive().is_ok(),
        properties.responses_of_a_newer_server_survive().is_ok(),
        properties.broken_promises_are_named().is_ok(),
    ]
}

#[test]
fn a_decoder_without_fault_passes() {
    assert_eq!(hold::<Right>(), [true, true, true]);
}

#[test]
fn a_decoder_that_is_closed_in_any_way_fails_with_a_newer_server_alone() {
    assert_eq!(hold::<ClosedEnum>(), [true, false, true]);
    assert_eq!(hold::<ClosedType>(), [true, false, true]);
    assert_eq!(hold::<StrictKeys>(), [true, false, true]);
    assert_eq!(hold::<StrictId>(), [true, false, true]);
}

#[test]
fn a_decoder_that_loses_a_field_fails() {
    // Nor does it see a null among what it skips.
    assert_eq!(hold::<Forgetful>(), [false, false, false]);
}

#[test]
fn a_decoder_that_does_without_a_required_field_fails_there_alone() {
    assert_eq!(hold::<Forgiving>(), [true, true, false]);
}

#[test]
fn a_failure_says_which_response_of_which_file_and_how_to_have_it_again() {
    let failure = properties::<Forgetful>()
        .valid_responses_survive()
        .unwrap_err();
    let text = failure.to_string();
    let mut lines = text.lines();
    let first = lines.next().unwrap();
    assert!(
        first.starts_with("get_node.graphql: data.node.names was ["),
        "{first}"
    );
    let seed = lines.next().unwrap().trim();
    assert!(seed.starts_with("again with SDK_PROPERTY_SEED="), "{seed}");
    let response = lines.next().unwrap().trim();
    assert!(response.starts_with(r#"response: {"data":{"#), "{response}");
    assert_eq!(format!("{failure:?}"), text);
}

#[test]
fn every_run_has_the_same_cases() {
    let failure = || properties::<Forgetful>().valid_responses_survive();
    assert_eq!(
        failure().unwrap_err().to_string(),
        failure().unwrap_err().to_string()
    );
}

#[test]
fn a_file_without_a_test_is_found() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sdk-codegen-probes/queries");
    let failure = properties::<Right>().cover(&folder).unwrap_err();
    assert!(failure.to_string().contains("get_pet.graphql"), "{failure}");
}

#[test]
fn a_document_that_does_not_fit_the_schema_is_refused() {
    let subject = Subject::new("a.graphql", "query A { b }", decoders::decode::<Right>);
    let failure = Properties::new(SCHEMA, vec![subject]).unwrap_err();
    assert!(failure.to_string().contains("a.graphql"), "{failure}");
}
