//! Finite State: its lists, its jobs, and trouble with all three of its origins.

use std::path::PathBuf;
use std::time::Duration;

use finitestate::queries::{CountFindings, ListAssetVersions, ListAssets, ListFindings, ListUsers};
use finitestate::types::FindingFilter;
use finitestate::{
    Backoff, Client, ClientBuilder, Config, Credentials, CycloneDxContents, Env, Export,
    FindingStatusUpdate, Id, OnProgress, RetryPolicy, Source, StateFile, UploadState, formats,
};
use futures_util::TryStreamExt as _;
use sdk_sandbox::{Endpoint, Fault, FiniteState};

use crate::session::{Session, VARIABLE, api_provocations, check_clean, check_log, provocations};

/// Where secrets may be sent by whoever moves files.
const PLACES: &[&str] = &["api header authorization", "storage query", "token body"];

fn builder(vendor: &FiniteState) -> ClientBuilder {
    let env = Env::from_pairs(vendor.variables());
    let builder = Config::from_env(&env).unwrap().into_builder();
    builder.retry(RetryPolicy::default().base_delay(Duration::from_millis(1)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finite_state_shows_no_secret_and_sends_each_to_its_place_alone() {
    let mut session = Session::start();
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.finitestate();
    let env = Env::from_pairs(vendor.variables());
    session.show(&env);
    session.show(&Config::from_env(&env));
    session.show(&builder(vendor));
    let client = builder(vendor).build().unwrap();
    session.show(&client);

    let findings = client.items(ListFindings::new().first(25));
    let findings: Vec<_> = findings.try_collect().await.unwrap();
    assert!(findings.len() > 50, "{}", findings.len());
    let fail = |fault| vendor.fail_next(Endpoint::Api, fault);
    let count = CountFindings::new().filter(FindingFilter::new().id(VARIABLE));
    let call = async || client.execute(count.clone()).await;
    session.provoke(api_provocations(), fail, call).await;
    let partial = async || client.execute_partial(count.clone()).await;
    session.provoke(api_provocations(), fail, partial).await;
    vendor.fail_next(Endpoint::Api, Fault::status(403));
    session.show(&client.bulk([count.clone(), count.clone()]).await);
    session.sent(vendor.counts(), vendor.requests());

    no_token(&mut session).await;
    triage(&mut session).await;
    check_log(&["graphql.request"]);
    session.check(&["api header authorization", "token body"]);
}

/// Trouble with the token endpoint: each with a sandbox of its own, since it may not be asked again soon.
async fn no_token(session: &mut Session) {
    for fault in provocations() {
        let sandbox = Session::sandbox().await;
        let vendor = sandbox.finitestate();
        let client = builder(vendor).build().unwrap();
        vendor.fail_next(Endpoint::Token, fault);
        session.show_outcome(&client.execute(CountFindings::new()).await);
        session.show(&client);
        session.sent(vendor.counts(), vendor.requests());
    }
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.finitestate();
    let stranger = Credentials::client("nobody", vendor.client_secret());
    let stranger = builder(vendor).credentials(stranger).build().unwrap();
    let refused = stranger.execute(CountFindings::new()).await;
    assert!(refused.is_err(), "a stranger was let in");
    session.show_outcome(&refused);
}

async fn first_asset(client: &Client) -> Id {
    let assets = client.execute(ListAssets::new().first(1)).await.unwrap();
    assets.all_assets.unwrap().remove(0).id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uploads_that_fail_or_succeed_after_trouble_show_no_secret() {
    let mut session = Session::start();
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.finitestate();
    let client = builder(vendor).build().unwrap();
    let asset = first_asset(&client).await;
    let state = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("upload-{}.json", std::process::id()));
    let binary = || {
        let states = state.clone();
        client
            .upload_binary(&asset, "9.9", Source::bytes(vec![7; 2_000_000]))
            .state_file(&state)
            .on_progress(OnProgress::new(move |_| {
                if let Ok(text) = std::fs::read(&states) {
                    check_clean("the state of an upload", text);
                }
            }))
    };
    session.show(&binary());
    vendor.fail_times(Endpoint::Storage, Fault::status(403), 20);
    let failed = binary().await;
    assert!(failed.is_err(), "nothing failed");
    session.show_outcome(&failed);
    let stored = StateFile::new(&state).load::<UploadState>().unwrap();
    session.show(&stored.expect("a state is stored"));
    check_clean("the state of an upload", std::fs::read(&state).unwrap());
    vendor.clear_faults();
    vendor.fail_next(Endpoint::Storage, Fault::status(403));
    vendor.fail_next(Endpoint::Storage, Fault::CutUpload);
    let uploaded = binary().await.unwrap();
    session.show(&uploaded);
    let wait = client.wait_for_processing(uploaded.test_id);
    let looked = wait.backoff(Backoff::new(Duration::from_millis(1))).await;
    session.show_outcome(&looked);
    let _ = std::fs::remove_file(&state); // a finished upload may have removed it

    let results = async || {
        let source = Source::bytes("{}");
        let upload = client.upload_test_results(&asset, "9.8", formats::CYCLONEDX, source);
        upload.await
    };
    session.show_outcome(&results().await);
    let fail = |fault| {
        vendor.clear_faults();
        vendor.fail_times(Endpoint::Storage, fault, 20);
    };
    // One alone: each is tried again for seconds.
    let faults = vec![Fault::status(403)];
    session.provoke(faults, fail, results).await;
    session.sent(vendor.counts(), vendor.requests());
    session.check(PLACES);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exports_whose_links_are_secrets_show_none() {
    let mut session = Session::start();
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.finitestate();
    let client = builder(vendor).build().unwrap();
    let version = vendor.main_asset_version_id();
    let quick = || Backoff::new(Duration::from_millis(1));
    for export in [
        Export::spdx(version),
        Export::cyclone_dx(version, CycloneDxContents::ComponentsAndVulnerabilities),
    ] {
        let job = || client.export(export.clone()).backoff(quick());
        session.show(&job());
        session.show_outcome(&job().write_to(Vec::new()).await);
        session.show_outcome(&job().download().await);
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("export-{}", std::process::id()));
        session.show_outcome(&job().save(&path).await);
        std::fs::remove_file(&path).unwrap();
        let fail = |fault| {
            vendor.clear_faults();
            vendor.fail_times(Endpoint::Storage, fault, 20);
        };
        session
            .provoke(provocations(), fail, async || {
                job().write_to(Vec::new()).await
            })
            .await;
        fail(Fault::status(403));
        session.show_outcome(&job().download().await);
        session.show_outcome(&job().save(&path).await);
        vendor.clear_faults();
        vendor.fail_next_job("it broke");
        session.show_outcome(&job().write_to(Vec::new()).await);
    }
    session.sent(vendor.counts(), vendor.requests());
    session.check(PLACES);
}

async fn triage(session: &mut Session) {
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.finitestate();
    let client = builder(vendor).build().unwrap();
    let users = client.execute(ListUsers::new().first(1)).await.unwrap();
    let user = users.all_users.unwrap().remove(0).id;
    let findings = client.execute(ListFindings::new().first(5)).await.unwrap();
    let ids: Vec<Id> = findings
        .all_findings
        .unwrap()
        .into_iter()
        .map(|it| it.id)
        .collect();
    let verdict = FindingStatusUpdate::fixed();
    session.show(&client.triage(&user, verdict, ids).await);
    let versions: Vec<_> = client
        .items(ListAssetVersions::new())
        .try_collect()
        .await
        .unwrap();
    let (one, other) = (&versions[0].id, &versions[1].id);
    let replicate = client.replicate_statuses(&user, one, other);
    session.show_outcome(&replicate.dry_run().await);
    session.show_outcome(&client.replicate_statuses(&user, one, other).await);
    let compared = client.compare_versions(one, other);
    let changes: Result<Vec<_>, _> = compared.findings().try_collect().await;
    session.show_outcome(&changes);
    let changes: Result<Vec<_>, _> = compared.components().try_collect().await;
    session.show_outcome(&changes);
    session.sent(vendor.counts(), vendor.requests());
}
