//! As-built trees: whole, once each, and side by side.

use ion::{
    Client, Decimal, Id, JobError,
    as_built::{self, AsBuilt},
    queries::{CreateAbomInstallation, CreateBuildRequirement},
    types::{
        CreateABomInstallationInput, CreateBuildRequirementInput, CreatePartInput,
        CreatePartInventoryInput,
    },
};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::Setup;

async fn part(client: &Client, number: &str, revision: &str) -> Id {
    let part = CreatePartInput::new(number).revision(revision);
    client.upsert_part(part).apply().await.unwrap().id.unwrap()
}

async fn unit(client: &Client, part: &Id, serial: &str) -> Id {
    let unit = CreatePartInventoryInput::new(part).serial_number(serial);
    client.upsert_unit(unit).apply().await.unwrap().id.unwrap()
}

async fn requirement(client: &Client, parent: &Id, part: &Id, quantity: i32) -> Id {
    let input = CreateBuildRequirementInput::new(part, parent)
        .quantity_per_parent_part_inventory(Decimal::from(quantity));
    let made = client.execute(CreateBuildRequirement::new(input)).await;
    let made = made.unwrap().create_build_requirement.unwrap();
    made.build_requirement.unwrap().id
}

async fn install(client: &Client, requirement: &Id, unit: &Id) {
    let input = CreateABomInstallationInput::new(requirement, unit).quantity(Decimal::from(1));
    client
        .execute(CreateAbomInstallation::new(input))
        .await
        .unwrap();
}

/// A pump with two bearings in its shaft, which is of the revision given; `missing` leaves one bearing out.
async fn pump(client: &Client, serial: &str, revision: &str, missing: bool) -> Id {
    let parts = [
        part(client, "PUMP", "A").await,
        part(client, "SHAFT", revision).await,
        part(client, "BEARING", "A").await,
        part(client, "SEAL", "A").await,
    ];
    let pump = unit(client, &parts[0], serial).await;
    let shaft = unit(client, &parts[1], serial).await;
    let of_shaft = requirement(client, &pump, &parts[1], 1).await;
    install(client, &of_shaft, &shaft).await;
    requirement(client, &pump, &parts[3], 1).await;
    let of_bearings = requirement(client, &shaft, &parts[2], 2).await;
    for number in 0..if missing { 1 } else { 2 } {
        let bearing = unit(client, &parts[2], &format!("{serial}-{number}")).await;
        install(client, &of_bearings, &bearing).await;
    }
    pump
}

fn outline(tree: &AsBuilt) -> Vec<(usize, String, bool)> {
    let line = |place: as_built::Place<'_>| {
        let number = place.requirement.part.number.clone().unwrap();
        (place.depth, number, place.unit.is_some())
    };
    tree.places().map(line).collect()
}

#[tokio::test]
async fn a_tree_has_every_level_in_order_and_asks_once_for_each_unit() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let pump = pump(client, "1", "A", false).await;
    setup.vendor().reset_records();
    let tree = client.as_built(&pump).fetch().await.unwrap();
    assert_eq!(setup.vendor().counts().api_requests, 4);
    let line = |depth, number: &str, is_installed| (depth, number.to_owned(), is_installed);
    assert_eq!(
        outline(&tree),
        [
            line(0, "SHAFT", true),
            line(1, "BEARING", true),
            line(1, "BEARING", true),
            line(0, "SEAL", false),
        ]
    );
    let root = tree.root().unwrap();
    assert_eq!(root.part.number.as_deref(), Some("PUMP"));
    assert_eq!((tree.len(), root.serial_number.as_deref()), (4, Some("1")));
}

#[tokio::test]
async fn units_installed_in_each_other_end_the_walk() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let kind = part(client, "LINK", "A").await;
    let (one, other) = (
        unit(client, &kind, "1").await,
        unit(client, &kind, "2").await,
    );
    for (parent, child) in [(&one, &other), (&other, &one), (&one, &one)] {
        let needs = requirement(client, parent, &kind, 1).await;
        install(client, &needs, child).await;
    }
    let tree = client.as_built(&one).fetch().await.unwrap();
    assert_eq!(tree.len(), 2);
    let repeated: Vec<bool> = tree.places().map(|place| place.is_repeated).collect();
    assert_eq!(repeated, [false, true, true]);
    assert!(as_built::compare(&tree, &tree).is_empty());
}

#[tokio::test]
async fn trees_differ_in_what_is_required_installed_and_of_which_revision() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let whole = pump(client, "1", "A", false).await;
    let other = pump(client, "2", "B", true).await;
    let extra = part(client, "SENSOR", "A").await;
    requirement(client, &other, &extra, 1).await;
    let left = client.as_built(&whole).fetch().await.unwrap();
    let right = client.as_built(&other).fetch().await.unwrap();
    assert!(as_built::compare(&left, &left).is_empty());

    let differences = as_built::compare(&left, &right);
    let paths: Vec<String> = differences.iter().map(|it| it.path.join("/")).collect();
    assert_eq!(paths, ["SENSOR", "SHAFT", "SHAFT/BEARING"]);
    let [sensor, shaft, bearing] = &differences[..] else {
        panic!("{differences:?}");
    };
    assert!(sensor.left.is_none() && sensor.right.is_some());
    let revisions = |line: &Option<as_built::Line>| line.clone().unwrap().revisions;
    assert_eq!(
        revisions(&shaft.left).first().map(String::as_str),
        Some("A")
    );
    assert_eq!(
        revisions(&shaft.right).first().map(String::as_str),
        Some("B")
    );
    let amounts = |line: &Option<as_built::Line>| {
        let line = line.clone().unwrap();
        (line.required, line.installed, line.units.len())
    };
    assert_eq!(amounts(&bearing.left), (2.0, 2.0, 2));
    assert_eq!(amounts(&bearing.right), (2.0, 1.0, 1));
}

#[tokio::test]
async fn a_tree_beyond_its_limit_and_a_unit_that_is_not_there_are_errors() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let pump = pump(client, "1", "A", false).await;
    let small = client.as_built(&pump).max_units(3).concurrency(1);
    let error = small.fetch().await.unwrap_err();
    assert!(
        matches!(&error, JobError::TooLarge(it) if it.limit() == 3),
        "{error:?}"
    );
    let error = client.as_built("999").fetch().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    setup.vendor().fail_next(Endpoint::Api, Fault::status(403));
    let error = client.as_built(&pump).fetch().await.unwrap_err();
    assert!(matches!(error, JobError::Call(_)), "{error:?}");
}
