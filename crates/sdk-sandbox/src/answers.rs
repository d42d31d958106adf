//! Answers kept: the same request over unchanged data is answered from memory.
//!
//! Executing a page of a thousand findings costs tens of milliseconds, most of them in the engine; whoever
//! measures a client wants to wait for the client. A mutation makes all kept answers stale.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// Answers kept, in bytes; when there would be more, all are dropped.
const MAX_BYTES: usize = 256 * 1024 * 1024;

/// Shorter answers are as quick to make as to find.
const MIN_BYTES: usize = 4 * 1024;

/// Answers by request body.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    revision: u64,
    bytes: usize,
    answers: HashMap<Bytes, Bytes>,
}

impl Answers {
    /// The answer to a request, if the data still has the revision it was made from.
    pub(crate) fn get(&self, request: &Bytes, revision: u64) -> Option<Bytes> {
        let kept = self.lock();
        (kept.revision == revision)
            .then(|| kept.answers.get(request).cloned())
            .flatten()
    }

    /// Keeps an answer made from the data at this revision.
    pub(crate) fn keep(&self, request: &Bytes, revision: u64, answer: &Bytes) {
        if answer.len() < MIN_BYTES || answer.len() > MAX_BYTES {
            return;
        }
        let mut kept = self.lock();
        if kept.revision != revision || kept.bytes + answer.len() > MAX_BYTES {
            *kept = Kept {
                revision,
                ..Kept::default()
            };
        }
        kept.bytes += answer.len();
        kept.answers.insert(request.clone(), answer.clone());
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
