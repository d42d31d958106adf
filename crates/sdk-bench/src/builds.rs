//! What generating types costs whoever builds them: cold, the crate alone, and after an edit.

mod cargo;
mod scratch;
mod synthetic;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

pub(crate) use cargo::{children_cpu_time, own_cpu_time};

use crate::{
    report::{Goal, Line, Unit},
    rounds::{Contender, Effort, Samples, race, warm_up},
};
use cargo::Cost;
use scratch::{Base, Maker, Scratch};

const PART: &str = "build: the same operations from the same schema (dev profile)";

/// A schema and operations on it.
#[derive(Debug)]
pub struct Operations {
    name: &'static str,
    folder: &'static str,
    schema: String,
    /// File names and texts, sorted by name.
    documents: Vec<(String, String)>,
}

impl Operations {
    /// Everything the `finitestate` crate ships.
    fn finitestate(repository: &Path) -> Result<Self> {
        let schema = fs::read_to_string(repository.join("schemas/finitestate.graphql"))?;
        let mut documents = Vec::new();
        for entry in fs::read_dir(repository.join("queries/finitestate"))? {
            let path = entry?.path();
            let name = path
                .file_name()
                .context("a query's name")?
                .to_string_lossy()
                .into_owned();
            documents.push((name, fs::read_to_string(path)?));
        }
        documents.sort();
        // The edit goes to a list of the usual kind.
        if let Some(place) = documents
            .iter()
            .position(|(name, _)| name == "list_products.graphql")
        {
            documents.swap(0, place);
        }
        Ok(Self {
            name: "Finite State",
            folder: "finitestate",
            schema,
            documents,
        })
    }
}

/// Builds scratch crates under `root` and measures every build.
///
/// # Errors
///
/// When a crate does not build.
pub fn measure(effort: Effort, root: &Path) -> Result<Vec<Line>> {
    let repository = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).canonicalize()?;
    let mut lines = Vec::new();
    for operations in [
        Operations::finitestate(&repository)?,
        synthetic::operations(),
    ] {
        lines.extend(of_types(effort, root, &repository, &operations)?);
        if !effort.quick && operations.folder == "finitestate" {
            lines.extend(with_http(root, &repository, &operations)?);
        }
    }
    Ok(lines)
}

/// Types and JSON only: what differs is the generator and what it prints.
fn of_types(
    effort: Effort,
    root: &Path,
    repository: &Path,
    operations: &Operations,
) -> Result<Vec<Line>> {
    let mut crates = [Maker::Ours, Maker::Derive, Maker::DeriveAndDecode]
        .map(|maker| Scratch::write(root, repository, Base::Types, maker, operations))
        .into_iter()
        .collect::<Result<Vec<_>>>()?;
    let case = |what: &str| format!("{}: {what}", operations.name);
    let say = |what: &str| eprintln!("building {}: {what} …", operations.name);
    let (few, many) = if effort.quick { (1, 3) } else { (3, 7) };

    say("cold");
    let (cold, cold_cpu) = timed(&mut crates[..2], few, false, |scratch| {
        scratch.cargo.build_cold()
    })?;
    crates[2].cargo.build()?;
    say("the crate alone");
    let (own, _) = timed(&mut crates, many, true, |scratch| scratch.cargo.build_own())?;
    say("one query edited");
    let (edited, _) = timed(&mut crates, many, true, |scratch| {
        scratch.edit()?;
        scratch.cargo.build()
    })?;

    let mut lines = Vec::new();
    lines.extend(beside(
        &case("cold, CPU"),
        Unit::CpuSeconds,
        &cold_cpu,
        Some(0.7),
    ));
    lines.extend(beside(&case("cold"), Unit::Seconds, &cold, None));
    lines.extend(beside(
        &case("the crate alone"),
        Unit::Seconds,
        &own,
        Some(0.45),
    ));
    lines.extend(beside(
        &case("one query edited"),
        Unit::Seconds,
        &edited,
        Some(0.5),
    ));
    Ok(lines)
}

/// All of `sdk-graphql`, its HTTP stack included, below both: what a user's whole build gains.
fn with_http(root: &Path, repository: &Path, operations: &Operations) -> Result<Vec<Line>> {
    let mut crates = [Maker::Ours, Maker::Derive, Maker::Nobody]
        .map(|maker| Scratch::write(root, repository, Base::Http, maker, operations))
        .into_iter()
        .collect::<Result<Vec<_>>>()?;
    eprintln!("building {}: cold with the HTTP stack …", operations.name);
    let (wall, cpu) = timed(&mut crates, 1, false, |scratch| scratch.cargo.build_cold())?;
    let case = format!("{}: cold with the HTTP stack", operations.name);
    let mut lines = beside(&format!("{case}, CPU"), Unit::CpuSeconds, &cpu, None);
    lines.extend(beside(&case, Unit::Seconds, &wall, None));
    Ok(lines)
}

/// Runs one kind of build for every crate in turn, round by round: wall seconds, then CPU seconds.
fn timed(
    crates: &mut [Scratch],
    rounds: usize,
    warm: bool,
    build: impl Fn(&mut Scratch) -> Result<Cost>,
) -> Result<(Vec<Samples>, Vec<Samples>)> {
    let build = &build;
    let cpu: Vec<_> = crates
        .iter()
        .map(|_| std::cell::RefCell::new(Vec::new()))
        .collect();
    let names: Vec<_> = crates.iter().map(|scratch| scratch.maker.name()).collect();
    let mut contenders: Vec<_> = crates
        .iter_mut()
        .zip(&cpu)
        .map(|(scratch, cpu)| {
            Contender::new(scratch.maker.name(), move || {
                let cost = build(scratch)?;
                cpu.borrow_mut().push(cost.cpu.as_secs_f64());
                Ok(cost.wall.as_secs_f64())
            })
        })
        .collect();
    if warm {
        warm_up(&mut contenders)?;
    }
    let wall = race(rounds, contenders)?;
    let cpu = names
        .iter()
        .zip(cpu)
        .map(|(name, values)| Samples::new(*name, values.into_inner().split_off(usize::from(warm))))
        .collect();
    Ok((wall, cpu))
}

/// Ours beside each; a goal is about the plain derive, the first of them.
fn beside(case: &str, unit: Unit, samples: &[Samples], goal: Option<f64>) -> Vec<Line> {
    let Some((ours, peers)) = samples.split_first() else {
        return Vec::new();
    };
    peers
        .iter()
        .enumerate()
        .map(|(place, peer)| {
            let line = Line::raced(PART, case, unit, ours, peer);
            match goal {
                Some(limit) if place == 0 => line.goal(Goal::RatioAtMost(limit)),
                _ => line,
            }
        })
        .collect()
}
