//! Generates the operations from the checked-in schema and documents.

fn main() {
    sdk_codegen::Project::new("schema.graphql", "queries")
        .scalar("Decimal", "crate::Decimal")
        .replace("IntFilter", "crate::IdFilter")
        .emit();
}
