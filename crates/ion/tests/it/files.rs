//! Files: uploaded, registered and fetched, over links that expire, to a store that sees no token.

use std::{io::Cursor, path::PathBuf};

use futures_util::TryStreamExt;
use ion::{
    Client, Env, Id, JobError,
    files::{OnProgress, Source},
    queries::ListRuns,
};
use sdk_sandbox::{Endpoint, Fault, Sandbox};

use crate::setup::{Setup, builder};

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
    let vendor = setup.vendor();
    vendor.fail_times(Endpoint::Storage, Fault::Truncate, 3);
    let error = client.download(&file).save(&path).await.unwrap_err();
    assert!(matches!(error, JobError::Transfer(_)), "{error:?}");
    assert_eq!(std::fs::read(&path).unwrap(), b"before");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    assert_eq!(vendor.counts().storage_requests, 1 + 3);

    vendor.fail_next(Endpoint::Storage, Fault::Truncate);
    assert_eq!(client.download(&file).save(&path).await.unwrap(), 200_000);
    assert_eq!(std::fs::read(&path).unwrap(), vec![1; 200_000]);
    assert_eq!(vendor.counts().storage_requests, 1 + 3 + 2);
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_large_file_is_streamed_from_disk_to_disk() {
    const LENGTH: usize = 20_000_000;
    let sandbox = Sandbox::builder().kept_upload_bytes(LENGTH as u64);
    let sandbox = sandbox.start().await.unwrap();
    let client = builder(sandbox.ion()).build().unwrap();
    let folder = folder("large");
    let (from, to) = (folder.join("scan.bin"), folder.join("copy.bin"));
    let content: Vec<u8> = (0..LENGTH).map(|at| (at % 251) as u8).collect();
    std::fs::write(&from, &content).unwrap();
    let attach = client.attach_file(entity(&client).await, "scan.bin", Source::file(&from));
    let file = attach.send().await.unwrap().file.id;
    let (tell, told) = std::sync::mpsc::channel();
    let progress = OnProgress::new(move |progress| {
        let _ = tell.send(progress.done_bytes);
    });
    let download = client.download(file).on_progress(progress);
    assert_eq!(download.save(&to).await.unwrap(), LENGTH as u64);
    assert!(std::fs::read(&to).unwrap() == content);
    // Piece by piece: nothing of it was ever in memory as a whole.
    let told: Vec<u64> = told.iter().collect();
    assert!(told.len() > 10 && told.is_sorted(), "{} pieces", told.len());
    assert_eq!(told.last(), Some(&(LENGTH as u64)));
    std::fs::remove_dir_all(folder).unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_an_error_of_its_own() {
    let setup = Setup::start().await;
    let client = &setup.client;
    let content = Source::bytes(vec![7; 300_000]);
    let attach = client.attach_file(entity(client).await, "report.bin", content);
    let file = attach.send().await.unwrap().file.id;
    // Takes any write for one to a full disk.
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let full = tokio::fs::File::from_std(full.unwrap());
    let error = client.download(file).write_to(full).await.unwrap_err();
    let JobError::Transfer(error) = &error else {
        panic!("{error:?}");
    };
    let kind = error.io_error().map(std::io::Error::kind);
    assert_eq!(kind, Some(std::io::ErrorKind::StorageFull), "{error}");
}

/// Where a process that may write little finds what to fetch, and where to. Set in that process alone.
#[cfg(unix)]
const FETCH: &str = "ION_TEST_FETCH";

/// The shell keeps a process from writing more than 50 KB to a file, which stands in for a full disk: the
/// write fails in the middle of the download.
#[cfg(unix)]
#[tokio::test]
async fn a_disk_that_takes_no_more_is_an_error_that_says_so_and_leaves_no_half_file() {
    let environment = Env::process();
    if let Some(fetch) = environment.reader().optional(FETCH, "an id and a path") {
        let (id, path) = fetch.split_once(' ').unwrap();
        let client = Client::from_env().unwrap();
        let error = client.download(id).save(path).await.unwrap_err();
        let JobError::Transfer(error) = &error else {
            panic!("{error:?}");
        };
        let kind = error.io_error().map(std::io::Error::kind);
        assert_eq!(kind, Some(std::io::ErrorKind::FileTooLarge), "{error}");
        assert!(error.to_string().contains("report.bin"), "{error}");
        return;
    }
    let setup = Setup::start().await;
    let client = &setup.client;
    let content = Source::bytes(vec![7; 300_000]);
    let attach = client.attach_file(entity(client).await, "report.bin", content);
    let file = attach.send().await.unwrap().file.id;
    let folder = folder("full");
    let path = folder.join("report.bin");
    std::fs::write(&path, "before").unwrap();
    let script = r#"trap "" XFSZ; ulimit -f 50; exec "$0" --exact "$1""#;
    let test = "files::a_disk_that_takes_no_more_is_an_error_that_says_so_and_leaves_no_half_file";
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", script]);
    limited.arg(std::env::current_exe().unwrap()).arg(test);
    limited.envs(setup.vendor().variables());
    limited.env(FETCH, format!("{file} {}", path.display()));
    let ran = tokio::task::spawn_blocking(move || limited.output());
    let ran = ran.await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
    assert_eq!(std::fs::read(&path).unwrap(), b"before");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    // Once: another try would meet the same disk.
    assert_eq!(setup.vendor().counts().storage_requests, 2);
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
