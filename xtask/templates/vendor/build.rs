//! Generates the operations from the checked-in schema and documents.

fn main() {
    sdk_codegen::Project::new("schema.graphql", "queries").emit();
}
