//! Whole matching jobs: split, submitted once, waited for, joined, and continued.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use altrata::{
    Backoff, MatchError, MatchJob, MatchOutcome, MatchReport, MatchState, PersonRecord, SaveState,
    queries::{
        matching::get_unique_matches::{PersonMatch, PersonMatchResult},
        profile::SearchPeople,
    },
};
use futures_util::{StreamExt, TryStreamExt, stream};
use sdk_sandbox::{Endpoint, Fault, Sandbox};

use crate::setup::Setup;

/// Records of people who are there, but for every tenth.
fn records(count: usize) -> Vec<PersonRecord> {
    let record = |i: usize| match i % 10 {
        9 => PersonRecord::named(format!("row {i}"), "No", "Body", "Nowhere"),
        _ => PersonRecord::new(format!("row {i}")).altrata_id(format!("1-per-{}", 4_000_000 + i)),
    };
    (0..count).map(record).collect()
}

fn quick(job: MatchJob) -> MatchJob {
    job.backoff(Backoff::new(Duration::from_millis(1)))
}

/// Keeps every state that is saved.
#[derive(Clone, Default)]
struct Saved(Arc<Mutex<Vec<MatchState>>>);

impl Saved {
    fn last(&self) -> MatchState {
        self.0.lock().unwrap().last().unwrap().clone()
    }
}

impl From<Saved> for SaveState<MatchState> {
    fn from(saved: Saved) -> Self {
        Self::new(move |state: &MatchState| {
            saved.0.lock().unwrap().push(state.clone());
            Ok(())
        })
    }
}

#[track_caller]
fn assert_joined(report: &MatchReport, records: &[PersonRecord]) {
    assert_eq!(report.people.len(), records.len());
    assert!(report.is_complete() && report.strangers.is_empty());
    for (i, (person, record)) in report.people.iter().zip(records).enumerate() {
        assert_eq!(&person.record, record);
        match &person.outcome {
            MatchOutcome::Unique(found) => {
                let id = format!("1-per-{}", 4_000_000 + i);
                assert_eq!(found.altrata_id.as_deref(), Some(&*id));
            }
            _ => assert_eq!(i % 10, 9, "row {i}"),
        }
    }
}

/// Why nothing came of a job of one request.
#[track_caller]
fn only_failure(report: MatchReport, records: &[PersonRecord]) -> MatchError {
    assert!(report.people.is_empty() && !report.is_complete());
    let [failed] = <[_; 1]>::try_from(report.unmatched).unwrap();
    assert_eq!(failed.records, records);
    failed.error
}

#[tokio::test]
async fn records_come_back_in_their_order_with_their_matches_whatever_the_requests() {
    let setup = Setup::with(Sandbox::builder().items(200)).await;
    let records = records(120);
    for (limit, jobs) in [(usize::MAX, 1), (6_000, 3)] {
        let before = setup.vendor().jobs_started();
        let job = setup.client.match_people(records.clone());
        let report = quick(job).max_request_bytes(limit).await.unwrap();
        assert_joined(&report, &records);
        let started = setup.vendor().jobs_started() - before;
        assert!(
            started >= jobs && (jobs > 1 || started == 1),
            "{started} jobs"
        );
    }
}

fn asked(setup: &Setup, operation: &str) -> usize {
    let requests = setup.vendor().requests().into_iter();
    requests
        .filter(|it| it.body["operationName"] == operation)
        .count()
}

#[tokio::test]
async fn outcomes_come_request_by_request_and_results_are_fetched_when_they_are_wanted() {
    let setup = Setup::with(Sandbox::builder().items(200)).await;
    let records = records(120);
    let job = quick(setup.client.match_people(records.clone())).max_request_bytes(6_000);
    let mut reports = std::pin::pin!(job.reports());
    let (mut people, mut seen) = (Vec::new(), 0);
    while let Some(report) = reports.try_next().await.unwrap() {
        seen += 1;
        assert_eq!(asked(&setup, "GetUniqueMatches"), seen);
        assert!(report.people.len() < records.len());
        people.extend(report.people);
    }
    assert_eq!(seen, setup.vendor().jobs_started());
    let mut report = MatchReport::default();
    report.people = people;
    assert_joined(&report, &records);
}

