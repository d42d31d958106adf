//! Requests that never arrived, answers that never came, and deadlines that passed.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::cause::Cause;
use super::certificate::CertificateProblem;

/// What a call was doing at the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Waiting for an access token.
    WaitingForToken,
    /// Opening a connection, which failed.
    Connecting,
    /// Sending the request or waiting for the first byte of the answer.
    ///
    /// A deadline that passes while a connection is being opened is reported here, too.
    AwaitingAnswer,
    /// Reading the body of the answer.
    ReadingAnswer,
    /// Waiting between two attempts.
    BackingOff,
    /// Waiting for a turn, to keep to the rate that the server allows.
    WaitingForTurn,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WaitingForToken => "waiting for an access token",
            Self::Connecting => "connecting",
            Self::AwaitingAnswer => "waiting for the answer",
            Self::ReadingAnswer => "reading the answer",
            Self::BackingOff => "waiting between two attempts",
            Self::WaitingForTurn => "waiting for a turn within the allowed rate",
        })
    }
}

/// How an exchange with a server failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportFailure {
    /// No connection could be made: name resolution, TCP, TLS or proxy. Nothing was sent.
    NotConnected,
    /// No connection was made in time: nobody answered, or not soon enough. Nothing was sent.
    ///
    /// The time is that of [`HttpConfig::connect_timeout`](crate::HttpConfig::connect_timeout). Usual causes are
    /// a firewall that drops packets, a proxy that is needed and not set, and a host that is down.
    ConnectTimedOut,
    /// A connection was made, and given up because of the server's certificate. Nothing was sent.
    ///
    /// Not tried again, as no certificate changes between two attempts.
    CertificateRefused(CertificateProblem),
    /// The server said that it has not processed the request (HTTP/2 `REFUSED_STREAM` or `GOAWAY`).
    NotProcessed,
    /// The connection broke before the answer was complete.
    Broken,
    /// No answer within the time allowed for one attempt.
    TimedOut,
    /// The answer is larger than allowed.
    TooLarge {
        /// The limit, in bytes after decompression.
        limit_bytes: u64,
    },
    /// The request could not be written as HTTP. Nothing was sent.
    NotSendable,
}

/// A request that did not arrive, or an answer that could not be read.
#[derive(Clone)]
pub struct TransportError(Arc<TransportDetails>);

#[derive(Debug)]
pub(crate) struct TransportDetails {
    pub(crate) operation: Cow<'static, str>,
    pub(crate) target: String,
    pub(crate) failure: TransportFailure,
    pub(crate) phase: Phase,
    pub(crate) attempts: u32,
    pub(crate) source: Option<Cause>,
}

impl TransportError {
    pub(crate) fn new(details: TransportDetails) -> Self {
        Self(Arc::new(details))
    }

    /// The operation that was called.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.0.operation
    }

    /// Host and path of the request.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.0.target
    }

    /// How it failed.
    #[must_use]
    pub fn failure(&self) -> TransportFailure {
        self.0.failure
    }

    /// What the call was doing at the time.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.0.phase
    }

    /// How often the request was tried.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// True if the server provably has not acted on the request.
    #[must_use]
    pub fn is_unprocessed(&self) -> bool {
        self.0.failure.is_unprocessed()
    }

    /// True if the same request may well succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.0.failure.is_transient()
    }

    /// True if time ran out: for a connection, or for one attempt.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(
            self.0.failure,
            TransportFailure::ConnectTimedOut | TransportFailure::TimedOut
        )
    }
}

impl TransportFailure {
    pub(crate) fn is_unprocessed(self) -> bool {
        matches!(
            self,
            Self::NotConnected
                | Self::ConnectTimedOut
                | Self::CertificateRefused(_)
                | Self::NotProcessed
                | Self::NotSendable
        )
    }

    /// True if the next attempt may end otherwise without anyone changing anything.
    pub(crate) fn is_transient(self) -> bool {
        !matches!(
            self,
            Self::CertificateRefused(_) | Self::TooLarge { .. } | Self::NotSendable
        )
    }

    /// What to do about it, where that is known.
    fn advice(self) -> Option<&'static str> {
        match self {
            Self::ConnectTimedOut => {
                Some("check the network, the firewall and the proxy, or allow more time to connect")
            }
            Self::CertificateRefused(problem) => Some(problem.advice()),
            _ => None,
        }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let details = &*self.0;
        write!(f, "{} to {} ", details.operation, details.target)?;
        match details.failure {
            TransportFailure::NotConnected => f.write_str("could not connect")?,
            TransportFailure::ConnectTimedOut => f.write_str("found no connection in time")?,
            TransportFailure::CertificateRefused(problem) => {
                write!(f, "refused the server's certificate, {problem}")?;
            }
            TransportFailure::NotProcessed => f.write_str("was turned away unprocessed")?,
            TransportFailure::Broken => write!(f, "lost the connection while {}", details.phase)?,
            TransportFailure::TimedOut => write!(f, "timed out while {}", details.phase)?,
            TransportFailure::TooLarge { limit_bytes } => {
                write!(f, "got an answer of more than {limit_bytes} bytes")?;
            }
            TransportFailure::NotSendable => f.write_str("could not be written as http")?,
        }
        if details.attempts > 1 {
            write!(f, " ({} attempts)", details.attempts)?;
        }
        let advice = details.failure.advice();
        advice.map_or(Ok(()), |advice| write!(f, "; {advice}"))
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| source as _)
    }
}

/// A call that was not finished within its deadline.
///
/// Whatever was under way for other callers goes on: a token that arrives late is kept for the next call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadlineError {
    pub(crate) operation: Cow<'static, str>,
    pub(crate) target: String,
    pub(crate) phase: Phase,
    pub(crate) deadline: Duration,
    pub(crate) sent: bool,
}

impl DeadlineError {
    /// The operation that was called.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// Host and path of the request.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// What the call was doing when the deadline passed.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The deadline, counted from the call.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    /// True if nothing can have reached the API: the time went into getting a token, or into attempts that
    /// provably did not arrive.
    ///
    /// False for a deadline that passes while a connection is being opened, as it may have been opened.
    #[must_use]
    pub fn is_unprocessed(&self) -> bool {
        !self.sent
    }
}

impl fmt::Display for DeadlineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            operation,
            target,
            phase,
            deadline,
            ..
        } = self;
        write!(
            f,
            "{operation} to {target} passed its deadline of {deadline:?} while {phase}"
        )
    }
}

impl std::error::Error for DeadlineError {}

/// Host, port if it is not the usual one, and path: what an error may say about a URL.
pub(crate) fn target(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    format!("{host}{port}{}", url.path())
}
