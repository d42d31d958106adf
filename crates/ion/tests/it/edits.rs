//! Safe edits: what others write meanwhile is never lost, and no edit lands twice.

use futures_util::{TryStreamExt, future::try_join_all};
use ion::{
    Client, Decimal, Id, JobError,
    edit::{self, Edited},
    queries::{
        GetPart, ListIssues, ListPartInventories, ListParts, ListPurchaseOrders, ListRuns,
        ListSteps,
    },
    types::{RunStepStatus, RunsInputFilters, StringFilter},
};
use sdk_sandbox::{Endpoint, Fault};
use serde_json::json;

use crate::setup::{Setup, builder};

async fn first_part(client: &Client) -> Id {
    let mut parts = client.items(ListParts::new().first(1));
    parts.try_next().await.unwrap().unwrap().id
}

async fn description(client: &Client, part: &Id) -> String {
    let data = client.execute(GetPart::new(part)).await.unwrap();
    data.part.unwrap().description.unwrap()
}

/// Adds a word to a part's description.
async fn add_word(client: &Client, part: &Id, word: &str) -> Result<(), JobError> {
    let edit = client.edit(edit::part(part)).attempts(1_000);
    edit.apply(|row, change| {
        let text = row.description.as_deref().unwrap_or_default();
        change.description(format!("{text} {word}"))
    })
    .await
    .map(|_| ())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_five_hundred_conflicting_edits_lands_exactly_once() {
    let setup = Setup::start().await;
    let part = first_part(&setup.client).await;
    let before = description(&setup.client, &part).await;
    // Clones of a client take turns; clients that are built apart collide.
    let clients: Vec<Client> = (0..4)
        .map(|_| builder(setup.vendor()).build().unwrap())
        .collect();
    let edits = (0..500).map(|number| {
        let (client, part) = (clients[number % 4].clone(), part.clone());
        async move {
            let edit = async move { add_word(&client, &part, &number.to_string()).await };
            tokio::spawn(edit).await.unwrap()
        }
    });
    try_join_all(edits).await.unwrap();
    let requests = setup.vendor().counts().api_requests;
    assert!(requests > 1_002, "nothing collided in {requests} requests");
    let after = description(&setup.client, &part).await;
    let words = after.strip_prefix(&before).unwrap().split_whitespace();
    let mut numbers: Vec<u32> = words.map(|word| word.parse().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..500).collect::<Vec<_>>());
}

#[tokio::test]
async fn edits_of_one_client_take_turns_and_meet_no_conflict() {
    let setup = Setup::start().await;
    let part = first_part(&setup.client).await;
    setup.vendor().reset_records();
    let edits = (0..20).map(|number| {
        let (client, part) = (setup.client.clone(), &part);
        async move { add_word(&client, part, &number.to_string()).await }
    });
    try_join_all(edits).await.unwrap();
    // A read and a write each.
    assert_eq!(setup.vendor().counts().api_requests, 40);
}

#[tokio::test]
async fn the_closure_runs_again_with_the_row_as_it_is_then() {
    let setup = Setup::start().await;
    let part = first_part(&setup.client).await;
    setup.vendor().race_writes(3);
    let mut etags = Vec::new();
    let edit = setup.client.edit(edit::part(&part));
    let edited = edit.apply(|row, change| {
        etags.push(row.etag.clone());
        assert_eq!(Some(&change.etag), row.etag.as_ref());
        change.description("ours")
    });
    assert!(edited.await.unwrap().written().is_some());
    assert_eq!(etags.len(), 4);
    etags.dedup();
    assert_eq!(etags.len(), 4, "each attempt reads the row again");
}

#[tokio::test]
async fn a_row_that_others_keep_writing_is_given_up_with_nothing_written() {
    let setup = Setup::start().await;
    let part = first_part(&setup.client).await;
    let before = description(&setup.client, &part).await;
    setup.vendor().race_writes(2);
    let edit = setup.client.edit(edit::part(&part)).attempts(2);
    let error = edit
        .apply(|_, change| change.description("never"))
        .await
        .unwrap_err();
    let JobError::Contended(contended) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(contended.attempts(), 2);
    assert!(error.is_conflict());
    assert_eq!(description(&setup.client, &part).await, before);
}

