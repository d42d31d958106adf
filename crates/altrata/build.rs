//! Generates the operations of each service from its checked-in schema and documents.

use sdk_codegen::{Paging, Project, Refusals};

fn main() {
    for service in ["profile", "matching", "events", "relationships"] {
        Project::new(
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
        .paging(
            Paging::new("crate::codegen::paged", "after")
                .argument("pageInfo.after")
                .optional(["before"])
                .selects([HAS_NEXT, END])
                .selects_with("before", [HAS_PREVIOUS, START])
                // Profile calls its items `items`, Events `events`.
                .info("pageInfoResponse.pageInfo"),
        )
        .refusals(
            Refusals::new("crate::codegen::refusal", "Error")
                .codes([
                    "code",
                    "errorCode",
                    "genericErrorCode",
                    "authorizationErrorCode",
                ])
                .messages(["errorMessage"])
                .correlation_ids(["correlationId"]),
        )
        .share(
            &format!("crate::queries::{service}::types"),
            "crate::sdk_graphql",
        )
        .emit();
    }
}

const HAS_NEXT: &str = "pageInfoResponse.pageInfo.hasNextPage";
const END: &str = "pageInfoResponse.pageInfo.endCursor";
const HAS_PREVIOUS: &str = "pageInfoResponse.pageInfo.hasPreviousPage";
const START: &str = "pageInfoResponse.pageInfo.startCursor";
