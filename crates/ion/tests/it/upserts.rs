//! Upserts: by the key people know, planned or applied, under etags.

use futures_util::TryStreamExt;
use ion::{
    Client, Decimal, Id, JobError,
    queries::{GetPart, GetPartInventory, ListParts},
    types::{
        AttributeInput, CreatePartInput, CreatePartInventoryInput, PartType, PartsInputFilters,
        StringFilter, TrackingType,
    },
    upsert::Action,
};
use sdk_sandbox::{Endpoint, Fault, Recorded};
use serde_json::json;

use crate::setup::Setup;

fn shaft() -> CreatePartInput {
    CreatePartInput::new("S-100")
        .revision("B")
        .description("Shaft")
        .attributes([AttributeInput::new("finish").value(json!("ground"))])
}

async fn count(client: &Client, number: &str) -> usize {
    let filters = PartsInputFilters::new().part_number(StringFilter::new().eq(number));
    let parts = client.items(ListParts::new().filters(filters));
    parts.try_collect::<Vec<_>>().await.unwrap().len()
}

fn mutations(setup: &Setup, name: &str) -> usize {
    let requests = setup.vendor().requests();
    let of_name = |it: &&Recorded| it.body["operationName"] == name;
    requests.iter().filter(of_name).count()
}

#[tokio::test]
async fn a_plan_says_what_would_happen_and_writes_nothing() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let planned = client.upsert_part(shaft()).plan().await.unwrap();
    assert_eq!((planned.action, planned.id), (Action::Create, None));
    assert_eq!(count(client, "S-100").await, 0);

    let done = client.upsert_part(shaft()).apply().await.unwrap();
    assert_eq!(done.action, Action::Create);
    let again = client.upsert_part(shaft()).plan().await.unwrap();
    assert_eq!((again.action, &again.id), (Action::Keep, &done.id));

    let other = shaft().description("Shaft, hardened");
    let planned = client.upsert_part(other).plan().await.unwrap();
    assert_eq!(planned.action, Action::Update);
    let [change] = &planned.changes[..] else {
        panic!("{planned:?}");
    };
    assert_eq!(change.field, "description");
    assert_eq!(
        (&change.from, &change.to),
        (&json!("Shaft"), &json!("Shaft, hardened"))
    );
    let part = client
        .execute(GetPart::new(done.id.unwrap()))
        .await
        .unwrap();
    assert_eq!(part.part.unwrap().description.as_deref(), Some("Shaft"));
}

#[tokio::test]
async fn what_differs_is_written_and_what_is_not_named_stays() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let id = client
        .upsert_part(shaft())
        .apply()
        .await
        .unwrap()
        .id
        .unwrap();
    let wanted = CreatePartInput::new("S-100").revision("B").attributes([
        AttributeInput::new("finish").value(json!("polished")),
        AttributeInput::new("hardness").value(json!(58)),
    ]);
    setup.vendor().race_writes(1);
    let done = client.upsert_part(wanted.clone()).apply().await.unwrap();
    let fields: Vec<_> = done
        .changes
        .iter()
        .map(|change| &change.field[..])
        .collect();
    assert_eq!(fields, ["attributes.finish", "attributes.hardness"]);
    let part = client
        .execute(GetPart::new(&id))
        .await
        .unwrap()
        .part
        .unwrap();
    assert_eq!(part.description.as_deref(), Some("Shaft"));
    let values = part.attributes.unwrap().into_iter().flatten();
    let values: Vec<_> = values.filter_map(|row| row.value).collect();
    assert_eq!(values, [json!("polished"), json!(58)]);

    let writes = mutations(&setup, "UpdatePart");
    let done = client.upsert_part(wanted).apply().await.unwrap();
    assert_eq!((done.action, done.changes.len()), (Action::Keep, 0));
    assert_eq!(mutations(&setup, "UpdatePart"), writes);
}

#[tokio::test]
async fn a_revision_is_another_part_and_none_is_the_first() {
    let setup = Setup::start().await;
    let client = &setup.client;
    client.upsert_part(shaft()).apply().await.unwrap();
    let bare = CreatePartInput::new("S-100");
    let done = client.upsert_part(bare.clone()).apply().await.unwrap();
    assert_eq!(done.action, Action::Create);
    let named = client.upsert_part(bare.revision("A")).plan().await.unwrap();
    assert_eq!((named.action, named.id), (Action::Keep, done.id));
    assert_eq!(count(client, "S-100").await, 2);
}

