//! The faults of the wire, below the answers.

use sdk_fault_server::{Coding, Fault, Flaw};

use super::{Cell, Row};

/// Every fault but the answers.
pub(crate) fn wire() -> Vec<Row> {
    rows! {
        // It lasts: a port that was given up does not come back.
        "refused", Fault::Refused => {
            token: ("0/0 token NotConnected"; "0/0 token NotConnected"),
            query: ("0/0 NotConnected"; "0/0 NotConnected"),
            mutation: ("0/0 NotConnected"; "0/0 NotConnected")
        }
        "nobody answers", Fault::Unreachable => {
            token: ("0/0 token ConnectTimedOut"; "0/0 token ConnectTimedOut"),
            query: ("0/0 ConnectTimedOut"; "0/0 ConnectTimedOut"),
            mutation: ("0/0 ConnectTimedOut"; "0/0 ConnectTimedOut")
        }
        // Nothing was sent, so that even a write tries again.
        "no answer to TLS", Fault::NoHandshake => {
            token: ("0/0 token ConnectTimedOut"; "1/1 done"),
            query: ("0/0 ConnectTimedOut"; "1/1 done"),
            mutation: ("0/0 ConnectTimedOut"; "1/1 done")
        }
        // Of certificates the second attempt would see the same; there is none.
        "a certificate of nobody known", Fault::Certificate(Flaw::Stranger) => {
            token: ("0/0 token CertificateRefused(UnknownIssuer)"; "0/0 token CertificateRefused(UnknownIssuer)"),
            query: ("0/0 CertificateRefused(UnknownIssuer)"; "0/0 CertificateRefused(UnknownIssuer)"),
            mutation: ("0/0 CertificateRefused(UnknownIssuer)"; "0/0 CertificateRefused(UnknownIssuer)")
        }
        "a certificate for another name", Fault::Certificate(Flaw::OtherName) => {
            token: ("0/0 token CertificateRefused(WrongName)"; "0/0 token CertificateRefused(WrongName)"),
            query: ("0/0 CertificateRefused(WrongName)"; "0/0 CertificateRefused(WrongName)"),
            mutation: ("0/0 CertificateRefused(WrongName)"; "0/0 CertificateRefused(WrongName)")
        }
        "a certificate of yesterday", Fault::Certificate(Flaw::Expired) => {
            token: ("0/0 token CertificateRefused(Expired)"; "0/0 token CertificateRefused(Expired)"),
            query: ("0/0 CertificateRefused(Expired)"; "0/0 CertificateRefused(Expired)"),
            mutation: ("0/0 CertificateRefused(Expired)"; "0/0 CertificateRefused(Expired)")
        }
        "a certificate of tomorrow", Fault::Certificate(Flaw::NotYetValid) => {
            token: ("0/0 token CertificateRefused(NotYetValid)"; "0/0 token CertificateRefused(NotYetValid)"),
            query: ("0/0 CertificateRefused(NotYetValid)"; "0/0 CertificateRefused(NotYetValid)"),
            mutation: ("0/0 CertificateRefused(NotYetValid)"; "0/0 CertificateRefused(NotYetValid)")
        }
        // Whether the reset is seen while connecting or while sending is a matter of microseconds. Only in
        // the first case is it sure that nothing was sent, and a write sent again.
        "reset before the request", Fault::ResetBefore => {
            token: ("0/0 token Broken" or "0/0 token NotConnected"; "1/1 done"),
            query: ("0/0 Broken" or "0/0 NotConnected"; "1/1 done"),
            mutation: ("0/0 Broken" or "0/0 NotConnected"; "0/0 Broken" or "1/1 done")
        }
        "reset within the request", Fault::ResetDuring => {
            token: ("0/0 token Broken"; "1/1 done"),
            query: ("0/0 Broken"; "1/1 done"),
            mutation: ("0/0 Broken"; "0/0 Broken")
        }
        "reset after the request", Fault::ResetAfter => {
            token: ("3/3 token Broken"; "2/2 done"),
            query: ("3/3 Broken"; "2/2 done"),
            mutation: ("1/1 Broken"; "1/1 Broken")
        }
        "closed within the head", Fault::ClosedInHead => {
            token: ("3/3 token Broken"; "2/2 done"),
            query: ("3/3 Broken"; "2/2 done"),
            mutation: ("1/1 Broken"; "1/1 Broken")
        }
        // A token that was on its way may be one that ends the last; another is asked for by the next call.
        "closed within the body", Fault::ClosedInBody => {
            token: ("1/1 token Broken"; "1/1 token Broken"),
            query: ("3/3 Broken"; "2/2 done"),
            mutation: ("1/1 Broken"; "1/1 Broken")
        }
        "closed before the last chunk", Fault::ClosedInChunks => {
            token: ("1/1 token Broken"; "1/1 token Broken"),
            query: ("3/3 Broken"; "2/2 done"),
            mutation: ("1/1 Broken"; "1/1 Broken")
        }
        "more body than said", Fault::SaidTooShort => {
            token: (r#"1/1 token Malformed("is not JSON")"#; r#"1/1 token Malformed("is not JSON")"#),
            query: (r#"1/1 decode """#; r#"1/1 decode """#),
            mutation: (r#"1/1 decode """#; r#"1/1 decode """#)
        }
        "less body than said", Fault::SaidTooLong => {
            token: ("1/1 deadline waiting for an access token"),
            query: ("1/1 deadline reading the answer"),
            mutation: ("1/1 deadline reading the answer")
        }
        "a hundred gigabytes said", Fault::SaidEnormous => {
            token: ("1/1 token TooLarge"; "1/1 token TooLarge"),
            query: ("1/1 TooLarge"; "1/1 TooLarge"),
            mutation: ("1/1 TooLarge"; "1/1 TooLarge")
        }
        "no end of body", Fault::Endless => {
            token: ("1/1 token TooLarge"; "1/1 token TooLarge"),
            query: ("1/1 TooLarge"; "1/1 TooLarge"),
            mutation: ("1/1 TooLarge"; "1/1 TooLarge")
        }
        "a byte now and then", Fault::SlowDrip => {
            token: ("1/1 deadline waiting for an access token"),
            query: ("1/1 deadline reading the answer"),
            mutation: ("1/1 deadline reading the answer")
        }
        "silence", Fault::Silence => {
            token: ("1/1 deadline waiting for an access token"),
            query: ("1/1 deadline waiting for the answer"),
            mutation: ("1/1 deadline waiting for the answer")
        }
        "gzip bomb", Fault::Bomb(Coding::Gzip) => {
            token: ("1/1 token TooLarge"; "1/1 token TooLarge"),
            query: ("1/1 TooLarge"; "1/1 TooLarge"),
            mutation: ("1/1 TooLarge"; "1/1 TooLarge")
        }
        "brotli bomb", Fault::Bomb(Coding::Brotli) => {
            token: ("1/1 token TooLarge"; "1/1 token TooLarge"),
            query: ("1/1 TooLarge"; "1/1 TooLarge"),
            mutation: ("1/1 TooLarge"; "1/1 TooLarge")
        }
        "zstd bomb", Fault::Bomb(Coding::Zstd) => {
            token: ("1/1 token TooLarge"; "1/1 token TooLarge"),
            query: ("1/1 TooLarge"; "1/1 TooLarge"),
            mutation: ("1/1 TooLarge"; "1/1 TooLarge")
        }
        "stream refused", Fault::StreamRefused => {
            token: ("3/0 token NotProcessed"; "2/1 done"),
            query: ("3/0 NotProcessed"; "2/1 done"),
            mutation: ("3/0 NotProcessed"; "2/1 done")
        }
        "stream reset", Fault::StreamReset => {
            token: ("3/3 token Broken"; "2/2 done"),
            query: ("3/3 Broken"; "2/2 done"),
            mutation: ("1/1 Broken"; "1/1 Broken")
        }
        "goodbye, without this request", Fault::GoodbyeBefore => {
            token: ("3/0 token NotProcessed"; "2/1 done"),
            query: ("3/0 NotProcessed"; "2/1 done"),
            mutation: ("3/0 NotProcessed"; "2/1 done")
        }
        "goodbye, after this request", Fault::GoodbyeAfter => {
            token: ("3/3 token Broken"; "2/2 done"),
            query: ("3/3 Broken"; "2/2 done"),
            mutation: ("1/1 Broken"; "1/1 Broken")
        }
    }
}
