//! Etags: a stale one is refused, and every write changes it.

use futures_util::TryStreamExt;
use ion::{
    Client, Id, IdFilter,
    queries::{
        GetIssue, GetPart, GetRun, ListIssues, ListParts, ListRuns, UpdateIssueAttribute,
        UpdatePart, UpdateRunStep, UpdateRunStepFieldValue, get_run::RunStep,
    },
    types::{
        AttributeInput, RunStepStatus, RunsInputFilters, StringFilter, UpdateIssueAttributeInput,
        UpdatePartInput, UpdateRunStepFieldValueInput, UpdateRunStepInput,
    },
};

use crate::setup::Setup;

async fn steps(client: &Client, run: &Id) -> Vec<RunStep> {
    let run = client.execute(GetRun::new(run)).await.unwrap().run.unwrap();
    run.steps.unwrap().into_iter().flatten().collect()
}

async fn run_in(client: &Client, status: &str) -> Id {
    let filters = RunsInputFilters::new().status(StringFilter::new().eq(status));
    let mut runs = client.items(ListRuns::new().filters(filters));
    runs.try_next().await.unwrap().unwrap().id
}

#[tokio::test]
async fn a_stale_etag_is_a_conflict_and_the_fresh_one_of_the_reply_is_not() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let part = client
        .items(ListParts::new())
        .try_next()
        .await
        .unwrap()
        .unwrap();
    let stale = part.etag.unwrap();
    let update = |etag: String, text: &str| {
        UpdatePart::new(UpdatePartInput::new(part.id.clone(), etag).description(text))
    };
    let updated = client.execute(update(stale.clone(), "one")).await.unwrap();
    let fresh = updated.update_part.unwrap().part.unwrap().etag.unwrap();
    assert_ne!(fresh, stale);

    let error = client.execute(update(stale, "two")).await.unwrap_err();
    assert!(error.is_conflict() && !error.is_retryable(), "{error}");
    assert!(
        error
            .to_string()
            .ends_with("read it again and reapply the change"),
        "{error}"
    );

    client.execute(update(fresh, "three")).await.unwrap();
    let part = client
        .execute(GetPart::new(part.id))
        .await
        .unwrap()
        .part
        .unwrap();
    assert_eq!(part.description.as_deref(), Some("three"));
}

#[tokio::test]
async fn an_attribute_row_has_an_etag_of_its_own() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let part = client
        .items(ListParts::new())
        .try_next()
        .await
        .unwrap()
        .unwrap();
    let row = part.attributes.unwrap().remove(0).unwrap();
    let update = |attribute| {
        let input = UpdatePartInput::new(part.id.clone(), part.etag.clone().unwrap());
        UpdatePart::new(input.attributes([attribute]))
    };
    let attribute = AttributeInput::new("material").value(serde_json::json!("titanium"));
    let error = client.execute(update(attribute.clone())).await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
    let updated = client
        .execute(update(attribute.etag(row.etag.unwrap())))
        .await;
    let part = updated.unwrap().update_part.unwrap().part.unwrap();
    let row = part.attributes.unwrap().remove(0).unwrap();
    assert_eq!(row.value, Some(serde_json::json!("titanium")));
}

#[tokio::test]
async fn an_attribute_of_an_issue_is_new_without_and_changed_with_its_etag() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let issue = client
        .items(ListIssues::new())
        .try_next()
        .await
        .unwrap()
        .unwrap()
        .id;
    let set = |value: &str| {
        UpdateIssueAttributeInput::new(issue.clone(), "Severity").value(serde_json::json!(value))
    };
    let made = client
        .execute(UpdateIssueAttribute::new(set("minor")))
        .await
        .unwrap();
    let etag = made
        .update_issue_attribute
        .unwrap()
        .issue_attribute
        .unwrap()
        .etag
        .unwrap();
    let error = client
        .execute(UpdateIssueAttribute::new(set("major")))
        .await
        .unwrap_err();
    assert!(error.is_conflict(), "{error}");
    let again = UpdateIssueAttribute::new(set("major").etag(etag));
    client.execute(again).await.unwrap();
    let issue = client
        .execute(GetIssue::new(issue))
        .await
        .unwrap()
        .issue
        .unwrap();
    let row = issue.attributes.unwrap().remove(0).unwrap();
    assert_eq!(row.value, Some(serde_json::json!("major")));
}

#[tokio::test]
async fn a_value_is_taken_while_its_step_is_in_progress_and_in_its_type() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let waiting = run_in(client, "TODO").await;
    let submit = |step: &RunStep, value: serde_json::Value| {
        let field = step.fields.as_ref().unwrap()[0].clone().unwrap();
        let input = UpdateRunStepFieldValueInput::new(field.id, field.etag.unwrap());
        UpdateRunStepFieldValue::new(input.value(value))
    };
    let step = steps(client, &waiting).await.remove(0);
    let refused = client.execute(submit(&step, serde_json::json!(12.5))).await;
    assert!(refused.is_err());

    let input = UpdateRunStepInput::new(step.id, step.etag.unwrap());
    let start = UpdateRunStep::new(input.status(RunStepStatus::InProgress));
    client.execute(start).await.unwrap();
    let step = steps(client, &waiting).await.remove(0);
    let refused = client
        .execute(submit(&step, serde_json::json!("tight")))
        .await;
    assert!(refused.is_err());
    let taken = client
        .execute(submit(&step, serde_json::json!(12.5)))
        .await
        .unwrap();
    let field = taken
        .update_run_step_field_value
        .unwrap()
        .run_step_field
        .unwrap();
    assert_eq!(field.value, Some(serde_json::json!(12.5)));

    let run = client
        .execute(GetRun::new(waiting))
        .await
        .unwrap()
        .run
        .unwrap();
    assert_eq!(run.status.as_deref(), Some("IN_PROGRESS"));
}

#[tokio::test]
async fn an_id_finds_what_it_filters_by() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let run = client
        .items(ListRuns::new())
        .try_next()
        .await
        .unwrap()
        .unwrap();
    let unit = run.part_inventory_id.unwrap();
    let filters = RunsInputFilters::new().part_inventory_id(IdFilter::eq(unit));
    let runs: Vec<_> = client
        .items(ListRuns::new().filters(filters))
        .try_collect()
        .await
        .unwrap();
    assert!(runs.iter().any(|other| other.id == run.id));
    assert!(runs.len() < 12, "{}", runs.len());
}
