//! Generates the operations from the checked-in schema and documents.

use sdk_codegen::{Paging, Project};

fn main() {
    Project::new("schema.graphql", "queries")
        .scalar("Decimal", "crate::Decimal")
        .replace("IntFilter", "crate::IdFilter")
        .paging(
            Paging::new("crate::codegen::paged", "after")
                .optional(["first", "last"])
                .items("edges.node")
                .selects(["pageInfo.hasNextPage", "pageInfo.endCursor"]),
        )
        .share("crate::types", "crate::sdk_graphql")
        .emit();
}
