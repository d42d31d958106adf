//! What must hold for any bytes that come from outside; compiled for fuzzing and for tests alone.
//!
//! Each function takes the bytes of one case and panics if something does not hold. `cargo xtask fuzz` calls
//! them with bytes that it makes up, and the tests below with those that it has found worth keeping
//! (`fuzz/corpus`). They stand here and not in `sdk-fuzz` because what they look at is private.

#![allow(
    clippy::expect_used,
    reason = "what does not hold is told by panicking"
)]

mod retry_after;
mod stored_record;
mod token_response;

pub use retry_after::retry_after;
pub use stored_record::stored_record;
pub use token_response::token_response;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Checks every case that is kept for this target.
    #[track_caller]
    fn replay(target: &str, check: fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../fuzz/corpus")
            .join(target);
        let mut cases = 0;
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // The name of a case that fails, beside the panic.
            println!("{}", path.display());
            check(&fs::read(path).unwrap());
            cases += 1;
        }
        assert!(cases > 5, "{cases} cases");
    }

    #[test]
    fn the_corpus_of_token_responses_holds() {
        replay("token_response", token_response);
    }

    #[test]
    fn the_corpus_of_waits_holds() {
        replay("retry_after", retry_after);
    }

    #[test]
    fn the_corpus_of_stored_records_holds() {
        replay("stored_record", stored_record);
    }
}
