//! What an upload is continued with: the same file, or nothing.

use std::sync::{Arc, Mutex};

use finitestate::{JobError, SaveState, Source, UploadState, formats};
use sdk_sandbox::{Endpoint, Fault, Sandbox};

use super::{Folder, content, digests, first_asset, made};
use crate::setup::Setup;

const PART: usize = 5 * 1024 * 1024;

type States = Arc<Mutex<Vec<UploadState>>>;

/// Keeps every state, the last one last.
fn keep(states: &States) -> SaveState<UploadState> {
    let states = states.clone();
    SaveState::new(move |state: &UploadState| {
        states.lock().unwrap().push(state.clone());
        Ok(())
    })
}

fn last(states: &States) -> UploadState {
    states.lock().unwrap().last().unwrap().clone()
}

#[tokio::test]
async fn other_bytes_of_the_same_length_are_another_file() {
    let setup = Setup::with(Sandbox::builder().items(5)).await;
    let (client, vendor) = (&setup.client, setup.vendor());
    let asset = first_asset(client).await.id;
    vendor.fail_next(Endpoint::Storage, Fault::status(400));
    let states = States::default();
    let upload = client.upload_binary(&asset, "9.9", Source::bytes("firmware"));
    let upload = upload.save_state(keep(&states));
    assert!(upload.await.is_err(), "its part was refused");

    let other = client.upload_binary(&asset, "9.9", Source::bytes("FIRMWARE"));
    let error = other.resume(last(&states)).await.unwrap_err();
    assert!(matches!(error, JobError::StateMismatch(_)), "{error}");
    let same = client.upload_binary(&asset, "9.9", Source::bytes("firmware"));
    same.resume(last(&states)).await.unwrap();
}

#[tokio::test]
async fn a_reader_is_not_continued_in_its_middle_unless_what_was_sent_is_forgotten() {
    let setup = Setup::with(Sandbox::builder().items(5)).await;
    let (client, vendor) = (&setup.client, setup.vendor());
    let asset = first_asset(client).await.id;
    let bytes: &'static [u8] = content(PART + 1).leak();
    let reader = |is_sized| match is_sized {
        true => Source::sized_reader(bytes, bytes.len() as u64),
        false => Source::reader(bytes),
    };
    for (name, is_sized) in [("9.8", false), ("9.9", true)] {
        let upload = || {
            let upload = client.upload_binary(&asset, name, reader(is_sized));
            upload.part_bytes(PART as u64).parallel(1)
        };
        let delay = Fault::delay(std::time::Duration::ZERO);
        vendor.fail_next(Endpoint::Storage, delay);
        vendor.fail_next(Endpoint::Storage, Fault::status(400));
        let states = States::default();
        let failed = upload().save_state(keep(&states)).await;
        assert!(matches!(failed, Err(JobError::Transfer(_))), "{failed:?}");
        let mut left = last(&states);
        assert_eq!(left.finished_parts(), 1);

        let error = upload().resume(left.clone()).await.unwrap_err();
        assert!(matches!(error, JobError::ReaderResumed(_)), "{error}");
        left.forget_sent();
        let done = upload().resume(left).await.unwrap();
        let objects = vendor.stored_objects();
        let object = objects.iter().find(|it| it.key == done.key).unwrap();
        assert_eq!(object.parts, digests(bytes, PART));
        assert_eq!(made(client, name).await.len(), 1);
    }
}

#[tokio::test]
async fn results_that_a_reader_gave_are_not_launched_as_those_of_another_reader() {
    let setup = Setup::with(Sandbox::builder().items(5)).await;
    let client = &setup.client;
    let asset = first_asset(client).await.id;
    let states = States::default();
    let upload = |bytes: &'static [u8]| {
        client.upload_test_results(&asset, "9.9", formats::CYCLONEDX, Source::reader(bytes))
    };
    upload(b"{}").save_state(keep(&states)).await.unwrap();
    let states = states.lock().unwrap().clone();
    let launched = states.last().unwrap().clone();
    let sent = states.iter().rev().find(|state| !state.is_launched());
    let error = upload(b"[]").resume(sent.unwrap().clone()).await;
    assert!(
        matches!(error, Err(JobError::ReaderResumed(_))),
        "{error:?}"
    );
    upload(b"[]").resume(launched).await.unwrap();
    assert_eq!(setup.vendor().stored_objects().len(), 1, "all was done");
}

#[tokio::test]
async fn a_file_that_changes_under_the_upload_is_never_joined() {
    let setup = Setup::with(Sandbox::builder().items(5)).await;
    let (client, vendor) = (&setup.client, setup.vendor());
    let asset = first_asset(client).await.id;
    let folder = Folder::new("changes");
    let path = folder.0.join("firmware.bin");
    std::fs::write(&path, content(PART + 1)).unwrap();
    let states = States::default();
    let (kept, changed) = (states.clone(), path.clone());
    let save = SaveState::new(move |state: &UploadState| {
        if state.finished_parts() == 1 {
            std::fs::write(&changed, vec![1; PART + 1])?;
        }
        kept.lock().unwrap().push(state.clone());
        Ok(())
    });
    let upload = client.upload_binary(&asset, "9.9", Source::file(&path));
    let upload = upload.part_bytes(PART as u64).parallel(1).save_state(save);
    let error = upload.await.unwrap_err();
    let JobError::Transfer(transfer) = &error else {
        panic!("{error}");
    };
    let kind = transfer.io_error().map(std::io::Error::kind);
    assert_eq!(kind, Some(std::io::ErrorKind::InvalidData));
    assert_eq!(vendor.stored_objects(), []);
    assert_eq!(last(&states).finished_parts(), 1);
}

#[tokio::test]
async fn results_in_a_file_that_changes_while_it_is_sent_are_not_imported() {
    let setup = Setup::with(Sandbox::builder().items(5)).await;
    let client = &setup.client;
    let asset = first_asset(client).await.id;
    let folder = Folder::new("changes-results");
    let path = folder.0.join("sbom.json");
    std::fs::write(&path, "{}").unwrap();
    let changed = path.clone();
    let save = SaveState::new(move |state: &UploadState| match state.test_id() {
        Some(_) => std::fs::write(&changed, "{ }"),
        None => Ok(()),
    });
    let source = Source::file(&path);
    let upload = client.upload_test_results(&asset, "9.9", formats::CYCLONEDX, source);
    let error = upload.save_state(save).await.unwrap_err();
    assert!(matches!(error, JobError::Transfer(_)), "{error}");
    let requests = setup.vendor().requests();
    let launched = |it: &sdk_sandbox::Recorded| it.body.to_string().contains("Launch");
    assert!(!requests.iter().any(launched));
}
