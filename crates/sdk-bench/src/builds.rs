//! What generating types costs whoever builds them: cold, the crate alone, and after an edit.

mod cargo;
mod cynic;
mod scratch;
mod synthetic;

use std::{
    cell::RefCell,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

pub use cargo::{WEIGH, weigh};
pub(crate) use cargo::{children_cpu_time, own_cpu_time};

use crate::{
    report::{Goal, Line, Unit},
    rounds::{Contender, Effort, Samples, race, warm_up},
};
use cargo::Cost;
use scratch::{Base, CYNIC, DERIVE, Maker, Scratch};

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
    /// Everything that a vendor's crate ships for one schema; the edit goes to `edited`.
    fn shipped(
        repository: &Path,
        name: &'static str,
        folder: &'static str,
        edited: &str,
    ) -> Result<Self> {
        let schema = repository.join("schemas").join(folder);
        let schema = fs::read_to_string(schema.with_extension("graphql"))?;
        let mut documents = Vec::new();
        for entry in fs::read_dir(repository.join("queries").join(folder))? {
            let path = entry?.path();
            let file = path.file_name().context("a query's name")?;
            let file = file.to_string_lossy().into_owned();
            documents.push((file, fs::read_to_string(path)?));
        }
        documents.sort();
        let place = documents.iter().position(|(file, _)| file == edited);
        documents.swap(0, place.context("no such operation to edit")?);
        Ok(Self {
            name,
            folder,
            schema,
            documents,
        })
    }
}

/// Builds scratch crates under `root` and measures every build. What was measured before a failure remains.
///
/// # Errors
///
/// When a crate does not build.
pub fn measure(effort: Effort, root: &Path, lines: &mut Vec<Line>) -> Result<()> {
    let repository = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).canonicalize()?;
    let finitestate = Operations::shipped(
        &repository,
        "Finite State",
        "finitestate",
        "list_products.graphql",
    )?;
    lines.extend(of_types(effort, root, &repository, &finitestate)?);
    if effort.quick {
        return Ok(());
    }
    lines.extend(with_http(root, &repository, &finitestate)?);
    for operations in [
        &synthetic::operations(),
        &Operations::shipped(&repository, "ION", "ion", "list_parts.graphql")?,
        &Operations::shipped(
            &repository,
            "Altrata",
            "altrata/profile",
            "search_organizations.graphql",
        )?,
    ] {
        lines.extend(of_types(effort, root, &repository, operations)?);
    }
    Ok(())
}

/// Types and JSON only: what differs is the generator and what it prints.
fn of_types(
    effort: Effort,
    root: &Path,
    repository: &Path,
    operations: &Operations,
) -> Result<Vec<Line>> {
    let all = [
        Maker::Ours,
        Maker::Derive,
        Maker::Cynic,
        Maker::DeriveAndDecode,
    ];
    // A hurry leaves time for whom the goals speak of, once.
    let (makers, few, many) = if effort.quick {
        (&all[..3], 1, 1)
    } else {
        (&all[..], 1, 3)
    };
    let mut crates = makers
        .iter()
        .map(|maker| Scratch::write(root, repository, Base::Types, *maker, operations))
        .collect::<Result<Vec<_>>>()?;
    let case = |what: &str| format!("{}: {what}", operations.name);
    let say = |what: &str| eprintln!("building {}: {what} …", operations.name);

    say("cold");
    let cold = timed(&mut crates[..3], few, false, |scratch| {
        scratch.cargo.build_cold()
    })?;
    for scratch in crates.iter().skip(3) {
        scratch.cargo.build()?;
    }
    say("the crate alone");
    let own = timed(&mut crates, many, false, |scratch| {
        scratch.cargo.build_own()
    })?;
    say("one query edited");
    let edited = timed(&mut crates, many, false, |scratch| {
        scratch.edit()?;
        scratch.cargo.build()
    })?;
    say("nothing changed");
    let warm = timed(&mut crates, many, true, |scratch| scratch.cargo.build())?;

    let seconds = Unit::Seconds;
    let mut lines = Vec::new();
    let limits = [(DERIVE, 0.7), (CYNIC, 0.35)];
    lines.extend(beside(
        &case("cold, CPU"),
        Unit::CpuSeconds,
        &cold.cpu,
        &limits,
    ));
    lines.extend(beside(&case("cold"), seconds, &cold.wall, &[]));
    let limits = [(DERIVE, 0.45)];
    lines.extend(beside(
        &case("the crate alone"),
        seconds,
        &own.wall,
        &limits,
    ));
    let limits = [(DERIVE, 0.5)];
    lines.extend(beside(
        &case("one query edited"),
        seconds,
        &edited.wall,
        &limits,
    ));
    lines.extend(beside(&case("nothing changed"), seconds, &warm.wall, &[]));
    lines.extend(beside(
        &case("cold, peak memory"),
        Unit::Bytes,
        &cold.peak,
        &[],
    ));
    lines.extend(beside(
        &case("the crate alone, peak memory"),
        Unit::Bytes,
        &own.peak,
        &[],
    ));
    let trees = crates[..3].iter().map(|scratch| {
        let crates = scratch.cargo.crates()?;
        Ok(Samples::new(scratch.maker.name(), vec![crates as f64]))
    });
    let trees = trees.collect::<Result<Vec<_>>>()?;
    lines.extend(beside(
        &case("crates in the tree"),
        Unit::Crates,
        &trees,
        &[],
    ));
    Ok(lines)
}

