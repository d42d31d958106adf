//! A store within this process.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::Notify;

use super::{
    Lease, Ownership, PublishDecision, Published, StoreFuture, StoreKey, StoreReach, TokenRecord,
    TokenStore,
};

/// Keeps records in this process, for all clients that are given a clone of it.
///
/// Other processes cannot see it. For a vendor whose new token ends the old one it takes the statement
/// [`single_process`](crate::TokenProviderBuilder::single_process), as does a provider without a store.
#[derive(Clone)]
pub struct MemoryStore(Arc<Inner>);

struct Inner {
    number: u64,
    entries: Mutex<HashMap<StoreKey, Entry>>,
    changed: Notify,
}

#[derive(Default)]
struct Entry {
    record: Option<TokenRecord>,
    fences: u64,
    holder: Option<(u64, String)>,
}

/// Frees the lease when it is dropped.
struct Held {
    store: Weak<Inner>,
    key: StoreKey,
    fence: u64,
}

impl MemoryStore {
    /// An empty store, which is another than any made before.
    #[must_use]
    pub fn new() -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        Self(Arc::new(Inner {
            number: MADE.fetch_add(1, Ordering::Relaxed),
            entries: Mutex::default(),
            changed: Notify::new(),
        }))
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl Inner {
    fn entries(&self) -> MutexGuard<'_, HashMap<StoreKey, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn load(&self, key: &StoreKey) -> Option<TokenRecord> {
        self.entries().get(key)?.record.clone()
    }

    fn lease(self: &Arc<Self>, key: &StoreKey, holder: &str) -> Option<Lease> {
        let mut entries = self.entries();
        let entry = entries.entry(key.clone()).or_default();
        if entry.holder.is_some() {
            return None;
        }
        entry.fences += 1;
        let fence = entry.fences;
        entry.holder = Some((fence, holder.to_owned()));
        Some(Lease::new(fence).holding(Held {
            store: Arc::downgrade(self),
            key: key.clone(),
            fence,
        }))
    }

    fn publish(&self, key: &StoreKey, lease: &Lease, record: &TokenRecord) -> Published {
        let mut entries = self.entries();
        let entry = entries.entry(key.clone()).or_default();
        let ownership = match &entry.holder {
            Some((fence, _)) if *fence == lease.fence() => Ownership::Mine,
            Some(_) => Ownership::Other,
            None => Ownership::Free,
        };
        match PublishDecision::new(ownership, entry.record.as_ref(), record) {
            PublishDecision::Write => {
                entry.record = Some(record.clone());
                self.changed.notify_waiters();
                Published::Done
            }
            PublishDecision::Wait => Published::Wait,
            PublishDecision::Discard => Published::Superseded(entry.record.clone()),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(store) = self.store.upgrade() else {
            return;
        };
        if let Some(entry) = store.entries().get_mut(&self.key)
            && matches!(&entry.holder, Some((fence, _)) if *fence == self.fence)
        {
            entry.holder = None;
        }
    }
}

impl TokenStore for MemoryStore {
    fn identity(&self) -> String {
        format!("memory:{}", self.0.number)
    }

    fn reach(&self) -> StoreReach {
        StoreReach::Process
    }

    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<TokenRecord>> {
        Box::pin(async { Ok(self.0.load(key)) })
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, holder: &'a str) -> StoreFuture<'a, Option<Lease>> {
        Box::pin(async { Ok(self.0.lease(key, holder)) })
    }

    fn publish<'a>(
        &'a self,
        key: &'a StoreKey,
        lease: &'a Lease,
        record: &'a TokenRecord,
    ) -> StoreFuture<'a, Published> {
        Box::pin(async move { Ok(self.0.publish(key, lease, record)) })
    }

    fn release<'a>(&'a self, _key: &'a StoreKey, lease: Lease) -> StoreFuture<'a, ()> {
        drop(lease);
        Box::pin(async { Ok(()) })
    }

    fn changed<'a>(&'a self, _key: &'a StoreKey) -> StoreFuture<'a, ()> {
        Box::pin(async {
            self.0.changed.notified().await;
            Ok(())
        })
    }

    fn holder<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<String>> {
        Box::pin(async {
            let entries = self.0.entries();
            let holder = entries.get(key).and_then(|entry| entry.holder.as_ref());
            Ok(holder.map(|(_, name)| name.clone()))
        })
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MemoryStore").field(&self.0.number).finish()
    }
}
