use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use super::*;
use crate::endpoint::TokenEndpoint;
use crate::store::{IssueOrder, StoredToken};

/// A directory of its own that is removed when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("sdk-auth-{}-{:016x}", std::process::id(), fastrand::u64(..));
        Self(std::env::temp_dir().join(name))
    }

    fn store(&self) -> FileStore {
        FileStore::open(&self.0).unwrap()
    }

    fn mode(&self, mode: u32) {
        set_mode(&self.0, mode);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn key() -> StoreKey {
    let url = "https://auth.example.com/token".parse().unwrap();
    StoreKey::new(&TokenEndpoint::new(url), "ada")
}

fn record(at: u64) -> TokenRecord {
    let order = IssueOrder { at, fence: 1 };
    let token = StoredToken {
        order,
        ..StoredToken::default()
    };
    TokenRecord::default().with_token(at, token)
}

async fn publish(store: &FileStore, record: &TokenRecord) -> Result<Published, StoreError> {
    let lease = store.lease(&key(), "a test").await?.unwrap();
    let published = store.publish(&key(), &lease, record).await;
    store.release(&key(), lease).await?;
    published
}

#[tokio::test]
async fn files_are_for_their_owner_alone_and_nothing_else_is_left() {
    let folder = Folder::new();
    let store = folder.store();
    assert_eq!(store.load(&key()).await.unwrap(), None);
    assert_eq!(publish(&store, &record(1)).await.unwrap(), Published::Done);
    assert_eq!(mode(&folder.0), 0o700);
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder.0).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(mode(&entry.path()), 0o600);
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(
        names,
        [format!("{}.json", key()), format!("{}.lock", key())]
    );
}

#[tokio::test]
async fn one_holds_the_lease_and_the_next_has_a_greater_fence() {
    let folder = Folder::new();
    let (one, two) = (folder.store(), folder.store());
    assert_eq!(one.holder(&key()).await.unwrap(), None);
    let first = one.lease(&key(), "process 1").await.unwrap().unwrap();
    assert!(one.lease(&key(), "process 1").await.unwrap().is_none());
    assert!(two.lease(&key(), "process 2").await.unwrap().is_none());
    let holder = two.holder(&key()).await.unwrap();
    assert_eq!(holder.as_deref(), Some("process 1"));
    let fence = first.fence();
    // As when its process is killed: nothing is released, the kernel closes the file.
    drop(first);
    assert_eq!(two.holder(&key()).await.unwrap(), None);
    let second = two.lease(&key(), "process 2").await.unwrap().unwrap();
    assert!(second.fence() > fence);
}

#[tokio::test]
async fn what_one_stores_the_other_reads() {
    let folder = Folder::new();
    let (one, two) = (folder.store(), folder.store());
    for at in 1..=3 {
        publish(&one, &record(at)).await.unwrap();
        for _ in 0..2 {
            assert_eq!(two.load(&key()).await.unwrap(), Some(record(at)));
        }
    }
}

#[tokio::test]
async fn fences_go_on_when_the_note_is_lost() {
    let folder = Folder::new();
    let store = folder.store();
    let order = IssueOrder { at: 1, fence: 70 };
    let token = StoredToken {
        order,
        ..StoredToken::default()
    };
    let stored = TokenRecord::default().with_token(1, token);
    publish(&store, &stored).await.unwrap();
    fs::write(folder.0.join(format!("{}.lock", key())), "{\"fen").unwrap();
    let lease = store.lease(&key(), "a test").await.unwrap().unwrap();
    assert_eq!(lease.fence(), 71);
}

#[tokio::test]
async fn a_damaged_record_is_told_and_replaced_and_a_newer_one_is_left_alone() {
    let folder = Folder::new();
    let store = folder.store();
    let path = folder.0.join(format!("{}.json", key()));
    publish(&store, &record(1)).await.unwrap();
    let large = "x".repeat(100_000);
    for damaged in [&record(1).to_json()[..40], "", "# a foreign file", &large] {
        fs::write(&path, damaged).unwrap();
        let error = store.load(&key()).await.unwrap_err();
        assert_eq!(error.failure(), StoreFailure::Damaged);
        assert_eq!(publish(&store, &record(2)).await.unwrap(), Published::Done);
        assert_eq!(store.load(&key()).await.unwrap(), Some(record(2)));
    }
    let newer = r#"{"version":2,"tokens":[]}"#;
    fs::write(&path, newer).unwrap();
    let error = store.load(&key()).await.unwrap_err();
    assert_eq!(error.failure(), StoreFailure::NewerVersion);
    let error = publish(&store, &record(3)).await.unwrap_err();
    assert_eq!(error.failure(), StoreFailure::NewerVersion);
    assert_eq!(fs::read_to_string(&path).unwrap(), newer);
}

