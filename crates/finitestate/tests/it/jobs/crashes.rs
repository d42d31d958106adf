//! Uploads whose process is killed at every step, and which another process brings to their end.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use finitestate::{Config, Env, Source, formats};
use futures_util::{StreamExt as _, stream};
use sdk_sandbox::{Counts, Endpoint, Fault, FiniteState, Sandbox};

use super::{Folder, content, digests, first_asset, made};
use crate::setup::{Setup, builder};

const PART: usize = 5 * 1024 * 1024;

/// Where the process that is killed finds its file.
const FILE: &str = "FINITESTATE_TEST_UPLOAD";

/// What is uploaded; the extension of the file tells a process which it is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Upload {
    /// In parts.
    Binary,
    /// In one piece.
    Results,
}

impl Upload {
    fn of(file: &Path) -> Self {
        match file.extension().is_some_and(|it| it == "bin") {
            true => Self::Binary,
            false => Self::Results,
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Binary => "bin",
            Self::Results => "cdx",
        }
    }

    /// What is in the file. A binary has two parts.
    fn content(self) -> Vec<u8> {
        match self {
            Self::Binary => content(PART + 1),
            Self::Results => content(300_000),
        }
    }

    /// Requests to the API, and to the store.
    fn requests(self) -> (u64, u64) {
        match self {
            // Asset, version, artifact, test, start, two links, completion, launch.
            Self::Binary => (9, 2),
            // Asset, version, artifact, test, link, launch.
            Self::Results => (6, 1),
        }
    }
}

/// Run by the tests below in a process of its own, with a sandbox and a file in its variables. Elsewhere it
/// has its own.
#[tokio::test]
async fn an_upload_leaves_no_state_file_behind() {
    let environment = Env::process();
    let file = environment
        .reader()
        .optional_as(FILE, "a path", |text| Some(text.to_owned()))
        .unwrap_or_default();
    if !file.is_empty() {
        let config = Config::from_env(&environment).unwrap();
        upload(&config.into_builder().build().unwrap(), Path::new(&file)).await;
        return;
    }
    for name in ["firmware.bin", "firmware.cdx"] {
        let setup = Setup::with(Sandbox::builder().items(5)).await;
        let folder = Folder::new(&format!("alone-{name}"));
        let path = folder.0.join(name);
        std::fs::write(&path, "firmware").unwrap();
        upload(&setup.client, &path).await;
        assert_eq!(setup.vendor().stored_objects().len(), 1);
        assert_eq!(folder.names(), [name, "firmware.json.lock"]);
    }
}

/// One part after the other, so that steps come in the same order each time.
async fn upload(client: &finitestate::Client, file: &Path) {
    let asset = first_asset(client).await.id;
    let (source, state) = (Source::file(file), file.with_extension("json"));
    let uploaded = match Upload::of(file) {
        Upload::Binary => {
            let upload = client.upload_binary(asset, "9.9", source);
            let upload = upload.part_bytes(PART as u64).parallel(1);
            upload.state_file(state).await
        }
        Upload::Results => {
            let upload = client.upload_test_results(asset, "9.9", formats::CYCLONEDX, source);
            upload.state_file(state).await
        }
    };
    uploaded.unwrap();
}

