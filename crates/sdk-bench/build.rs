//! Generates the operations of the decoding probes.

fn main() {
    sdk_codegen::Project::new("probe/schema.graphql", "probe/queries").emit();
}
