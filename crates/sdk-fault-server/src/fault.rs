//! What can go wrong with a request.

use crate::{Coding, Flaw};

/// One way to fail.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Nobody listens. It lasts, however often the script says.
    Refused,
    /// Nobody says whether anyone listens: no packet is answered. It lasts, however often the script says.
    Unreachable,
    /// The connection is accepted, and its TLS never answered.
    NoHandshake,
    /// The certificate is one that a client must refuse.
    Certificate(Flaw),
    /// The connection is reset before a byte of the request is read.
    ResetBefore,
    /// The connection is reset after the head of the request.
    ResetDuring,
    /// The connection is reset after the whole request.
    ResetAfter,
    /// The connection is closed after half a head of an answer.
    ClosedInHead,
    /// The connection is closed after half a body, whose length was said.
    ClosedInBody,
    /// The connection is closed after a whole body in chunks, without the chunk that says so.
    ClosedInChunks,
    /// The body goes on after the length that was said.
    SaidTooShort,
    /// The body is whole, but one byte short of the length that was said, and the connection stays open.
    SaidTooLong,
    /// The body is whole, but a hundred gigabytes were said, and the connection stays open.
    SaidEnormous,
    /// The answer has no end.
    Endless,
    /// The answer comes by one byte every few milliseconds, and so has no end in any useful time.
    SlowDrip,
    /// The request is read, and nothing happens.
    Silence,
    /// An answer that unpacks to more than the client takes: 8 MiB.
    Bomb(Coding),
    /// An answer of the test's own.
    Answer {
        /// The status.
        status: u16,
        /// Headers beside the length.
        headers: Vec<(&'static str, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// HTTP/2: the stream is turned away before anything was done with it (`REFUSED_STREAM`).
    StreamRefused,
    /// HTTP/2: the stream is reset after it may have been acted upon (`INTERNAL_ERROR`).
    StreamReset,
    /// HTTP/2: the connection says goodbye, and that it did nothing with this stream (`GOAWAY`).
    GoodbyeBefore,
    /// HTTP/2: the connection says goodbye, and that it took this stream (`GOAWAY`).
    GoodbyeAfter,
}

/// What a server does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Answers it well.
    Well,
    /// Fails.
    Fault,
}

impl Fault {
    /// Every fault but [`Fault::Answer`].
    pub fn all_of_the_wire() -> Vec<Self> {
        vec![
            Self::Refused,
            Self::Unreachable,
            Self::NoHandshake,
            Self::Certificate(Flaw::Stranger),
            Self::Certificate(Flaw::OtherName),
            Self::Certificate(Flaw::Expired),
            Self::Certificate(Flaw::NotYetValid),
            Self::ResetBefore,
            Self::ResetDuring,
            Self::ResetAfter,
            Self::ClosedInHead,
            Self::ClosedInBody,
            Self::ClosedInChunks,
            Self::SaidTooShort,
            Self::SaidTooLong,
            Self::SaidEnormous,
            Self::Endless,
            Self::SlowDrip,
            Self::Silence,
            Self::Bomb(Coding::Gzip),
            Self::Bomb(Coding::Brotli),
            Self::Bomb(Coding::Zstd),
            Self::StreamRefused,
            Self::StreamReset,
            Self::GoodbyeBefore,
            Self::GoodbyeAfter,
        ]
    }

    /// A JSON answer.
    pub fn json(status: u16, body: impl AsRef<[u8]>) -> Self {
        Self::Answer {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            body: body.as_ref().to_vec(),
        }
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name, value.into()));
        }
        self
    }

    /// True where the fault is one of TLS, or of HTTP/2, which is spoken over TLS here.
    pub fn needs_tls(&self) -> bool {
        matches!(
            self,
            Self::NoHandshake
                | Self::Certificate(_)
                | Self::StreamRefused
                | Self::StreamReset
                | Self::GoodbyeBefore
                | Self::GoodbyeAfter
        )
    }

    /// True where the client finds no connection, and so sends nothing.
    pub fn is_before_connection(&self) -> bool {
        matches!(
            self,
            Self::Refused | Self::Unreachable | Self::NoHandshake | Self::Certificate(_)
        )
    }

    /// True where a port is given up for good, by one that listens there no more.
    pub(crate) fn gives_up_the_port(&self) -> bool {
        matches!(self, Self::Refused | Self::Unreachable)
    }

    /// True if a server that fails so may have acted on the request all the same.
    ///
    /// A 401 is no such answer: it says that the request was not let in.
    pub fn may_act(&self) -> bool {
        match self {
            Self::ResetBefore | Self::ResetDuring | Self::StreamRefused | Self::GoodbyeBefore => {
                false
            }
            Self::Answer { status, .. } => *status != 401,
            _ => !self.is_before_connection(),
        }
    }
}
