//! How an exchange failed, told from the errors of the HTTP library and of those under it.

use std::error::Error as StdError;

use crate::error::{Cause, CertificateProblem, Phase, TransportFailure, chain};

/// An exchange that failed.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) failure: TransportFailure,
    pub(crate) phase: Phase,
    pub(crate) cause: Option<Cause>,
}

pub(super) fn sending_failed(error: reqwest::Error) -> Failed {
    let error = error.without_url();
    let (failure, phase) = if error.is_builder() {
        (TransportFailure::NotSendable, Phase::Connecting)
    } else if error.is_connect() {
        (connecting_failed(&error), Phase::Connecting)
    } else if was_not_processed(&error) {
        (TransportFailure::NotProcessed, Phase::AwaitingAnswer)
    } else if error.is_timeout() {
        (TransportFailure::TimedOut, Phase::AwaitingAnswer)
    } else {
        (TransportFailure::Broken, Phase::AwaitingAnswer)
    };
    Failed {
        failure,
        phase,
        cause: Some(Cause::of(&error)),
    }
}

pub(super) fn reading_failed(error: reqwest::Error) -> Failed {
    let error = error.without_url();
    Failed {
        failure: TransportFailure::Broken,
        phase: Phase::ReadingAnswer,
        cause: Some(Cause::of(&error)),
    }
}

fn connecting_failed(error: &reqwest::Error) -> TransportFailure {
    let tls = chain(error).find_map(|error| error.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::InvalidCertificate(error)) => {
            TransportFailure::CertificateRefused(CertificateProblem::new(error))
        }
        _ if error.is_timeout() => TransportFailure::ConnectTimedOut,
        _ => TransportFailure::NotConnected,
    }
}

/// True if the server said over HTTP/2 that it has not processed the request (RFC 9113, section 8.7).
fn was_not_processed(error: &(dyn StdError + 'static)) -> bool {
    let http2 = chain(error).find_map(|error| error.downcast_ref::<h2::Error>());
    http2.is_some_and(|error| {
        let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
        // The library fails a stream with the server's GOAWAY only if it lies beyond the last one
        // that the server promised to process.
        let gone = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
        error.is_remote() && (refused || gone)
    })
}
