//! The files of a token store, as another program or a crash may leave them.

use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::PathBuf;
use std::sync::LazyLock;

use sdk_auth::{
    FileStore, Published, StoreFailure, StoreKey, TokenEndpoint, TokenRecord, TokenStore,
};
use tokio::runtime::Runtime;

/// Where the files are, one folder for each thread of each process.
struct Place {
    folder: PathBuf,
    key: StoreKey,
    runtime: Runtime,
}

thread_local! {
    static PLACE: LazyLock<Place> = LazyLock::new(Place::new);
}

impl Place {
    #[expect(
        clippy::expect_used,
        reason = "without a folder nothing can be checked"
    )]
    fn new() -> Self {
        let thread = format!("{:?}", std::thread::current().id());
        let digits: String = thread.chars().filter(char::is_ascii_digit).collect();
        let name = format!("sdk-fuzz-{}-{digits}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&folder); // of a process that had the same number
        let mut private = fs::DirBuilder::new();
        private.mode(0o700).create(&folder).expect("a folder");
        let url = "https://auth.example.com/token".parse().expect("a URL");
        Self {
            folder,
            key: StoreKey::new(&TokenEndpoint::new(url), "ada"),
            runtime: tokio::runtime::Builder::new_current_thread()
                .build()
                .expect("a runtime"),
        }
    }

    /// The store with these two files in it, as if another process had just written them.
    #[expect(clippy::expect_used, reason = "without files nothing can be checked")]
    fn with(&self, record: &[u8], note: &[u8]) -> FileStore {
        for (extension, content) in [("json", record), ("lock", note)] {
            let path = self.folder.join(format!("{}.{extension}", self.key));
            let _ = fs::remove_file(&path); // there may be none
            fs::write(&path, content).expect("a file");
            let private = fs::Permissions::from_mode(0o600);
            fs::set_permissions(&path, private).expect("a file of our own");
        }
        // Opened anew, since a store that is open may take the new file for the old one: both come into
        // being within one tick of the clock.
        FileStore::open(&self.folder).expect("a store")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder); // nothing more can be done
    }
}

/// The first line stands in the lock file, the rest in the record's file.
///
/// What is no record is damaged or newer, and never in the way of a lease, whose fence is above all that the
/// files tell of. A newer record is left alone, and a damaged one replaced.
///
/// # Panics
///
/// When that does not hold.
pub fn check(bytes: &[u8]) {
    let (note, record) = crate::first_line(bytes);
    PLACE.with(|place| {
        let store = place.with(record, note);
        place.runtime.block_on(holds(&store, &place.key, record));
    });
}

async fn holds(store: &FileStore, key: &StoreKey, bytes: &[u8]) {
    let expected = match TokenRecord::from_json(bytes) {
        _ if bytes.len() > 64 * 1024 => Err(StoreFailure::Damaged),
        read => read,
    };
    let loaded = store.load(key).await.map_err(|error| error.failure());
    assert_eq!(loaded, expected.clone().map(Some));
    assert_eq!(store.holder(key).await.ok(), Some(None));

    let leased = store.lease(key, "the first").await;
    let lease = match (leased, &expected) {
        (Err(error), Err(StoreFailure::NewerVersion)) => {
            return assert_eq!(error.failure(), StoreFailure::NewerVersion);
        }
        (Ok(Some(lease)), _) => lease,
        (other, _) => panic!("no lease but {other:?}"),
    };
    let told = expected.as_ref().map_or(0, TokenRecord::last_fence);
    assert!(lease.fence() > told || told == u64::MAX, "{lease:?}");
    let holder = store.holder(key).await.ok().flatten();
    assert_eq!(holder.as_deref(), Some("the first"));
    let second = store.lease(key, "the second").await;
    assert!(matches!(second, Ok(None)), "{second:?}");

    let record = expected.unwrap_or_default();
    let published = store.publish(key, &lease, &record).await;
    assert!(matches!(published, Ok(Published::Done)), "{published:?}");
    assert_eq!(store.load(key).await.ok(), Some(Some(record)));
    let (fence, released) = (lease.fence(), store.release(key, lease).await);
    assert!(released.is_ok(), "{released:?}");
    let next = store.lease(key, "the next").await.ok().flatten();
    assert!(next.is_some_and(|it| it.fence() > fence || fence == u64::MAX));
}
