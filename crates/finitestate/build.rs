//! Generates the operations from the checked-in schema and documents.

use sdk_codegen::{Paging, Project};

fn main() {
    Project::new("schema.graphql", "queries")
        .replace("UpdateFindingStatusesInput", "crate::FindingStatusUpdate")
        .paging(
            Paging::new("crate::codegen::paged", "after")
                .optional(["first", "skip"])
                .selects(["_cursor"]),
        )
        .share("crate::types", "crate::sdk_graphql")
        .emit();
}
