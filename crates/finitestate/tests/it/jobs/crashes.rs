//! Uploads whose process is killed at every step, and which another process brings to their end.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use finitestate::{Config, Env, Source};
use futures_util::{StreamExt as _, stream};
use sdk_sandbox::{Counts, Endpoint, Fault, FiniteState, Sandbox};

use super::{Folder, content, digests, first_asset, made};
use crate::setup::{Setup, builder};

const PART: usize = 5 * 1024 * 1024;

/// Two parts.
const LENGTH: usize = PART + 1;

/// Where the process that is killed finds its file.
const FILE: &str = "FINITESTATE_TEST_UPLOAD";

/// Run by [`a_killed_upload_is_continued_to_one_version_and_identical_bytes`] in a process of its own, with
/// a sandbox and a file in its variables. Elsewhere it has its own.
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
    let setup = Setup::with(Sandbox::builder().items(5)).await;
    let folder = Folder::new("alone");
    let path = folder.0.join("firmware.bin");
    std::fs::write(&path, "firmware").unwrap();
    upload(&setup.client, &path).await;
    assert_eq!(setup.vendor().stored_objects().len(), 1);
    assert_eq!(folder.names(), ["firmware.bin"]);
}

/// One part after the other, so that steps come in the same order each time.
async fn upload(client: &finitestate::Client, file: &Path) {
    let asset = first_asset(client).await.id;
    client
        .upload_binary(asset, "9.9", Source::file(file))
        .part_bytes(PART as u64)
        .parallel(1)
        .state_file(file.with_extension("json"))
        .await
        .unwrap();
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
    let folder = Folder::new("killed");
    let bytes = content(LENGTH);
    let requests = requests_of_a_whole_upload(&folder, &bytes).await;
    let each = |endpoint, count: u64| {
        (1..=u32::try_from(count).unwrap()).flat_map(move |request| {
            [false, true].map(|has_effect| Kill {
                endpoint,
                request,
                has_effect,
            })
        })
    };
    let kills: Vec<_> = each(Endpoint::Api, requests.api_requests)
        .chain(each(Endpoint::Storage, requests.storage_requests))
        .collect();
    assert!(kills.len() >= 2 * (9 + 2), "{}", kills.len());
    let runs = kills
        .iter()
        .map(|kill| kill_and_continue(&folder, &bytes, *kill));
    stream::iter(runs)
        .buffer_unordered(4)
        .collect::<Vec<()>>()
        .await;
}

async fn requests_of_a_whole_upload(folder: &Folder, bytes: &[u8]) -> Counts {
    let sandbox = Sandbox::builder().items(5).start().await.unwrap();
    let path = folder.0.join("whole.bin");
    std::fs::write(&path, bytes).unwrap();
    let client = builder(sandbox.finitestate()).build().unwrap();
    upload(&client, &path).await;
    sandbox.finitestate().counts()
}

async fn kill_and_continue(folder: &Folder, bytes: &[u8], kill: Kill) {
    let Kill {
        endpoint,
        request,
        has_effect,
    } = kill;
    let sandbox = Sandbox::builder().items(5).start().await.unwrap();
    let vendor = sandbox.finitestate();
    let path = folder
        .0
        .join(format!("{endpoint:?}-{request}-{has_effect}.bin"));
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
    let objects = vendor.stored_objects();
    let parts: Vec<_> = objects.iter().map(|object| object.parts.clone()).collect();
    assert_eq!(parts, [digests(bytes, PART)], "{kill:?}");
    // Only the part whose answer was missing may come twice.
    let sent = vendor.counts().storage_requests;
    let repeated = u64::from(endpoint == Endpoint::Storage);
    assert_eq!(
        sent,
        2 + repeated,
        "{kill:?}: {sent_before} before the kill"
    );
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
