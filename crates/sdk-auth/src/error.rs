//! What can go wrong, and the questions a caller asks about it.

mod answer;
mod cause;
mod certificate;
mod config;
mod revocation;
mod token_request;
mod transport;

use std::time::Duration;

use crate::store::StoreError;
pub(crate) use answer::is_passing_code;
pub(crate) use cause::{Cause, chain};
pub use certificate::CertificateProblem;
pub use config::ConfigError;
pub(crate) use config::Problem;
pub use revocation::RevocationRefusedError;
pub use token_request::{CredentialsRejectedError, TokenFailure, TokenRequestError};
pub(crate) use token_request::{FailureClass, TokenRequestDetails};
pub use transport::{DeadlineError, Phase, TransportError, TransportFailure};
pub(crate) use transport::{TransportDetails, target};

/// Why an authenticated call could not be made or completed.
///
/// An answer of the API is not an error here, whatever its status: it comes back as a
/// [`Reply`](crate::Reply).
///
/// Errors name the operation, the host and the path. They never hold a query, a body, a token or a secret.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration is incomplete or wrong; nothing was sent.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The token endpoint gave no usable token.
    #[error(transparent)]
    TokenRequest(#[from] TokenRequestError),
    /// The token store that processes share could not be used, and no token was asked for without it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The API keeps refusing tokens that the token endpoint has just issued.
    #[error(transparent)]
    CredentialsRejected(#[from] CredentialsRejectedError),
    /// The revocation endpoint answered with an error.
    #[error(transparent)]
    RevocationRefused(#[from] RevocationRefusedError),
    /// The API or the revocation endpoint could not be reached, or its answer could not be read.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The call's deadline passed.
    #[error(transparent)]
    Deadline(#[from] DeadlineError),
}

impl Error {
    /// True if the same call may well succeed later without anyone changing anything.
    ///
    /// That is: lost connections, timeouts, passed deadlines, token stores that are unavailable, and token
    /// endpoints that are down or throttling. Not: configuration, refused credentials or certificates, answers
    /// that are too large.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Config(_) | Self::CredentialsRejected(_) => false,
            Self::TokenRequest(error) => error.is_transient(),
            Self::Store(error) => error.is_transient(),
            Self::RevocationRefused(error) => error.is_transient(),
            Self::Transport(error) => error.is_transient(),
            Self::Deadline(_) => true,
        }
    }

    /// True if time ran out: a deadline, or a timeout of one attempt or of connecting.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Config(_)
            | Self::Store(_)
            | Self::CredentialsRejected(_)
            | Self::RevocationRefused(_) => false,
            Self::TokenRequest(error) => error.is_timeout(),
            Self::Transport(error) => error.is_timeout(),
            Self::Deadline(_) => true,
        }
    }

    /// True if the credentials were refused, by the token endpoint, the revocation endpoint, or the API.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        match self {
            Self::TokenRequest(error) => error.is_unauthorized(),
            Self::RevocationRefused(error) => error.is_unauthorized(),
            Self::CredentialsRejected(_) => true,
            Self::Config(_) | Self::Store(_) | Self::Transport(_) | Self::Deadline(_) => false,
        }
    }

    /// True if the API has provably not acted on the request, so that even a write may be sent again.
    ///
    /// A revocation that was refused proves nothing; sending it again does no harm.
    /// Of a request that was sent as repeatable, an earlier attempt may have been acted on all the same.
    #[must_use]
    pub fn is_unprocessed(&self) -> bool {
        match self {
            Self::Config(_) | Self::TokenRequest(_) | Self::Store(_) => true,
            Self::Transport(error) => error.is_unprocessed(),
            Self::CredentialsRejected(_) => true,
            Self::RevocationRefused(_) => false,
            Self::Deadline(error) => error.is_unprocessed(),
        }
    }

    /// The exchange that failed, with the API or with the token or revocation endpoint; `None` where none did.
    ///
    /// Its [`failure`](TransportError::failure) tells a connection that was not made in time from a certificate
    /// that was refused:
    ///
    /// ```
    /// use sdk_auth::{CertificateProblem, Error, TransportFailure};
    ///
    /// fn hint(error: &Error) -> Option<&'static str> {
    ///     match error.transport()?.failure() {
    ///         TransportFailure::ConnectTimedOut => Some("is HTTPS_PROXY set?"),
    ///         TransportFailure::CertificateRefused(CertificateProblem::UnknownIssuer) => {
    ///             Some("trust the root of the proxy: HttpConfig::extra_root_certificates")
    ///         }
    ///         TransportFailure::CertificateRefused(_) => Some("tell the owner of the server"),
    ///         _ => None,
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn transport(&self) -> Option<&TransportError> {
        match self {
            Self::Transport(error) => Some(error),
            Self::TokenRequest(error) => error.transport(),
            Self::Config(_)
            | Self::Store(_)
            | Self::CredentialsRejected(_)
            | Self::RevocationRefused(_)
            | Self::Deadline(_) => None,
        }
    }

    /// How long to wait before trying again, where that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TokenRequest(error) => error.retry_after(),
            Self::CredentialsRejected(error) => Some(error.retry_after()),
            Self::RevocationRefused(error) => error.retry_after(),
            Self::Config(_) | Self::Store(_) | Self::Transport(_) | Self::Deadline(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
