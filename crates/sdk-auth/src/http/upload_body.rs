//! What a PUT sends: a known number of bytes, handed over piece by piece.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame, SizeHint};

/// Bytes in memory go out in pieces of this size, so that progress shows and silence is noticed.
const PIECE_BYTES: usize = 256 * 1024;

/// The body of an upload: a known number of bytes, from memory or from a stream.
///
/// The length is announced before the first byte, as object stores demand.
pub struct UploadBody {
    left: u64,
    source: Source,
    moved: Arc<AtomicU64>,
    on_sent: Option<Box<dyn Fn(u64) + Send + Sync>>,
}

type Pieces = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

enum Source {
    Memory(Bytes),
    /// Never locked: whoever polls has it alone. The lock only makes it `Sync`.
    Stream(Mutex<Pieces>),
}

impl UploadBody {
    /// These bytes; nothing is copied.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self::new(bytes.len() as u64, Source::Memory(bytes))
    }

    /// `length_bytes` bytes of a stream. One that is shorter or longer, or fails, ends the request.
    pub fn stream(
        length_bytes: u64,
        pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    ) -> Self {
        Self::new(length_bytes, Source::Stream(Mutex::new(Box::pin(pieces))))
    }

    /// Calls `on_sent` with the size of each piece, in bytes, as it is handed to the connection.
    #[must_use]
    pub fn on_sent(mut self, on_sent: impl Fn(u64) + Send + Sync + 'static) -> Self {
        self.on_sent = Some(Box::new(on_sent));
        self
    }

    /// How many bytes are still to be sent.
    #[must_use]
    pub fn length_bytes(&self) -> u64 {
        self.left
    }

    fn new(left: u64, source: Source) -> Self {
        Self {
            left,
            source,
            moved: Arc::default(),
            on_sent: None,
        }
    }

    /// Counts the bytes handed over, also after the body has gone into a request.
    pub(super) fn moved(&self) -> Arc<AtomicU64> {
        self.moved.clone()
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        match &mut self.source {
            Source::Memory(bytes) => {
                let piece = bytes.split_to(bytes.len().min(PIECE_BYTES));
                Poll::Ready((!piece.is_empty()).then_some(Ok(piece)))
            }
            Source::Stream(pieces) => {
                let pieces = pieces.get_mut().unwrap_or_else(PoisonError::into_inner);
                pieces.as_mut().poll_next(cx)
            }
        }
    }
}

impl Body for UploadBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let piece = match ready!(self.poll_piece(cx)) {
            Some(Ok(piece)) => piece,
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            None => return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into()))),
        };
        let length = piece.len() as u64;
        let Some(left) = self.left.checked_sub(length) else {
            let error = io::Error::new(io::ErrorKind::InvalidData, "more bytes than announced");
            return Poll::Ready(Some(Err(error)));
        };
        self.left = left;
        self.moved.fetch_add(length, Ordering::Relaxed);
        if let Some(on_sent) = &self.on_sent {
            on_sent(length);
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// The length; the bytes belong to the caller.
impl fmt::Debug for UploadBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadBody")
            .field("length_bytes", &self.left)
            .finish_non_exhaustive()
    }
}
