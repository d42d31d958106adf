//! The client of object stores: one PUT, one GET, and what a refusal says.

use std::time::Duration;

use http::header::ETAG;
use http::{HeaderMap, StatusCode};
use sdk_auth::{Http, PresignedUrl};

use crate::error::{RefusedLinkError, TransferError};
use crate::{Download, OnProgress, Payload};

/// Moves bytes to and from presigned URLs.
///
/// Requests carry no token and follow no redirect; a link must be `https`, or `http` on loopback. There is
/// no limit on a transfer's size or time, but on how long it may stand still. Cheap to clone; all clones
/// share one pool of connections.
#[derive(Debug, Clone)]
pub struct Storage {
    http: Http,
    idle_timeout: Duration,
}

/// What a store answered to an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutReply {
    status: StatusCode,
    etag: Option<String>,
}

impl PutReply {
    /// The status: a success.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The `ETag` header, verbatim with its quotes, where the store sent one.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }
}

impl Storage {
    /// A client over these connections. Those of an API client may be shared.
    #[must_use]
    pub fn new(http: Http) -> Self {
        Self {
            http,
            idle_timeout: Duration::from_secs(60),
        }
    }

    /// How long a transfer may stand still before it is given up; default 60 s.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Uploads in one piece, once. Errors call it `operation`.
    ///
    /// The headers must be those that the link was signed for; a `Content-Type`, for instance.
    ///
    /// # Errors
    ///
    /// When the payload cannot be read, the connection breaks or stands still, or the store refuses.
    pub async fn put(
        &self,
        operation: &'static str,
        link: &PresignedUrl,
        headers: HeaderMap,
        payload: &Payload,
        progress: &OnProgress,
    ) -> Result<PutReply, TransferError> {
        let (total, progress) = (payload.length_bytes(), progress.clone());
        let sent = std::sync::atomic::AtomicU64::new(0);
        let on_sent = move |bytes| {
            let before = sent.fetch_add(bytes, std::sync::atomic::Ordering::Relaxed);
            progress.report(before.saturating_add(bytes), Some(total));
        };
        self.put_counting(operation, link, headers, payload, on_sent)
            .await
    }

    /// As [`put`](Self::put), telling of each piece's size alone.
    pub(crate) async fn put_counting(
        &self,
        operation: &'static str,
        link: &PresignedUrl,
        headers: HeaderMap,
        payload: &Payload,
        on_sent: impl Fn(u64) + Send + Sync + 'static,
    ) -> Result<PutReply, TransferError> {
        let (body, failure) = payload.open().await?;
        let sent = self
            .http
            .presigned(operation, link)
            .headers(headers)
            .idle_timeout(self.idle_timeout)
            .put(body.on_sent(on_sent))
            .await;
        if let Some(error) = failure.take() {
            return Err(error.into());
        }
        let answer = sent?;
        if !answer.status().is_success() {
            let code = error_code(answer.body());
            let error = refused(operation, link, answer.status(), code);
            return Err(error.after(answer.retry_after()).into());
        }
        let etag = answer.headers().get(ETAG);
        let etag = etag.and_then(|value| value.to_str().ok());
        Ok(PutReply {
            status: answer.status(),
            etag: etag.map(str::to_owned),
        })
    }

    /// Begins a download. Errors call it `operation`.
    ///
    /// # Errors
    ///
    /// When no answer comes, or the store refuses.
    pub async fn get(
        &self,
        operation: &'static str,
        link: &PresignedUrl,
    ) -> Result<Download, TransferError> {
        let begun = self
            .http
            .presigned(operation, link)
            .idle_timeout(self.idle_timeout)
            .get();
        let mut download = begun.await?;
        if download.status().is_success() {
            return Ok(Download::new(download));
        }
        let wait = download.retry_after();
        // The reason is in the first piece; a store that breaks off here has refused all the same.
        let first = download.chunk().await.ok().flatten().unwrap_or_default();
        let error = refused(operation, link, download.status(), error_code(&first));
        Err(error.after(wait).into())
    }
}

fn refused(
    operation: &'static str,
    link: &PresignedUrl,
    status: StatusCode,
    code: Option<String>,
) -> RefusedLinkError {
    RefusedLinkError {
        operation,
        target: link.target(),
        status,
        code,
        retry_after: None,
    }
}

/// The reason in an error of S3, Google or Azure: a word between `<Code>` and `</Code>`.
fn error_code(body: &[u8]) -> Option<String> {
    const MAX_CHARS: usize = 64;
    let text = std::str::from_utf8(body).ok()?;
    let (code, _) = text.split_once("<Code>")?.1.split_once("</Code>")?;
    let is_word = code.chars().all(|c| c.is_ascii_alphanumeric());
    (is_word && !code.is_empty() && code.len() <= MAX_CHARS).then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_of_a_refusal_is_one_word_of_its_xml() {
        let of = |body: &str| error_code(body.as_bytes());
        let xml =
            "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>m</Message></Error>";
        assert_eq!(of(xml).as_deref(), Some("AccessDenied"));
        for nothing in [
            "",
            "<html>",
            "<Code>",
            "<Code></Code>",
            "<Code>two words: secret</Code>",
        ] {
            assert_eq!(of(nothing), None, "{nothing}");
        }
        assert_eq!(error_code(&[0xff, 0xfe]), None);
    }
}
