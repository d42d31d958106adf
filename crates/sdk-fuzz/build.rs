//! Finds the lists of operations that the vendors' build scripts have written, so that none is left out.

use std::path::Path;

/// What the vendors' crates call their projects, by the keys under which they share them.
const PROJECTS: [(&str, &str); 6] = [
    ("finitestate", "DEP_FINITESTATE_SDK"),
    ("ion", "DEP_ION_SDK"),
    ("altrata_profile", "DEP_ALTRATA_SDK_PROFILE"),
    ("altrata_matching", "DEP_ALTRATA_SDK_MATCHING"),
    ("altrata_events", "DEP_ALTRATA_SDK_EVENTS"),
    ("altrata_relationships", "DEP_ALTRATA_SDK_RELATIONSHIPS"),
];

#[expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "cargo talks to build scripts through variables, and a build script fails by panicking"
)]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out = std::env::var("OUT_DIR").expect("cargo names the output folder");
    for (project, variable) in PROJECTS {
        let shared = std::env::var(variable).expect("a vendor's crate says what it shares");
        // Beside it is the list that is written for tests.
        let list = Path::new(&shared).with_file_name("operations.rs");
        println!("cargo::rerun-if-changed={}", list.display());
        std::fs::copy(&list, Path::new(&out).join(format!("{project}.rs")))
            .expect("the list of operations is copied");
    }
}
