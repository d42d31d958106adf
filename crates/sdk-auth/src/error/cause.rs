//! What lies under an error, for reading and for telling failures apart.

use std::error::Error as StdError;
use std::fmt;
use std::io;

/// `error` and everything under it, also what an I/O error wraps and leaves out of its sources.
pub(crate) fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| {
        wrapped(error).or_else(|| error.source())
    })
}

/// What an I/O error wraps; it says nothing but what that says.
fn wrapped<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    let wrapped = error.downcast_ref::<io::Error>()?.get_ref()?;
    Some(wrapped)
}

/// What lies under a transport error, as text: the HTTP library's own types stay private.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cause(String);

/// Enough for every chain of causes seen; a limit only so that nothing endless is kept.
const MAX_CAUSE_CHARS: usize = 500;

impl Cause {
    /// The chain of `error` and everything under it, on one line, without what a server wrote into it.
    pub(crate) fn of(error: &(dyn StdError + 'static)) -> Self {
        let mut text = String::new();
        for error in chain(error).filter(|error| wrapped(*error).is_none()) {
            let part = match error.downcast_ref::<h2::Error>() {
                Some(error) => http2_part(error),
                None => error.to_string(),
            };
            if !text.ends_with(&part) {
                if !text.is_empty() {
                    text.push_str(": ");
                }
                text.push_str(&part);
            }
        }
        Self(text.chars().take(MAX_CAUSE_CHARS).collect())
    }
}

/// An HTTP/2 error without the free text of a GOAWAY, in which a server may repeat the request's headers.
fn http2_part(error: &h2::Error) -> String {
    let Some(reason) = error.reason() else {
        return error.to_string();
    };
    let side = if error.is_remote() {
        "the server"
    } else {
        "this side"
    };
    format!("http/2 ended by {side}: {}", reason.description())
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Cause {}
