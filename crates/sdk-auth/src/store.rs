//! One live token for many processes: where it is kept, and who may replace it.

mod decide;
mod error;
#[cfg(unix)]
mod file;
mod key;
mod lease;
mod memory;
mod outage;
mod record;
#[cfg(feature = "redis")]
mod redis;
mod seal;
mod sharing;

#[cfg(feature = "redis")]
pub use self::redis::RedisStore;
pub use decide::{Ownership, PublishDecision};
pub use error::{StoreError, StoreFailure};
#[cfg(unix)]
pub use file::FileStore;
pub use key::StoreKey;
pub use lease::Lease;
pub use memory::MemoryStore;
pub use outage::StoreOutage;
pub use record::{Intent, IssueOrder, StoredToken, TokenRecord};
pub(crate) use seal::SealKey;
pub use sharing::TokenSharing;

use std::fmt;
use std::future::{self, Future};
use std::pin::Pin;

/// What a [`TokenStore`] gives back: a future that can be sent between threads.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Keeps one record per [`StoreKey`], and a lease that at most one process holds.
///
/// The lease covers the decision to ask for a token, the request and the saving of its outcome: who holds it
/// reads the record again, and asks only if nobody else has. A store decides nothing itself: whether a record
/// may be written is for [`PublishDecision::new`] to say, the same for all stores.
///
/// No method waits for anything but the store itself. Who finds a lease taken asks again later; who wants to
/// know of a new record loads again. Methods are called within a tokio runtime, not always the same one, and
/// their futures may be dropped at any point; a lease that is lost with its future must end by itself.
///
/// A method that cannot reach the store must fail within a few seconds. Whether a token is asked for then is
/// decided elsewhere: see [`StoreOutage`](crate::StoreOutage).
pub trait TokenStore: fmt::Debug + Send + Sync + 'static {
    /// Tells this store from every other: two with equal identities hold the same records.
    ///
    /// Shown in errors, so that it must not have a password in it.
    fn identity(&self) -> String;

    /// Who can see what is stored here.
    fn reach(&self) -> StoreReach;

    /// The record as it is now, if there is one.
    ///
    /// Called up to four times a second while tokens are in use; a store whose reading is dear remembers
    /// what it has read, and looks only whether it has changed.
    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<TokenRecord>>;

    /// Takes the lease if nobody holds it; `None` if somebody does.
    ///
    /// `holder` says who takes it, for people. The lease ends with [`release`](Self::release), when its
    /// lifetime is over, or when its process ends, whichever the store can tell.
    fn lease<'a>(&'a self, key: &'a StoreKey, holder: &'a str) -> StoreFuture<'a, Option<Lease>>;

    /// Writes `record` if [`PublishDecision::new`] allows it, with nothing happening in between.
    ///
    /// A store that cannot decide and write in one step compares and sets: it writes on the condition that
    /// neither record nor lease have changed since they were read for the decision, and decides anew if they
    /// have.
    fn publish<'a>(
        &'a self,
        key: &'a StoreKey,
        lease: &'a Lease,
        record: &'a TokenRecord,
    ) -> StoreFuture<'a, Published>;

    /// Ends the lease, unless it is another's by now.
    fn release<'a>(&'a self, key: &'a StoreKey, lease: Lease) -> StoreFuture<'a, ()>;

    /// Waits until the record may have changed: a hint, which may come late, for nothing, or never.
    ///
    /// The default never comes.
    fn changed<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        let _ = key;
        Box::pin(future::pending())
    }

    /// Who holds the lease, for people; `None` if nobody does, or nobody can tell.
    fn holder<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<String>> {
        let _ = key;
        Box::pin(future::ready(Ok(None)))
    }
}

/// Who can see what is in a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum StoreReach {
    /// This process alone.
    Process,
    /// The processes of one machine.
    Host,
    /// Processes on many machines.
    Fleet,
}

/// What became of a record that was to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Published {
    /// It is stored.
    Done,
    /// It is not stored, because this one is and is no older; `None` if there is no record at all.
    Superseded(Option<TokenRecord>),
    /// It is not stored yet: another process holds the lease, and may be about to replace a record that is
    /// older. To be published again once that process is done.
    Wait,
}
