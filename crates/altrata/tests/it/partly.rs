//! Jobs of which a part fails, and answers that are usable although errors came beside them.

use std::{
    error::Error as _,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use altrata::{
    Backoff, MatchError, MatchJob, MatchOutcome, MatchPeople, MatchState, PersonRecord,
    RetryPolicy, SaveState, StateFile, error_type,
};
use sdk_sandbox::{Endpoint, Fault, Sandbox};
use serde_json::{Value, json};

use crate::setup::{Setup, answer, beside, builder, unlimited};

/// Records of each request; there are three requests.
const PART: usize = 5;

fn records() -> Vec<PersonRecord> {
    let record =
        |i| PersonRecord::new(format!("row {i}")).altrata_id(format!("1-per-{}", 4_000_000 + i));
    (0..3 * PART).map(record).collect()
}

/// A job of three requests.
fn job(setup: &Setup) -> MatchJob {
    setup
        .client
        .match_people(records())
        .max_request_bytes(2_750)
        .backoff(Backoff::new(Duration::from_millis(1)).max(Duration::from_millis(5)))
}

/// A client that tries every request once, so that a job sees each failure at once.
async fn impatient() -> Setup {
    let sandbox = Sandbox::builder().items(50).start().await.unwrap();
    let client = unlimited(builder(sandbox.altrata())).retry(RetryPolicy::never());
    let client = client.build().unwrap();
    Setup { sandbox, client }
}

/// The true answer to so many requests, before what fails.
fn after(setup: &Setup, requests: u32) {
    let none = Fault::delay(Duration::ZERO);
    setup.vendor().fail_times(Endpoint::Api, none, requests);
}

/// A file of a test's own, removed when dropped.
struct TestFile(StateFile);

impl TestFile {
    fn new(name: &str) -> Self {
        let name = format!("altrata-{name}-{}.json", std::process::id());
        Self(StateFile::new(std::env::temp_dir().join(name)))
    }

    fn state(&self) -> MatchState {
        self.0.load().unwrap().unwrap()
    }
}

impl Drop for TestFile {
    fn drop(&mut self) {
        let _removed = self.0.remove();
    }
}

#[tokio::test]
async fn a_job_that_fails_costs_its_own_records_and_no_others() {
    let setup = Setup::with(Sandbox::builder().items(50)).await;
    let file = TestFile::new("failed");
    setup.vendor().fail_next_job("no luck today");
    for _ in ["at first", "when it is resumed"] {
        let report = job(&setup).state_file(file.0.path()).await.unwrap();
        let [failed] = &report.unmatched[..] else {
            panic!("{:?}", report.unmatched);
        };
        assert_eq!(failed.records, records()[..PART]);
        assert!(
            matches!(failed.error, MatchError::Failed(_)),
            "{}",
            failed.error
        );
        assert_eq!(report.people.len(), 2 * PART);
        for person in &report.people {
            assert!(matches!(person.outcome, MatchOutcome::Unique(_)));
        }
        assert_eq!(setup.vendor().jobs_started(), 3);
    }
}

#[tokio::test]
async fn a_lost_answer_ends_the_submitting_and_not_the_job() {
    let setup = Setup::with(Sandbox::builder().items(50)).await;
    let file = TestFile::new("lost");
    after(&setup, 1);
    setup.vendor().fail_next(Endpoint::Api, Fault::Truncate);
    let report = job(&setup).state_file(file.0.path()).await.unwrap();
    let [lost, left] = &report.unmatched[..] else {
        panic!("{:?}", report.unmatched);
    };
    assert!(
        matches!(lost.error, MatchError::Uncertain(_)) && lost.error.source().is_some(),
        "{}",
        lost.error
    );
    assert!(
        matches!(left.error, MatchError::NotSubmitted) && left.error.is_retryable(),
        "{}",
        left.error
    );
    assert_eq!(report.people.len(), PART);
    assert_eq!(setup.vendor().jobs_started(), 2);

    // What was not submitted is now; what may have been is not.
    let report = job(&setup).state_file(file.0.path()).await.unwrap();
    assert_eq!(report.unmatched.len(), 1);
    assert_eq!(report.unmatched[0].records, records()[PART..2 * PART]);
    assert_eq!(report.people.len(), 2 * PART);
    assert_eq!(setup.vendor().jobs_started(), 3);
}

#[tokio::test]
async fn a_refusal_for_what_a_request_holds_does_not_keep_the_others_back() {
    let setup = Setup::with(Sandbox::builder().items(50)).await;
    for (fault, people) in [(Fault::status(413), 2 * PART), (Fault::status(403), 0)] {
        let file = TestFile::new(&format!("refused-{people}"));
        setup.vendor().fail_next(Endpoint::Api, fault);
        let report = job(&setup).state_file(file.0.path()).await.unwrap();
        assert_eq!(report.people.len(), people);
        let refused = &report.unmatched[0];
        assert!(
            matches!(refused.error, MatchError::Request(_)),
            "{}",
            refused.error
        );
        for left in &report.unmatched[1..] {
            assert!(matches!(left.error, MatchError::NotSubmitted));
        }
        assert!(!file.state().is_uncertain());
        let report = job(&setup).state_file(file.0.path()).await.unwrap();
        assert!(report.is_complete(), "{:?}", report.unmatched);
    }
    // Three of each job, and none twice.
    assert_eq!(setup.vendor().jobs_started(), 6);
}

#[tokio::test]
async fn an_outage_during_the_wait_is_waited_out() {
    let setup = impatient().await;
    after(&setup, 3);
    let outage = Fault::status(503);
    setup.vendor().fail_times(Endpoint::Api, outage, 7);
    let report = job(&setup).await.unwrap();
    assert!(report.is_complete(), "{:?}", report.unmatched);
    assert_eq!(setup.vendor().jobs_started(), 3);
}

#[tokio::test]
async fn a_deadline_that_passes_in_an_outage_names_the_job_and_the_outage() {
    let setup = impatient().await;
    let file = TestFile::new("outage");
    after(&setup, 3);
    let outage = Fault::status(503);
    setup.vendor().fail_times(Endpoint::Api, outage, 1_000);
    let job = job(&setup).state_file(file.0.path());
    let report = job.deadline(Duration::ZERO).await.unwrap();
    let state = file.state();
    assert_eq!(report.unmatched.len(), 3);
    for (unmatched, id) in report.unmatched.iter().zip(state.request_ids()) {
        let MatchError::Deadline(overdue) = &unmatched.error else {
            panic!("{:?}", unmatched.error);
        };
        assert_eq!(overdue.request_id(), id);
        let text = format!("{}: {}", overdue, overdue.source().unwrap());
        assert!(text.contains(id) && text.contains("503"), "{text}");
    }
}

#[tokio::test]
async fn the_id_of_a_started_job_is_in_the_error_when_it_cannot_be_saved() {
    let setup = Setup::with(Sandbox::builder().items(50)).await;
    // The plan, and that the first request is about to be sent; then the disk is full.
    let saves = AtomicUsize::new(0);
    let full = SaveState::new(
        move |_: &MatchState| match saves.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => Ok(()),
            _ => Err(std::io::ErrorKind::StorageFull.into()),
        },
    );
    let error = job(&setup).save_state(full).await.unwrap_err();
    let MatchError::Save(unsaved) = error else {
        panic!("{error:?}");
    };
    assert!(unsaved.source().is_some());
    assert_eq!(setup.vendor().jobs_started(), 1);
    assert_eq!(unsaved.state().request_ids().count(), 1);
    assert!(!unsaved.state().is_uncertain());
    let report = job(&setup).resume(unsaved.into_state()).await.unwrap();
    assert!(report.is_complete(), "{:?}", report.unmatched);
    assert_eq!(setup.vendor().jobs_started(), 3);
}

