//! Files: uploaded, registered and fetched, over links that expire, to a store that sees no token.

use std::{io::Cursor, path::PathBuf};

use futures_util::TryStreamExt;
use ion::{
    Client, Id, JobError,
    files::{OnProgress, Source},
    queries::ListRuns,
};
use sdk_sandbox::{Endpoint, Fault};

use crate::setup::Setup;

async fn entity(client: &Client) -> Id {
    let mut runs = client.items(ListRuns::new().first(1));
    let run = runs.try_next().await.unwrap().unwrap();
    run.entity_id.unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("ion-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

async fn bytes_of(client: &Client, attachment: &Id) -> Vec<u8> {
    let mut bytes = Vec::new();
    client
        .download(attachment)
        .write_to(&mut bytes)
        .await
        .unwrap();
    bytes
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_attached_in_either_flow() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let entity = entity(client).await;
    let folder = folder("attach");
    let path = folder.join("measured.csv");
    let content = "torque\n42.5\n".repeat(20_000);
    std::fs::write(&path, &content).unwrap();
    for is_registered_first in [false, true] {
        let mut attach = client.attach_file(&entity, "measured.csv", Source::file(&path));
        if is_registered_first {
            attach = attach.registered_first();
        }
        let attached = attach.send().await.unwrap();
        assert_eq!(attached.file.entity_id.as_ref(), Some(&entity));
        assert_eq!(attached.file.content_type.as_deref(), Some("text/csv"));
        let etag = attached.etag.unwrap();
        assert!(etag.starts_with('"') && etag.ends_with('"'), "{etag}");
        assert_eq!(
            bytes_of(client, &attached.file.id).await,
            content.as_bytes()
        );
    }
    let counts = setup.vendor().counts();
    assert_eq!(counts.storage_requests, 4);
    assert_eq!(counts.storage_authorizations, 0, "the store saw a token");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn progress_is_told_to_its_end_and_a_reader_is_sent_whole() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let entity = entity(client).await;
    let (tell, told) = std::sync::mpsc::channel();
    let content = vec![7_u8; 300_000];
    let reader = Source::reader(Cursor::new(content.clone()));
    let attach = client.attach_file(entity, "scan.bin", reader);
    let attach = attach.on_progress(OnProgress::new(move |progress| {
        let _ = tell.send((progress.done_bytes, progress.total_bytes));
    }));
    let attached = attach.send().await.unwrap();
    assert_eq!(told.iter().last(), Some((300_000, Some(300_000))));
    assert_eq!(bytes_of(client, &attached.file.id).await, content);
}

#[tokio::test]
async fn a_transfer_that_fails_begins_again_with_another_link() {
    let setup = Setup::start().await;
    let (vendor, client) = (setup.vendor(), &setup.client);
    let entity = entity(client).await;
    for fault in [Fault::status(403), Fault::status(500), Fault::Disconnect] {
        vendor.fail_next(Endpoint::Storage, fault);
        let attach = client.attach_file(&entity, "a.pdf", Source::bytes("a"));
        let attached = attach.send().await.unwrap();
        vendor.fail_next(Endpoint::Storage, Fault::status(403));
        assert_eq!(bytes_of(client, &attached.file.id).await, b"a");
    }
    // Each file was registered once, whatever its upload went through.
    let registered = vendor.requests().into_iter();
    let registered = registered.filter(|it| it.body["operationName"] == "CreateFileAttachment");
    assert_eq!(registered.count(), 3);

    vendor.fail_times(Endpoint::Storage, Fault::status(403), 10);
    let attach = client.attach_file(&entity, "a.pdf", Source::bytes("a"));
    let error = attach.send().await.unwrap_err();
    assert!(matches!(error, JobError::Transfer(_)), "{error:?}");
    vendor.clear_faults();
}

#[tokio::test]
async fn errors_show_no_link() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let entity = entity(client).await;
    for fault in [Fault::status(400), Fault::status(403), Fault::Disconnect] {
        setup.vendor().fail_times(Endpoint::Storage, fault, 3);
        let attach = client.attach_file(&entity, "a.pdf", Source::bytes("a"));
        let error = attach.send().await.unwrap_err();
        let debug = format!("{error:?}");
        let text = format!("{debug} {:#}", anyhow::Error::from(error));
        assert!(text.contains("/uploads/"), "{text}");
        assert!(!text.contains("signature") && !text.contains('?'), "{text}");
    }
}

#[tokio::test]
async fn a_download_that_breaks_leaves_no_half_file() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let entity = entity(client).await;
    let attach = client.attach_file(entity, "a.bin", Source::bytes(vec![1; 200_000]));
    let file = attach.send().await.unwrap().file.id;
    let folder = folder("download");
    let path = folder.join("a.bin");
    std::fs::write(&path, "before").unwrap();
    setup.vendor().fail_next(Endpoint::Storage, Fault::Truncate);
    let error = client.download(&file).save(&path).await.unwrap_err();
    assert!(matches!(error, JobError::Transfer(_)), "{error:?}");
    assert_eq!(std::fs::read(&path).unwrap(), b"before");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);

    assert_eq!(client.download(&file).save(&path).await.unwrap(), 200_000);
    assert_eq!(std::fs::read(&path).unwrap(), vec![1; 200_000]);
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn what_is_not_there_is_neither_attached_nor_fetched() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let attach = client.attach_file("1", "a.pdf", Source::bytes("a"));
    assert!(matches!(attach.send().await, Err(JobError::Call(_))));
    let missing = Source::file("/nowhere/at/all.pdf");
    let attach = client.attach_file(entity(client).await, "a.pdf", missing);
    assert!(matches!(attach.send().await, Err(JobError::Transfer(_))));
    let error = client.download("999").open().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}
