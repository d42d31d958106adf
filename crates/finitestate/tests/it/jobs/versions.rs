//! Any two versions, compared and replicated, beside a model that is too simple to be wrong.

mod model;
mod server;

use std::collections::BTreeSet;

use finitestate::jobs::SkipReason;
use finitestate::{Change, ComponentBrief, Env, FindingBrief, Id, TriageOutcome};
use futures_util::TryStreamExt as _;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use model::{Component, Finding, Status};
use server::{NEW, OLD, Server};

/// Two versions, and how many items the server gives at most at once.
#[derive(Debug, Clone)]
struct Case {
    old: Vec<Finding>,
    new: Vec<Finding>,
    page: usize,
}

/// Few different names and versions, so that much is the same.
fn component() -> impl Strategy<Value = Component> {
    let name = select(vec![Some("openssl"), Some("zlib"), None]);
    (name, select(vec![Some("1"), Some("2"), None]))
}

fn status() -> impl Strategy<Value = Status> {
    let status = |status, justification, responses| Status {
        status,
        justification,
        responses,
        comment: None,
    };
    let plain = select(vec![
        status("NOT_AFFECTED", Some("VULNERABLE_CODE_NOT_PRESENT"), vec![]),
        status("AFFECTED", None, vec![]),
        status("AFFECTED", None, vec!["UPDATE_REQUIRED", "CANNOT_FIX"]),
        status("AFFECTED", None, vec!["CANNOT_FIX", "UPDATE_REQUIRED"]),
        status("FIXED", None, vec![]),
        // One whose details do not go with it, and one that nobody knows.
        status("FIXED", Some("VULNERABLE_CODE_NOT_PRESENT"), vec![]),
        status("PONDERED", None, vec![]),
    ]);
    let comment = select(vec![None, Some("why")]);
    (plain, comment).prop_map(|(status, comment)| Status { comment, ..status })
}

fn finding() -> impl Strategy<Value = Finding> {
    let tool_id = select(vec![Some("CVE-1"), Some("CVE-2"), Some(""), None]);
    let title = select(vec![Some("CVE-1"), Some("weak key"), None]);
    let category = select(vec![Some("CVE"), Some("CREDENTIALS"), None]);
    let affects = prop::collection::vec(component(), 0..3);
    let status = prop::option::of(status());
    (tool_id, title, category, affects, status).prop_map(
        |(tool_id, title, category, affects, status)| Finding {
            id: String::new(),
            tool_id,
            title,
            category,
            affects,
            status,
        },
    )
}

/// The newer version has some findings of the older one, each with components or a status of its own now and
/// then, and others, in any order.
fn case() -> impl Strategy<Value = Case> {
    let old = prop::collection::vec(finding(), 0..10);
    let new = old.prop_flat_map(|old| {
        let some = subsequence(old.clone(), 0..=old.len());
        let changes = prop::collection::vec(
            (
                prop::option::weighted(0.3, component()),
                prop::option::of(status()),
            ),
            old.len(),
        );
        let kept = (some, changes).prop_map(|(mut kept, changes)| {
            for (finding, (upgrade, status)) in kept.iter_mut().zip(changes) {
                if let (Some(upgrade), Some(last)) = (upgrade, finding.affects.last_mut()) {
                    *last = upgrade;
                }
                finding.status = status;
            }
            kept
        });
        let more = prop::collection::vec(finding(), 0..4);
        let new = (kept, more).prop_map(|(kept, more)| [kept, more].concat());
        (Just(old), new.prop_shuffle())
    });
    (new, 1_usize..8).prop_map(|((mut old, mut new), page)| {
        for (version, findings) in [("old", &mut old), ("new", &mut new)] {
            for (place, finding) in findings.iter_mut().enumerate() {
                finding.id = format!("{version}-{place}");
            }
        }
        Case { old, new, page }
    })
}

/// The same cases in every run; `PROPTEST_CASES` says how many.
fn hold(property: &impl AsyncFn(&Server, Case) -> Result<(), TestCaseError>) {
    let environment = Env::process();
    let cases = environment.reader().optional("PROPTEST_CASES", "a number");
    let cases = cases.and_then(|cases| cases.parse().ok()).unwrap_or(40);
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, random);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::start());
    let held = runner.run(&case(), |case| {
        server.hold(&case.old, &case.new, case.page);
        runtime.block_on(property(&server, case))
    });
    assert!(held.is_ok(), "{}", held.unwrap_err());
}

/// The ids of a change, in the older version and in the newer one.
fn ids<T>(change: &Change<T>, id: impl Fn(&T) -> &Id) -> (Option<String>, Option<String>) {
    let id = |item| Some(id(item).as_str().to_owned());
    match change {
        Change::New(new) => (None, id(new)),
        Change::Fixed(old) => (id(old), None),
        Change::Unchanged { old, new } => (id(old), id(new)),
    }
}

