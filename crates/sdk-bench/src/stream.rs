//! All findings of an asset version: our stream beside the vendor's Python client, from the same sandbox.

mod client;
mod python;

use std::{
    cell::RefCell,
    collections::HashSet,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::{
    report::{Goal, Line, Unit},
    rounds::{Contender, Effort, Samples, race},
    sandbox::SandboxProcess,
};
use client::{Program, Run};

/// The argument by which our program asks for the fields that the Python client asks for.
pub const SAME: &str = "same";

/// The argument by which our program asks for what `ListFindings` selects.
pub const SHIPPED: &str = "shipped";

const PART: &str = "stream: all findings of an asset version, each client in a process of its own";

/// What our process may have resident at most, in bytes.
const LIMIT: f64 = 64.0 * 1024.0 * 1024.0;

/// Measures 100 000 findings; 20 000 when in a hurry.
///
/// # Errors
///
/// When there is no `python3` or pip cannot get the package, a client breaks, or one does not see what the
/// others see.
pub fn measure(effort: Effort, scratch: &Path) -> Result<Vec<Line>> {
    let bench = Bench {
        python: python::interpreter(&scratch.canonicalize()?)?,
        ours: std::env::current_exe()?.with_file_name("all_findings"),
        findings: if effort.quick { 20_000 } else { 100_000 },
        rounds: if effort.quick { 3 } else { 5 },
    };
    let mut lines = bench.by_default()?;
    lines.extend(bench.by_thousands()?);
    Ok(lines)
}

struct Bench {
    python: PathBuf,
    ours: PathBuf,
    findings: usize,
    rounds: usize,
}

/// One client, and what each of its runs took.
struct Side {
    program: Program,
    /// The first run, for which the sandbox makes every page; later it has them.
    first: Run,
    runs: Vec<Run>,
}

impl Side {
    fn samples(&self, figure: impl Fn(&Run) -> f64) -> Samples {
        Samples::new(self.program.name, self.runs.iter().map(figure).collect())
    }
}

impl Bench {
    /// With the page size that both clients have by default, 100.
    fn by_default(&self) -> Result<Vec<Line>> {
        let sandbox = SandboxProcess::start(self.findings, 0)?;
        let [ours, theirs, shipped] = self.run([
            self.ours(&sandbox, SAME, None),
            self.python(&sandbox, None),
            self.ours(&sandbox, SHIPPED, None),
        ])?;
        let beside = |ours: &Side, case: &str, unit, figure: fn(&Run) -> f64| {
            let (ours, theirs) = (ours.samples(figure), theirs.samples(figure));
            Line::raced(PART, self.case(case), unit, &ours, &theirs)
        };
        let peak = ours.runs.iter().map(|run| run.peak).max();
        Ok(vec![
            beside(&ours, "100 per page", Unit::Seconds, seconds).goal(Goal::RatioAtMost(0.05)),
            beside(&ours, "CPU of the client", Unit::CpuSeconds, |run| {
                run.cpu.as_secs_f64()
            }),
            beside(&ours, "most memory", Unit::Bytes, |run| run.peak as f64)
                .goal(Goal::RatioAtMost(0.1)),
            Line::counted(
                PART,
                self.case("most memory"),
                Unit::Bytes,
                peak.unwrap_or_default() as f64,
                "the limit",
                LIMIT,
            )
            .goal(Goal::OursAtMost(LIMIT)),
            beside(
                &ours,
                "with start and end of the program",
                Unit::Seconds,
                |run| run.whole.as_secs_f64(),
            ),
            beside(&shipped, "as ListFindings", Unit::Seconds, seconds),
            Line::counted(
                PART,
                self.case("pages made while the client waits"),
                Unit::Seconds,
                seconds(&ours.first),
                theirs.program.name,
                seconds(&theirs.first),
            ),
        ])
    }

    /// With the largest pages that the Python client lets its users ask for.
    fn by_thousands(&self) -> Result<Vec<Line>> {
        let sandbox = SandboxProcess::start(self.findings, 0)?;
        let [ours, theirs] = self.run([
            self.ours(&sandbox, SAME, Some("1000")),
            self.python(&sandbox, Some("1000")),
        ])?;
        let (ours, theirs) = (ours.samples(seconds), theirs.samples(seconds));
        let case = self.case("1000 per page");
        Ok(vec![Line::raced(PART, case, Unit::Seconds, &ours, &theirs)])
    }

    fn case(&self, what: &str) -> String {
        format!("{} findings, {what}", self.findings)
    }

    fn ours(&self, sandbox: &SandboxProcess, fields: &str, page_size: Option<&str>) -> Program {
        Program {
            name: "finitestate",
            command: self.ours.clone(),
            arguments: [Some(sandbox.version.as_str()), Some(fields), page_size]
                .into_iter()
                .flatten()
                .map(Into::into)
                .collect(),
            variables: sandbox.variables.clone(),
        }
    }

    fn python(&self, sandbox: &SandboxProcess, page_size: Option<&str>) -> Program {
        Program {
            name: python::PACKAGE,
            command: self.python.clone(),
            arguments: [
                Some(python::DRIVER),
                Some(sandbox.version.as_str()),
                page_size,
            ]
            .into_iter()
            .flatten()
            .map(Into::into)
            .collect(),
            variables: sandbox.variables.clone(),
        }
    }

    /// Runs all programs once, so that the sandbox has every page, and then races them. All have to see the
    /// same findings in the same order, and all of them.
    fn run<const N: usize>(&self, programs: [Program; N]) -> Result<[Side; N]> {
        let mut sides = Vec::new();
        for program in programs {
            let first = program.run()?;
            sides.push((program, first, RefCell::new(Vec::new())));
        }
        let contenders = sides
            .iter()
            .map(|(program, _, runs)| {
                Contender::new(program.name, || {
                    let run = program.run()?;
                    let took = seconds(&run);
                    runs.borrow_mut().push(run);
                    Ok(took)
                })
            })
            .collect();
        race(self.rounds, contenders)?;
        let sides: Vec<_> = sides
            .into_iter()
            .map(|(program, first, runs)| Side {
                program,
                first,
                runs: runs.into_inner(),
            })
            .collect();
        let seen: HashSet<_> = sides
            .iter()
            .flat_map(|side| side.runs.iter().chain([&side.first]))
            .map(|run| run.findings.as_str())
            .collect();
        let all = format!("{} ", self.findings);
        ensure!(
            seen.len() == 1 && seen.iter().all(|seen| seen.starts_with(&all)),
            "not all clients saw the same {all}findings: {seen:?}"
        );
        sides.try_into().ok().context("a side for each program")
    }
}

fn seconds(run: &Run) -> f64 {
    run.streaming.as_secs_f64()
}