#[tokio::test]
async fn records_that_are_not_unique_are_told_apart_by_queries_of_the_callers() {
    let setup = Setup::with(Sandbox::builder().items(200)).await;
    let records = records(40);
    // The sandbox has no such queries, as nobody knows their names: people found by words, page by page,
    // stand for the candidates of one record.
    let job = quick(setup.client.match_people(records.clone()))
        .possible_matches(|client, job| {
            assert!(!job.is_empty());
            let people = client.items(SearchPeople::new("ada").first(2)).take(5);
            let ids = people.map_ok(|person| person.id);
            let candidates = ids.try_collect::<Vec<_>>();
            stream::once(candidates).map_ok(|ids| result("row 9", ids))
        })
        .no_matches(|_, _| {
            let nobody = ["row 19", "row 29", "row 9", "row 999"];
            stream::iter(nobody.map(|id| Ok(result(id, Vec::new()))))
        });
    let report = job.await.unwrap();
    let pages = asked(&setup, "SearchPeople");
    assert!((3..=4).contains(&pages), "two people a page: {pages}");
    for (i, person) in report.people.iter().enumerate() {
        let expected = match i {
            9 => matches!(&person.outcome, MatchOutcome::Possible(people) if people.len() == 5),
            19 | 29 => person.outcome == MatchOutcome::NoMatch,
            39 => person.outcome == MatchOutcome::NotUnique,
            _ => matches!(person.outcome, MatchOutcome::Unique(_)),
        };
        assert!(expected, "row {i}: {:?}", person.outcome);
    }
    let strangers = report.strangers.iter();
    let strangers: Vec<_> = strangers
        .map(|it| it.client_supplied_id.as_deref())
        .collect();
    assert_eq!(strangers, [Some("row 9"), Some("row 999")]);
}

/// A result as a query of the caller's would give it.
fn result(id: &str, people: Vec<Option<String>>) -> PersonMatchResult {
    let person = |altrata_id| PersonMatch {
        altrata_id,
        first_name: None,
        last_name: None,
        role_title: None,
        organization_name: None,
    };
    PersonMatchResult {
        client_supplied_id: Some(id.to_owned()),
        match_result_id: None,
        match_result_type: None,
        matches: Some(people.into_iter().map(|id| Some(person(id))).collect()),
    }
}

#[tokio::test]
async fn a_lost_answer_is_an_uncertain_submission_and_is_not_sent_again() {
    let setup = Setup::with(Sandbox::builder().items(50)).await;
    let records = records(20);
    setup
        .client
        .execute(SearchPeople::new("ada"))
        .await
        .unwrap();
    // The first job starts, and its answer never arrives.
    setup.vendor().fail_next(Endpoint::Api, Fault::Truncate);
    let saved = Saved::default();
    let job = || quick(setup.client.match_people(records.clone())).save_state(saved.clone());
    let error = only_failure(job().await.unwrap(), &records);
    assert!(
        matches!(&error, MatchError::Uncertain(lost) if lost.records() == 20),
        "{error:?}"
    );
    assert!(!error.is_retryable(), "{error}");
    assert!(saved.last().is_uncertain());
    assert_eq!(setup.vendor().jobs_started(), 1);

    let report = job().resume(saved.last()).await.unwrap();
    let error = only_failure(report, &records);
    assert!(matches!(error, MatchError::Uncertain(_)), "{error:?}");
    assert_eq!(setup.vendor().jobs_started(), 1);

    let report = job()
        .resume(saved.last())
        .resubmit_uncertain()
        .await
        .unwrap();
    assert_joined(&report, &records);
    assert_eq!(setup.vendor().jobs_started(), 2);
}

#[tokio::test]
async fn a_submission_that_was_refused_is_certain_and_can_be_resumed() {
    let setup = Setup::with(Sandbox::builder().items(50)).await;
    let records = records(20);
    for fault in [
        Fault::too_many_requests("1"),
        Fault::status(400),
        Fault::status(413),
    ] {
        let before = setup.vendor().jobs_started();
        let saved = Saved::default();
        let job = || quick(setup.client.match_people(records.clone())).save_state(saved.clone());
        setup.vendor().fail_next(Endpoint::Api, fault);
        let error = only_failure(job().await.unwrap(), &records);
        assert!(matches!(error, MatchError::Request(_)), "{error:?}");
        assert!(!saved.last().is_uncertain());
        let report = job().resume(saved.last()).await.unwrap();
        assert_joined(&report, &records);
        assert_eq!(setup.vendor().jobs_started() - before, 1);
    }
}

