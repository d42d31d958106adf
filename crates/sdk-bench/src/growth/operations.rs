//! More operations on the same schema: what each adds to generating and to compiling.

use std::path::Path;

use anyhow::{Context, Result};

use super::Growth;
use crate::{
    builds::{compiled, own_cpu_time},
    generate,
    report::Unit,
    rounds::{Effort, Samples},
};

const COUNTS: [usize; 4] = [1, 10, 100, 1000];

/// The generator in memory.
pub(super) fn generating(effort: Effort, growth: &mut Growth) -> Result<()> {
    let rounds = if effort.quick { 3 } else { 7 };
    let projects = COUNTS.map(generate::project);
    let mut seconds = COUNTS.map(|_| Vec::new());
    for round in 0..=rounds {
        for (project, seconds) in projects.iter().zip(&mut seconds) {
            let start = own_cpu_time()?;
            generate::run(project)?;
            // The first round warms up.
            if round > 0 {
                seconds.push((own_cpu_time()? - start).as_secs_f64());
            }
        }
    }
    let each = each(&COUNTS, &seconds, 1e6)?;
    let name = "generating, each operation";
    growth.add(name, "operations", Unit::CpuMicroseconds, Some(1.5), &each);
    Ok(())
}

/// Build script and compiler, for a crate with that many operations on already built dependencies.
pub(super) fn compiling(effort: Effort, root: &Path, growth: &mut Growth) -> Result<()> {
    // A thousand take minutes.
    let counts = if effort.quick { &COUNTS[..3] } else { &COUNTS };
    let mut seconds = Vec::new();
    // Dependencies first.
    compiled(root, 1)?;
    for &count in counts {
        eprintln!("building {count} operations …");
        seconds.push(vec![compiled(root, count)?]);
    }
    let each = each(counts, &seconds, 1.0)?;
    let name = "building the crate, each operation";
    growth.add(name, "operations", Unit::CpuSeconds, Some(1.5), &each);
    Ok(())
}

/// What each operation adds to the first, which stands for what the schema costs.
fn each(counts: &[usize], seconds: &[Vec<f64>], scale: f64) -> Result<Vec<(usize, Samples)>> {
    let (first, rest) = seconds.split_first().context("no counts")?;
    let added = counts.iter().skip(1).zip(rest).map(|(&count, all)| {
        let more = (count - 1) as f64;
        let each = all
            .iter()
            .zip(first)
            .map(|(all, one)| (all - one) * scale / more);
        (
            count,
            Samples::new(format!("among {count}"), each.collect()),
        )
    });
    Ok(added.collect())
}
