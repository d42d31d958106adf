//! Every fault under an upload of a part and under a download.
//!
//! A part may be sent twice: the store keeps the last. A download is begun once, and leaves a file that is
//! whole, or none.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sdk_auth::{Http, HttpConfig, PresignedUrl, Proxy, TransportFailure};
use sdk_fault_server::{Coding, Counts, Fault, FaultServer, Flaw, Script, alone, each};
use sdk_transfer::{
    Backoff, FinishedPart, OnProgress, PartUpload, Parts, Source, Storage, TransferError,
};

use crate::server::Folder;

/// How long a transfer may take, and stand still, in a cell that ends by itself.
const DEADLINE: Duration = Duration::from_secs(20);

/// How long a transfer may stand still in a cell that nothing else ends.
const IDLE: Duration = Duration::from_millis(700);

/// How long opening a connection may take where none comes about.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(500);

/// How long a test watches a transfer that never ends.
const WATCHED: Duration = Duration::from_millis(1500);

/// How many times as long a cell may take that only its limits end, if it does not end as it should at first:
/// on a busy machine a short one passes before the fault is met.
const PATIENCE: [u32; 3] = [1, 3, 9];

/// The limits of a cell.
#[derive(Debug, Clone, Copy)]
struct Limits {
    connect: Duration,
    idle: Duration,
    watched: Duration,
}

impl Limits {
    /// One after the other, until the cell ends as it should.
    fn of(fault: &Fault) -> Vec<Self> {
        let wide = Self {
            connect: DEADLINE,
            idle: DEADLINE,
            watched: DEADLINE,
        };
        match fault {
            Fault::Unreachable | Fault::NoHandshake => PATIENCE
                .map(|times| Self {
                    connect: CONNECT_TIMEOUT * times,
                    ..wide
                })
                .to_vec(),
            Fault::Endless
            | Fault::SlowDrip
            | Fault::Silence
            | Fault::SaidTooLong
            | Fault::SaidEnormous => PATIENCE
                .map(|times| Self {
                    connect: DEADLINE,
                    idle: IDLE * times,
                    watched: WATCHED * times,
                })
                .to_vec(),
            _ => vec![wide],
        }
    }
}

/// What a store answers and gives when all is well.
const CONTENT: &[u8] = b"0123456789";

fn storage(server: &FaultServer, limits: Limits) -> Storage {
    let mut config = HttpConfig::new()
        .proxy(Proxy::None)
        .connect_timeout(limits.connect);
    if let Some(certificate) = server.certificate() {
        config = config.extra_root_certificates(certificate);
    }
    Storage::new(Http::new(config).unwrap()).idle_timeout(limits.idle)
}

fn link(server: &FaultServer) -> PresignedUrl {
    server.url("/object?signature=link-canary").parse().unwrap()
}

/// A vendor that hands out links to one server, and remembers what is finished.
struct Vendor<'a> {
    server: &'a FaultServer,
    finished: Mutex<Vec<u32>>,
}

impl Parts for Vendor<'_> {
    type Error = TransferError;

    async fn link(&self, _number: u32) -> Result<PresignedUrl, TransferError> {
        Ok(link(self.server))
    }

    fn is_finished(&self, number: u32) -> bool {
        self.finished.lock().unwrap().contains(&number)
    }

    async fn finish(&self, part: FinishedPart) -> Result<(), TransferError> {
        self.finished.lock().unwrap().push(part.number);
        Ok(())
    }
}

/// Uploads one part, sent three times at most.
async fn upload(server: &FaultServer, limits: Limits) -> String {
    let vendor = Vendor {
        server,
        finished: Mutex::default(),
    };
    let upload = PartUpload::new(storage(server, limits), "UploadPart")
        .attempts(3)
        .backoff(Backoff::new(Duration::from_millis(1)));
    let running = upload.run(Source::bytes(CONTENT), 10, &vendor);
    let outcome = match tokio::time::timeout(DEADLINE * 2, running).await {
        Err(_) => return "still going".to_owned(),
        Ok(outcome) => outcome,
    };
    let finished = vendor.is_finished(1);
    assert_eq!(
        outcome.is_ok(),
        finished,
        "only what the store has is finished"
    );
    outcome.map_or_else(|error| name(&error), |()| "done".to_owned())
}

