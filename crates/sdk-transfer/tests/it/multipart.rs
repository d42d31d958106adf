//! Uploads in parts: what is sent, what is sent again, and what is not.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::time::Duration;

use sdk_auth::PresignedUrl;
use sdk_transfer::{Backoff, FinishedPart, PartUpload, Parts, Source, TransferError};

use crate::server::{Folder, Server, answer, storage};

/// The vendor's side: counts links, remembers parts.
struct Vendor<'a> {
    server: &'a Server,
    links: Mutex<HashMap<u32, u32>>,
    finished: Mutex<BTreeMap<u32, FinishedPart>>,
}

impl<'a> Vendor<'a> {
    fn new(server: &'a Server) -> Self {
        Self {
            server,
            links: Mutex::default(),
            finished: Mutex::default(),
        }
    }

    fn links_of(&self, number: u32) -> u32 {
        let links = self.links.lock().unwrap();
        links.get(&number).copied().unwrap_or_default()
    }
}

impl Parts for Vendor<'_> {
    type Error = TransferError;

    async fn link(&self, number: u32) -> Result<PresignedUrl, TransferError> {
        let mut links = self.links.lock().unwrap();
        let count = links.entry(number).or_default();
        *count += 1;
        Ok(self.server.link(&format!("/{number}/{count}")))
    }

    fn is_finished(&self, number: u32) -> bool {
        self.finished.lock().unwrap().contains_key(&number)
    }

    async fn finish(&self, part: FinishedPart) -> Result<(), TransferError> {
        self.finished.lock().unwrap().insert(part.number, part);
        Ok(())
    }
}

fn upload() -> PartUpload {
    PartUpload::new(storage(), "UploadPart").backoff(Backoff::new(Duration::from_millis(1)))
}

/// The answer to a part that is taken, with an ETag that tells its path.
fn taken(path: &str) -> Vec<u8> {
    let etag = path.replace('/', "-");
    answer(200, &format!("etag: \"{etag}\"\r\n"), b"")
}

/// The bodies that were taken, by number of the part.
fn bodies(server: &Server) -> BTreeMap<u32, Vec<Vec<u8>>> {
    let mut bodies: BTreeMap<u32, Vec<Vec<u8>>> = BTreeMap::new();
    for seen in server.seen() {
        let number = seen.head.split('/').nth(1).unwrap().parse().unwrap();
        bodies.entry(number).or_default().push(seen.body);
    }
    bodies
}

const CONTENT: &[u8] = b"0123456789abcdefghij!";

#[tokio::test]
async fn every_kind_of_source_arrives_in_parts_with_their_etags_verbatim() {
    let folder = Folder::new("sources");
    let path = folder.0.join("firmware.bin");
    std::fs::write(&path, CONTENT).unwrap();
    let sources = [
        Source::file(&path),
        Source::bytes(CONTENT),
        Source::reader(CONTENT),
        Source::sized_reader(CONTENT, CONTENT.len() as u64),
    ];
    for source in sources {
        let server = Server::start(|path| Some(taken(path))).await;
        let vendor = Vendor::new(&server);
        upload().run(source, 10, &vendor).await.unwrap();
        let bodies = bodies(&server);
        let joined: Vec<u8> = bodies.values().flatten().flatten().copied().collect();
        assert_eq!(joined, CONTENT);
        let finished = vendor.finished.lock().unwrap().clone();
        let etags: Vec<_> = finished.values().map(|part| part.etag.as_str()).collect();
        assert_eq!(etags, ["\"-1-1\"", "\"-2-1\"", "\"-3-1\""]);
    }
}

#[tokio::test]
async fn only_the_part_that_failed_is_repeated_each_time_with_a_new_link() {
    let expired = b"<Error><Code>AccessDenied</Code></Error>";
    let server = Server::start(move |path| match path {
        "/2/1" => Some(answer(403, "", expired)),
        "/2/2" => Some(answer(500, "", b"")),
        "/2/3" => None,
        path => Some(taken(path)),
    })
    .await;
    let vendor = Vendor::new(&server);
    let content: Vec<u8> = (0..5_000_000_u32).map(|n| (n % 251) as u8).collect();
    let source = Source::bytes(content.clone());
    upload().run(source, 2_000_000, &vendor).await.unwrap();
    let links = [1, 2, 3].map(|number| vendor.links_of(number));
    assert_eq!(links, [1, 4, 1]);
    let bodies = bodies(&server);
    let last = bodies.values().filter_map(|sent| sent.last()).flatten();
    assert!(last.copied().eq(content), "other bytes");
}

#[tokio::test]
async fn finished_parts_are_not_sent_again_and_a_lasting_refusal_ends_the_upload() {
    let server = Server::start(|path| match path.strip_prefix("/3") {
        Some(_) => Some(answer(403, "", b"")),
        None => Some(taken(path)),
    })
    .await;
    let vendor = Vendor::new(&server);
    let two = upload().attempts(2).parallel(1);
    let refused = two.run(Source::bytes(CONTENT), 5, &vendor).await;
    assert_eq!(refused.unwrap_err().status().unwrap().as_u16(), 403);
    assert_eq!(vendor.links_of(3), 2);
    assert!(!vendor.is_finished(4), "nothing new begins after a failure");

    let better = Server::start(|path| Some(taken(path))).await;
    let later = Vendor {
        server: &better,
        links: Mutex::default(),
        finished: Mutex::new(vendor.finished.lock().unwrap().clone()),
    };
    upload()
        .run(Source::bytes(CONTENT), 5, &later)
        .await
        .unwrap();
    let sent: Vec<u32> = bodies(&better).into_keys().collect();
    assert_eq!(sent, [3, 4, 5]);
    assert_eq!(later.finished.lock().unwrap().len(), 5);
}

#[tokio::test]
async fn a_file_that_shrinks_under_the_upload_is_an_error_of_this_machine() {
    let folder = Folder::new("shrinks");
    let path = folder.0.join("firmware.bin");
    std::fs::write(&path, CONTENT).unwrap();
    let short = path.clone();
    let server = Server::start(move |path| {
        std::fs::write(&short, "short").unwrap();
        Some(taken(path))
    })
    .await;
    let vendor = Vendor::new(&server);
    let one = upload().parallel(1);
    let error = one.run(Source::file(&path), 10, &vendor).await.unwrap_err();
    assert!(error.io_error().is_some(), "{error}");
    assert!(error.to_string().contains("firmware.bin"), "{error}");
}

#[tokio::test]
async fn an_empty_file_is_one_part_whose_length_is_announced() {
    let server = Server::start(|path| Some(taken(path))).await;
    let vendor = Vendor::new(&server);
    upload().run(Source::bytes(""), 10, &vendor).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    assert!(
        seen[0].head.contains("content-length: 0"),
        "{}",
        seen[0].head
    );
}
