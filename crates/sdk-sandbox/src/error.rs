//! Why a sandbox does not start.

use std::net::SocketAddr;

use thiserror::Error;

/// Why a sandbox does not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on: taken, not of this machine, or forbidden.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// A checked-in schema is not valid, which a build of this crate with its tests green rules out.
    #[error(transparent)]
    Schema(#[from] SchemaError),
}

/// An address that cannot be listened on.
#[derive(Debug, Error)]
#[error("cannot listen on {address}")]
pub struct ListenError {
    address: SocketAddr,
    source: std::io::Error,
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
    pub(crate) fn listen(address: SocketAddr, source: std::io::Error) -> Self {
        ListenError { address, source }.into()
    }

    pub(crate) fn schema(vendor: &'static str, report: &str) -> Self {
        let report = report.to_owned();
        SchemaError { vendor, report }.into()
    }
}