/// Saves a download in an empty folder.
async fn download(server: &FaultServer, limits: Limits, folder: &Folder) -> String {
    let path = folder.0.join("report");
    let saved = async {
        let download = storage(server, limits).get("Fetch", &link(server)).await?;
        download.save(&path, &OnProgress::default()).await
    };
    let outcome = match tokio::time::timeout(limits.watched, saved).await {
        Err(_) => return "still going".to_owned(),
        Ok(outcome) => outcome,
    };
    let names = folder.names();
    match outcome {
        Ok(bytes) => {
            assert_eq!(names, ["report"]);
            assert_eq!(std::fs::metadata(&path).unwrap().len(), bytes);
            format!("{bytes} bytes")
        }
        Err(error) => {
            assert!(names.is_empty(), "{names:?} after {error}");
            name(&error)
        }
    }
}

/// Takes a download that would fill the disk, and keeps nothing of it.
async fn watch(server: &FaultServer, limits: Limits) -> String {
    let begun = storage(server, limits).get("Fetch", &link(server)).await;
    let mut download = match begun {
        Ok(download) => download,
        Err(error) => return name(&error),
    };
    let taking = async { while download.chunk().await.unwrap().is_some() {} };
    match tokio::time::timeout(limits.watched, taking).await {
        Err(_) => "still going".to_owned(),
        Ok(()) => "an end".to_owned(),
    }
}

/// The kind of an error, which never shows the link's signature, or what the store wrote.
fn name(error: &TransferError) -> String {
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(!shown.contains("canary"), "{shown}");
    }
    match error {
        TransferError::Transport(error) => match error.failure() {
            TransportFailure::TooLarge { .. } => "TooLarge".to_owned(),
            failure => format!("{failure:?}"),
        },
        TransferError::Refused(error) => format!("refused {}", error.status().as_u16()),
        other => format!("{other:?}"),
    }
}

/// Where the fault happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Part,
    Download,
}

/// Runs a cell, and gives how many requests arrived and the outcome.
fn seen(place: Place, fault: &Fault, times: Option<usize>, limits: Limits) -> String {
    static FOLDERS: AtomicUsize = AtomicUsize::new(0);
    let number = FOLDERS.fetch_add(1, Ordering::SeqCst);
    let folder = Folder::new(&format!("faults-{number}"));
    let script = Script {
        fault: fault.clone(),
        after: 0,
        times,
    };
    let server = FaultServer::start_apart(script, |_| CONTENT.to_vec()).unwrap();
    let work = async {
        match place {
            Place::Part => upload(&server, limits).await,
            Place::Download if *fault == Fault::Endless => watch(&server, limits).await,
            Place::Download => download(&server, limits, &folder).await,
        }
    };
    let (outcome, left) = alone(work, || {});
    let arrived = server.counts().arrived;
    match left {
        0 => format!("{arrived} {outcome}"),
        left => format!("{arrived} {outcome}, and {left} tasks left behind"),
    }
}

/// What may be seen; `or` stands between what is equally right.
type Expected = &'static str;

/// A fault; then an upload of a part that meets it for ever, and one that meets it once; then a download
/// that meets it. Each is how many requests arrive, and the outcome.
type Row = (Fault, Expected, Expected, Expected);

