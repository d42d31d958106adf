//! Runs and bills of materials: how far, how much, and what was refused.

use futures_util::TryStreamExt;
use ion::{
    Client, Id, JobError, ValueError, edit,
    queries::{ListMbomItems, ListRuns},
    types::{MBomDepthInput, MBomLevelInput, RunStepStatus, RunsInputFilters, StringFilter},
};
use serde_json::json;

use crate::setup::Setup;

async fn run_in(client: &Client, status: &str) -> Id {
    let filters = RunsInputFilters::new().status(StringFilter::new().eq(status));
    let mut runs = client.items(ListRuns::new().filters(filters));
    runs.try_next().await.unwrap().unwrap().id
}

#[tokio::test]
async fn a_run_is_followed_step_by_step_to_its_end() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let run = run_in(client, "TODO").await;
    let mut seen = Vec::new();
    while let Some(step) = client.run_progress(&run).await.unwrap().current() {
        seen.push(step.title.clone().unwrap());
        for status in [RunStepStatus::InProgress, RunStepStatus::Complete] {
            let edit = client.edit(edit::run_step(&run, &step.id));
            edit.apply(|_, change| change.status(status.clone()))
                .await
                .unwrap();
        }
    }
    assert_eq!(seen, ["Inspect housing", "Press bearing", "Leak test"]);
    let progress = client.run_progress(&run).await.unwrap();
    assert!(progress.is_complete());
    assert_eq!((progress.complete(), progress.total()), (3, 3));
    assert_eq!(progress.run().status.as_deref(), Some("COMPLETE"));
    let error = client.run_progress("999").await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test]
async fn a_value_is_submitted_by_name_in_the_type_of_its_field() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let run = run_in(client, "IN_PROGRESS").await;
    // Text, as a file of measurements has it.
    for (field, text, value) in [
        ("Torque", "42.5", json!(42.5)),
        ("Accepted", "true", json!(true)),
        ("Remark", "7", json!("7")),
    ] {
        let submitted = client.submit(&run, field, text).send().await.unwrap();
        assert_eq!(submitted.value, Some(value), "{field}");
    }
    let error = client
        .submit(&run, "Torque", "tight")
        .send()
        .await
        .unwrap_err();
    assert!(
        matches!(error, JobError::Value(ValueError::NotANumber)),
        "{error}"
    );
    let error = client
        .submit(&run, "Colour", "red")
        .send()
        .await
        .unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test]
async fn a_step_is_named_where_none_is_in_progress() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let run = run_in(client, "TODO").await;
    let error = client.submit(&run, "Torque", 1).send().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let progress = client.run_progress(&run).await.unwrap();
    let step = progress.current().unwrap().id.clone();
    // The field is found, and the server refuses: the step has not begun.
    let error = client.submit(&run, "Torque", 1).step(step).send().await;
    assert!(matches!(error, Err(JobError::Call(_))), "{error:?}");
}

#[tokio::test]
async fn a_value_that_somebody_else_submits_first_stays() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let run = run_in(client, "IN_PROGRESS").await;
    setup.vendor().race_writes(1);
    let submitted = client.submit(&run, "Torque", 40).send().await.unwrap();
    assert_eq!(
        submitted.value,
        Some(json!(40)),
        "their write changed no value"
    );

    let (one, other) = tokio::join!(
        client.submit(&run, "Torque", 41).send(),
        client.submit(&run, "Torque", 42).send(),
    );
    let outcomes = [one, other];
    let taken: Vec<_> = outcomes.iter().filter_map(|it| it.as_ref().ok()).collect();
    let refused: Vec<_> = outcomes.iter().filter_map(|it| it.as_ref().err()).collect();
    assert_eq!((taken.len(), refused.len()), (1, 1), "{outcomes:?}");
    assert!(refused[0].is_conflict(), "{refused:?}");
    let progress = client.run_progress(&run).await.unwrap();
    let fields = progress.current().unwrap().fields.as_ref().unwrap();
    assert_eq!(fields[0].as_ref().unwrap().value, taken[0].value);
}

#[tokio::test]
async fn lines_of_a_bill_of_materials_are_taken_and_refused_one_by_one() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let line = |level: &str, number: &str, quantity: f64| {
        MBomLevelInput::new()
            .level(level)
            .part_number(number)
            .quantity(quantity)
    };
    let loaded = client
        .load_mboms(vec![
            line("1", "P-00006", 1.0),
            line("1.1", "P-00007", 2.0),
            line("1.2", "P-99999", 1.0),
            line("1.2.1", "P-00008", 1.0),
            line("1.3", "P-00008", 0.0),
        ])
        .await
        .unwrap();
    assert_eq!(loaded.created.len(), 1);
    let rows: Vec<_> = loaded.refused.iter().map(|it| it.row.clone()).collect();
    assert_eq!(rows, [Some(json!(2)), Some(json!(3)), Some(json!(4))]);
    assert!(loaded.refused[0].message.contains("no part"), "{loaded:?}");

    let depth = |depth, number: &str, quantity: f64| {
        MBomDepthInput::new()
            .depth(depth)
            .part_number(number)
            .quantity(quantity)
    };
    let lines = vec![depth(0, "P-00006", 1.0), depth(1, "P-00007", 3.0)];
    let loaded = client.load_mboms(lines).await.unwrap();
    assert!(loaded.created.is_empty() && loaded.refused.is_empty());
    let items = client.items(ListMbomItems::new());
    let items: Vec<_> = items.try_collect().await.unwrap();
    let quantity = items.last().unwrap().quantity.clone().unwrap();
    assert_eq!(quantity.to_f64(), 3.0);
}
