//! Why a sandbox does not start.

use std::io;
use std::net::SocketAddr;
use std::process::ExitStatus;

use thiserror::Error;

/// Why a sandbox does not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on: taken, not of this machine, or forbidden.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// A schema is not valid: the one given to a stand-in. Those checked in are valid in any build whose
    /// tests are green.
    #[error(transparent)]
    Schema(#[from] SchemaError),
}

/// An address that cannot be listened on.
#[derive(Debug, Error)]
#[error("cannot listen on {address}")]
pub struct ListenError {
    address: SocketAddr,
    source: io::Error,
}

impl ListenError {
    /// The address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// A schema that the GraphQL engine refuses.
#[derive(Debug, Error)]
#[error("the schema of {vendor} is not valid: {report}")]
pub struct SchemaError {
    vendor: &'static str,
    report: String,
}

impl SchemaError {
    /// Whose schema it is.
    #[must_use]
    pub fn vendor(&self) -> &str {
        self.vendor
    }
}

impl StartError {
    pub(crate) fn listen(address: SocketAddr, source: io::Error) -> Self {
        ListenError { address, source }.into()
    }

    pub(crate) fn schema(vendor: &'static str, report: &str) -> Self {
        let report = report.to_owned();
        SchemaError { vendor, report }.into()
    }
}

/// A Redis that does not run.
#[derive(Debug, Error)]
#[error("{what}")]
pub struct RedisError {
    what: String,
    source: Option<io::Error>,
}

impl RedisError {
    pub(crate) fn start(source: io::Error) -> Self {
        let what = match source.kind() {
            io::ErrorKind::NotFound => {
                "redis-server is not installed; `apt-get install redis-server` does that".to_owned()
            }
            _ => "cannot start redis-server".to_owned(),
        };
        let source = Some(source);
        Self { what, source }
    }

    pub(crate) fn ended(status: ExitStatus) -> Self {
        let what = format!("redis-server ended at once, {status}");
        Self { what, source: None }
    }

    pub(crate) fn silent() -> Self {
        let what = "redis-server does not answer".to_owned();
        Self { what, source: None }
    }

    /// True if the program is not there.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        let kind = self.source.as_ref().map(io::Error::kind);
        kind == Some(io::ErrorKind::NotFound)
    }
}
