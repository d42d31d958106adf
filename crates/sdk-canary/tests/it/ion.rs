//! ION: its lists, edits, upserts and files, and trouble with both of its origins.

use std::path::PathBuf;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use ion::files::Source;
use ion::queries::{
    CreateAbomInstallation, CreateBuildRequirement, GetMe, ListParts, ListRuns, UpdatePart,
};
use ion::types::{
    CreateABomInstallationInput, CreateBuildRequirementInput, CreatePartInput,
    CreatePartInventoryInput, MBomDepthInput, MBomLevelInput, PartsInputFilters, StringFilter,
    UpdatePartInput,
};
use ion::webhooks::{Event, Receiver};
use ion::{
    Client, ClientBuilder, Config, Credentials, Decimal, Env, Id, RetryPolicy, as_built, edit,
};
use sdk_sandbox::{Endpoint, Fault, Ion};

use crate::session::{Session, VARIABLE, api_provocations, check_log, provocations};

fn builder(vendor: &Ion) -> ClientBuilder {
    let env = Env::from_pairs(vendor.variables());
    let builder = Config::from_env(&env).unwrap().into_builder();
    builder.retry(RetryPolicy::default().base_delay(Duration::from_millis(1)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ion_shows_no_secret_and_sends_each_to_its_place_alone() {
    let mut session = Session::start();
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.ion();
    let env = Env::from_pairs(vendor.variables());
    session.show(&Config::from_env(&env));
    session.show(&builder(vendor));
    let receiver = Receiver::new(vendor.client_secret());
    session.show(&receiver);
    session.show_outcome(&receiver.verify("sha256=00", b"{}"));
    session.show_outcome(&Event::parse(VARIABLE.as_bytes()));
    let client = builder(vendor).build().unwrap();
    session.show(&client);

    let parts: Vec<_> = client
        .items(ListParts::new().first(25))
        .try_collect()
        .await
        .unwrap();
    assert!(parts.len() > 30, "{}", parts.len());
    let fail = |fault| vendor.fail_next(Endpoint::Api, fault);
    let number = StringFilter::new().eq(VARIABLE);
    let list = ListParts::new().filters(PartsInputFilters::new().part_number(number));
    let call = async || client.execute(list.clone()).await;
    session.provoke(api_provocations(), fail, call).await;
    vendor.fail_next(Endpoint::Api, Fault::status(403));
    session.show(&client.bulk([list.clone(), list.clone()]).await);
    session.sent(vendor.counts(), vendor.requests());

    no_token(&mut session).await;
    writes(&mut session).await;
    trees(&mut session).await;
    lines(&mut session).await;
    files(&mut session).await;
    check_log(&["graphql.request"]);
    session.check(&["api header authorization", "storage query", "token body"]);
}

/// Trouble with the token endpoint: each with a sandbox of its own, since it may not be asked again soon.
async fn no_token(session: &mut Session) {
    for fault in provocations() {
        let sandbox = Session::sandbox().await;
        let vendor = sandbox.ion();
        let client = builder(vendor).build().unwrap();
        vendor.fail_next(Endpoint::Token, fault);
        session.show_outcome(&client.execute(GetMe::new()).await);
        session.show(&client);
        session.sent(vendor.counts(), vendor.requests());
    }
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.ion();
    let stranger = Credentials::client("nobody", vendor.client_secret());
    let stranger = builder(vendor).credentials(stranger).build().unwrap();
    let refused = stranger.execute(GetMe::new()).await;
    assert!(refused.is_err(), "a stranger was let in");
    session.show_outcome(&refused);
}

/// Edits and upserts, in peace and with trouble at the API.
async fn writes(session: &mut Session) {
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.ion();
    let client = builder(vendor).build().unwrap();
    let mut parts = client.items(ListParts::new().first(1));
    let part = parts.try_next().await.unwrap().unwrap().id;
    let rename = async || {
        let edit = client.edit(edit::part(&part));
        edit.apply(|_, change| change.description("renamed")).await
    };
    session.show_outcome(&rename().await);
    let fail = |fault| {
        vendor.clear_faults();
        vendor.fail_next(Endpoint::Api, fault);
    };
    session.provoke(provocations(), fail, rename).await;
    let upsert = async || {
        let wanted = CreatePartInput::new("S-100").description("Shaft");
        client.upsert_part(wanted).apply().await
    };
    session.show_outcome(&upsert().await);
    session.provoke(provocations(), fail, upsert).await;
    vendor.clear_faults();
    let unit = CreatePartInventoryInput::new(&part).serial_number("1");
    session.show_outcome(&client.upsert_unit(unit).apply().await);
    let stale = UpdatePartInput::new(part, "stale").description(VARIABLE);
    let conflict = client.execute(UpdatePart::new(stale)).await;
    assert!(conflict.is_err(), "a stale write was taken");
    session.show_outcome(&conflict);
    session.sent(vendor.counts(), vendor.requests());
}

/// A unit with another one in it; gives the outer one.
async fn assembly(client: &Client, serial: &str) -> Id {
    let part = CreatePartInput::new(serial);
    let part = client.upsert_part(part).apply().await.unwrap();
    let part = part.id.unwrap();
    let mut units = Vec::new();
    for place in ["outer", "inner"] {
        let unit = CreatePartInventoryInput::new(&part).serial_number(format!("{serial} {place}"));
        let unit = client.upsert_unit(unit).apply().await.unwrap();
        units.push(unit.id.unwrap());
    }
    let needs = CreateBuildRequirementInput::new(&part, &units[0]);
    let needs = needs.quantity_per_parent_part_inventory(Decimal::from(1));
    let needs = client.execute(CreateBuildRequirement::new(needs));
    let needs = needs.await.unwrap().create_build_requirement.unwrap();
    let needs = needs.build_requirement.unwrap().id;
    let install = CreateABomInstallationInput::new(needs, &units[1]).quantity(Decimal::from(1));
    let install = client.execute(CreateAbomInstallation::new(install));
    install.await.unwrap();
    units.remove(0)
}

/// Walks through as-built trees, and what is different between two.
async fn trees(session: &mut Session) {
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.ion();
    let client = builder(vendor).build().unwrap();
    let (one, other) = (
        assembly(&client, "S-1").await,
        assembly(&client, "S-2").await,
    );
    session.show(&client.as_built(&one));
    let left = client.as_built(&one).fetch().await.unwrap();
    let right = client.as_built(&other).fetch().await.unwrap();
    assert_eq!((left.len(), right.len()), (2, 2));
    session.show(&left);
    let differences = as_built::compare(&left, &right);
    assert!(!differences.is_empty(), "nothing is compared");
    session.show(&differences);
    let fail = |fault| {
        vendor.clear_faults();
        vendor.fail_next(Endpoint::Api, fault);
    };
    let walk = async || client.as_built(&one).fetch().await;
    session.provoke(api_provocations(), fail, walk).await;
    vendor.clear_faults();
    session.show_outcome(&client.as_built(&one).max_units(1).fetch().await);
    session.show_outcome(&client.as_built(VARIABLE).fetch().await);
    session.sent(vendor.counts(), vendor.requests());
}

/// Loads of lines of bills of materials, which are refused one by one or as a whole.
async fn lines(session: &mut Session) {
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.ion();
    let client = builder(vendor).build().unwrap();
    let level = |level: &str, number: &str| {
        MBomLevelInput::new()
            .level(level)
            .part_number(number)
            .quantity(1.0)
    };
    let levels = vec![
        level("1", "P-00006"),
        level("1.1", "P-00007"),
        level("1.2", "none"),
    ];
    let load = async || client.load_mboms(levels.clone()).await;
    let loaded = load().await.unwrap();
    assert_eq!((loaded.created.len(), loaded.refused.len()), (1, 1));
    session.show(&loaded);
    let fail = |fault| {
        vendor.clear_faults();
        vendor.fail_next(Endpoint::Api, fault);
    };
    session.provoke(api_provocations(), fail, load).await;
    vendor.clear_faults();
    let depth = MBomDepthInput::new()
        .depth(0)
        .part_number("P-00006")
        .quantity(1.0);
    session.show_outcome(&client.load_mboms(vec![depth]).await);
    session.sent(vendor.counts(), vendor.requests());
}

/// Files, whose links are secrets, with trouble at the storage.
async fn files(session: &mut Session) {
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.ion();
    let client = builder(vendor).build().unwrap();
    let mut runs = client.items(ListRuns::new().first(1));
    let run = runs.try_next().await.unwrap().unwrap();
    let entity = run.entity_id.unwrap();
    let progress = client.run_progress(&run.id).await;
    session.show_outcome(&progress);
    session.show_outcome(&client.submit(&run.id, "Torque", "tight").send().await);

    let attach = async || {
        let file = client.attach_file(&entity, "a.csv", Source::bytes("1,2"));
        file.send().await
    };
    let attached = attach().await.unwrap();
    session.show(&attached);
    let first = client.attach_file(&entity, "b.csv", Source::bytes("3"));
    session.show_outcome(&first.registered_first().send().await);
    let id = &attached.file.id;
    let fetch = async || client.download(id).write_to(Vec::new()).await;
    session.show(&client.download(id));
    session.show_outcome(&fetch().await);
    session.show_outcome(&client.download(id).open().await);
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("attachment-{}", std::process::id()));
    let save = async || client.download(id).save(&path).await;
    session.show_outcome(&save().await);
    std::fs::remove_file(&path).unwrap();
    let fail = |fault| {
        vendor.clear_faults();
        vendor.fail_times(Endpoint::Storage, fault, 20);
    };
    session.provoke(provocations(), fail, attach).await;
    session.provoke(provocations(), fail, fetch).await;
    session.provoke(vec![Fault::status(403)], fail, save).await;
    session.sent(vendor.counts(), vendor.requests());
}