#[tokio::test]
async fn from_every_state_that_was_ever_saved_a_job_goes_on_without_starting_a_certain_one_again() {
    let setup = Setup::with(Sandbox::builder().items(200)).await;
    let records = records(120);
    let saved = Saved::default();
    let job = quick(setup.client.match_people(records.clone())).max_request_bytes(6_000);
    let report = job.save_state(saved.clone()).await.unwrap();
    assert_joined(&report, &records);
    let states = saved.0.lock().unwrap().clone();
    let jobs = setup.vendor().jobs_started();
    // The plan, then for each request: about to be sent, sent, done.
    assert_eq!(states.len(), 1 + 3 * jobs);
    for state in states {
        let known = state.request_ids().count();
        let before = setup.vendor().jobs_started();
        let job = quick(setup.client.match_people(records.clone()));
        let report = job.resume(state.clone()).await.unwrap();
        let started = setup.vendor().jobs_started() - before;
        if state.is_uncertain() {
            let [lost] = &report.unmatched[..] else {
                panic!("{:?}", report.unmatched);
            };
            assert!(matches!(lost.error, MatchError::Uncertain(_)));
            assert_eq!(report.people.len() + lost.records.len(), records.len());
            assert_eq!(started + known + 1, jobs);
        } else {
            assert_joined(&report, &records);
            assert_eq!(started + known, jobs);
        }
    }
}

#[tokio::test]
async fn a_job_that_fails_or_takes_too_long_says_so_and_is_not_started_again() {
    let setup = Setup::with(Sandbox::builder().items(50)).await;
    let records = records(20);
    let saved = Saved::default();
    setup.vendor().fail_next_job("no luck today");
    let job = || quick(setup.client.match_people(records.clone())).save_state(saved.clone());
    let MatchError::Failed(failed) = only_failure(job().await.unwrap(), &records) else {
        panic!("the job was ordered to fail");
    };
    assert_eq!(failed.status(), "Matching Failed");
    assert_eq!(failed.description(), Some("no luck today"));
    let report = job().resume(saved.last()).await.unwrap();
    let error = only_failure(report, &records);
    assert!(matches!(error, MatchError::Failed(_)), "{error:?}");
    assert_eq!(setup.vendor().jobs_started(), 1);

    let slow = Setup::with(Sandbox::builder().items(50).looks_until_done(1_000_000)).await;
    let job = quick(slow.client.match_people(records.clone())).save_state(saved.clone());
    let report = job.deadline(Duration::from_millis(50)).await.unwrap();
    let error = only_failure(report, &records);
    assert!(error.is_retryable(), "{error}");
    let MatchError::Deadline(overdue) = &error else {
        panic!("{error:?}");
    };
    let state = saved.last();
    let ids: Vec<_> = state.request_ids().collect();
    assert_eq!(ids, [overdue.request_id()]);
    assert_eq!(overdue.last_status(), Some("Matching Started"));
    assert_eq!(overdue.deadline(), Duration::from_millis(50));
    let text = error.to_string();
    assert!(
        text.contains(overdue.request_id()) && text.contains("`Matching Started`"),
        "{text}"
    );
}

#[tokio::test]
async fn a_state_of_other_records_or_one_that_cannot_be_saved_sends_nothing() {
    let setup = Setup::with(Sandbox::builder().items(50)).await;
    let saved = Saved::default();
    let job = quick(setup.client.match_people(records(20))).save_state(saved.clone());
    assert!(job.await.unwrap().is_complete());
    setup.vendor().reset_records();
    let other = setup.client.match_people(records(21)).resume(saved.last());
    assert!(matches!(other.await, Err(MatchError::OtherRecords)));
    let full = SaveState::new(|_: &MatchState| Err(std::io::ErrorKind::StorageFull.into()));
    let job = setup.client.match_people(records(20)).save_state(full);
    assert!(matches!(job.await, Err(MatchError::Save(_))));
    assert_eq!(setup.vendor().counts().api_requests, 0);
}
