//! Generates the probe operations, and those of a schema that is made like the large public ones.

#[path = "../sdk-codegen/tests/it/world.rs"]
mod world;

fn main() {
    sdk_codegen::Project::new("schema.graphql", "queries")
        .service("probes")
        .emit();

    let world = world::World { ports: 5 };
    sdk_codegen::Project::from_schema_text(world.schema(), "")
        .documents(world.documents(20))
        .into_folder("world")
        .emit();
}