#[tokio::test]
async fn every_row_that_can_be_edited_survives_a_race() {
    let setup = Setup::start().await;
    let (vendor, client) = (setup.vendor(), &setup.client);
    macro_rules! first {
        ($list:expr) => {
            client.items($list).try_next().await.unwrap().unwrap()
        };
    }
    vendor.race_writes(1);
    let part = first_part(client).await;
    let edited = client.edit(edit::part(&part));
    let edited = edited.apply(|_, change| change.description("ours")).await;
    let row = edited.unwrap().written().unwrap();
    assert_eq!(row.description.as_deref(), Some("ours"));

    vendor.race_writes(1);
    let unit = first!(ListPartInventories::new()).id;
    let edited = client.edit(edit::part_inventory(&unit));
    let edited = edited
        .apply(|_, change| change.quantity(Decimal::from(0)))
        .await;
    let row = edited.unwrap().written().unwrap();
    assert_eq!(row.quantity.map(|quantity| quantity.to_f64()), Some(0.0));

    vendor.race_writes(1);
    let order = first!(ListPurchaseOrders::new()).id;
    let edited = client.edit(edit::purchase_order(&order));
    let edited = edited.apply(|_, change| change.status("REQUESTED")).await;
    let row = edited.unwrap().written().unwrap();
    assert_eq!(row.status.as_deref(), Some("REQUESTED"));

    vendor.race_writes(1);
    let step = first!(ListSteps::new()).id;
    let edited = client.edit(edit::step(&step));
    let edited = edited
        .apply(|_, change| change.slate_content(json!([])))
        .await;
    let row = edited.unwrap().written().unwrap();
    assert_eq!(row.slate_content, Some(json!([])));

    vendor.race_writes(1);
    let open = RunsInputFilters::new().status(StringFilter::new().eq("TODO"));
    let run = first!(ListRuns::new().filters(open)).id;
    let progress = client.run_progress(&run).await.unwrap();
    let step = progress.current().unwrap().clone();
    let edited = client.edit(edit::run_step(&run, &step.id));
    let edited = edited.apply(|_, change| change.status(RunStepStatus::InProgress));
    let row = edited.await.unwrap().written().unwrap();
    assert_eq!(row.status, Some(RunStepStatus::InProgress));

    vendor.race_writes(1);
    let field = step.fields.unwrap()[0].clone().unwrap().id;
    let edited = client.edit(edit::run_step_field(&run, field));
    let edited = edited.apply(|_, change| change.value(json!(7))).await;
    let row = edited.unwrap().written().unwrap();
    assert_eq!(row.value, Some(json!(7)));

    vendor.race_writes(1);
    let edited = client.edit(edit::part_attribute(&part, "material"));
    let edited = edited.apply(|row, change| {
        assert_eq!(row.value, Some(json!("316L")));
        change.value(json!("titanium"))
    });
    let row = edited.await.unwrap().written().unwrap();
    assert_eq!(row.value, Some(json!("titanium")));

    vendor.race_writes(1);
    let edited = client.edit(edit::part_inventory_attribute(&unit, "bin"));
    let edited = edited.apply(|row, change| {
        assert_eq!((&row.value, &row.etag), (&None, &None));
        change.value(json!("A-7"))
    });
    let row = edited.await.unwrap().written().unwrap();
    assert_eq!(row.value, Some(json!("A-7")));

    let issue = first!(ListIssues::new()).id;
    for (severity, races) in [("minor", 0), ("major", 1)] {
        vendor.race_writes(races);
        let edited = client.edit(edit::issue_attribute(&issue, "Severity"));
        let edited = edited.apply(|_, change| change.value(json!(severity)));
        let row = edited.await.unwrap().written().unwrap();
        assert_eq!(row.value, Some(json!(severity)));
    }
}

#[tokio::test]
async fn nothing_to_change_and_nothing_there_write_nothing() {
    let setup = Setup::start().await;
    let part = first_part(&setup.client).await;
    setup.vendor().reset_records();
    let edit = setup.client.edit(edit::part(&part));
    let edited = edit.apply(|_, _| None).await.unwrap();
    assert!(matches!(edited, Edited::Unchanged(row) if row.id == part));
    let edit = setup.client.edit(edit::part("999"));
    let error = edit.apply(|_, change| change).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(setup.vendor().counts().api_requests, 2);
}

#[tokio::test]
async fn an_etag_that_the_closure_sets_itself_is_not_sent() {
    let setup = Setup::start().await;
    let part = first_part(&setup.client).await;
    let edit = setup.client.edit(edit::part(&part));
    let edited = edit.apply(|_, mut change| {
        change.id = Id::from("999");
        change.etag = "of another row".to_owned();
        change.description("ours")
    });
    assert_eq!(edited.await.unwrap().written().unwrap().id, part);
}

#[tokio::test]
async fn a_write_of_unknown_outcome_is_not_repeated() {
    let setup = Setup::start().await;
    let part = first_part(&setup.client).await;
    setup.vendor().reset_records();
    let mut calls = 0;
    let edit = setup.client.edit(edit::part(&part));
    let error = edit
        .apply(|_, change| {
            calls += 1;
            setup.vendor().fail_next(Endpoint::Api, Fault::Disconnect);
            change.description("perhaps")
        })
        .await
        .unwrap_err();
    assert!(!error.is_conflict(), "{error}");
    assert_eq!((calls, setup.vendor().counts().api_requests), (1, 2));
}
