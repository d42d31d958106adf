//! What can be wrong with a token store.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// Why a store could not do what it was asked for; cheap to clone.
#[derive(Clone)]
pub struct StoreError(Arc<Details>);

struct Details {
    store: String,
    action: &'static str,
    failure: StoreFailure,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What is wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreFailure {
    /// It cannot be reached, read or written at the moment: a server that is down, a disk that is full, a file
    /// that may not be read.
    Unavailable,
    /// It is set up so that others could read or replace what is in it; the text says how.
    Unsafe(&'static str),
    /// What is stored is no record: it was cut off, or something else wrote it. It is replaced when the next
    /// token is stored.
    Damaged,
    /// This program was built without the feature of this name.
    NotBuilt(&'static str),
    /// What is stored was written by a newer version of this crate, and is left alone.
    NewerVersion,
}

impl StoreError {
    /// The store with this identity could not do `action`, a verb like `load`.
    pub fn new(store: impl Into<String>, action: &'static str, failure: StoreFailure) -> Self {
        Self(Arc::new(Details {
            store: store.into(),
            action,
            failure,
            source: None,
        }))
    }

    /// As [`new`](Self::new), with the error that is the reason; it must not show a token or a password.
    pub fn because(
        store: impl Into<String>,
        action: &'static str,
        failure: StoreFailure,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self(Arc::new(Details {
            store: store.into(),
            action,
            failure,
            source: Some(source.into()),
        }))
    }

    /// The [identity](super::TokenStore::identity) of the store.
    #[must_use]
    pub fn store(&self) -> &str {
        &self.0.store
    }

    /// What it was asked to do: a verb like `load`.
    #[must_use]
    pub fn action(&self) -> &'static str {
        self.0.action
    }

    /// What is wrong with it.
    #[must_use]
    pub fn failure(&self) -> StoreFailure {
        self.0.failure
    }

    /// True if the same may well succeed later without anyone changing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.failure() == StoreFailure::Unavailable
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Details { store, action, .. } = &*self.0;
        write!(f, "token store {store} could not {action}: ")?;
        match self.failure() {
            StoreFailure::Unavailable => f.write_str("it is unavailable"),
            StoreFailure::Unsafe(how) => write!(f, "it is unsafe, {how}"),
            StoreFailure::Damaged => f.write_str("what it holds is no token record"),
            StoreFailure::NotBuilt(feature) => write!(
                f,
                "this program was built without the feature `{feature}` of sdk-auth"
            ),
            StoreFailure::NewerVersion => {
                f.write_str("its record was written by a newer version of this program")
            }
        }
    }
}

impl fmt::Debug for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreError")
            .field("store", &self.0.store)
            .field("action", &self.0.action)
            .field("failure", &self.0.failure)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for StoreError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}
