//! What is wrong with a server's certificate.

use std::fmt;

use rustls::CertificateError;

/// Why a server's certificate was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateProblem {
    /// Nobody whom this machine trusts has signed it.
    ///
    /// Where a proxy looks into TLS, its root is to be trusted with
    /// [`HttpConfig::extra_root_certificates`](crate::HttpConfig::extra_root_certificates).
    UnknownIssuer,
    /// It is for another host than that of the URL.
    WrongName,
    /// Its time is over, by this machine's clock.
    Expired,
    /// Its time has not come, by this machine's clock.
    NotYetValid,
    /// Its issuer has taken it back.
    Revoked,
    /// Anything else; the error's source says what.
    Other,
}

impl CertificateProblem {
    pub(crate) fn new(error: &CertificateError) -> Self {
        use CertificateError as Error;
        match error {
            Error::UnknownIssuer => Self::UnknownIssuer,
            Error::NotValidForName | Error::NotValidForNameContext { .. } => Self::WrongName,
            Error::Expired | Error::ExpiredContext { .. } => Self::Expired,
            Error::NotValidYet | Error::NotValidYetContext { .. } => Self::NotYetValid,
            Error::Revoked => Self::Revoked,
            _ => Self::Other,
        }
    }

    /// What to do about it.
    pub(crate) fn advice(self) -> &'static str {
        match self {
            Self::UnknownIssuer => {
                "if a proxy inspects tls, add its root to the extra root certificates"
            }
            Self::WrongName => "check the host in the url, and whether a proxy answers for it",
            Self::Expired => "check this machine's clock, else the server's owner has to renew it",
            Self::NotYetValid => "check this machine's clock",
            Self::Revoked => "only the server's owner can replace it",
            Self::Other => "the server's owner has to mend it",
        }
    }
}

impl fmt::Display for CertificateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownIssuer => "which nobody trusted has signed",
            Self::WrongName => "which is for another name",
            Self::Expired => "which has expired",
            Self::NotYetValid => "which is not valid yet",
            Self::Revoked => "which has been revoked",
            Self::Other => "which is not acceptable",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::pki_types::{ServerName, UnixTime};

    use super::*;

    #[test]
    fn problems_are_the_same_with_and_without_their_details() {
        let time = UnixTime::now();
        let name = ServerName::try_from("api.example.com").unwrap();
        for (error, expected) in [
            (
                CertificateError::UnknownIssuer,
                CertificateProblem::UnknownIssuer,
            ),
            (
                CertificateError::NotValidForName,
                CertificateProblem::WrongName,
            ),
            (
                CertificateError::NotValidForNameContext {
                    expected: name,
                    presented: Vec::new(),
                },
                CertificateProblem::WrongName,
            ),
            (CertificateError::Expired, CertificateProblem::Expired),
            (
                CertificateError::ExpiredContext {
                    time,
                    not_after: time,
                },
                CertificateProblem::Expired,
            ),
            (
                CertificateError::NotValidYet,
                CertificateProblem::NotYetValid,
            ),
            (
                CertificateError::NotValidYetContext {
                    time,
                    not_before: time,
                },
                CertificateProblem::NotYetValid,
            ),
            (CertificateError::Revoked, CertificateProblem::Revoked),
            (CertificateError::BadSignature, CertificateProblem::Other),
            (
                CertificateError::Other(rustls::OtherError(Arc::new(fmt::Error))),
                CertificateProblem::Other,
            ),
        ] {
            assert_eq!(CertificateProblem::new(&error), expected, "{error:?}");
        }
    }
}
