//! The steps of the protocol, seen from the store: where a process can be killed or suspended.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustix::process::{Signal, getpid, kill_process};
use sdk_auth::{
    Lease, Published, StoreError, StoreFuture, StoreKey, StoreReach, TokenRecord, TokenStore,
};
use serde::{Deserialize, Serialize};

use super::orders::{Told, tell};

/// What the holder of a lease has just done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Step {
    /// Taken the lease.
    Leased,
    /// Read the record again.
    Reread,
    /// Announced a token request.
    Announced,
    /// Sent it: the vendor is at work on it.
    Asked,
    /// Had the answer, and is about to store the token.
    Answered,
    /// Stored the token.
    Stored,
    /// Given the lease back.
    Released,
}

impl Step {
    pub(crate) const ALL: [Self; 7] = [
        Self::Leased,
        Self::Reread,
        Self::Announced,
        Self::Asked,
        Self::Answered,
        Self::Stored,
        Self::Released,
    ];
}

/// What happens to a process at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Fate {
    /// `SIGKILL`.
    Killed,
    /// `SIGSTOP`.
    Suspended,
}

/// How long after the announcement a request is under way and not answered: the vendor takes 100 ms.
const UNDER_WAY: Duration = Duration::from_millis(50);

/// A store that tells every step, and lets the process meet its fate at one of them.
#[derive(Debug)]
pub(crate) struct Watched<S> {
    store: S,
    fate: Mutex<Option<(Step, Fate)>>,
    /// How many records were published under the present lease.
    published: AtomicUsize,
}

impl<S> Watched<S> {
    pub(crate) fn new(store: S, fate: Option<(Step, Fate)>) -> Self {
        Self {
            store,
            fate: Mutex::new(fate),
            published: AtomicUsize::new(NO_LEASE),
        }
    }

    fn reach_step(&self, step: Step) {
        tell(&Told::Step(step));
        let mut fate = self.fate.lock().unwrap();
        match *fate {
            Some((at, what)) if at == step => {
                *fate = None;
                drop(fate);
                meet(what);
            }
            // No call of the store falls into the time of the request.
            Some((Step::Asked, what)) if step == Step::Announced => {
                *fate = None;
                std::thread::spawn(move || {
                    std::thread::sleep(UNDER_WAY);
                    tell(&Told::Step(Step::Asked));
                    meet(what);
                });
            }
            _ => {}
        }
    }
}

fn meet(fate: Fate) {
    let signal = match fate {
        Fate::Killed => Signal::KILL,
        Fate::Suspended => Signal::STOP,
    };
    kill_process(getpid(), signal).unwrap();
    // The signal is for the process, and this thread may get a little further before it is stopped.
    std::thread::sleep(Duration::from_millis(20));
}

const NO_LEASE: usize = usize::MAX;

impl<S: TokenStore> TokenStore for Watched<S> {
    fn identity(&self) -> String {
        self.store.identity()
    }

    fn reach(&self) -> StoreReach {
        self.store.reach()
    }

    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<TokenRecord>> {
        Box::pin(async move {
            let loaded = self.store.load(key).await;
            if self.published.load(Ordering::Relaxed) == 0 {
                self.reach_step(Step::Reread);
            }
            loaded
        })
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, holder: &'a str) -> StoreFuture<'a, Option<Lease>> {
        Box::pin(async move {
            let lease = self.store.lease(key, holder).await?;
            if lease.is_some() {
                self.published.store(0, Ordering::Relaxed);
                self.reach_step(Step::Leased);
            }
            Ok(lease)
        })
    }

    fn publish<'a>(
        &'a self,
        key: &'a StoreKey,
        lease: &'a Lease,
        record: &'a TokenRecord,
    ) -> StoreFuture<'a, Published> {
        Box::pin(async move {
            let announces = record.intent().is_some();
            if !announces {
                self.reach_step(Step::Answered);
            }
            let published = self.store.publish(key, lease, record).await?;
            self.published.fetch_add(1, Ordering::Relaxed);
            self.reach_step(if announces {
                Step::Announced
            } else {
                Step::Stored
            });
            Ok(published)
        })
    }

    fn release<'a>(&'a self, key: &'a StoreKey, lease: Lease) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let released: Result<(), StoreError> = self.store.release(key, lease).await;
            self.published.store(NO_LEASE, Ordering::Relaxed);
            self.reach_step(Step::Released);
            released
        })
    }

    fn changed<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        self.store.changed(key)
    }

    fn holder<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<String>> {
        self.store.holder(key)
    }
}