#[test]
fn a_comparison_of_any_two_versions_is_that_of_the_model() {
    hold(&async |server, case| {
        let comparison = server.client.compare_versions(OLD, NEW);
        let changes: Vec<_> = comparison.findings().try_collect().await.unwrap();
        let found: Vec<_> = changes
            .iter()
            .map(|change| ids(change, |finding: &FindingBrief| &finding.id))
            .collect();
        let alike = |old: &Finding, new: &Finding| old.affected() == new.affected();
        let expected = model::compare(&case.old, &case.new, Finding::key, alike);
        let expected: Vec<_> = expected
            .iter()
            .map(|(old, new)| (old.map(|it| it.id.clone()), new.map(|it| it.id.clone())))
            .collect();
        prop_assert_eq!(&found, &expected);

        // Whatever the model says: each finding of both occurs exactly once.
        let once = |ids: Vec<&String>, version: &[Finding]| {
            ids.len() == version.len()
                && ids.into_iter().collect::<BTreeSet<_>>()
                    == version.iter().map(|it| &it.id).collect()
        };
        prop_assert!(once(
            found.iter().filter_map(|it| it.0.as_ref()).collect(),
            &case.old
        ));
        prop_assert!(once(
            found.iter().filter_map(|it| it.1.as_ref()).collect(),
            &case.new
        ));
        Ok(())
    });
}

#[test]
fn a_comparison_of_components_is_that_of_the_model() {
    hold(&async |server, case| {
        let comparison = server.client.compare_versions(OLD, NEW);
        let changes: Vec<_> = comparison.components().try_collect().await.unwrap();
        let found: Vec<_> = changes
            .iter()
            .map(|change| ids(change, |component: &ComponentBrief| &component.id))
            .collect();
        let (old, new) = (model::components(&case.old), model::components(&case.new));
        let expected = model::compare(&old, &new, |it| it.1, |_, _| true);
        let expected: Vec<_> = expected
            .iter()
            .map(|(old, new)| (old.map(|it| it.0.clone()), new.map(|it| it.0.clone())))
            .collect();
        prop_assert_eq!(found, expected);
        Ok(())
    });
}

#[test]
fn a_replication_touches_exactly_what_matches_and_has_nothing_to_do_the_second_time() {
    for overwrite in [false, true] {
        hold(&async |server, case| {
            let replicate = || {
                let replication = server.client.replicate_statuses("user", OLD, NEW);
                match overwrite {
                    true => replication.overwrite(),
                    false => replication,
                }
            };
            let expected = model::replicate(&case.old, &case.new, overwrite);

            let planned = replicate().dry_run().await.unwrap();
            prop_assert_eq!(
                server.findings(NEW),
                case.new.clone(),
                "a dry run changes nothing"
            );
            let report = replicate().await.unwrap();
            prop_assert_eq!(server.findings(NEW), expected.target.clone());
            prop_assert_eq!(server.findings(OLD), case.old.clone());

            let ids = |updates: &[(Id, _, _)]| {
                let ids = updates.iter().map(|update| update.0.as_str().to_owned());
                ids.collect::<BTreeSet<_>>()
            };
            prop_assert_eq!(ids(&report.updates), expected.updated.clone());
            prop_assert_eq!(ids(&planned.updates), expected.updated);
            let is_done = |outcome: &Option<TriageOutcome>| {
                outcome.as_ref().is_some_and(TriageOutcome::is_updated)
            };
            let all_done = report.updates.iter().all(|it| is_done(&it.2));
            prop_assert!(all_done, "{:?}", report.updates);
            let skipped: Vec<_> = report
                .skipped
                .iter()
                .map(|it| (it.finding_id.as_str().to_owned(), it.reason))
                .collect();
            prop_assert_eq!(skipped, expected.skipped);
            let unmatched: Vec<_> = report.unmatched.iter().map(|it| it.to_string()).collect();
            prop_assert_eq!(unmatched, expected.unmatched);

            let again = replicate().await.unwrap();
            prop_assert!(again.updates.is_empty(), "{:?}", again);
            prop_assert_eq!(server.findings(NEW), expected.target);
            Ok(())
        });
    }
}

/// What the model is made of stays in view: a wrong one would prove nothing.
#[test]
fn the_model_finds_what_a_reader_would() {
    let finding = |id: &str, version, status| Finding {
        id: id.to_owned(),
        tool_id: Some("CVE-1"),
        title: None,
        category: None,
        affects: vec![(Some("openssl"), Some(version))],
        status,
    };
    let fixed = Status {
        status: "FIXED",
        justification: None,
        responses: vec![],
        comment: None,
    };
    let affected = Status {
        status: "AFFECTED",
        ..fixed.clone()
    };
    // Two copies of a component. The newer version keeps one of them as it is and upgrades the other.
    let old = [
        finding("old-0", "1", Some(fixed.clone())),
        finding("old-1", "2", Some(affected.clone())),
    ];
    let new = [finding("new-0", "2", None), finding("new-1", "3", None)];
    let alike = |old: &Finding, new: &Finding| old.affected() == new.affected();
    let pairs = model::compare(&old, &new, Finding::key, alike);
    assert_eq!(
        pairs,
        [
            (Some(&old[1]), Some(&new[0])),
            (Some(&old[0]), Some(&new[1]))
        ]
    );
    let done = model::replicate(&old, &new, false);
    assert_eq!(done.target[0].status, Some(affected));
    assert_eq!(
        done.skipped,
        [("new-1".to_owned(), SkipReason::Contradicting)]
    );
    assert!(done.unmatched.is_empty());
    let renamed = [Finding {
        affects: vec![(Some("zlib"), Some("1"))],
        ..finding("new-0", "1", None)
    }];
    let done = model::replicate(&old[..1], &renamed, true);
    assert_eq!(done.unmatched, ["old-0"]);
    assert!(done.updated.is_empty() && done.skipped.is_empty());
}
