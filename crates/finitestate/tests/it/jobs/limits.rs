//! Exports that are larger than the memory, or the room on the disk, that there is for them.
//!
//! The client runs in a process of its own: this test binary, started again with its orders in a variable.

use std::path::Path;
use std::process::Command;

use finitestate::{Client, Config, Env, Export, Id, JobError};
use sdk_sandbox::{FiniteState, Sandbox};

use super::Folder;

/// Which version to export and where to. Set in the process that does it alone.
const ORDERS: &str = "FINITESTATE_TEST_EXPORT";

/// A client and its orders, in the process that has some.
fn ordered() -> Option<(Client, Id, String)> {
    let env = Env::process();
    let orders = env.reader().optional(ORDERS, "an id and a path")?;
    let (version, path) = orders.split_once(' ').unwrap();
    let client = Config::from_env(&env).unwrap().into_builder().build();
    Some((client.unwrap(), Id::from(version), path.to_owned()))
}

async fn sandbox(bytes: u64) -> Sandbox {
    let sandbox = Sandbox::builder().items(5).looks_until_done(0);
    let sandbox = sandbox.start().await.unwrap();
    sandbox.finitestate().make_next_export_large(bytes);
    sandbox
}

async fn run(mut command: Command, vendor: &FiniteState, path: &Path) {
    let orders = format!("{} {}", vendor.main_asset_version_id(), path.display());
    command.envs(vendor.variables()).env(ORDERS, orders);
    let ran = tokio::task::spawn_blocking(move || command.output());
    let ran = ran.await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
}

/// The most that this process has ever had in memory, in bytes.
#[cfg(target_os = "linux")]
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let mut lines = status.lines();
    let peak = lines.find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_export_is_saved_in_little_memory() {
    const LENGTH: u64 = 64 * 1024 * 1024;
    if let Some((client, version, path)) = ordered() {
        // The connection is there by then, and whatever else is made once.
        super::first_asset(&client).await;
        let before = peak_bytes();
        let saved = client.export(Export::spdx(version)).save(path).await;
        let took = peak_bytes() - before;
        assert_eq!(saved.unwrap(), LENGTH);
        assert!(took < LENGTH / 3, "{took} bytes");
        return;
    }
    let sandbox = sandbox(LENGTH).await;
    let folder = Folder::new("memory");
    let path = folder.0.join("report.bin");
    let mut process = Command::new(std::env::current_exe().unwrap());
    let test = "jobs::limits::a_large_export_is_saved_in_little_memory";
    process.args(["--exact", test]);
    run(process, sandbox.finitestate(), &path).await;
    assert_eq!(std::fs::metadata(&path).unwrap().len(), LENGTH);
}

/// The shell keeps a process from writing more than 50 KB to a file, which stands in for a full disk: the
/// write fails in the middle of the download.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_takes_no_more_is_an_error_that_says_so_and_leaves_no_half_file() {
    if let Some((client, version, path)) = ordered() {
        let saved = client.export(Export::spdx(version)).save(path).await;
        let Err(JobError::Transfer(error)) = &saved else {
            panic!("{saved:?}");
        };
        let kind = error.io_error().map(std::io::Error::kind);
        assert_eq!(kind, Some(std::io::ErrorKind::FileTooLarge), "{error}");
        return;
    }
    let sandbox = sandbox(300_000).await;
    let folder = Folder::new("full");
    let path = folder.0.join("report.bin");
    std::fs::write(&path, "before").unwrap();
    let mut limited = Command::new("sh");
    let script = r#"trap "" XFSZ; ulimit -f 50; exec "$0" --exact "$1""#;
    let test =
        "jobs::limits::a_disk_that_takes_no_more_is_an_error_that_says_so_and_leaves_no_half_file";
    limited.args(["-c", script]);
    limited.arg(std::env::current_exe().unwrap()).arg(test);
    run(limited, sandbox.finitestate(), &path).await;
    assert_eq!(std::fs::read(&path).unwrap(), b"before");
    assert_eq!(folder.names(), ["report.bin"]);
    // Once: another try would meet the same disk.
    assert_eq!(sandbox.finitestate().counts().storage_requests, 1);
}