fn wire() -> Vec<Row> {
    vec![
        (
            Fault::Refused,
            "0 NotConnected",
            "0 NotConnected",
            "0 NotConnected",
        ),
        (
            Fault::Unreachable,
            "0 ConnectTimedOut",
            "0 ConnectTimedOut",
            "0 ConnectTimedOut",
        ),
        (
            Fault::NoHandshake,
            "0 ConnectTimedOut",
            "1 done",
            "0 ConnectTimedOut",
        ),
        (
            Fault::Certificate(Flaw::Stranger),
            "0 CertificateRefused(UnknownIssuer)",
            "0 CertificateRefused(UnknownIssuer)",
            "0 CertificateRefused(UnknownIssuer)",
        ),
        (
            Fault::Certificate(Flaw::OtherName),
            "0 CertificateRefused(WrongName)",
            "0 CertificateRefused(WrongName)",
            "0 CertificateRefused(WrongName)",
        ),
        (
            Fault::Certificate(Flaw::Expired),
            "0 CertificateRefused(Expired)",
            "0 CertificateRefused(Expired)",
            "0 CertificateRefused(Expired)",
        ),
        (
            Fault::Certificate(Flaw::NotYetValid),
            "0 CertificateRefused(NotYetValid)",
            "0 CertificateRefused(NotYetValid)",
            "0 CertificateRefused(NotYetValid)",
        ),
        // Whether the reset is seen while connecting or while sending is a matter of microseconds.
        (
            Fault::ResetBefore,
            "0 Broken or 0 NotConnected",
            "1 done",
            "0 Broken or 0 NotConnected",
        ),
        (Fault::ResetDuring, "0 Broken", "1 done", "0 Broken"),
        (Fault::ResetAfter, "3 Broken", "2 done", "1 Broken"),
        (Fault::ClosedInHead, "3 Broken", "2 done", "1 Broken"),
        (Fault::ClosedInBody, "3 Broken", "2 done", "1 Broken"),
        (Fault::ClosedInChunks, "3 Broken", "2 done", "1 Broken"),
        // An answer without an ETag is no use; a download is as long as the store says.
        (
            Fault::SaidTooShort,
            "1 refused 200",
            "1 refused 200",
            "1 4 bytes",
        ),
        (Fault::SaidTooLong, "3 TimedOut", "2 done", "1 TimedOut"),
        // Nothing stands against a file of that size but that it does not come.
        (
            Fault::SaidEnormous,
            "1 TooLarge",
            "1 TooLarge",
            "1 TimedOut",
        ),
        // A download may be of any size and as slow as it likes, as long as it moves.
        (Fault::Endless, "1 TooLarge", "1 TooLarge", "1 still going"),
        (Fault::SlowDrip, "3 TimedOut", "2 done", "1 still going"),
        (Fault::Silence, "3 TimedOut", "2 done", "1 TimedOut"),
        (
            Fault::Bomb(Coding::Gzip),
            "1 TooLarge",
            "1 TooLarge",
            "1 8388608 bytes",
        ),
        (
            Fault::Bomb(Coding::Brotli),
            "1 TooLarge",
            "1 TooLarge",
            "1 8388608 bytes",
        ),
        (
            Fault::Bomb(Coding::Zstd),
            "1 TooLarge",
            "1 TooLarge",
            "1 8388608 bytes",
        ),
        (
            Fault::StreamRefused,
            "3 NotProcessed",
            "2 done",
            "1 NotProcessed",
        ),
        (Fault::StreamReset, "3 Broken", "2 done", "1 Broken"),
        (
            Fault::GoodbyeBefore,
            "3 NotProcessed",
            "2 done",
            "1 NotProcessed",
        ),
        (Fault::GoodbyeAfter, "3 Broken", "2 done", "1 Broken"),
    ]
}

/// An answer with a body that no error may repeat.
fn refusal(status: u16) -> Fault {
    Fault::Answer {
        status,
        headers: Vec::new(),
        body: b"Traceback (most recent call last):\n  body-canary".to_vec(),
    }
}

/// An answer that says when to come again.
fn later(status: u16, when: &str) -> Fault {
    refusal(status).header("retry-after", when)
}

