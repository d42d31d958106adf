//! The right to ask for a token, held by one process at a time.

use std::any::Any;
use std::fmt;
use std::time::Duration;

/// The right to ask for a token and to replace the record; made by a [`TokenStore`](super::TokenStore).
pub struct Lease {
    fence: u64,
    lifetime: Option<Duration>,
    guard: Option<Box<dyn Any + Send + Sync>>,
}

impl Lease {
    /// A lease with this fence: a number that is greater for every later lease of the same key.
    ///
    /// It lasts until it is released or its process ends.
    #[must_use]
    pub fn new(fence: u64) -> Self {
        Self {
            fence,
            lifetime: None,
            guard: None,
        }
    }

    /// Ends the lease after `lifetime`, counted from **before** the store was asked for it.
    ///
    /// A token is asked for only while 12 s are left of it: the 10 s that the request may take (less, if the
    /// HTTP client's [`attempt_timeout`](crate::HttpConfig::attempt_timeout) is shorter), and 2 s to save
    /// the outcome. A lifetime that is shorter than that is never enough.
    #[must_use]
    pub fn lasting(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// Keeps `guard` with the lease, for the store's own use: a locked file, the name of the owner.
    #[must_use]
    pub fn holding(mut self, guard: impl Any + Send + Sync) -> Self {
        self.guard = Some(Box::new(guard));
        self
    }

    /// The number of this lease among those of its key.
    #[must_use]
    pub fn fence(&self) -> u64 {
        self.fence
    }

    /// How long it lasts, if it ends by itself.
    #[must_use]
    pub fn lifetime(&self) -> Option<Duration> {
        self.lifetime
    }

    /// What was given to [`holding`](Self::holding), if it is a `T`.
    #[must_use]
    pub fn guard<T: Any>(&self) -> Option<&T> {
        self.guard.as_ref()?.downcast_ref()
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("fence", &self.fence)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}