/// Where the process is killed: before the request has its effect, or before its answer arrives.
#[derive(Debug, Clone, Copy)]
struct Kill {
    endpoint: Endpoint,
    request: u32,
    has_effect: bool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_upload_is_continued_to_one_version_and_identical_bytes() {
    kill_at_every_step(Upload::Binary).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_upload_of_results_is_continued_to_one_version_and_identical_bytes() {
    kill_at_every_step(Upload::Results).await;
}

async fn kill_at_every_step(what: Upload) {
    let folder = Folder::new(&format!("killed-{what:?}"));
    let bytes = what.content();
    let whole = requests_of_a_whole_upload(&folder, what, &bytes).await;
    let (api, storage) = what.requests();
    // The helper that uploads asks for the asset once more.
    assert_eq!(
        (whole.api_requests, whole.storage_requests),
        (api + 1, storage)
    );
    let each = |endpoint, count: u64| {
        (1..=u32::try_from(count).unwrap()).flat_map(move |request| {
            [false, true].map(|has_effect| Kill {
                endpoint,
                request,
                has_effect,
            })
        })
    };
    let kills: Vec<_> = each(Endpoint::Api, whole.api_requests)
        .chain(each(Endpoint::Storage, whole.storage_requests))
        .collect();
    let runs = kills
        .iter()
        .map(|kill| kill_and_continue(&folder, what, &bytes, *kill));
    stream::iter(runs)
        .buffer_unordered(4)
        .collect::<Vec<()>>()
        .await;
}

async fn requests_of_a_whole_upload(folder: &Folder, what: Upload, bytes: &[u8]) -> Counts {
    let sandbox = Sandbox::builder().items(5).start().await.unwrap();
    let path = folder.0.join("whole").with_extension(what.extension());
    std::fs::write(&path, bytes).unwrap();
    let client = builder(sandbox.finitestate()).build().unwrap();
    upload(&client, &path).await;
    sandbox.finitestate().counts()
}

async fn kill_and_continue(folder: &Folder, what: Upload, bytes: &[u8], kill: Kill) {
    let Kill {
        endpoint,
        request,
        has_effect,
    } = kill;
    let sandbox = Sandbox::builder().items(5).start().await.unwrap();
    let vendor = sandbox.finitestate();
    let name = format!("{endpoint:?}-{request}-{has_effect}");
    let path = folder.0.join(name).with_extension(what.extension());
    std::fs::write(&path, bytes).unwrap();

    let minute = Duration::from_secs(60);
    vendor.fail_times(endpoint, Fault::delay(Duration::ZERO), request - 1);
    let last = if has_effect {
        Fault::hold_answer(minute)
    } else {
        Fault::delay(minute)
    };
    vendor.fail_next(endpoint, last);
    let mut process = start(vendor, &path);
    wait_until(|| {
        let counts = vendor.counts();
        if has_effect {
            counts.answers_held == 1
        } else {
            counts.faults == u64::from(request)
        }
    })
    .await;
    process.kill().unwrap();
    assert!(
        !process.wait().unwrap().success(),
        "{kill:?}: it was done already"
    );
    vendor.clear_faults();
    let sent_before = vendor.counts().storage_requests;

    let mut process = start(vendor, &path);
    let mut status = None;
    wait_until(|| {
        status = process.try_wait().unwrap();
        status.is_some()
    })
    .await;
    assert!(status.unwrap().success(), "{kill:?}");
    let client = builder(vendor).build().unwrap();
    let found = made(&client, "9.9").await;
    let counts: Vec<_> = found
        .iter()
        .map(|(_, artifacts, tests)| (*artifacts, *tests))
        .collect();
    assert_eq!(counts, [(1, 1)], "{kill:?}");

    // Only what was being sent when the process died may come twice.
    let sent = vendor.counts().storage_requests;
    let repeated = endpoint == Endpoint::Storage;
    assert_eq!(
        sent,
        what.requests().1 + u64::from(repeated),
        "{kill:?}: {sent_before} before the kill"
    );
    // A launch that has had its effect is not repeated, and no other is there.
    let is_launch =
        |name: &serde_json::Value| name.as_str().is_some_and(|it| it.starts_with("Launch"));
    let sent = vendor.requests().into_iter();
    let launches = sent
        .filter(|it| is_launch(&it.body["operationName"]))
        .count();
    let at_launch = endpoint == Endpoint::Api && u64::from(request) == what.requests().0 + 1;
    let lost = usize::from(at_launch && !has_effect);
    assert_eq!(launches, 1 + lost, "{kill:?}");

    let objects = vendor.stored_objects();
    let parts: Vec<_> = objects.iter().map(|object| object.parts.clone()).collect();
    let whole = match what {
        Upload::Binary => digests(bytes, PART),
        Upload::Results => digests(bytes, bytes.len()),
    };
    // A file in one piece that the store took before the kill stays there under its first key.
    let copies = match what == Upload::Results && repeated && has_effect {
        true => 2,
        false => 1,
    };
    assert_eq!(parts, vec![whole; copies], "{kill:?}");
}

/// This test binary again, as a process that uploads a file.
fn start(vendor: &FiniteState, file: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "jobs::crashes::an_upload_leaves_no_state_file_behind",
        ])
        .envs(vendor.variables())
        .env(FILE, file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

async fn wait_until(mut reached: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !reached() {
        assert!(Instant::now() < deadline, "nothing happened for a minute");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
