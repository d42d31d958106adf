//! What becomes of tokens, told to whoever keeps count.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::refresh::Rejection;
use crate::store::{
    Lease, Published, StoreError, StoreFuture, StoreKey, StoreReach, TokenRecord, TokenStore,
};

/// Is told what becomes of tokens, for metrics.
///
/// Given to [`TokenProviderBuilder::observer`](crate::TokenProviderBuilder::observer), or to the builder of a
/// vendor's client. There is none by default. It is called on the task that an event happens on, and must not
/// block; a panic in it is caught and ignored. Nothing is told of a call that finds a valid token: telling it
/// would cost more than the call. How many calls there are, [`CallStats`](crate::CallStats) knows.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use sdk_auth::{TokenEvent, TokenObserver};
///
/// /// Counts what somebody should hear of.
/// #[derive(Debug, Default)]
/// struct Alerts(AtomicU64);
///
/// impl TokenObserver for Alerts {
///     fn observe(&self, event: &TokenEvent<'_>) {
///         if let TokenEvent::NotRenewed { .. } | TokenEvent::StoreFailed { .. } = event {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait TokenObserver: fmt::Debug + Send + Sync + 'static {
    /// Takes note of an event.
    fn observe(&self, event: &TokenEvent<'_>);
}

/// What became of a token, or of the attempt to get one; holds no secret.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum TokenEvent<'a> {
    /// A call had to wait for a token: `token.wait`.
    #[non_exhaustive]
    Waited {
        /// For how long.
        took: Duration,
        /// Whether it got one; not if its own deadline passed, or its caller went away.
        got_token: bool,
    },
    /// A new token is in use: `token.renewed`.
    #[non_exhaustive]
    Renewed {
        /// Where it came from.
        origin: TokenOrigin,
        /// How long it took to get it.
        took: Duration,
        /// What was left of its lifetime then.
        remaining: Duration,
    },
    /// An attempt to get a token failed; the calls that waited for it fail with this error, unless the old token
    /// is still valid: `token.not_renewed`.
    #[non_exhaustive]
    NotRenewed {
        /// How long the attempt took.
        took: Duration,
        /// Why it failed.
        error: &'a Error,
    },
    /// A token whose renewal had failed was handed out because it was still valid: `token.stale_served`.
    StaleServed,
    /// The API refused a token: `token.refused`.
    #[non_exhaustive]
    Refused {
        /// Which token is good now: another that is there already, the same after a while, or a new one.
        consequence: Rejection,
    },
    /// No token was asked for, because too many had been of late: `token.over_budget`.
    #[non_exhaustive]
    OverBudget {
        /// How long none will be asked for.
        wait: Duration,
    },
    /// A search for a token had to wait while another process held the lease: `token.lease_wait`.
    #[non_exhaustive]
    LeaseAwaited {
        /// For how long, until it had the lease, or found a token.
        took: Duration,
    },
    /// The store could not do as it was asked: `token.store_error`.
    #[non_exhaustive]
    StoreFailed {
        /// Why.
        error: &'a StoreError,
    },
}

/// Where a new token came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenOrigin {
    /// The vendor issued it to this process.
    Vendor,
    /// Another process had put it into the store.
    Store,
}

impl TokenEvent<'_> {
    /// A name for a metric, the same in every version.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Waited { .. } => "token.wait",
            Self::Renewed { .. } => "token.renewed",
            Self::NotRenewed { .. } => "token.not_renewed",
            Self::StaleServed => "token.stale_served",
            Self::Refused { .. } => "token.refused",
            Self::OverBudget { .. } => "token.over_budget",
            Self::LeaseAwaited { .. } => "token.lease_wait",
            Self::StoreFailed { .. } => "token.store_error",
        }
    }
}

/// The observer, if there is one.
#[derive(Clone, Default)]
pub(crate) struct Observer(Option<Arc<dyn TokenObserver>>);

impl Observer {
    pub(crate) fn new(observer: Option<Arc<dyn TokenObserver>>) -> Self {
        Self(observer)
    }

    /// Tells it of `event`; not to be called under a lock.
    pub(crate) fn tell(&self, event: TokenEvent<'_>) {
        let Some(observer) = &self.0 else { return };
        if catch_unwind(AssertUnwindSafe(|| observer.observe(&event))).is_err() {
            tracing::warn!(event = event.name(), "the observer of tokens panicked");
        }
    }

    /// The store, with its failures told.
    pub(crate) fn watch(&self, store: Arc<dyn TokenStore>) -> Arc<dyn TokenStore> {
        match self.0 {
            None => store,
            Some(_) => Arc::new(WatchedStore {
                store,
                observer: self.clone(),
            }),
        }
    }
}

/// A store whose failures are told.
struct WatchedStore {
    store: Arc<dyn TokenStore>,
    observer: Observer,
}

impl WatchedStore {
    fn watched<'a, T: 'a>(&'a self, action: StoreFuture<'a, T>) -> StoreFuture<'a, T> {
        Box::pin(async move {
            let outcome = action.await;
            if let Err(error) = &outcome {
                self.observer.tell(TokenEvent::StoreFailed { error });
            }
            outcome
        })
    }
}

impl fmt::Debug for WatchedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.store.fmt(f)
    }
}

impl TokenStore for WatchedStore {
    fn identity(&self) -> String {
        self.store.identity()
    }

    fn reach(&self) -> StoreReach {
        self.store.reach()
    }

    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<TokenRecord>> {
        self.watched(self.store.load(key))
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, holder: &'a str) -> StoreFuture<'a, Option<Lease>> {
        self.watched(self.store.lease(key, holder))
    }

    fn publish<'a>(
        &'a self,
        key: &'a StoreKey,
        lease: &'a Lease,
        record: &'a TokenRecord,
    ) -> StoreFuture<'a, Published> {
        self.watched(self.store.publish(key, lease, record))
    }

    fn release<'a>(&'a self, key: &'a StoreKey, lease: Lease) -> StoreFuture<'a, ()> {
        self.watched(self.store.release(key, lease))
    }

    fn changed<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        self.store.changed(key)
    }

    fn holder<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<String>> {
        self.watched(self.store.holder(key))
    }
}
