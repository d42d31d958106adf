//! Uploads: what is sent, what is sent again, and what stops them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use finitestate::{
    Backoff, JobError, OnProgress, SaveState, Source, UploadState, formats,
    types::BinaryAnalysisConfigurationOption as Switch,
};
use sdk_sandbox::{Endpoint, Fault, Sandbox};

use super::{Folder, content, digests, first_asset, made};
use crate::setup::Setup;

const PART: usize = 5 * 1024 * 1024;

async fn setup() -> Setup {
    Setup::with(Sandbox::builder().items(5).looks_until_done(1)).await
}

#[tokio::test]
async fn a_binary_arrives_whole_as_one_version_with_its_analysis_launched() {
    let setup = setup().await;
    let (client, vendor) = (&setup.client, setup.vendor());
    let folder = Folder::new("whole");
    let path = folder.0.join("firmware.bin");
    let bytes = content(PART + 1000);
    std::fs::write(&path, &bytes).unwrap();
    let asset = first_asset(client).await;

    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = seen.clone();
    let progress = OnProgress::new(move |progress| kept.lock().unwrap().push(progress));
    let upload = client
        .upload_binary(&asset.id, "9.9", Source::file(&path))
        .part_bytes(PART as u64)
        .options([Switch::EnableBanditScan])
        .state_file(folder.0.join("state.json"))
        .on_progress(progress)
        .await
        .unwrap();

    let objects = vendor.stored_objects();
    assert_eq!(objects.len(), 1);
    assert_eq!(
        (objects[0].bytes, &objects[0].key),
        (bytes.len() as u64, &upload.key)
    );
    assert_eq!(objects[0].parts, digests(&bytes, PART));
    assert!(upload.bandit_scan_id.is_some(), "the switch was sent");
    assert_eq!(vendor.counts().storage_requests, 2);
    assert_eq!(vendor.counts().storage_authorizations, 0);
    let names = ["firmware.bin", "state.json.lock"];
    assert_eq!(folder.names(), names, "the state file is gone");
    let last = *seen.lock().unwrap().last().unwrap();
    let total = Some(bytes.len() as u64);
    assert_eq!((Some(last.done_bytes), last.total_bytes), (total, total));

    let states = Arc::new(Mutex::new(Vec::new()));
    let kept = states.clone();
    let done = client
        .wait_for_processing(upload.test_id)
        .backoff(Backoff::new(Duration::from_millis(1)))
        .on_change(move |state| kept.lock().unwrap().push(state.status.clone().unwrap()))
        .await
        .unwrap();
    assert_eq!(done.status.as_deref(), Some("COMPLETED"));
    assert_eq!(*states.lock().unwrap(), ["QUEUED", "COMPLETED"]);
    // Last, because looking at tests moves them on.
    assert_eq!(made(client, "9.9").await, [(upload.asset_version_id, 1, 1)]);
}

#[tokio::test]
async fn only_the_part_that_breaks_is_sent_again() {
    let setup = setup().await;
    let (client, vendor) = (&setup.client, setup.vendor());
    let asset = first_asset(client).await;
    let bytes = content(3 * PART);
    for fault in [Fault::status(403), Fault::status(500), Fault::CutUpload] {
        vendor.fail_next(Endpoint::Storage, fault);
    }
    client
        .upload_binary(asset.id, "9.9", Source::bytes(bytes.clone()))
        .part_bytes(PART as u64)
        .await
        .unwrap();
    assert_eq!(vendor.stored_objects()[0].parts, digests(&bytes, PART));
    assert_eq!(vendor.counts().storage_requests, 3 + 3);
}

