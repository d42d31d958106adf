//! Triage in batches, and its replication.

use finitestate::{
    FindingStatusUpdate, Id, TriageOutcome,
    jobs::SkipReason,
    queries::{GetFinding, ListFindings},
    types::{FindingFilter, FindingStatusJustificationEnum as Justification, FindingStatusOption},
};
use futures_util::TryStreamExt;
use sdk_sandbox::{Endpoint, Fault, Sandbox};

use super::first_user;
use crate::setup::Setup;

async fn findings(setup: &Setup, version: &Id) -> Vec<Id> {
    let live = FindingFilter::new()
        .asset_version_ref_id(version.clone())
        .merged_finding_ref_id(None)
        .deleted_at(None);
    let list = setup.client.items(ListFindings::new().filter(live));
    list.map_ok(|finding| finding.id)
        .try_collect()
        .await
        .unwrap()
}

async fn status(setup: &Setup, finding: &Id) -> Option<FindingStatusOption> {
    let found = setup.client.execute(GetFinding::new(finding.clone())).await;
    found.unwrap().finding.unwrap().current_status?.status
}

#[tokio::test]
async fn one_unknown_id_does_not_stand_in_the_way_of_the_others() {
    let setup = Setup::with(Sandbox::builder().items(30)).await;
    let user = first_user(&setup.client).await;
    let version = Id::from(setup.vendor().main_asset_version_id());
    let mut ids = findings(&setup, &version).await;
    ids.insert(7, Id::from("404"));
    let outcomes = setup
        .client
        .triage(&user, FindingStatusUpdate::fixed(), ids.clone())
        .batch(12)
        .await;
    let order: Vec<_> = outcomes.iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(order, ids);
    for (id, outcome) in &outcomes {
        assert_eq!(
            outcome.is_updated(),
            id.as_str() != "404",
            "{id}: {outcome:?}"
        );
    }
    assert!(matches!(outcomes[7].1, TriageOutcome::Failed(_)));
    assert_eq!(
        status(&setup, &ids[8]).await,
        Some(FindingStatusOption::Fixed)
    );
}

#[tokio::test]
async fn a_batch_without_an_answer_has_an_outcome_for_each_and_the_next_one_goes_on() {
    let setup = Setup::with(Sandbox::builder().items(30)).await;
    let user = first_user(&setup.client).await;
    let version = Id::from(setup.vendor().main_asset_version_id());
    let ids = findings(&setup, &version).await;
    setup.vendor().fail_next(Endpoint::Api, Fault::status(500));
    let outcomes = setup
        .client
        .triage(&user, FindingStatusUpdate::fixed(), ids)
        .batch(20)
        .await;
    let updated: Vec<bool> = outcomes.iter().map(|(_, it)| it.is_updated()).collect();
    assert_eq!(
        updated,
        [[false; 10].as_slice(), &[false; 10], &[true; 10]].concat()
    );
}

#[tokio::test]
async fn statuses_are_carried_over_to_the_same_findings_and_none_is_overwritten() {
    let setup = Setup::with(Sandbox::builder().items(30)).await;
    let client = &setup.client;
    let user = first_user(client).await;
    let version = Id::from(setup.vendor().main_asset_version_id());
    let ids = findings(&setup, &version).await;
    // A version is the same as itself: every finding that has a status has that very one.
    let verdict = FindingStatusUpdate::not_affected(Justification::ComponentNotPresent);
    client
        .triage(&user, verdict.comment("why"), ids.clone())
        .await;
    let same = client
        .replicate_statuses(&user, &version, &version)
        .await
        .unwrap();
    assert!(
        same.updates.is_empty() && same.skipped.is_empty(),
        "{same:?}"
    );

    // Another version of the sandbox holds findings of its own, some of the same weaknesses.
    let all: Vec<_> = client
        .items(finitestate::queries::ListAssetVersions::new())
        .map_ok(|version| version.id)
        .try_collect()
        .await
        .unwrap();
    let mut carried = 0;
    for other in all.into_iter().filter(|id| *id != version) {
        let replicate = client.replicate_statuses(&user, &version, &other);
        let planned = replicate.clone().dry_run().await.unwrap();
        let done = replicate.clone().await.unwrap();
        assert_eq!(planned.updates.len(), done.updates.len());
        for (id, update, outcome) in &done.updates {
            assert!(outcome.as_ref().unwrap().is_updated());
            assert_eq!(status(&setup, id).await.as_ref(), Some(update.status()));
            carried += 1;
        }
        assert!(
            replicate.await.unwrap().updates.is_empty(),
            "nothing is left to do"
        );
        let fixed = FindingStatusUpdate::fixed();
        let ids: Vec<_> = done.updates.iter().map(|(id, _, _)| id.clone()).collect();
        client.triage(&user, fixed, ids.clone()).await;
        let kept = client
            .replicate_statuses(&user, &version, &other)
            .await
            .unwrap();
        let has_status = kept
            .skipped
            .iter()
            .filter(|it| it.reason == SkipReason::HasStatus);
        assert!(has_status.count() >= ids.len());
    }
    assert!(carried > 0, "no version shares a finding with the main one");
}

#[tokio::test]
async fn what_is_not_about_the_ids_is_found_out_once() {
    let setup = Setup::with(Sandbox::builder().items(30)).await;
    let version = Id::from(setup.vendor().main_asset_version_id());
    let ids = findings(&setup, &version).await;
    let before = setup.vendor().counts().api_requests;
    let outcomes = setup
        .client
        .triage("404", FindingStatusUpdate::fixed(), ids.clone())
        .batch(8)
        .await;
    assert_eq!(outcomes.len(), ids.len());
    let failed = |(_, it): &(Id, TriageOutcome)| matches!(it, TriageOutcome::Failed(_));
    assert!(outcomes.iter().all(failed));
    // The first batch of four is halved down to its ids.
    let sent = setup.vendor().counts().api_requests - before;
    assert_eq!(sent, (8 + 4 + 2 + 1) + 3);
}

#[tokio::test]
async fn a_batch_of_unknown_ids_does_not_stand_in_the_way_of_a_batch_with_one() {
    let setup = Setup::with(Sandbox::builder().items(30)).await;
    let user = first_user(&setup.client).await;
    let version = Id::from(setup.vendor().main_asset_version_id());
    let known = findings(&setup, &version).await;
    let mut ids: Vec<_> = (0..4).map(|n| Id::from(format!("404{n}"))).collect();
    ids.extend([known[0].clone(), known[1].clone(), Id::from("4044")]);
    let outcomes = setup
        .client
        .triage(&user, FindingStatusUpdate::fixed(), ids)
        .batch(4)
        .await;
    let updated: Vec<bool> = outcomes.iter().map(|(_, it)| it.is_updated()).collect();
    assert_eq!(updated, [false, false, false, false, true, true, false]);
}
