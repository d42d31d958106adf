//! Whole schemas like those of the real world.

use apollo_compiler::{ExecutableDocument, Schema};
use sdk_codegen::Project;

use crate::world::World;

#[test]
fn the_world_is_a_valid_schema_with_valid_operations() {
    let world = World { ports: 5 };
    let schema = Schema::parse_and_validate(world.schema(), "world.graphql")
        .unwrap_or_else(|errors| panic!("{errors}"));
    for (name, text) in world.documents(20) {
        let parsed = ExecutableDocument::parse_and_validate(&schema, &text, &name);
        assert!(parsed.is_ok(), "{}", parsed.unwrap_err());
    }
}

#[test]
fn thousands_of_types_cost_only_what_operations_reach() {
    let world = World { ports: 800 };
    let schema = world.schema();
    assert!(
        schema.lines().count() > 50_000,
        "{}",
        schema.lines().count()
    );
    let files = Project::from_schema_text(schema, "")
        .documents(world.documents(8))
        .generate()
        .unwrap_or_else(|errors| panic!("{errors}"));
    let text: String = files.iter().map(|file| file.text()).collect();
    assert!(text.contains("pub struct Filter1 ") && text.contains("pub enum Key1 "));
    assert!(!text.contains("Filter4"), "no operation reaches it");
    assert!(text.lines().count() < 5_000, "{}", text.lines().count());
}