/// CPU seconds of building a crate of ours with that many operations. The first such build in a folder pays for
/// the dependencies.
pub(crate) fn compiled(root: &Path, operations: usize) -> Result<f64> {
    let repository = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).canonicalize()?;
    let (schema, documents) = crate::generate::texts(operations);
    let operations = Operations {
        name: "growth",
        folder: "growth",
        schema,
        documents,
    };
    let scratch = Scratch::write(root, &repository, Base::Types, Maker::Ours, &operations)?;
    Ok(scratch.cargo.build_own()?.cpu)
}

/// All of `sdk-graphql`, its HTTP stack included, below both: what a user's whole build gains.
fn with_http(root: &Path, repository: &Path, operations: &Operations) -> Result<Vec<Line>> {
    let mut crates = [Maker::Ours, Maker::Derive, Maker::Cynic, Maker::Nobody]
        .map(|maker| Scratch::write(root, repository, Base::Http, maker, operations))
        .into_iter()
        .collect::<Result<Vec<_>>>()?;
    eprintln!("building {}: cold with the HTTP stack …", operations.name);
    let cold = timed(&mut crates, 1, false, |scratch| scratch.cargo.build_cold())?;
    let case = format!("{}: cold with the HTTP stack", operations.name);
    let mut lines = beside(&format!("{case}, CPU"), Unit::CpuSeconds, &cold.cpu, &[]);
    lines.extend(beside(&case, Unit::Seconds, &cold.wall, &[]));
    Ok(lines)
}

/// What one kind of build took, for every crate.
struct Timed {
    wall: Vec<Samples>,
    cpu: Vec<Samples>,
    peak: Vec<Samples>,
}

/// Runs one kind of build for every crate in turn, round by round.
fn timed(
    crates: &mut [Scratch],
    rounds: usize,
    warm: bool,
    build: impl Fn(&mut Scratch) -> Result<Cost>,
) -> Result<Timed> {
    let build = &build;
    let names: Vec<_> = crates.iter().map(|scratch| scratch.maker.name()).collect();
    let costs: Vec<_> = names.iter().map(|_| RefCell::new(Vec::new())).collect();
    let mut contenders: Vec<_> = crates
        .iter_mut()
        .zip(&costs)
        .map(|(scratch, costs)| {
            Contender::new(scratch.maker.name(), move || {
                let cost = build(scratch)?;
                costs.borrow_mut().push(cost);
                Ok(cost.wall)
            })
        })
        .collect();
    if warm {
        warm_up(&mut contenders)?;
    }
    let wall = race(rounds, contenders)?;
    let costs: Vec<_> = costs.into_iter().map(RefCell::into_inner).collect();
    let samples = |of: fn(&Cost) -> f64| {
        let each = names.iter().zip(&costs).map(|(name, costs)| {
            let values = costs.iter().skip(usize::from(warm)).map(of);
            Samples::new(*name, values.collect())
        });
        each.collect()
    };
    Ok(Timed {
        wall,
        cpu: samples(|cost| cost.cpu),
        peak: samples(|cost| cost.peak),
    })
}

/// Ours beside each, with the goals that speak of some of them.
fn beside(case: &str, unit: Unit, samples: &[Samples], limits: &[(&str, f64)]) -> Vec<Line> {
    let Some((ours, peers)) = samples.split_first() else {
        return Vec::new();
    };
    let lines = peers.iter().map(|peer| {
        let line = Line::raced(PART, case, unit, ours, peer);
        match limits.iter().find(|(name, _)| *name == peer.name) {
            Some((_, limit)) => line.goal(Goal::RatioAtMost(*limit)),
            None => line,
        }
    });
    lines.collect()
}
