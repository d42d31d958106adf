//! The bytes of an object: kept, or made up while they are sent.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;

/// Made-up bytes are sent in pieces of this size.
const PIECE_BYTES: usize = 64 * 1024;

/// What a download gives.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// These pieces, one after the other.
    Pieces(Vec<Bytes>),
    /// So many bytes of no meaning: a large file that takes no memory.
    MadeUp(u64),
}

impl Default for Content {
    fn default() -> Self {
        Self::Pieces(Vec::new())
    }
}

impl<T: Into<Bytes>> From<T> for Content {
    fn from(bytes: T) -> Self {
        Self::Pieces(vec![bytes.into()])
    }
}

impl Content {
    /// This content and another behind it; what is made up cannot be joined and gives way.
    pub(super) fn and(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Pieces(mut pieces), Self::Pieces(more)) => {
                pieces.extend(more.iter().cloned());
                Self::Pieces(pieces)
            }
            (_, other) => other.clone(),
        }
    }

    /// The body of an answer, whose length is announced.
    pub(super) fn into_body(self) -> Body {
        match self {
            Self::Pieces(pieces) => Body::from(pieces.concat()),
            Self::MadeUp(length) => Body::new(Sized {
                left: length,
                pieces: Box::pin(made_up(length)),
            }),
        }
    }
}

/// The same bytes on every download: a pattern that a shifted or lost piece would break.
fn made_up(length: u64) -> impl stream::Stream<Item = Bytes> + Send + Sync {
    // 251 is a prime, so the pattern and the pieces of a transfer never fall into step.
    let pattern: Vec<u8> = (0..=250_u8).cycle().take(PIECE_BYTES + 251).collect();
    let pattern = Bytes::from(pattern);
    stream::unfold(0_u64, move |at| {
        let left = length - at;
        let begin = (at % 251) as usize;
        let size = usize::try_from(left)
            .unwrap_or(PIECE_BYTES)
            .min(PIECE_BYTES);
        let piece = (size > 0).then(|| pattern.slice(begin..begin + size));
        std::future::ready(piece.map(|piece| (piece, at + size as u64)))
    })
}

/// A stream with a length.
struct Sized {
    left: u64,
    pieces: std::pin::Pin<Box<dyn stream::Stream<Item = Bytes> + Send + Sync>>,
}

impl axum::body::HttpBody for Sized {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        self.pieces.as_mut().poll_next(cx).map(|piece| {
            let piece = piece?;
            self.left = self.left.saturating_sub(piece.len() as u64);
            Some(Ok(http_body::Frame::data(piece)))
        })
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(self.left)
    }
}

/// How many bytes of uploads may still be kept.
#[derive(Clone, Debug)]
pub(super) struct Keep(Arc<AtomicU64>);

/// An upload on its way, kept as long as there is room. Room of one that is given up is free again.
#[derive(Debug)]
pub(super) struct Kept {
    room: Keep,
    taken: u64,
    pieces: Option<Vec<Bytes>>,
}

impl Keep {
    pub(super) fn new(bytes: u64) -> Self {
        Self(Arc::new(AtomicU64::new(bytes)))
    }

    pub(super) fn begin(&self) -> Kept {
        Kept {
            room: self.clone(),
            taken: 0,
            pieces: Some(Vec::new()),
        }
    }

    fn take(&self, bytes: u64) -> bool {
        let order = Ordering::Relaxed;
        let taken = self
            .0
            .fetch_update(order, order, |room| room.checked_sub(bytes));
        taken.is_ok()
    }
}

impl Kept {
    pub(super) fn add(&mut self, piece: &Bytes) {
        let length = piece.len() as u64;
        let Some(pieces) = &mut self.pieces else {
            return;
        };
        if self.room.take(length) {
            self.taken += length;
            // A piece of a larger buffer would keep all of that buffer.
            pieces.push(Bytes::copy_from_slice(piece));
        } else {
            self.pieces = None;
        }
    }

    /// All of it, or nothing.
    pub(super) fn finish(mut self) -> Option<Content> {
        let pieces = self.pieces.take()?;
        self.taken = 0;
        Some(Content::Pieces(pieces))
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.room.0.fetch_add(self.taken, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;

    #[tokio::test]
    async fn made_up_bytes_are_the_same_on_every_download_and_as_many_as_said() {
        for length in [0, 1, 250, 251, 65_535, 65_536, 65_537, 1_000_000] {
            let body = Content::MadeUp(length).into_body();
            let bytes = to_bytes(body, usize::MAX).await.unwrap();
            assert_eq!(bytes.len() as u64, length);
            let off = bytes
                .iter()
                .enumerate()
                .find(|(at, byte)| (at % 251) as u8 != **byte);
            assert_eq!(off, None, "{length}");
        }
    }

    #[test]
    fn an_upload_beyond_the_room_is_not_kept_and_leaves_its_room_to_others() {
        let keep = Keep::new(10);
        let kept = |bytes: &'static [u8]| {
            let mut kept = keep.begin();
            kept.add(&Bytes::from_static(bytes));
            kept.finish().is_some()
        };
        assert!(!kept(b"eleven bytes"));
        assert!(kept(b"ten bytes."));
        assert!(!kept(b"1"));
    }
}