#[tokio::test]
async fn a_state_that_could_not_be_saved_before_sending_is_not_uncertain() {
    let setup = Setup::with(Sandbox::builder().items(50)).await;
    let states = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&states);
    let full = SaveState::new(move |state: &MatchState| {
        let mut states = kept.lock().unwrap();
        states.push(state.clone());
        match states.len() {
            1 => Ok(()),
            _ => Err(std::io::ErrorKind::StorageFull.into()),
        }
    });
    let error = job(&setup).save_state(full).await.unwrap_err();
    let MatchError::Save(unsaved) = error else {
        panic!("{error:?}");
    };
    assert_eq!(unsaved.state(), &states.lock().unwrap()[0]);
    assert_eq!(setup.vendor().jobs_started(), 0);
}

#[tokio::test]
async fn a_submission_whose_answer_has_errors_beside_its_job_is_not_paid_twice() {
    for kind in ["Unauthorized", "DEPRECATED"] {
        let setup = Setup::with(Sandbox::builder().items(50)).await;
        let records = &records()[..PART];
        let started = MatchPeople::new(records.to_vec()).unwrap();
        let id = setup.client.fetch(started).await.unwrap().request_id;
        let data = json!({"personsMatch": {"__typename": "RequestResponse", "requestId": id}});
        setup.vendor().fail_next(Endpoint::Api, beside(&data, kind));
        let job = setup.client.match_people(records.to_vec());
        let report = job.backoff(Backoff::new(Duration::from_millis(1))).await;
        let report = report.unwrap();
        assert!(report.is_complete(), "{kind}: {:?}", report.unmatched);
        assert_eq!(report.people.len(), PART, "{kind}");
        assert_eq!(setup.vendor().jobs_started(), 1, "{kind}");
    }
}

