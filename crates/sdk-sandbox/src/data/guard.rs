//! A store held for one request.

use std::ops::Deref;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::Store;

/// Queries read the data side by side; a mutation has it for itself.
pub(crate) enum Guard<'a> {
    Read(RwLockReadGuard<'a, Store>),
    Write(RwLockWriteGuard<'a, Store>),
}

impl Deref for Guard<'_> {
    type Target = Store;

    fn deref(&self) -> &Store {
        match self {
            Self::Read(guard) => guard,
            Self::Write(guard) => guard,
        }
    }
}

impl<'a> Guard<'a> {
    /// Holds the store to read it, beside others who do.
    pub(crate) fn reading(store: &'a RwLock<Store>) -> Self {
        Self::Read(store.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Holds the store alone, to change it.
    pub(crate) fn writing(store: &'a RwLock<Store>) -> Self {
        Self::Write(store.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// The store to change, if this guard may.
    pub(crate) fn write(&mut self) -> Option<&mut Store> {
        match self {
            Self::Read(_) => None,
            Self::Write(guard) => Some(guard),
        }
    }
}
