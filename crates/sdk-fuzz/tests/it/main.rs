//! The corpus of every target, and that no target is without one.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test fails by panicking, as the test does"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// The names in a folder, without extension.
fn names(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(fuzz().join(folder)).unwrap();
    let names = entries.map(|it| it.unwrap().path().file_stem().unwrap().to_owned());
    names.map(|it| it.into_string().unwrap()).collect()
}

/// The cases of a target, by their files.
fn cases(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(fuzz().join("corpus").join(target)).unwrap();
    let paths = entries.map(|it| it.unwrap().path());
    paths
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

#[test]
fn the_corpus_of_every_target_holds() {
    let replay = || {
        for (target, check) in sdk_fuzz::TARGETS {
            let cases = cases(target);
            assert!(cases.len() > 5, "{target}: {} cases", cases.len());
            for (path, case) in cases {
                // The name of a case that fails, beside the panic.
                println!("{}", path.display());
                check(&case);
            }
        }
    };
    // Types in types are read back by syn, which takes more stack for them in a debug build than tests have.
    let large = thread::Builder::new().stack_size(64 << 20);
    large.spawn(replay).unwrap().join().unwrap();
}

#[test]
fn every_target_has_a_corpus_that_some_test_replays() {
    let mut replayed: BTreeSet<String> = sdk_fuzz::TARGETS
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    // By the tests of sdk-auth, whose module `fuzzing` has them.
    replayed.extend(["retry_after", "stored_record", "token_response"].map(str::to_owned));
    assert_eq!(names("fuzz_targets"), replayed);
    assert_eq!(names("corpus"), replayed);
}

#[test]
fn responses_to_every_operation_hold() {
    for seed in 0..4 {
        let cases = sdk_fuzz::graphql_response::first_cases(seed).unwrap();
        assert_eq!(cases.len(), sdk_fuzz::graphql_response::OPERATIONS.len());
        for case in cases {
            sdk_fuzz::graphql_response::check(&case);
        }
    }
}
