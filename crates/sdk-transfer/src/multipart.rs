//! Uploads in parts: several at once, each repeated on its own with a new link.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use http::HeaderMap;
use sdk_auth::PresignedUrl;
use serde::{Deserialize, Serialize};

use crate::error::{RefusedLinkError, TransferError};
use crate::source::Cutter;
use crate::{Backoff, OnProgress, Payload, Source, Storage};

/// A part that the store has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishedPart {
    /// Its number, from 1.
    pub number: u32,
    /// The `ETag` of the store's answer, verbatim.
    pub etag: String,
    /// Its length in bytes.
    pub length_bytes: u64,
}

/// What a vendor knows about the parts of one upload: their links, and which are finished.
pub trait Parts: Sync {
    /// Why a link could not be had, or a finished part not be remembered.
    type Error: From<TransferError> + Send;

    /// A new link for a part. Asked for just before each attempt, because links expire.
    fn link(&self, number: u32) -> impl Future<Output = Result<PresignedUrl, Self::Error>> + Send;

    /// True for a part that an earlier run has finished: it is not sent again.
    fn is_finished(&self, number: u32) -> bool;

    /// Remembers a finished part. Called for one part at a time, in any order of numbers.
    fn finish(&self, part: FinishedPart) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// Sends the parts of one upload.
#[derive(Debug, Clone)]
pub struct PartUpload {
    storage: Storage,
    operation: &'static str,
    parallel: usize,
    attempts: u32,
    backoff: Backoff,
    progress: OnProgress,
}

/// What has been sent, counted over all parts.
#[derive(Debug)]
struct Meter {
    sent: AtomicU64,
    total: Option<u64>,
    progress: OnProgress,
}

impl PartUpload {
    /// Parts go through this client; errors call the upload `operation`.
    #[must_use]
    pub fn new(storage: Storage, operation: &'static str) -> Self {
        Self {
            storage,
            operation,
            parallel: 4,
            attempts: 5,
            backoff: Backoff::new(Duration::from_millis(250)).factor(2.0),
            progress: OnProgress::default(),
        }
    }

    /// How many parts are sent at once, at least 1; default 4.
    #[must_use]
    pub fn parallel(mut self, parts: usize) -> Self {
        self.parallel = parts.max(1);
        self
    }

    /// How often a part is sent at most, at least once; default 5.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// The pauses before a part is sent again; default 250 ms, doubling up to 30 s.
    ///
    /// A `Retry-After` of up to a minute is obeyed instead, and a longer one ends the trying.
    #[must_use]
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Who is told of progress.
    #[must_use]
    pub fn on_progress(mut self, progress: OnProgress) -> Self {
        self.progress = progress;
        self
    }

    /// Sends every part that is not finished yet.
    ///
    /// Memory holds one read-ahead of a file per part under way, or the whole part of a reader. When a part
    /// fails for good, no new one begins, those under way come to their end, and the first failure is given.
    ///
    /// # Errors
    ///
    /// When the source cannot be read, a part was refused or lost as often as it may be sent, a link cannot
    /// be had, or a finished part cannot be remembered.
    pub async fn run<P: Parts>(
        &self,
        source: Source,
        part_bytes: u64,
        parts: &P,
    ) -> Result<(), P::Error> {
        let total = source.length_bytes().await?;
        let meter = Arc::new(Meter {
            sent: AtomicU64::new(0),
            total,
            progress: self.progress.clone(),
        });
        let stopped = Arc::new(AtomicBool::new(false));
        let cutter = Cutter::new(source, part_bytes, total);
        let cut = stream::unfold(
            (cutter, stopped.clone()),
            |(mut cutter, stopped): (Cutter, Arc<AtomicBool>)| async move {
                if stopped.load(Ordering::Relaxed) {
                    return None;
                }
                let next = cutter.next().await.transpose()?;
                Some((next, (cutter, stopped)))
            },
        );
        let sent = cut.map(|part| self.send_if_needed(part, parts, &meter));
        let mut sent = std::pin::pin!(sent.buffer_unordered(self.parallel));
        let mut failure = None;
        while let Some(outcome) = sent.next().await {
            let remembered = match outcome {
                Ok(Some(part)) => parts.finish(part).await,
                Ok(None) => Ok(()),
                Err(error) => Err(error),
            };
            if let Err(error) = remembered {
                stopped.store(true, Ordering::Relaxed);
                failure.get_or_insert(error);
            }
        }
        failure.map_or(Ok(()), Err)
    }