#[tokio::test]
async fn a_lost_answer_to_any_step_makes_nothing_twice() {
    // Token, asset, version, artifact, test, start, link, completion, launch.
    for step in 2..=8 {
        let setup = setup().await;
        let (client, vendor) = (&setup.client, setup.vendor());
        let asset = first_asset(client).await;
        vendor.fail_times(Endpoint::Api, Fault::delay(Duration::ZERO), step - 1);
        // The request has had its effect when its answer is cut off.
        vendor.fail_next(Endpoint::Api, Fault::Truncate);
        let upload = client.upload_binary(asset.id, "9.9", Source::bytes("firmware"));
        let upload = upload.await;
        vendor.clear_faults();
        let upload = upload.unwrap_or_else(|error| panic!("step {step}: {error}"));
        let found = made(client, "9.9").await;
        assert_eq!(found, [(upload.asset_version_id, 1, 1)], "step {step}");
        assert_eq!(vendor.stored_objects().len(), 1, "step {step}");
    }
}

#[tokio::test]
async fn an_upload_is_not_continued_with_another_file_and_stops_when_its_state_cannot_be_saved() {
    let setup = setup().await;
    let (client, vendor) = (&setup.client, setup.vendor());
    let asset = first_asset(client).await;
    let states = Arc::new(Mutex::new(None::<UploadState>));
    let kept = states.clone();
    let full = SaveState::new(move |state: &UploadState| {
        *kept.lock().unwrap() = Some(state.clone());
        match state.test_id() {
            Some(_) => Err(std::io::ErrorKind::StorageFull.into()),
            None => Ok(()),
        }
    });
    let upload = client.upload_binary(&asset.id, "9.9", Source::bytes("firmware"));
    let error = upload.save_state(full).await.unwrap_err();
    assert!(matches!(error, JobError::SaveState(_)), "{error}");
    assert_eq!(vendor.counts().storage_requests, 0);

    let state = states.lock().unwrap().take().unwrap();
    let other = client.upload_binary(&asset.id, "9.9", Source::bytes("other"));
    let error = other.resume(state.clone()).await.unwrap_err();
    assert!(matches!(error, JobError::StateMismatch(_)), "{error}");
    let source = Source::bytes("firmware");
    let results = client.upload_test_results(&asset.id, "9.9", formats::CYCLONEDX, source);
    let error = results.resume(state.clone()).await.unwrap_err();
    assert!(matches!(error, JobError::StateMismatch(_)), "{error}");
    let again = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
    let upload = client.upload_binary(&asset.id, "9.9", Source::bytes("firmware"));
    let upload = upload.resume(again).await.unwrap();
    assert_eq!(made(client, "9.9").await, [(upload.asset_version_id, 1, 1)]);
}

