//! Why bytes did not get where they should.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use http::StatusCode;
use sdk_auth::{ConfigError, TransportError};

/// Why a transfer failed. No message holds the query of a link, or anything of the bytes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// The HTTP client cannot be set up, or the link is no URL that may be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// No answer came, or the connection broke.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The object store refused.
    #[error(transparent)]
    Refused(#[from] RefusedLinkError),
    /// A file, a reader or a writer of this machine failed.
    #[error(transparent)]
    Local(#[from] LocalError),
}

/// An object store refused a link, or answered without what it owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedLinkError {
    pub(crate) operation: &'static str,
    pub(crate) target: String,
    pub(crate) status: StatusCode,
    pub(crate) code: Option<String>,
    pub(crate) retry_after: Option<Duration>,
}

/// Something of this machine failed: a file, a reader, a writer.
#[derive(Debug)]
pub struct LocalError {
    doing: &'static str,
    path: Option<PathBuf>,
    source: io::Error,
}

impl TransferError {
    /// True when the same transfer may succeed with the same link: lost connections, timeouts, status 408,
    /// 429, 500, 502, 503 and 504, and an upload that the store says arrived in part.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_transient(),
            Self::Refused(error) => {
                let passing = matches!(error.status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504);
                passing || matches!(error.code(), Some("IncompleteBody" | "RequestTimeout"))
            }
            Self::Config(_) | Self::Local(_) => false,
        }
    }

    /// True when a new link may help: status 401 and 403, and what stores call expired.
    #[must_use]
    pub fn wants_new_link(&self) -> bool {
        match self {
            Self::Refused(error) => {
                matches!(error.status.as_u16(), 401 | 403) || error.code() == Some("ExpiredToken")
            }
            _ => false,
        }
    }

    /// True when the same transfer may succeed if it is sent again over a new link: what is
    /// [transient](Self::is_transient), and what [wants a new link](Self::wants_new_link).
    #[must_use]
    pub fn may_pass_with_new_link(&self) -> bool {
        self.is_transient() || self.wants_new_link()
    }

    /// The status with which the object store refused.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Refused(error) => Some(error.status),
            _ => None,
        }
    }

    /// How long the object store asks to wait, where it said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(error) => error.retry_after,
            _ => None,
        }
    }

    /// The error of this machine, such as a full disk ([`io::ErrorKind::StorageFull`]).
    #[must_use]
    pub fn io_error(&self) -> Option<&io::Error> {
        match self {
            Self::Local(error) => Some(&error.source),
            _ => None,
        }
    }
}

/// An error of setting up the HTTP client; no other kind comes up before there is a request.
impl From<sdk_auth::Error> for TransferError {
    fn from(error: sdk_auth::Error) -> Self {
        match error {
            sdk_auth::Error::Config(error) => Self::Config(error),
            sdk_auth::Error::Transport(error) => Self::Transport(error),
            other => Self::Local(LocalError::new("set up", None, io::Error::other(other))),
        }
    }
}

impl RefusedLinkError {
    /// The same refusal, with the wait that came with it.
    pub(crate) fn after(self, retry_after: Option<Duration>) -> Self {
        Self {
            retry_after,
            ..self
        }
    }

    /// What was going on.
    #[must_use]
    pub fn operation(&self) -> &str {
        self.operation
    }

    /// Host and path of the link.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The store's own name for the reason, such as `AccessDenied`, where it gave one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// How long the store asks to wait, where it said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl LocalError {
    pub(crate) fn new(doing: &'static str, path: Option<&Path>, source: io::Error) -> Self {
        Self {
            doing,
            path: path.map(Path::to_owned),
            source,
        }
    }

    /// The file that failed; `None` for a reader or a writer of the caller's.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }
}

impl fmt::Display for RefusedLinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            operation,
            target,
            status,
            ..
        } = self;
        let status = status.as_u16();
        write!(
            f,
            "{operation} to {target} was answered with status {status}"
        )?;
        match &self.code {
            Some(code) => write!(f, " ({code})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for RefusedLinkError {}

impl fmt::Display for LocalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {} ", self.doing)?;
        match &self.path {
            Some(path) => path.display().fmt(f),
            None => f.write_str("the bytes"),
        }
    }
}

impl std::error::Error for LocalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}
