//! One request and its answer: sent, and read within limits.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, StatusCode};
use url::Url;
use zeroize::Zeroizing;

use super::failed::{Failed, reading_failed, sending_failed};
use super::rules::{check_url, same_origin_target};
use super::{Http, Redirects};
use crate::error::{Cause, Phase, TransportFailure};
use crate::progress::Progress;
use crate::secret::{wipe, wiped_bytes};

/// What is sent once. Cloning the parts copies no bytes of the body.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: &'a Method,
    pub(crate) url: &'a Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) redirects: Redirects,
    pub(crate) answer_limit: u64,
    pub(crate) time_limit: Option<Duration>,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A redirect chain within one origin that is longer has lost its way.
const MAX_REDIRECTS: usize = 5;

impl Http {
    /// Sends one request and reads its answer.
    pub(crate) async fn exchange(
        &self,
        outgoing: Outgoing<'_>,
        progress: &Progress,
    ) -> Result<Answer, Failed> {
        let Some(limit) = outgoing.time_limit else {
            return self.follow(outgoing, progress).await;
        };
        match tokio::time::timeout(limit, self.follow(outgoing, progress)).await {
            Ok(result) => result,
            Err(_) => Err(Failed {
                failure: TransportFailure::TimedOut,
                phase: progress.phase(),
                cause: None,
            }),
        }
    }

    async fn follow(&self, outgoing: Outgoing<'_>, progress: &Progress) -> Result<Answer, Failed> {
        let Outgoing {
            method,
            mut headers,
            body,
            redirects,
            answer_limit,
            ..
        } = outgoing;
        let mut url = outgoing.url.clone();
        let mut hops = 0;
        loop {
            check_url("the request to", &url).map_err(|error| Failed {
                failure: TransportFailure::NotSendable,
                phase: Phase::Connecting,
                cause: Some(Cause::of(&error)),
            })?;
            let may_hop = redirects == Redirects::SameOrigin && hops < MAX_REDIRECTS;
            let for_next_hop = may_hop.then(|| headers.clone());
            let mut request = reqwest::Request::new(method.clone(), url.clone());
            *request.headers_mut() = headers;
            *request.body_mut() = Some(body.clone().into());

            progress.enter(Phase::AwaitingAnswer);
            let client = if is_plain(&url) {
                &self.loopback
            } else {
                &self.secure
            };
            let response = client.execute(request).await.map_err(sending_failed)?;

            if let Some(spare) = for_next_hop
                && let Some(next) = same_origin_target(&url, response.status(), response.headers())
            {
                (headers, url) = (spare, next);
                hops += 1;
                continue;
            }
            progress.enter(Phase::ReadingAnswer);
            return read(response, answer_limit).await;
        }
    }
}

/// True for plain HTTP, which [`check_url`] lets through on loopback alone.
pub(super) fn is_plain(url: &Url) -> bool {
    url.scheme() == "http"
}

/// The most memory that is set aside because an answer says that it will be large.
const MAX_RESERVED_BYTES: u64 = 16 * 1024 * 1024;

/// Answers with so small a limit are wiped once they have been read: those of token endpoints are.
const MAX_WIPED_BYTES: u64 = 64 * 1024;

/// Reads a body to its end, counting bytes after decompression.
pub(super) async fn read(
    mut response: reqwest::Response,
    limit_bytes: u64,
) -> Result<Answer, Failed> {
    let too_large = || Failed {
        failure: TransportFailure::TooLarge { limit_bytes },
        phase: Phase::ReadingAnswer,
        cause: None,
    };
    let stated = response.content_length().unwrap_or(0);
    if stated > limit_bytes {
        return Err(too_large());
    }
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());

    let mut body = if limit_bytes <= MAX_WIPED_BYTES {
        Pieces::Wiped(Zeroizing::new(Vec::with_capacity(bytes(limit_bytes))))
    } else {
        // Most answers are one piece, which is then kept as it is.
        Pieces::One(next_piece(&mut response).await?.unwrap_or_default())
    };
    loop {
        if body.len() as u64 > limit_bytes {
            return Err(too_large());
        }
        let Some(piece) = next_piece(&mut response).await? else {
            break;
        };
        if (body.len() + piece.len()) as u64 > limit_bytes {
            wipe(piece);
            return Err(too_large());
        }
        body = body.with(piece, bytes(stated.min(MAX_RESERVED_BYTES)));
    }
    Ok(Answer {
        status,
        headers,
        body: body.finish(),
    })
}

async fn next_piece(response: &mut reqwest::Response) -> Result<Option<Bytes>, Failed> {
    response.chunk().await.map_err(reading_failed)
}

/// A count of bytes in memory.
fn bytes(count: u64) -> usize {
    usize::try_from(count).unwrap_or(0)
}

/// A body as it arrives.
enum Pieces {
    One(Bytes),
    Many(BytesMut),
    /// With room for all that may come, so that it never moves and leaves a copy behind.
    Wiped(Zeroizing<Vec<u8>>),
}

impl Pieces {
    fn len(&self) -> usize {
        match self {
            Self::One(bytes) => bytes.len(),
            Self::Many(bytes) => bytes.len(),
            Self::Wiped(bytes) => bytes.len(),
        }
    }

    fn with(self, piece: Bytes, expected: usize) -> Self {
        let mut bytes = match self {
            Self::One(first) => {
                let mut bytes = BytesMut::with_capacity(expected.max(first.len() + piece.len()));
                bytes.extend_from_slice(&first);
                bytes
            }
            Self::Many(bytes) => bytes,
            Self::Wiped(mut bytes) => {
                bytes.extend_from_slice(&piece);
                wipe(piece);
                return Self::Wiped(bytes);
            }
        };
        bytes.extend_from_slice(&piece);
        Self::Many(bytes)
    }

    fn finish(self) -> Bytes {
        match self {
            Self::One(bytes) => bytes,
            Self::Many(bytes) => bytes.freeze(),
            Self::Wiped(bytes) => wiped_bytes(bytes),
        }
    }
}
