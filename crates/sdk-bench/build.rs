//! Generates the operations of the decoding probes, and those on a vendor's API that no crate ships.

use sdk_codegen::Project;

fn main() {
    Project::new("probe/schema.graphql", "probe/queries").emit();
    Project::of("finitestate", "probe/finitestate")
        .into_folder("finitestate")
        .emit();
}
