//! Secrets that are easily recognised, and a search for them in every form, for tests.
//!
//! A sandbox that is started with [`marks`] has a canary at the end of each of its secrets: client secrets, keys,
//! tokens, signatures of links. They travel as any secret does, and a [`Search`] finds them in whatever came out:
//! logs, errors, backtraces, files, databases, requests.
//!
//! `tests/it` runs every vendor's client and jobs like that.

mod encodings;
mod search;

pub use search::{Found, Search};

use sdk_sandbox::Marks;

/// The canaries, each with characters that every encoding changes, as far as its secret may have them.
#[must_use]
pub fn marks() -> Marks {
    Marks {
        secret: r#"-canary-secret/+"\%é&="#.to_owned(),
        key: r#"-canary-key/+"\%&="#.to_owned(),
        token: "-canary-token/+~._".to_owned(),
        link: r#"-canary-link/+"\%é&="#.to_owned(),
    }
}
