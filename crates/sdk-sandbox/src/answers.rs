//! Answers kept: the same request over unchanged data is answered from memory.
//!
//! Executing a page of a thousand findings costs tens of milliseconds, most of them in the engine; whoever
//! measures a client wants to wait for the client. A mutation makes all kept answers stale.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// Shorter answers are as quick to make as to find.
const MIN_BYTES: usize = 4 * 1024;

/// Answers by request body.
#[derive(Debug)]
pub(crate) struct Answers {
    kept: Mutex<Kept>,
    /// Bytes of requests and answers kept; when there would be more, all are dropped.
    max_bytes: u64,
}

#[derive(Debug, Default)]
struct Kept {
    revision: u64,
    bytes: u64,
    answers: HashMap<Bytes, Bytes>,
}

impl Answers {
    /// Keeps this many bytes of answers.
    pub(crate) fn new(max_bytes: u64) -> Self {
        Self {
            kept: Mutex::default(),
            max_bytes,
        }
    }

    /// The answer to a request, if the data still has the revision it was made from.
    pub(crate) fn get(&self, request: &Bytes, revision: u64) -> Option<Bytes> {
        let kept = self.lock();
        (kept.revision == revision)
            .then(|| kept.answers.get(request).cloned())
            .flatten()
    }

    /// Keeps an answer made from the data at this revision.
    pub(crate) fn keep(&self, request: &Bytes, revision: u64, answer: &Bytes) {
        let bytes = weight(request, answer);
        if answer.len() < MIN_BYTES || bytes > self.max_bytes {
            return;
        }
        let mut kept = self.lock();
        if kept.revision != revision || kept.bytes + bytes > self.max_bytes {
            *kept = Kept {
                revision,
                ..Kept::default()
            };
        }
        kept.bytes += bytes;
        // Two who asked at the same time both bring the answer.
        if let Some(same) = kept.answers.insert(request.clone(), answer.clone()) {
            kept.bytes -= weight(request, &same);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn weight(request: &Bytes, answer: &Bytes) -> u64 {
    (request.len() + answer.len()) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Long enough to be kept.
    fn answer() -> Bytes {
        vec![b'a'; MIN_BYTES].into()
    }

    #[test]
    fn an_answer_is_kept_while_the_data_has_its_revision() {
        let answers = Answers::new(u64::MAX);
        let request = Bytes::from_static(b"query");
        answers.keep(&request, 1, &answer());
        assert_eq!(answers.get(&request, 1), Some(answer()));
        assert_eq!(answers.get(&request, 2), None);
    }

    #[test]
    fn answers_beyond_the_limit_displace_those_before() {
        let answers = Answers::new(2 * (MIN_BYTES as u64 + 1));
        let requests = ["a", "b", "c"].map(Bytes::from);
        for request in &requests {
            answers.keep(request, 1, &answer());
        }
        let kept = requests.map(|request| answers.get(&request, 1).is_some());
        assert_eq!(kept, [false, false, true]);
    }

    #[test]
    fn an_answer_that_is_brought_twice_takes_its_place_once() {
        let answers = Answers::new(2 * (MIN_BYTES as u64 + 1));
        let requests = ["a", "a", "b"].map(Bytes::from);
        for request in &requests {
            answers.keep(request, 1, &answer());
        }
        assert!(requests.iter().all(|it| answers.get(it, 1).is_some()));
    }
}
