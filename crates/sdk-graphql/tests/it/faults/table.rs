//! What must happen.
//!
//! A cell says what becomes of a call when the server fails for ever, and when it fails once: how many
//! requests arrive, how many of them the server may have acted upon, and what the caller gets. So
//! `3/3 Broken; 2/2 done` is a read that is given up after three attempts, and that comes through if the
//! second one does; `1/1 Broken; 1/1 Broken` is a write that is never sent again.

use sdk_fault_server::{Coding, Fault};

/// A fault and its cells.
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) fault: Fault,
    pub(crate) token: Cell,
    pub(crate) query: Cell,
    pub(crate) mutation: Cell,
}

/// What may be seen when the server fails for ever, and what when it fails once; one of each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell {
    pub(crate) always: &'static [&'static str],
    /// Empty where the first fault outlasts any deadline.
    pub(crate) once: &'static [&'static str],
}

/// Reads `always; once`, with `or` between what is equally right.
macro_rules! cell {
    ($($always:literal)or+; $($once:literal)or+) => {
        Cell { always: &[$($always),+], once: &[$($once),+] }
    };
    ($always:literal) => {
        Cell { always: &[$always], once: &[] }
    };
}

macro_rules! rows {
    ($($what:literal, $fault:expr => {
        token: ($($token:tt)+), query: ($($query:tt)+), mutation: ($($mutation:tt)+)
    })+) => {
        vec![$(Row {
            what: $what,
            fault: $fault,
            token: cell!($($token)+),
            query: cell!($($query)+),
            mutation: cell!($($mutation)+),
        }),+]
    };
}