#[tokio::test]
async fn a_part_becomes_a_tool_in_two_writes() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let lot = CreatePartInput::new("T-1")
        .tracking_type(TrackingType::Lot)
        .part_type(PartType::Part);
    client.upsert_part(lot).apply().await.unwrap();
    let tool = CreatePartInput::new("T-1")
        .tracking_type(TrackingType::Serial)
        .part_type(PartType::Tool);
    let done = client.upsert_part(tool).apply().await.unwrap();
    let fields: Vec<_> = done
        .changes
        .iter()
        .map(|change| &change.field[..])
        .collect();
    assert_eq!(fields, ["trackingType", "partType"]);
    assert_eq!(mutations(&setup, "UpdatePart"), 2);
    let part = client
        .execute(GetPart::new(done.id.unwrap()))
        .await
        .unwrap();
    assert_eq!(part.part.unwrap().part_type, Some(PartType::Tool));
}

#[tokio::test]
async fn a_part_that_somebody_else_creates_first_is_changed() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let mine = shaft().description("mine");
    let (one, other) = tokio::join!(
        client.upsert_part(shaft()).apply(),
        client.upsert_part(mine).apply(),
    );
    assert_eq!(one.unwrap().id, other.unwrap().id);
    assert_eq!(count(client, "S-100").await, 1);
}

#[tokio::test]
async fn a_creation_of_unknown_outcome_is_not_repeated() {
    let setup = Setup::start().await;
    let client = &setup.client;
    // The list is read, and the answer to the creation is lost.
    setup
        .vendor()
        .fail_next(Endpoint::Api, Fault::Delay { milliseconds: 0 });
    setup.vendor().fail_next(Endpoint::Api, Fault::Truncate);
    let error = client.upsert_part(shaft()).apply().await.unwrap_err();
    assert!(matches!(error, JobError::Call(_)), "{error:?}");
    assert_eq!(mutations(&setup, "CreatePart"), 1);
    assert_eq!(count(client, "S-100").await, 1);
}

#[tokio::test]
async fn a_unit_is_found_by_its_part_and_serial_number() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let part: Id = client
        .upsert_part(shaft())
        .apply()
        .await
        .unwrap()
        .id
        .unwrap();
    let unit = || CreatePartInventoryInput::new(&part).serial_number("SN-1");
    let made = client.upsert_unit(unit().quantity(Decimal::from(1)));
    let made = made.apply().await.unwrap();
    assert_eq!(made.action, Action::Create);
    let same: Decimal = "1.00".parse().unwrap();
    let kept = client.upsert_unit(unit().quantity(same)).apply().await;
    assert_eq!(kept.unwrap().action, Action::Keep);
    let done = client.upsert_unit(unit().quantity(Decimal::from(0)));
    let done = done.apply().await.unwrap();
    assert_eq!((done.action, &done.id), (Action::Update, &made.id));
    let row = client.execute(GetPartInventory::new(made.id.unwrap()));
    let row = row.await.unwrap().part_inventory.unwrap();
    assert_eq!(row.quantity.unwrap().to_f64(), 0.0);

    let nameless = CreatePartInventoryInput::new(&part);
    let error = client.upsert_unit(nameless).plan().await.unwrap_err();
    assert!(error.to_string().contains("serialNumber"), "{error}");
}

#[tokio::test]
async fn text_that_reads_as_the_same_number_is_written_all_the_same() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let part = |text: &str, grade: &str| {
        CreatePartInput::new("S-100")
            .description(text)
            .attributes([AttributeInput::new("grade").value(json!(grade))])
    };
    let made = client.upsert_part(part("1.1", "7")).apply().await.unwrap();
    let planned = client.upsert_part(part("1.10", "007")).plan().await;
    assert_eq!(planned.unwrap().action, Action::Update);
    let done = client.upsert_part(part("1.10", "007")).apply().await;
    let fields = done.unwrap().changes.into_iter().map(|it| it.field);
    assert_eq!(
        fields.collect::<Vec<_>>(),
        ["description", "attributes.grade"]
    );
    let row = client.execute(GetPart::new(made.id.unwrap())).await;
    let row = row.unwrap().part.unwrap();
    assert_eq!(row.description.as_deref(), Some("1.10"));
    let grade = row.attributes.unwrap().remove(0).unwrap().value;
    assert_eq!(grade, Some(json!("007")));
}