#[tokio::test]
async fn a_record_that_cannot_be_written_leaves_the_old_one_in_place() {
    let folder = Folder::new();
    let store = folder.store();
    publish(&store, &record(1)).await.unwrap();
    // Where the new record would be written there is something that cannot be removed as a file.
    fs::create_dir(folder.0.join(format!("{}.new", key()))).unwrap();
    let error = publish(&store, &record(2)).await.unwrap_err();
    assert_eq!(error.failure(), StoreFailure::Unavailable);
    assert_eq!(error.action(), "publish");
    assert_eq!(store.load(&key()).await.unwrap(), Some(record(1)));
    assert_eq!(folder.store().load(&key()).await.unwrap(), Some(record(1)));
}

#[tokio::test]
async fn a_new_record_that_was_cut_off_is_written_anew() {
    let folder = Folder::new();
    let store = folder.store();
    publish(&store, &record(1)).await.unwrap();
    fs::write(folder.0.join(format!("{}.new", key())), "{\"ver").unwrap();
    assert_eq!(store.load(&key()).await.unwrap(), Some(record(1)));
    publish(&store, &record(2)).await.unwrap();
    assert_eq!(store.load(&key()).await.unwrap(), Some(record(2)));
}

#[tokio::test]
async fn who_holds_a_deleted_lock_file_has_lost_the_lease() {
    let folder = Folder::new();
    let store = folder.store();
    publish(&store, &record(5)).await.unwrap();
    let lease = store.lease(&key(), "process 1").await.unwrap().unwrap();
    fs::remove_file(folder.0.join(format!("{}.lock", key()))).unwrap();
    let older = store.publish(&key(), &lease, &record(4)).await.unwrap();
    assert_eq!(older, Published::Superseded(Some(record(5))));
    let other = store.lease(&key(), "process 2").await.unwrap().unwrap();
    let newer = store.publish(&key(), &lease, &record(6)).await.unwrap();
    assert_eq!(newer, Published::Wait);
    drop(other);
    let newer = store.publish(&key(), &lease, &record(6)).await.unwrap();
    assert_eq!(newer, Published::Done);
}

#[track_caller]
fn refused(result: Result<impl fmt::Debug, StoreError>, how: &str) {
    let error = result.unwrap_err();
    assert!(
        matches!(error.failure(), StoreFailure::Unsafe(text) if text.contains(how)),
        "{error}"
    );
}

#[tokio::test]
async fn a_directory_that_others_can_get_at_is_refused() {
    let folder = Folder::new();
    folder.store();
    for open in [0o750, 0o707, 0o701] {
        folder.mode(open);
        refused(FileStore::open(&folder.0), "open to other users");
    }
    folder.mode(0o700);
    let link = Folder::new();
    symlink(&folder.0, &link.0).unwrap();
    refused(FileStore::open(&link.0), "symbolic link");
    fs::remove_file(&link.0).unwrap();
    fs::write(&link.0, "").unwrap();
    refused(FileStore::open(&link.0), "no directory");
    fs::remove_file(&link.0).unwrap();
    let missing = FileStore::open(link.0.join("deeper")).unwrap_err();
    assert_eq!(missing.failure(), StoreFailure::Unavailable);
}

#[tokio::test]
async fn a_file_that_others_can_get_at_is_refused_and_not_repaired() {
    let folder = Folder::new();
    let store = folder.store();
    publish(&store, &record(1)).await.unwrap();
    for ending in ["json", "lock"] {
        let path = folder.0.join(format!("{}.{ending}", key()));
        set_mode(&path, 0o640);
        refused(store.lease(&key(), "a test").await, "open to other users");
        assert_eq!(mode(&path), 0o640);
        set_mode(&path, 0o600);
        let elsewhere = folder.0.join("elsewhere");
        fs::rename(&path, &elsewhere).unwrap();
        symlink(&elsewhere, &path).unwrap();
        refused(store.lease(&key(), "a test").await, "symbolic link");
        fs::rename(&elsewhere, &path).unwrap();
    }
    publish(&store, &record(2)).await.unwrap();
}

#[tokio::test]
async fn errors_name_the_store_and_no_content() {
    let folder = Folder::new();
    let store = folder.store();
    fs::write(folder.0.join(format!("{}.json", key())), "canary").unwrap();
    set_mode(&folder.0.join(format!("{}.json", key())), 0o600);
    let error = store.load(&key()).await.unwrap_err();
    let name = store.identity();
    assert_eq!(
        error.to_string(),
        format!("token store {name} could not load: what it holds is no token record")
    );
    assert!(!format!("{error:?}{store:?}").contains("canary"));
}
