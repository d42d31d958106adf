//! Generates the operations from the checked-in schema and documents.

fn main() {
    sdk_codegen::Project::new("schema.graphql", "queries")
        .share("crate::types", "crate::sdk_graphql")
        .emit();
}
