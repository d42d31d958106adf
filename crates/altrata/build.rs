//! Generates the operations of each service from its checked-in schema and documents.

fn main() {
    for service in ["profile", "matching", "events", "relationships"] {
        sdk_codegen::Project::new(
            format!("schemas/{service}.graphql"),
            format!("queries/{service}"),
        )
        .service(service)
        .into_folder(service)
        // The services refuse named fragments ("Errors, Warnings and Limits" on docs.altrata.com).
        .inline_fragments(true)
        .scalar("AWSDate", "::std::string::String")
        .scalar("GenericErrorCode", "::std::string::String")
        .scalar("ValidationErrorCode", "::std::string::String")
        .refusals("crate::refusal::Refusable")
        .share(
            &format!("crate::queries::{service}::types"),
            "crate::sdk_graphql",
        )
        .emit();
    }
}
