//! The providers of this process that clients with the same inputs share.
//!
//! An entry is a weak reference: it ends with the last client, or the last token request, that uses the
//! provider, and with it go the token and the secrets. Nothing that is in use is ever evicted, so there is
//! no order of eviction; what is left over of ended entries is bounded.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::endpoint::TokenEndpoint;
use crate::http::HttpConfig;
use crate::refresh::Shared;

/// Everything that tells one provider from another.
///
/// The endpoint and the id stand in it as they are; the secrets, and the route of the requests, whose proxy
/// may have a password, as fingerprints.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    endpoint: TokenEndpoint,
    id: String,
    secrets: Fingerprint,
    route: Fingerprint,
    clock: usize,
    store: Option<String>,
}

impl Key {
    pub(crate) fn new(
        http: &HttpConfig,
        endpoint: &TokenEndpoint,
        credentials: &Credentials,
        clock: &Clock,
        store: Option<String>,
    ) -> Self {
        let secrets: Vec<_> = credentials.secrets().collect();
        Self {
            endpoint: endpoint.clone(),
            id: credentials.id().to_owned(),
            secrets: Fingerprint::of(&secrets),
            route: Fingerprint::of(&http.route()),
            clock: clock.identity(),
            store,
        }
    }
}

/// A hash that only this run of the process can make: keyed with 256 random bits, which never leave it.
///
/// Two SipHash values side by side, since one of 64 bits would be few to tell secrets apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Fingerprint([u64; 2]);

impl Fingerprint {
    fn of(value: &impl Hash) -> Self {
        static KEYS: LazyLock<[RandomState; 2]> =
            LazyLock::new(|| [RandomState::new(), RandomState::new()]);
        Self(KEYS.each_ref().map(|key| key.hash_one(value)))
    }
}

/// The provider's insides for `key`: those in use, or else what `make` makes.
pub(crate) fn find_or_make(key: Key, make: impl FnOnce() -> Arc<Shared>) -> Arc<Shared> {
    static REGISTRY: LazyLock<Mutex<Registry<Shared>>> = LazyLock::new(Mutex::default);
    REGISTRY
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .find_or_make(key, make)
}

struct Registry<T> {
    entries: HashMap<Key, Weak<T>>,
    /// How many entries there may be before those that have ended are removed.
    limit: usize,
}

/// How many ended entries may wait for their removal, unless more than that are in use.
const SPARE: usize = 1024;

impl<T> Default for Registry<T> {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            limit: SPARE,
        }
    }
}

impl<T> Registry<T> {
    fn find_or_make(&mut self, key: Key, make: impl FnOnce() -> Arc<T>) -> Arc<T> {
        if let Some(found) = self.entries.get(&key).and_then(Weak::upgrade) {
            return found;
        }
        if self.entries.len() >= self.limit {
            self.entries.retain(|_, entry| entry.strong_count() > 0);
            // Twice what is in use, so that the work of removal stays small beside that of making.
            self.limit = SPARE.max(2 * self.entries.len());
        }
        let made = make();
        self.entries.insert(key, Arc::downgrade(&made));
        made
    }
}

#[cfg(test)]
mod tests;
