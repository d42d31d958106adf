//! Jobs of many people, and the documents that are made for them.

use altrata::{
    MAX_MATCH_REQUEST_BYTES, MatchInputError, MatchPeople, Operation, PersonRecord,
    queries::{
        matching::{GetMatchStatus, GetUniqueMatches},
        profile::GetPerson,
    },
};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::Setup;

#[tokio::test]
async fn a_job_finds_who_is_meant() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let id = setup.vendor().first_person_id();
    let somebody = client.fetch(GetPerson::new(&id)).await.unwrap();
    let records = [
        PersonRecord::new("by id").altrata_id(&id),
        PersonRecord::named("nobody", "No", "Body", "Nowhere"),
        PersonRecord::new("two people")
            .altrata_id(&id)
            .altrata_id("1-per-4000001")
            .work_email("x"),
    ];
    let job = client
        .fetch(MatchPeople::new(records).unwrap())
        .await
        .unwrap();
    let job = job.request_id.unwrap();

    let mut states = Vec::new();
    loop {
        let status = client.fetch(GetMatchStatus::new(&job)).await.unwrap();
        states.push(status.is_ready());
        if status.is_ready() {
            break;
        }
        let early = client.fetch(GetUniqueMatches::new(&job)).await;
        assert!(states.len() == 2 || early.is_err());
    }
    assert_eq!(states, [false, false, true]);

    let matches = client
        .fetch(GetUniqueMatches::new(&job))
        .await
        .unwrap()
        .data
        .unwrap();
    let matches: Vec<_> = matches.into_iter().flatten().collect();
    assert_eq!(matches.len(), 2);
    assert_eq!(matches[0].client_supplied_id.as_deref(), Some("by id"));
    let found = matches[0].matches.as_ref().unwrap()[0].as_ref().unwrap();
    assert_eq!(found.first_name, somebody.first_name);
}

#[tokio::test]
async fn a_submission_whose_answer_is_lost_is_not_sent_again() {
    let setup = Setup::start().await;
    for fault in [
        Fault::status(503),
        Fault::Disconnect,
        Fault::too_many_requests("1"),
    ] {
        setup.vendor().reset_records();
        setup.vendor().fail_next(Endpoint::Api, fault);
        let people = MatchPeople::new([PersonRecord::new("1").altrata_id("1-per-1")]).unwrap();
        setup.client.execute(people).await.unwrap_err();
        assert_eq!(setup.vendor().counts().api_requests, 1);
    }
}

/// Checks a document against the schema by every rule of the generator.
fn assert_valid(people: &MatchPeople) {
    let generated = sdk_codegen::Project::from_schema_text(altrata::schemas::MATCHING, "")
        .documents([("match_people.graphql", people.document())])
        .generate();
    assert!(generated.is_ok(), "{}", generated.unwrap_err());
}

#[test]
fn documents_of_any_length_are_valid() {
    let full = |id: usize| {
        PersonRecord::named(format!("row {id}"), "First", "Last", "Organization")
            .middle_name("m")
            .role_title("r")
            .altrata_id("a")
            .bx_person_id("b")
            .rs_person_id("c")
            .wx_person_id("d")
            .bri_person_id("e")
            .we_person_id("f")
            .work_email("g")
            .linkedin_profile("h")
    };
    for length in [1, 2, 50] {
        let mixed = (0..length).map(|id| match id % 2 {
            0 => full(id),
            _ => PersonRecord::new(id.to_string()).linkedin_profile("https://example.com"),
        });
        assert_valid(&MatchPeople::new(mixed).unwrap());
    }
}

#[test]
fn a_request_names_every_value_by_a_variable() {
    let people = MatchPeople::new([
        PersonRecord::named("1", "A\"}", "B", "C"),
        PersonRecord::new("2").work_email("d@example.com"),
    ])
    .unwrap();
    let body: serde_json::Value = serde_json::from_slice(&people.encode().unwrap()).unwrap();
    assert_eq!(body["operationName"], "MatchPeople");
    assert_eq!(
        body["variables"],
        serde_json::json!({
            "i0": "1", "v0_0": "A\"}", "v0_2": "B", "v0_3": "C", "i1": "2", "v1_11": "d@example.com",
        })
    );
    insta::assert_snapshot!(people.document());
}

#[test]
fn records_that_cannot_be_submitted_are_refused_before_they_are_sent() {
    let good = || PersonRecord::new("1").altrata_id("a");
    let cases = [
        (vec![], MatchInputError::Empty),
        (
            vec![good(), good()],
            MatchInputError::NotUnique("1".to_owned()),
        ),
        (
            vec![PersonRecord::new("").altrata_id("a")],
            MatchInputError::NotUnique(String::new()),
        ),
        (
            vec![PersonRecord::new("2").middle_name("m")],
            MatchInputError::Incomplete("2".to_owned()),
        ),
        (
            vec![PersonRecord::named("3", "A", "", "C")],
            MatchInputError::Incomplete("3".to_owned()),
        ),
    ];
    for (records, expected) in cases {
        assert_eq!(MatchPeople::new(records).unwrap_err(), expected);
    }
    let long = "x".repeat(MAX_MATCH_REQUEST_BYTES);
    let error = MatchPeople::new([PersonRecord::new("1").work_email(long)]).unwrap_err();
    assert!(
        matches!(error, MatchInputError::TooLarge { bytes } if bytes > MAX_MATCH_REQUEST_BYTES)
    );
}