    async fn send_if_needed<P: Parts>(
        &self,
        part: Result<(u32, Payload), TransferError>,
        parts: &P,
        meter: &Arc<Meter>,
    ) -> Result<Option<FinishedPart>, P::Error> {
        let (number, payload) = part?;
        if parts.is_finished(number) {
            meter.add(payload.length_bytes());
            return Ok(None);
        }
        self.send(number, payload, parts, meter).await.map(Some)
    }

    /// Sends one part until the store has it.
    async fn send<P: Parts>(
        &self,
        number: u32,
        payload: Payload,
        parts: &P,
        meter: &Arc<Meter>,
    ) -> Result<FinishedPart, P::Error> {
        let mut backoff = self.backoff;
        let mut attempt = 1;
        loop {
            let link = parts.link(number).await?;
            match self.attempt(&link, &payload, meter).await {
                Ok(etag) => {
                    return Ok(FinishedPart {
                        number,
                        etag,
                        length_bytes: payload.length_bytes(),
                    });
                }
                Err(error) if attempt < self.attempts && may_repeat(&error) => {
                    attempt += 1;
                    tokio::time::sleep(pause_after(&error, &mut backoff)).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn attempt(
        &self,
        link: &PresignedUrl,
        payload: &Payload,
        meter: &Arc<Meter>,
    ) -> Result<String, TransferError> {
        let mine = Arc::new(AtomicU64::new(0));
        let (counted, counter) = (meter.clone(), mine.clone());
        let on_sent = move |bytes| {
            counter.fetch_add(bytes, Ordering::Relaxed);
            counted.add(bytes);
        };
        let sent = self
            .storage
            .put_counting(self.operation, link, HeaderMap::new(), payload, on_sent)
            .await;
        let etag = sent.and_then(|reply| {
            reply.etag().map(str::to_owned).ok_or_else(|| {
                // Without it the parts cannot be joined, and the store owes it.
                TransferError::from(RefusedLinkError {
                    operation: self.operation,
                    target: link.target(),
                    status: reply.status(),
                    code: Some("NoETag".to_owned()),
                    retry_after: None,
                })
            })
        });
        if etag.is_err() {
            meter.take_back(mine.load(Ordering::Relaxed));
        }
        etag
    }
}

/// The longest wait that a store is obeyed in; a longer one is left to the caller.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(60);

/// A new link comes with every attempt, so a refused link is worth another one.
fn may_repeat(error: &TransferError) -> bool {
    let is_soon = error
        .retry_after()
        .is_none_or(|wait| wait <= MAX_RETRY_AFTER);
    is_soon && error.may_pass_with_new_link()
}

/// As long as the store asks for, else as long as it is this attempt's turn to wait.
fn pause_after(error: &TransferError, backoff: &mut Backoff) -> Duration {
    let next = backoff.pause();
    error.retry_after().unwrap_or(next)
}

impl Meter {
    fn add(&self, bytes: u64) {
        let before = self.sent.fetch_add(bytes, Ordering::Relaxed);
        self.progress
            .report(before.saturating_add(bytes), self.total);
    }

    fn take_back(&self, bytes: u64) {
        let before = self.sent.fetch_sub(bytes, Ordering::Relaxed);
        self.progress
            .report(before.saturating_sub(bytes), self.total);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, retry_after: Option<u64>) -> TransferError {
        TransferError::from(RefusedLinkError {
            operation: "UploadPart",
            target: "store.example.com/part".to_owned(),
            status: http::StatusCode::from_u16(status).unwrap(),
            code: None,
            retry_after: retry_after.map(Duration::from_secs),
        })
    }

    #[test]
    fn a_store_is_obeyed_in_how_long_to_wait_up_to_a_minute() {
        let told = |status, seconds| {
            let error = refused(status, seconds);
            let mut backoff = Backoff::new(Duration::from_millis(100));
            may_repeat(&error).then(|| pause_after(&error, &mut backoff))
        };
        assert_eq!(told(429, Some(0)), Some(Duration::ZERO));
        assert_eq!(told(429, Some(7)), Some(Duration::from_secs(7)));
        assert_eq!(told(503, Some(60)), Some(Duration::from_secs(60)));
        assert_eq!(told(503, Some(61)), None);
        assert_eq!(told(403, Some(61)), None);
        let untold = told(503, None).unwrap();
        assert!(
            (80..=100).contains(&untold.as_millis()),
            "{untold:?} is this attempt's turn"
        );
        assert_eq!(told(404, Some(1)), None);
    }
}