#[tokio::test]
async fn a_saved_state_holds_no_link_and_no_secret() {
    let setup = setup().await;
    let (client, vendor) = (&setup.client, setup.vendor());
    let asset = first_asset(client).await.id;
    let states = Arc::new(Mutex::new(String::new()));
    let save = || {
        let kept = states.clone();
        SaveState::new(move |state: &UploadState| {
            let text = serde_json::to_string(state)?;
            kept.lock().unwrap().push_str(&text);
            Ok(())
        })
    };
    let binary = client.upload_binary(&asset, "9.8", Source::bytes("firmware"));
    binary.save_state(save()).await.unwrap();
    let source = Source::bytes("{}");
    let results = client.upload_test_results(&asset, "9.9", formats::CYCLONEDX, source);
    results.save_state(save()).await.unwrap();
    let states = states.lock().unwrap();
    assert!(states.contains("\"etag\""), "the parts are in it");
    for secret in ["://", "http", "signature", vendor.client_secret()] {
        assert!(!states.to_lowercase().contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn an_upload_that_the_store_has_given_up_begins_again_with_the_next_run() {
    let setup = setup().await;
    let client = &setup.client;
    let asset = first_asset(client).await;
    let states = Arc::new(Mutex::new(Vec::new()));
    let save = |states: &Arc<Mutex<Vec<UploadState>>>| {
        let kept = states.clone();
        SaveState::new(move |state: &UploadState| {
            kept.lock().unwrap().push(state.clone());
            Ok(())
        })
    };
    let upload = client.upload_binary(&asset.id, "9.9", Source::bytes("firmware"));
    upload.save_state(save(&states)).await.unwrap();
    let with_test = |state: &UploadState| state.test_id().is_some();
    let begun = states
        .lock()
        .unwrap()
        .iter()
        .find(|it| with_test(it))
        .cloned();
    let mut begun = serde_json::to_value(begun.unwrap()).unwrap();
    begun["multipart"] = serde_json::json!({"upload_id": "404", "key": "uploads/404"});

    let begun: UploadState = serde_json::from_value(begun).unwrap();
    let upload = client.upload_binary(&asset.id, "9.9", Source::bytes("firmware"));
    let upload = upload.resume(begun).save_state(save(&states));
    let error = upload.await.unwrap_err();
    assert!(matches!(&error, JobError::UploadLost(_)), "{error}");
    let left = states.lock().unwrap().pop().unwrap();
    let upload = client.upload_binary(&asset.id, "9.9", Source::bytes("firmware"));
    upload.resume(left).await.unwrap();
    assert_eq!(made(client, "9.9").await.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_uploaded_is_refused_before_anything_is_made() {
    let setup = setup().await;
    let client = &setup.client;
    let upload = client.upload_binary("404", "9.9", Source::bytes("firmware"));
    let error = upload.await.unwrap_err();
    assert!(matches!(error, JobError::Missing(_)), "{error}");
    let asset = first_asset(client).await.id;
    let small = client.upload_binary(&asset, "9.9", Source::bytes("firmware"));
    let error = small.part_bytes(1).await.unwrap_err();
    assert!(matches!(error, JobError::PartSize(_)), "{error}");
    let gone = client.upload_binary(&asset, "9.9", Source::file("/nonexistent/firmware.bin"));
    let error = gone.await.unwrap_err();
    assert!(matches!(error, JobError::Transfer(_)), "{error}");
    assert_eq!(made(client, "9.9").await, []);
}

#[tokio::test]
async fn results_of_a_scanner_are_sent_in_one_piece_and_a_failed_import_says_why() {
    let setup = setup().await;
    let (client, vendor) = (&setup.client, setup.vendor());
    let asset = first_asset(client).await;
    vendor.fail_next(Endpoint::Storage, Fault::status(503));
    vendor.fail_next_job("not a bill of materials");
    let bytes: &[u8] = b"{\"bomFormat\": \"CycloneDX\"}";
    let source = Source::reader(bytes);
    let upload = client
        .upload_test_results(asset.id, "9.9", formats::CYCLONEDX, source)
        .await
        .unwrap();
    assert_eq!(
        vendor.stored_objects()[0].parts,
        digests(bytes, bytes.len())
    );
    assert_eq!(vendor.counts().storage_requests, 2);
    assert_eq!(made(client, "9.9").await, [(upload.asset_version_id, 1, 1)]);
    let wait = client
        .wait_for_processing(upload.test_id)
        .backoff(Backoff::new(Duration::from_millis(1)));
    let error = wait.await.unwrap_err();
    let JobError::Failed(failed) = &error else {
        panic!("{error}");
    };
    assert_eq!(failed.message(), Some("not a bill of materials"));
}

#[tokio::test]
async fn a_wait_ends_at_its_deadline_with_what_was_seen_last() {
    let setup = Setup::with(Sandbox::builder().items(5).looks_until_done(u32::MAX)).await;
    let client = &setup.client;
    let asset = first_asset(client).await;
    let upload = client.upload_binary(asset.id, "9.9", Source::bytes("firmware"));
    let test = upload.await.unwrap().test_id;
    let wait = client
        .wait_for_processing(test)
        .deadline(Duration::from_millis(100))
        .backoff(Backoff::new(Duration::from_millis(10)));
    let error = wait.await.unwrap_err();
    let JobError::Deadline(passed) = &error else {
        panic!("{error}");
    };
    assert_eq!(passed.last_status(), Some("IN_PROGRESS"));
    assert!(error.is_retryable());
}