/// The faults of the wire, below the answers.
pub(crate) fn wire() -> Vec<Row> {
    rows! {
        // It lasts: a port that was given up does not come back.
        "refused", Fault::Refused => {
            token: ("0/0 token Incomplete"; "0/0 token Incomplete"),
            query: ("0/0 NotConnected"; "0/0 NotConnected"),
            mutation: ("0/0 NotConnected"; "0/0 NotConnected")
        }
        // Whether the reset is seen while connecting or while sending is a matter of microseconds. Only in
        // the first case is it sure that nothing was sent, and a write sent again.
        "reset before the request", Fault::ResetBefore => {
            token: ("0/0 token Incomplete"; "1/1 done"),
            query: ("0/0 Broken" or "0/0 NotConnected"; "1/1 done"),
            mutation: ("0/0 Broken" or "0/0 NotConnected"; "0/0 Broken" or "1/1 done")
        }
        "reset within the request", Fault::ResetDuring => {
            token: ("0/0 token Incomplete"; "1/1 done"),
            query: ("0/0 Broken"; "1/1 done"),
            mutation: ("0/0 Broken"; "0/0 Broken")
        }
        "reset after the request", Fault::ResetAfter => {
            token: ("3/3 token Incomplete"; "2/2 done"),
            query: ("3/3 Broken"; "2/2 done"),
            mutation: ("1/1 Broken"; "1/1 Broken")
        }
        "closed within the head", Fault::ClosedInHead => {
            token: ("3/3 token Incomplete"; "2/2 done"),
            query: ("3/3 Broken"; "2/2 done"),
            mutation: ("1/1 Broken"; "1/1 Broken")
        }
        // A token that was on its way may be one that ends the last; another is asked for by the next call.
        "closed within the body", Fault::ClosedInBody => {
            token: ("1/1 token Incomplete"; "1/1 token Incomplete"),
            query: ("3/3 Broken"; "2/2 done"),
            mutation: ("1/1 Broken"; "1/1 Broken")
        }
        "more body than said", Fault::SaidTooShort => {
            token: (r#"1/1 token Malformed("is not JSON")"#; r#"1/1 token Malformed("is not JSON")"#),
            query: (r#"1/1 decode """#; r#"1/1 decode """#),
            mutation: (r#"1/1 decode """#; r#"1/1 decode """#)
        }
        "no end of body", Fault::Endless => {
            token: ("1/1 token Incomplete"; "1/1 token Incomplete"),
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
            token: ("1/1 token Incomplete"; "1/1 token Incomplete"),
            query: ("1/1 TooLarge"; "1/1 TooLarge"),
            mutation: ("1/1 TooLarge"; "1/1 TooLarge")
        }
        "brotli bomb", Fault::Bomb(Coding::Brotli) => {
            token: ("1/1 token Incomplete"; "1/1 token Incomplete"),
            query: ("1/1 TooLarge"; "1/1 TooLarge"),
            mutation: ("1/1 TooLarge"; "1/1 TooLarge")
        }
        "zstd bomb", Fault::Bomb(Coding::Zstd) => {
            token: ("1/1 token Incomplete"; "1/1 token Incomplete"),
            query: ("1/1 TooLarge"; "1/1 TooLarge"),
            mutation: ("1/1 TooLarge"; "1/1 TooLarge")
        }
        "stream refused", Fault::StreamRefused => {
            token: ("3/0 token Incomplete"; "2/1 done"),
            query: ("3/0 NotProcessed"; "2/1 done"),
            mutation: ("3/0 NotProcessed"; "2/1 done")
        }
        "stream reset", Fault::StreamReset => {
            token: ("3/3 token Incomplete"; "2/2 done"),
            query: ("3/3 Broken"; "2/2 done"),
            mutation: ("1/1 Broken"; "1/1 Broken")
        }
        "goodbye, without this request", Fault::GoodbyeBefore => {
            token: ("3/0 token Incomplete"; "2/1 done"),
            query: ("3/0 NotProcessed"; "2/1 done"),
            mutation: ("3/0 NotProcessed"; "2/1 done")
        }
        "goodbye, after this request", Fault::GoodbyeAfter => {
            token: ("3/3 token Incomplete"; "2/2 done"),
            query: ("3/3 Broken"; "2/2 done"),
            mutation: ("1/1 Broken"; "1/1 Broken")
        }
    }
}

/// Good for any request, with every key twice.
const TWICE: &str = r#"{
    "access_token": "old", "access_token": "token", "expires_in": 1, "expires_in": 3600,
    "data": {"allGroups": [], "createProduct": {"id": "p"}, "allFindings": []},
    "data": {"allGroups": [], "createProduct": {"id": "p"}, "allFindings": []}
}"#;

/// Good for any request but for a byte that no text has.
const NO_TEXT: &[u8] =
    b"{\"access_token\": \"\xff\", \"data\": {\"allGroups\": [{\"id\": \"\xff\"}], \
    \"createProduct\": {\"id\": \"\xff\"}, \"allFindings\": [{\"id\": \"\xff\"}]}}";

/// A GraphQL response without data.
const ERRORS: &str =
    r#"{"data": null, "errors": [{"message": "m", "extensions": {"code": "FORBIDDEN"}}]}"#;

fn page(status: u16, body: &str) -> Fault {
    Fault::Answer {
        status,
        headers: vec![("content-type", "text/html".to_owned())],
        body: body.as_bytes().to_vec(),
    }
}

/// Answers that are none.
pub(crate) fn answers() -> Vec<Row> {
    rows! {
        "a page", page(200, "<html>Sign in</html>") => {
            token: (r#"1/1 token Malformed("is not JSON")"#; r#"1/1 token Malformed("is not JSON")"#),
            query: (r#"1/1 decode """#; r#"1/1 decode """#),
            mutation: (r#"1/1 decode """#; r#"1/1 decode """#)
        }
        "an OAuth error under 200", Fault::json(200, r#"{"error":"invalid_client"}"#) => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: (r#"1/1 decode """#; r#"1/1 decode """#),
            mutation: (r#"1/1 decode """#; r#"1/1 decode """#)
        }
        // With a new token even a write goes again: a server that lets nobody in does nothing.
        "401 with a stack trace", page(401, "Traceback (most recent call last):\n  File \"a\"") => {
            token: ("1/0 token Refused"; "1/0 token Refused"),
            query: ("3/0 status Unauthorized"; "2/1 done"),
            mutation: ("3/0 status Unauthorized"; "2/1 done")
        }
        "403", page(403, "no") => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("1/1 status Forbidden"; "1/1 status Forbidden"),
            mutation: ("1/1 status Forbidden"; "1/1 status Forbidden")
        }
        "429 until now", page(429, "").header("retry-after", "0") => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("3/3 status RateLimited"; "2/2 done"),
            mutation: ("1/1 status RateLimited"; "1/1 status RateLimited")
        }
        "429 until a date", page(429, "").header("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT") => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("3/3 status RateLimited"; "2/2 done"),
            mutation: ("1/1 status RateLimited"; "1/1 status RateLimited")
        }
        "429 for too long", page(429, "").header("retry-after", "120") => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("1/1 status RateLimited"; "1/1 status RateLimited"),
            mutation: ("1/1 status RateLimited"; "1/1 status RateLimited")
        }
        "500", page(500, "oops") => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("1/1 status Internal"; "1/1 status Internal"),
            mutation: ("1/1 status Internal"; "1/1 status Internal")
        }
        "502", page(502, "oops") => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("3/3 status Internal"; "2/2 done"),
            mutation: ("1/1 status Internal"; "1/1 status Internal")
        }
        "503", page(503, "oops") => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("3/3 status Internal"; "2/2 done"),
            mutation: ("1/1 status Internal"; "1/1 status Internal")
        }
        "504", page(504, "oops") => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("3/3 status Internal"; "2/2 done"),
            mutation: ("1/1 status Internal"; "1/1 status Internal")
        }
        "every key twice", Fault::json(200, TWICE) => {
            token: ("1/1 done"; "1/1 done"),
            query: ("1/1 done"; "1/1 done"),
            mutation: ("1/1 done"; "1/1 done")
        }
        "a status that no list has", Fault::json(294, TWICE) => {
            token: ("1/1 done"; "1/1 done"),
            query: ("1/1 done"; "1/1 done"),
            mutation: ("1/1 done"; "1/1 done")
        }
        "no text", Fault::json(200, NO_TEXT) => {
            token: (r#"1/1 token Malformed("is not JSON")"#; r#"1/1 token Malformed("is not JSON")"#),
            // The second is that of page two.
            query: (
                r#"1/1 decode "data.allGroups[0].id""# or r#"1/1 decode "data.allFindings[0].id""#;
                r#"1/1 decode "data.allGroups[0].id""# or r#"1/1 decode "data.allFindings[0].id""#
            ),
            mutation: (
                r#"1/1 decode "data.createProduct.id""#; r#"1/1 decode "data.createProduct.id""#
            )
        }
        "errors and no data", Fault::json(200, ERRORS) => {
            token: (r#"1/1 token Malformed("has no token")"#; r#"1/1 token Malformed("has no token")"#),
            query: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden"),
            mutation: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden")
        }
        "errors under 400", Fault::json(400, ERRORS) => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden"),
            mutation: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden")
        }
        "errors under 500", Fault::json(500, ERRORS) => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden"),
            mutation: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden")
        }
        "errors under 503", Fault::json(503, ERRORS) => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("3/3 graphql Forbidden"; "2/2 done"),
            mutation: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden")
        }
    }
}

/// A token response with these fields, and what becomes of a query that waits for it.
pub(crate) const LIFETIMES: &[(&str, &str)] = &[
    (r#""expires_in": 3600"#, "done"),
    (r#""expires_in": "3600""#, "done"),
    (r#""expires_in": 3600.0"#, "done"),
    (r#""expires_in": 3.6e3"#, "done"),
    (r#""expires_in": 1e99"#, "done"),
    (r#""expires_in": 18446744073709551616"#, "done"),
    (r#""expires_in": null"#, "done"),
    (r#""scope": """#, "done"),
    (r#""expires_in": 0.4"#, "done"),
    (r#""expires_in": 0"#, "token Malformed"),
    (r#""expires_in": -1"#, "token Malformed"),
    (r#""expires_in": "soon""#, "token Malformed"),
    (r#""expires_in": """#, "token Malformed"),
    (r#""expires_in": []"#, "token Malformed"),
    (r#""expires_in": true"#, "token Malformed"),
    (r#""expires_in": 1e999"#, "token Malformed"),
];