/// Answers that refuse, or look as if they did. A download is whatever the store sends, as it is.
fn answers() -> Vec<Row> {
    const ERRORS: &str = r#"{"data":null,"errors":[{"message":"body-canary"}]}"#;
    let no = |status: &'static str| (status, status, status);
    let row = |fault, (always, once, download): (Expected, Expected, Expected)| {
        (fault, always, once, download)
    };
    let ok = |body: &[u8]| Fault::json(200, body);
    vec![
        // Without an ETag the parts cannot be joined.
        row(
            ok(b"<html>"),
            ("1 refused 200", "1 refused 200", "1 6 bytes"),
        ),
        row(
            ok(br#"{"error":"invalid_client"}"#),
            ("1 refused 200", "1 refused 200", "1 26 bytes"),
        ),
        row(
            ok(br#"{"a":1,"a":2}"#),
            ("1 refused 200", "1 refused 200", "1 13 bytes"),
        ),
        row(
            ok(b"\xff\xfe"),
            ("1 refused 200", "1 refused 200", "1 2 bytes"),
        ),
        row(
            ok(ERRORS.as_bytes()),
            ("1 refused 200", "1 refused 200", "1 50 bytes"),
        ),
        row(
            Fault::json(294, "abc"),
            ("1 refused 294", "1 refused 294", "1 3 bytes"),
        ),
        // With one, any success is a success.
        row(
            Fault::json(294, "abc").header("etag", "\"good\""),
            ("1 done", "1 done", "1 3 bytes"),
        ),
        row(
            ok(b"<html>").header("etag", "\"good\""),
            ("1 done", "1 done", "1 6 bytes"),
        ),
        // With each attempt of a part comes a new link.
        row(refusal(401), ("3 refused 401", "2 done", "1 refused 401")),
        row(refusal(403), ("3 refused 403", "2 done", "1 refused 403")),
        row(refusal(400), no("1 refused 400")),
        row(refusal(404), no("1 refused 404")),
        row(refusal(408), ("3 refused 408", "2 done", "1 refused 408")),
        row(refusal(429), ("3 refused 429", "2 done", "1 refused 429")),
        row(
            later(429, "0"),
            ("3 refused 429", "2 done", "1 refused 429"),
        ),
        row(
            later(429, "Wed, 21 Oct 2015 07:28:00 GMT"),
            ("3 refused 429", "2 done", "1 refused 429"),
        ),
        // Too long to wait for here.
        row(later(429, "120"), no("1 refused 429")),
        row(
            later(429, "Tue, 31 Dec 2999 23:59:59 GMT"),
            no("1 refused 429"),
        ),
        row(later(503, "120"), no("1 refused 503")),
        row(refusal(500), ("3 refused 500", "2 done", "1 refused 500")),
        row(refusal(502), ("3 refused 502", "2 done", "1 refused 502")),
        row(refusal(503), ("3 refused 503", "2 done", "1 refused 503")),
        row(refusal(504), ("3 refused 504", "2 done", "1 refused 504")),
        row(Fault::json(400, ERRORS), no("1 refused 400")),
        row(
            Fault::json(500, ERRORS),
            ("3 refused 500", "2 done", "1 refused 500"),
        ),
        row(
            Fault::json(403, b"<Code>\xff</Code>"),
            ("3 refused 403", "2 done", "1 refused 403"),
        ),
    ]
}

fn check(rows: &[Row]) {
    let cells = rows.iter().flat_map(|(fault, always, once, download)| {
        [
            (Place::Part, fault, None, *always),
            (Place::Part, fault, Some(1), *once),
            (Place::Download, fault, None, *download),
        ]
    });
    let wrong = each(cells.collect(), |(place, fault, times, expected)| {
        let mut found = None;
        for limits in Limits::of(fault) {
            let seen = seen(place, fault, times, limits);
            if expected.split(" or ").any(|one| one == seen) {
                return None;
            }
            found = Some(format!(
                "{fault:?} at {place:?}, {times:?} times: expected {expected}, seen {seen}"
            ));
        }
        found
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fault_of_the_wire_ends_as_the_table_says() {
    let rows = wire();
    let faults: Vec<Fault> = rows.iter().map(|(fault, ..)| fault.clone()).collect();
    assert_eq!(faults, Fault::all_of_the_wire());
    check(&rows);
}

#[test]
fn every_answer_that_is_none_ends_as_the_table_says() {
    check(&answers());
}

#[test]
fn a_redirect_to_another_origin_is_a_refusal_and_reaches_nobody() {
    let never = Script {
        fault: Fault::Silence,
        after: 0,
        times: Some(0),
    };
    let elsewhere = FaultServer::start_apart(never, |_| CONTENT.to_vec()).unwrap();
    let rows = [301, 302, 303, 307, 308].map(|status| {
        let fault = refusal(status).header("location", elsewhere.url("/stolen"));
        let expected: Expected = match status {
            301 => "1 refused 301",
            302 => "1 refused 302",
            303 => "1 refused 303",
            307 => "1 refused 307",
            _ => "1 refused 308",
        };
        (fault, expected, expected, expected)
    });
    check(&rows);
    assert_eq!(elsewhere.counts(), Counts::default());
}