#[tokio::test]
async fn errors_beside_data_never_prove_that_nothing_has_started() {
    let nothing = json!({"personsMatch": null});
    let response = json!({"__typename": "RequestResponse", "requestId": null});
    let no_id = json!({"personsMatch": response});
    for (data, kind) in [
        (&Value::Null, "unauthorized"),
        (&nothing, "unauthorized"),
        (&no_id, "unauthorized"),
        (&nothing, "ValidationError"),
        (&no_id, "ValidationError"),
    ] {
        let setup = Setup::with(Sandbox::builder().items(50)).await;
        let file = TestFile::new("beside");
        setup.vendor().fail_next(Endpoint::Api, beside(data, kind));
        let report = job(&setup).state_file(file.0.path()).await.unwrap();
        let error = &report.unmatched[0].error;
        assert!(matches!(error, MatchError::Uncertain(_)), "{kind}: {error}");
        assert!(file.state().is_uncertain(), "{kind}");
    }
    // Without any data, and above all fields, nothing was executed.
    let setup = Setup::with(Sandbox::builder().items(50)).await;
    let file = TestFile::new("beside-nothing");
    let refusal = answer(&Value::Null, "unauthorized", &json!(["personsMatch"]));
    setup.vendor().fail_next(Endpoint::Api, refusal);
    let report = job(&setup).state_file(file.0.path()).await.unwrap();
    let error = &report.unmatched[0].error;
    assert!(
        matches!(error, MatchError::Request(error) if error.is_forbidden()),
        "{error}"
    );
    assert!(!file.state().is_uncertain());
}

#[tokio::test]
async fn results_are_used_although_a_field_is_withheld_and_missing_ones_are_not_called_no_match() {
    let setup = Setup::with(Sandbox::builder().items(50)).await;
    let person = json!({"altrataId": "1-per-1", "lastName": "Lovelace"});
    let result = |id: &str| json!({"clientSuppliedId": id, "matches": [person]});
    let results = json!([result("row 0"), result("row 1")]);
    let with = |results: &Value| {
        let response = json!({"__typename": "PersonMatchesResponse", "data": results});
        beside(&json!({"personUniqueMatches": response}), "unauthorized")
    };
    let job = || {
        let records = records().into_iter().take(2);
        let job = setup.client.match_people(records);
        job.backoff(Backoff::new(Duration::from_millis(1)))
    };
    // The submission, the looks and the results.
    let looks = setup.vendor().counts().api_requests;
    let _warm = job().await.unwrap();
    let before = u32::try_from(setup.vendor().counts().api_requests - looks - 1).unwrap();

    after(&setup, before);
    setup.vendor().fail_next(Endpoint::Api, with(&results));
    let report = job().await.unwrap();
    assert!(report.is_complete(), "{:?}", report.unmatched);
    for person in &report.people {
        assert!(matches!(&person.outcome, MatchOutcome::Unique(_)));
    }
    let kinds: Vec<_> = report.notes.iter().map(error_type).collect();
    assert_eq!(kinds, [Some("unauthorized")]);

    let nobody = json!([{"clientSuppliedId": "row 0", "matches": null}]);
    for results in [Value::Null, json!([null]), nobody] {
        after(&setup, before);
        setup.vendor().fail_next(Endpoint::Api, with(&results));
        let report = job().await.unwrap();
        assert!(report.people.is_empty(), "{results}");
        let error = &report.unmatched[0].error;
        assert!(
            matches!(error, MatchError::Request(error) if error.is_forbidden()),
            "{results}: {error}"
        );
    }
}

#[tokio::test]
async fn a_second_run_with_the_state_file_of_the_first_sends_nothing() {
    let setup = Setup::start().await;
    let file = TestFile::new("held");
    let lock = file.0.lock().unwrap();
    let error = job(&setup).state_file(file.0.path()).await.unwrap_err();
    assert!(matches!(&error, MatchError::StateHeld(held) if held.path() == file.0.path()));
    assert_eq!(setup.vendor().counts().api_requests, 0);
    drop(lock);
    let report = job(&setup).state_file(file.0.path()).await.unwrap();
    assert!(report.is_complete(), "{:?}", report.unmatched);
}

#[tokio::test]
async fn a_state_file_that_holds_something_else_sends_nothing() {
    let setup = Setup::start().await;
    let file = TestFile::new("garbage");
    std::fs::write(file.0.path(), "{").unwrap();
    let error = job(&setup).state_file(file.0.path()).await.unwrap_err();
    assert!(matches!(error, MatchError::Load(_)), "{error:?}");
    let text = error.source().unwrap().to_string();
    assert!(text.contains("altrata-garbage"), "{text}");
    assert_eq!(setup.vendor().counts().api_requests, 0);
}
