//! ION: its lists, edits, upserts and files, and trouble with both of its origins.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use ion::files::Source;
use ion::queries::{GetMe, ListParts, ListRuns};
use ion::types::CreatePartInput;
use ion::webhooks::Receiver;
use ion::{ClientBuilder, Config, Credentials, Env, RetryPolicy, edit};
use sdk_sandbox::{Endpoint, Ion};

use crate::session::{Session, api_provocations, provocations};

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
    let client = builder(vendor).build().unwrap();
    session.show(&client);

    let parts: Vec<_> = client
        .items(ListParts::new().first(25))
        .try_collect()
        .await
        .unwrap();
    assert!(parts.len() > 30, "{}", parts.len());
    let fail = |fault| vendor.fail_next(Endpoint::Api, fault);
    let call = async || client.execute(GetMe::new()).await;
    session.provoke(api_provocations(), fail, call).await;
    session.sent(vendor.counts(), vendor.requests());

    no_token(&mut session).await;
    writes(&mut session).await;
    files(&mut session).await;
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
    let id = &attached.file.id;
    let fetch = async || client.download(id).write_to(Vec::new()).await;
    session.show(&client.download(id));
    session.show_outcome(&fetch().await);
    session.show_outcome(&client.download(id).open().await);
    let fail = |fault| {
        vendor.clear_faults();
        vendor.fail_times(Endpoint::Storage, fault, 20);
    };
    session.provoke(provocations(), fail, attach).await;
    session.provoke(provocations(), fail, fetch).await;
    session.sent(vendor.counts(), vendor.requests());
}
