//! Generates the operations in `queries/`, on the schemas and with the types of the vendors' crates.

use sdk_codegen::Project;

fn main() {
    Project::of("finitestate", "queries/finitestate")
        .into_folder("finitestate")
        .emit();
    // A vendor with several services: one folder each.
    Project::of("altrata/profile", "queries/altrata/profile")
        .into_folder("profile")
        .emit();
    Project::of("altrata/events", "queries/altrata/events")
        .into_folder("events")
        .emit();
}
