//! Files that are larger than the memory that moving them may take.

use std::path::Path;
use std::process::Command;

use futures_util::TryStreamExt;
use ion::{Client, Config, Env, files::Source, queries::ListRuns};
use sdk_sandbox::Sandbox;

/// Larger by far than [`MOST_BYTES`].
const LENGTH: usize = 64 * 1024 * 1024;

/// What attaching and fetching may take on top of the process that does it.
const MOST_BYTES: u64 = 24 * 1024 * 1024;

/// Where the process that is measured finds the file. Set in that process alone.
const FILE: &str = "ION_TEST_LARGE_FILE";

const TEST: &str = "memory::a_large_file_is_attached_and_fetched_in_little_memory";

/// The most that this process has ever had in memory, in bytes.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let mut lines = status.lines();
    let peak = lines.find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

async fn attach_and_fetch(client: &Client, file: &Path) {
    let run = client.items(ListRuns::new().first(1)).try_next().await;
    let entity = run.unwrap().unwrap().entity_id.unwrap();
    // The connection is there by now, and whatever else is made once.
    let before = peak_bytes();
    let attach = client.attach_file(entity, "scan.bin", Source::file(file));
    let attached = attach.send().await.unwrap();
    let attaching = peak_bytes() - before;
    let copy = file.with_extension("copy");
    let bytes = client.download(attached.file.id).save(copy).await.unwrap();
    assert_eq!(bytes, LENGTH as u64);
    let both = peak_bytes() - before;
    assert!(
        both < MOST_BYTES,
        "{attaching} bytes to attach, {both} with fetching"
    );
}

/// The client runs in a process of its own, so that what the sandbox keeps is not counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_file_is_attached_and_fetched_in_little_memory() {
    let env = Env::process();
    if let Some(file) = env.reader().optional(FILE, "a path") {
        let client = Config::from_env(&env).unwrap().into_builder().build();
        return attach_and_fetch(&client.unwrap(), Path::new(&file)).await;
    }
    let sandbox = Sandbox::builder().kept_upload_bytes(LENGTH as u64);
    let sandbox = sandbox.start().await.unwrap();
    let folder = std::env::temp_dir().join(format!("ion-memory-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("scan.bin");
    let content: Vec<u8> = (0..LENGTH).map(|at| (at % 251) as u8).collect();
    std::fs::write(&file, &content).unwrap();

    let mut process = Command::new(std::env::current_exe().unwrap());
    process.args(["--exact", TEST]).env(FILE, &file);
    process.envs(sandbox.ion().variables());
    let ran = tokio::task::spawn_blocking(move || process.output());
    let ran = ran.await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
    assert!(std::fs::read(folder.join("scan.copy")).unwrap() == content);
    std::fs::remove_dir_all(folder).unwrap();
}
