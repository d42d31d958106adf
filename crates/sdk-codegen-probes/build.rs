//! Generates the probe operations.

fn main() {
    sdk_codegen::Project::new("schema.graphql", "queries")
        .service("probes")
        .emit();
}
