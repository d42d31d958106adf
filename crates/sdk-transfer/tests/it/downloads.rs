//! Downloads to files: whole under their name, or not there at all.

use std::sync::{Arc, Mutex};

use sdk_transfer::OnProgress;

use crate::server::{Folder, Server, answer, storage};

#[tokio::test]
async fn a_download_is_saved_whole_and_takes_the_place_of_what_was_there() {
    let content: Vec<u8> = (0..3_000_000_u32).map(|n| n as u8).collect();
    let sent = content.clone();
    let server = Server::start(move |_| Some(answer(200, "", &sent))).await;
    let folder = Folder::new("saved");
    let path = folder.0.join("report.bin");
    std::fs::write(&path, "older").unwrap();

    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = seen.clone();
    let progress = OnProgress::new(move |progress| kept.lock().unwrap().push(progress));
    let download = storage().get("Fetch", &server.link("/a")).await.unwrap();
    let total = Some(content.len() as u64);
    assert_eq!(download.total_bytes(), total);
    let bytes = download.save(&path, &progress).await.unwrap();

    assert_eq!(Some(bytes), total);
    assert!(std::fs::read(&path).unwrap() == content, "other bytes");
    assert_eq!(folder.names(), ["report.bin"]);
    let seen = seen.lock().unwrap();
    assert!(seen.is_sorted_by_key(|progress| progress.done_bytes));
    let last = seen.last().unwrap();
    assert_eq!((Some(last.done_bytes), last.total_bytes), (total, total));
}

#[tokio::test]
async fn a_download_that_breaks_off_leaves_the_older_file_and_nothing_else() {
    let mut half = answer(200, "", &[7; 1_000_000]);
    half.truncate(500_000);
    let server = Server::start(move |_| Some(half.clone())).await;
    let folder = Folder::new("broken");
    let path = folder.0.join("report.bin");
    std::fs::write(&path, "older").unwrap();
    let download = storage().get("Fetch", &server.link("/a")).await.unwrap();
    let error = download
        .save(&path, &OnProgress::default())
        .await
        .unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), b"older");
    assert_eq!(folder.names(), ["report.bin"]);
}

#[tokio::test]
async fn a_refusal_names_its_reason_and_not_the_link() {
    let xml = b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";
    let server = Server::start(move |path| match path {
        "/late" => Some(answer(403, "", xml)),
        _ => Some(answer(302, "location: /late\r\n", b"")),
    })
    .await;
    let error = storage()
        .get("Fetch", &server.link("/late"))
        .await
        .unwrap_err();
    assert!(error.wants_new_link() && !error.is_transient());
    let said = format!("{error} {error:?}");
    assert!(said.contains("status 403 (AccessDenied)"), "{said}");
    assert!(!said.contains("canary"), "{said}");

    // A redirect is not followed: it could lead anywhere.
    let error = storage().get("Fetch", &server.link("/on")).await;
    assert_eq!(error.unwrap_err().status().unwrap().as_u16(), 302);
    assert_eq!(server.seen().len(), 2);
    assert!(
        server
            .seen()
            .iter()
            .all(|seen| !seen.head.contains("authorization"))
    );
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_an_error_of_this_machine() {
    let server = Server::start(|_| Some(answer(200, "", b"bytes"))).await;
    let download = storage().get("Fetch", &server.link("/a")).await.unwrap();
    let path = Folder::new("none").0.join("gone/report.bin");
    let saved = download.save(&path, &OnProgress::default()).await;
    let error = saved.unwrap_err();
    let kind = error.io_error().map(std::io::Error::kind);
    assert_eq!(kind, Some(std::io::ErrorKind::NotFound));
    assert!(error.to_string().contains("could not write"), "{error}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_writer_without_room_is_a_typed_error() {
    let server = Server::start(|_| Some(answer(200, "", &[7; 100_000]))).await;
    let download = storage().get("Fetch", &server.link("/a")).await.unwrap();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let full = tokio::fs::File::from_std(full.unwrap());
    let written = download.write_to(full, &OnProgress::default()).await;
    let error = written.unwrap_err();
    let kind = error.io_error().map(std::io::Error::kind);
    assert_eq!(kind, Some(std::io::ErrorKind::StorageFull));
}
