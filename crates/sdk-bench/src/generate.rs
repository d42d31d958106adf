//! What the generator costs by itself: hundreds of operations on a schema of 57 000 lines.

#[path = "../../sdk-codegen/tests/it/world.rs"]
mod world;

use anyhow::{Result, anyhow};
use sdk_codegen::Project;

use crate::{
    allocations::Allocations,
    builds::own_cpu_time,
    report::{Goal, Line, Unit},
    rounds::{Effort, Samples},
};
use world::World;

const PART: &str = "generate: from a schema of 57 000 lines and .graphql files to Rust, in memory";

/// What the counts call the most memory held at once while generating.
pub const PEAK: &str = "peak memory";

/// What is generated for the goals.
pub const CASE: &str = "500 operations";

/// How many operations the measured runs have: what the goals speak of, a fifth of it, and one, which is
/// what reading the schema costs.
const MANY: usize = 500;
const FEW: usize = 100;
const ONE: usize = 1;

/// The schema and some of its operations.
pub(crate) fn project(operations: usize) -> Project {
    let world = World { ports: 800 };
    Project::from_schema_text(world.schema(), "").documents(world.documents(operations))
}

/// Who is counted beside whom: a name, and what to run.
pub fn counted() -> [(&'static str, Project); 2] {
    [
        ("sdk-codegen", project(MANY)),
        ("1 operation: the schema", project(ONE)),
    ]
}

/// A smaller schema of the kind, for crates of very different numbers of operations: SDL and documents.
pub(crate) fn texts(operations: usize) -> (String, Vec<(String, String)>) {
    let world = World { ports: 250 };
    (world.schema(), world.documents(operations))
}

/// Generates, and drops what was generated.
///
/// # Errors
///
/// When an operation does not fit the schema.
pub fn run(project: &Project) -> Result<()> {
    let files = project.generate().map_err(|errors| anyhow!("{errors}"))?;
    std::hint::black_box(files);
    Ok(())
}

/// Measures CPU time, how it grows, and memory.
///
/// # Errors
///
/// When an operation does not fit the schema.
pub fn measure(effort: Effort, counted: &Allocations) -> Result<Vec<Line>> {
    let sizes = [ONE, FEW, MANY];
    let projects = sizes.map(project);
    let mut seconds = sizes.map(|_| Vec::new());
    for round in 0..=effort.rounds {
        for (project, seconds) in projects.iter().zip(&mut seconds) {
            let start = own_cpu_time()?;
            run(project)?;
            // The first round warms up.
            if round > 0 {
                seconds.push((own_cpu_time()? - start).as_secs_f64());
            }
        }
    }
    let [one, few, many] = seconds;
    // What each operation adds, in microseconds, beside what the schema costs.
    let each = |times: &[f64], operations: usize| -> Vec<f64> {
        let more = (operations - ONE) as f64;
        let added = times.iter().zip(&one).map(|(all, schema)| all - schema);
        added.map(|added| added * 1e6 / more).collect()
    };
    let of_many = Samples::new("one of 500", each(&many, MANY));
    let of_few = Samples::new("one of 100", each(&few, FEW));
    let many = Samples::new("500 operations", many);
    let one = Samples::new("1 operation: the schema", one);
    let mut lines = vec![
        Line::raced(PART, CASE, Unit::CpuSeconds, &many, &one).goal(Goal::OursAtMost(2.0)),
        Line::raced(
            PART,
            "one more operation",
            Unit::CpuMicroseconds,
            &of_many,
            &of_few,
        )
        .goal(Goal::RatioAtMost(1.5)),
    ];
    let memory = counted.lines(PART, PEAK, CASE, Unit::Bytes);
    lines.extend(
        memory
            .into_iter()
            .map(|line| line.goal(Goal::OursAtMost(300e6))),
    );
    Ok(lines)
}
