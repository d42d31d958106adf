//! Exports: what arrives, what is asked for again, and what ends them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use finitestate::{
    Backoff, CycloneDxContents, Export, ExportJob, Id, JobError, OnProgress, VersionCsv,
    queries::ListProducts,
};
use sdk_sandbox::{Endpoint, Fault, Sandbox};

use super::Folder;
use crate::setup::Setup;

async fn setup() -> Setup {
    Setup::with(Sandbox::builder().items(20).looks_until_done(2)).await
}

fn version(setup: &Setup) -> Id {
    Id::from(setup.vendor().main_asset_version_id())
}

fn quick(setup: &Setup, export: Export) -> ExportJob {
    let backoff = Backoff::new(Duration::from_millis(1));
    setup.client.export(export).backoff(backoff)
}

#[tokio::test]
async fn every_kind_of_export_is_what_its_name_says() {
    let setup = setup().await;
    let version = version(&setup);
    let products = setup
        .client
        .execute(ListProducts::new().first(1))
        .await
        .unwrap();
    let product = products.all_products.unwrap().remove(0).id;
    for (export, begins) in [
        (
            Export::cyclone_dx(&version, CycloneDxContents::Components),
            "{\"bomFormat\"",
        ),
        (
            Export::cyclone_dx(&version, CycloneDxContents::Vulnerabilities),
            "{\"bomFormat\"",
        ),
        (
            Export::cyclone_dx(&version, CycloneDxContents::ComponentsAndVulnerabilities),
            "{\"bomFormat\"",
        ),
        (Export::spdx(&version), "{\"SPDXID\""),
        (Export::csv(&version, VersionCsv::Findings), "id,title"),
        (Export::csv(&version, VersionCsv::Components), "id,name"),
        (
            Export::csv(&version, VersionCsv::ExploitIntelligence),
            "id,title",
        ),
        (Export::risk_summary_pdf(&version), "%PDF"),
        (Export::product_findings_csv(&product), "id,title"),
    ] {
        let said = format!("{export:?}");
        let mut written = Vec::new();
        let bytes = quick(&setup, export).write_to(&mut written).await.unwrap();
        assert_eq!(bytes, written.len() as u64, "{said}");
        let text = String::from_utf8_lossy(&written);
        assert!(text.starts_with(begins), "{said}: {text}");
    }
    assert_eq!(setup.vendor().counts().storage_authorizations, 0);
}

#[tokio::test]
async fn a_download_that_is_refused_or_breaks_off_begins_again_with_a_new_link() {
    let setup = setup().await;
    let vendor = setup.vendor();
    let folder = Folder::new("again");
    let path = folder.0.join("findings.csv");
    for fault in [Fault::status(403), Fault::Truncate, Fault::status(503)] {
        vendor.fail_next(Endpoint::Storage, fault);
    }
    let export = Export::csv(version(&setup), VersionCsv::Findings);
    let bytes = quick(&setup, export).save(&path).await.unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!((text.len() as u64, text.lines().count()), (bytes, 21));
    assert_eq!(folder.names(), ["findings.csv"]);
    let requests = vendor.requests();
    let storage = requests
        .iter()
        .filter(|it| it.endpoint == Endpoint::Storage);
    let links: Vec<_> = storage.filter_map(|it| it.query.clone()).collect();
    let different: std::collections::HashSet<_> = links.iter().collect();
    assert_eq!((links.len(), different.len()), (4, 4));
}

#[tokio::test]
async fn a_large_export_is_streamed_to_its_file() {
    const LENGTH: u64 = 20_000_000;
    let setup = setup().await;
    let folder = Folder::new("large");
    let path = folder.0.join("report.bin");
    setup.vendor().make_next_export_large(LENGTH);
    let most = Arc::new(Mutex::new(0));
    let kept = most.clone();
    let progress = OnProgress::new(move |progress| *kept.lock().unwrap() = progress.done_bytes);
    let export = quick(&setup, Export::spdx(version(&setup))).on_progress(progress);
    assert_eq!(export.save(&path).await.unwrap(), LENGTH);
    assert_eq!(*most.lock().unwrap(), LENGTH);
    let saved = std::fs::read(&path).unwrap();
    let right = saved
        .iter()
        .enumerate()
        .all(|(at, byte)| *byte == (at % 251) as u8);
    assert!(right && saved.len() as u64 == LENGTH);
}

#[tokio::test]
async fn an_export_that_fails_or_is_never_made_is_an_error_of_its_own_and_leaves_no_file() {
    let setup = setup().await;
    let folder = Folder::new("failed");
    setup.vendor().fail_next_job("out of space");
    let export = quick(&setup, Export::spdx(version(&setup)));
    let error = export.save(folder.0.join("a.json")).await.unwrap_err();
    let JobError::Failed(failed) = &error else {
        panic!("{error}");
    };
    assert_eq!(failed.status(), "FAILED");

    let slow = Setup::with(Sandbox::builder().items(5).looks_until_done(u32::MAX)).await;
    let export = quick(&slow, Export::spdx(version(&slow))).deadline(Duration::from_millis(50));
    let error = export.save(folder.0.join("b.json")).await.unwrap_err();
    let JobError::Deadline(passed) = &error else {
        panic!("{error}");
    };
    assert_eq!(passed.last_status(), Some("IN_PROGRESS"));
    assert_eq!(folder.names(), [""; 0]);
}

#[tokio::test]
async fn errors_of_downloads_hold_no_link() {
    let setup = setup().await;
    setup
        .vendor()
        .fail_times(Endpoint::Storage, Fault::status(403), 100);
    let export = quick(&setup, Export::spdx(version(&setup)));
    let error = export.download().await.unwrap_err();
    let mut said = format!("{error:?}");
    for cause in anyhow::Error::from(error).chain() {
        said += &cause.to_string();
    }
    assert!(said.contains("403"), "{said}");
    assert!(
        !said.contains("signature") && !said.contains("expires"),
        "{said}"
    );
}
