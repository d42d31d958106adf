//! Answers that are none.

use sdk_fault_server::Fault;

use super::{Cell, Row};

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

/// Good for any request, with an error beside the data.
const PARTIAL: &str = r#"{
    "access_token": "token", "expires_in": 3600,
    "data": {"allGroups": [], "createProduct": {"id": "p"}, "allFindings": []},
    "errors": [{"message": "m", "extensions": {"code": "FORBIDDEN"}}]
}"#;

/// With the media type that GraphQL over HTTP has for answers of any status.
fn graphql(status: u16, body: &str) -> Fault {
    Fault::Answer {
        status,
        headers: vec![(
            "content-type",
            "application/graphql-response+json".to_owned(),
        )],
        body: body.as_bytes().to_vec(),
    }
}

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
        // A token is asked for again after a second at the earliest, ten minutes at the latest, and a minute if
        // nobody says; until then, calls fail at once.
        "429 until now", page(429, "").header("retry-after", "0") => {
            token: ("1/1 token Refused for 1s"; "1/1 token Refused for 1s"),
            query: ("3/3 status RateLimited"; "2/2 done"),
            mutation: ("1/1 status RateLimited"; "1/1 status RateLimited")
        }
        "429 until a date", page(429, "").header("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT") => {
            token: ("1/1 token Refused for 1s"; "1/1 token Refused for 1s"),
            query: ("3/3 status RateLimited"; "2/2 done"),
            mutation: ("1/1 status RateLimited"; "1/1 status RateLimited")
        }
        "429 for too long", page(429, "").header("retry-after", "120") => {
            token: ("1/1 token Refused for 120s"; "1/1 token Refused for 120s"),
            query: ("1/1 status RateLimited"; "1/1 status RateLimited"),
            mutation: ("1/1 status RateLimited"; "1/1 status RateLimited")
        }
        "429 until a date that is too far", page(429, "").header("retry-after", "Tue, 31 Dec 2999 23:59:59 GMT") => {
            token: ("1/1 token Refused for 600s"; "1/1 token Refused for 600s"),
            query: ("1/1 status RateLimited"; "1/1 status RateLimited"),
            mutation: ("1/1 status RateLimited"; "1/1 status RateLimited")
        }
        "429 until nobody knows", page(429, "").header("retry-after", "soon") => {
            token: ("1/1 token Refused for 60s"; "1/1 token Refused for 60s"),
            query: ("3/3 status RateLimited"; "2/2 done"),
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
        "null data and no errors", Fault::json(200, r#"{"data": null}"#) => {
            token: (r#"1/1 token Malformed("has no token")"#; r#"1/1 token Malformed("has no token")"#),
            query: (r#"1/1 decode """#; r#"1/1 decode """#),
            mutation: (r#"1/1 decode """#; r#"1/1 decode """#)
        }
        "neither data nor errors", Fault::json(200, "{}") => {
            token: (r#"1/1 token Malformed("has no token")"#; r#"1/1 token Malformed("has no token")"#),
            query: (r#"1/1 decode """#; r#"1/1 decode """#),
            mutation: (r#"1/1 decode """#; r#"1/1 decode """#)
        }
        "data and errors", Fault::json(200, PARTIAL) => {
            token: ("1/1 done"; "1/1 done"),
            query: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden"),
            mutation: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden")
        }
        "errors under 400", Fault::json(400, ERRORS) => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden"),
            mutation: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden")
        }
        "errors under 401", Fault::json(401, ERRORS) => {
            token: ("1/0 token Refused"; "1/0 token Refused"),
            query: ("3/0 graphql Forbidden"; "2/1 done"),
            mutation: ("3/0 graphql Forbidden"; "2/1 done")
        }
        "errors under 403", Fault::json(403, ERRORS) => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden"),
            mutation: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden")
        }
        "errors under 429", Fault::json(429, ERRORS) => {
            token: ("1/1 token Refused for 60s"; "1/1 token Refused for 60s"),
            query: ("3/3 graphql Forbidden"; "2/2 done"),
            mutation: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden")
        }
        "errors under 500", Fault::json(500, ERRORS) => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden"),
            mutation: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden")
        }
        "errors under 502", Fault::json(502, ERRORS) => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("3/3 graphql Forbidden"; "2/2 done"),
            mutation: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden")
        }
        "errors under 503", Fault::json(503, ERRORS) => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("3/3 graphql Forbidden"; "2/2 done"),
            mutation: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden")
        }
        "errors under 504", Fault::json(504, ERRORS) => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("3/3 graphql Forbidden"; "2/2 done"),
            mutation: ("1/1 graphql Forbidden"; "1/1 graphql Forbidden")
        }
        // Data under a status that says no is no answer, unless the media type says that it is GraphQL.
        "data under 400", Fault::json(400, TWICE) => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("1/1 status InvalidInput"; "1/1 status InvalidInput"),
            mutation: ("1/1 status InvalidInput"; "1/1 status InvalidInput")
        }
        "data under 500", Fault::json(500, TWICE) => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("1/1 status Internal"; "1/1 status Internal"),
            mutation: ("1/1 status Internal"; "1/1 status Internal")
        }
        "data under 503", Fault::json(503, TWICE) => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("3/3 status Internal"; "2/2 done"),
            mutation: ("1/1 status Internal"; "1/1 status Internal")
        }
        "data under 500, meant as GraphQL", graphql(500, TWICE) => {
            token: ("1/1 token Refused"; "1/1 token Refused"),
            query: ("1/1 done"; "1/1 done"),
            mutation: ("1/1 done"; "1/1 done")
        }
    }
}
