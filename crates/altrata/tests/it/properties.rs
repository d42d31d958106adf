//! Random responses to every operation of every service.

use std::path::Path;

use altrata::{Service, queries, schemas};
use sdk_codegen_properties::{Failure, Properties, Scalar, Subject};

macro_rules! operations {
    ($($file:literal => $name:ident,)*) => {
        vec![$(Subject::of::<$name>($file, $name::DOCUMENT)),*]
    };
}

fn profile() -> Vec<Subject> {
    use queries::profile::*;
    include!(concat!(env!("OUT_DIR"), "/profile/operations.rs"))
}

fn matching() -> Vec<Subject> {
    use queries::matching::*;
    include!(concat!(env!("OUT_DIR"), "/matching/operations.rs"))
}

fn events() -> Vec<Subject> {
    use queries::events::*;
    include!(concat!(env!("OUT_DIR"), "/events/operations.rs"))
}

fn relationships() -> Vec<Subject> {
    use queries::relationships::*;
    include!(concat!(env!("OUT_DIR"), "/relationships/operations.rs"))
}

/// Runs a check on the operations of each service.
fn each(check: impl Fn(Service, &Properties) -> Result<(), Failure>) -> Result<(), Failure> {
    for service in Service::ALL {
        let (schema, subjects) = match service {
            Service::Profile => (schemas::PROFILE, profile()),
            Service::Matching => (schemas::MATCHING, matching()),
            Service::Events => (schemas::EVENTS, events()),
            Service::Relationships => (schemas::RELATIONSHIPS, relationships()),
        };
        let properties = Properties::new(schema, subjects)?
            .scalar("AWSDate", Scalar::Text)
            .scalar("GenericErrorCode", Scalar::Text)
            .scalar("ValidationErrorCode", Scalar::Text);
        check(service, &properties)?;
    }
    Ok(())
}

#[test]
fn every_operation_is_tested() -> Result<(), Failure> {
    let queries = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
    each(|service, properties| properties.cover(&queries.join(service.name())))
}

#[test]
fn valid_responses_survive_decoding_and_encoding() -> Result<(), Failure> {
    each(|_, properties| properties.valid_responses_survive())
}

#[test]
fn responses_of_a_newer_server_survive_decoding_and_encoding() -> Result<(), Failure> {
    each(|_, properties| properties.responses_of_a_newer_server_survive())
}

#[test]
fn a_missing_required_field_is_named_with_its_path() -> Result<(), Failure> {
    each(|_, properties| properties.broken_promises_are_named())
}
