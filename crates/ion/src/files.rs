//! Files: attached to anything that has an entity id, and fetched again.
//!
//! The bytes go to and come from an object store over presigned links. The store sees no token.

mod attach;
mod fetch;

pub use attach::{AttachFile, Attached};
pub use fetch::FetchFile;
pub use sdk_transfer::{Download, OnProgress, Progress, Source, TransferError};

use std::time::Duration;

use sdk_transfer::Backoff;

use crate::JobError;

/// How often a transfer is tried at most, each time with a link of its own.
const TRIES: u32 = 3;

/// The tries of one transfer, and the pauses between them.
#[derive(Debug)]
struct Tries {
    left: u32,
    backoff: Backoff,
}

impl Tries {
    fn new(backoff: Backoff) -> Self {
        Self {
            left: TRIES - 1,
            backoff,
        }
    }

    /// True if there is another try, which may succeed; waits until it is time for it.
    ///
    /// A link that has expired needs only another one; a store that is not well needs time, too.
    async fn another(&mut self, error: &TransferError) -> bool {
        if self.left == 0 || !error.may_pass_with_new_link() {
            return false;
        }
        self.left -= 1;
        if error.is_transient() {
            tokio::time::sleep(self.backoff.pause()).await;
        }
        true
    }
}

/// The pauses between tries, unless the caller says otherwise.
fn default_backoff() -> Backoff {
    Backoff::new(Duration::from_millis(250)).factor(2.0)
}

/// Reads a link of an answer.
fn link(link: Option<String>, member: &'static str) -> Result<sdk_auth::PresignedUrl, JobError> {
    let link = link.ok_or_else(|| JobError::incomplete("file", member))?;
    let link = link.parse().map_err(TransferError::Config)?;
    Ok(link)
}

#[cfg(test)]
mod tests {
    use sdk_auth::{Http, HttpConfig};
    use sdk_transfer::Storage;
    use tokio::time::Instant;

    use super::*;

    /// The error of a store where nobody listens.
    async fn outage() -> TransferError {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let link = format!("http://{}/file", listener.local_addr().unwrap());
        drop(listener);
        let storage = Storage::new(Http::new(HttpConfig::new()).unwrap());
        storage
            .get("Fetch", &link.parse().unwrap())
            .await
            .unwrap_err()
    }

    #[tokio::test]
    async fn an_outage_is_waited_out_for_longer_each_time_and_not_for_ever() {
        let error = outage().await;
        assert!(error.is_transient(), "{error}");
        tokio::time::pause();
        let (mut tries, start) = (Tries::new(default_backoff()), Instant::now());
        for waited in [Duration::from_millis(200), Duration::from_millis(600)] {
            assert!(tries.another(&error).await);
            assert!(start.elapsed() >= waited);
        }
        assert!(!tries.another(&error).await);
        assert!(start.elapsed() < Duration::from_secs(1));
    }

    #[tokio::test]
    async fn what_no_link_can_help_is_not_tried_again() {
        let mut tries = Tries::new(default_backoff());
        let missing = Source::file("/nowhere/at/all").into_payload().await;
        assert!(!tries.another(&missing.unwrap_err()).await);
    }
}
