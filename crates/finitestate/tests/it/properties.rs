//! Random responses to every operation.

use std::path::Path;

use finitestate::queries;
use sdk_codegen_properties::{Failure, Properties, Subject};

fn properties() -> Result<Properties, Failure> {
    macro_rules! operations {
        ($($file:literal => $name:ident,)*) => {
            vec![$(Subject::of::<queries::$name>($file, queries::$name::DOCUMENT)),*]
        };
    }
    let subjects = include!(concat!(env!("OUT_DIR"), "/operations.rs"));
    Properties::new(finitestate::SCHEMA, subjects)
}

#[test]
fn every_operation_is_tested() -> Result<(), Failure> {
    properties()?.cover(&Path::new(env!("CARGO_MANIFEST_DIR")).join("queries"))
}

#[test]
fn valid_responses_survive_decoding_and_encoding() -> Result<(), Failure> {
    properties()?.valid_responses_survive()
}

#[test]
fn responses_of_a_newer_server_survive_decoding_and_encoding() -> Result<(), Failure> {
    properties()?.responses_of_a_newer_server_survive()
}

#[test]
fn a_missing_required_field_is_named_with_its_path() -> Result<(), Failure> {
    properties()?.broken_promises_are_named()
}
