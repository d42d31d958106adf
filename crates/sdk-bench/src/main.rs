//! The benchmark's program; `cargo xtask bench` builds and runs it.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Result, ensure};
use clap::{Parser, ValueEnum};
use sdk_bench::{
    allocations::Allocations,
    builds, decode, generate,
    growth::{self, Growth},
    loopback::{self, Loopback, SERVE},
    page,
    report::{Failure, Line, Machine, Report, Took, load},
    request,
    rounds::Effort,
    sandbox::{self, SANDBOX},
    stores, stream, table, token, transfer,
};

/// Measures the SDK beside its peers.
#[derive(Debug, Parser)]
struct Arguments {
    /// Prints one JSON object instead of tables.
    #[arg(long)]
    json: bool,
    /// Shorter rounds, and none of the builds that take minutes.
    #[arg(long)]
    quick: bool,
    /// Measures only this; may be given several times.
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// Where scratch crates are written and built.
    #[arg(long, default_value = "target/bench")]
    scratch: PathBuf,
    /// Writes `benchmarks.md` and its pictures into this folder.
    #[arg(long, value_name = "FOLDER")]
    write: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Token,
    Stores,
    Request,
    Decode,
    Generate,
    Transfer,
    Stream,
    Growth,
    Build,
}

fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some(SERVE) => return loopback::serve(),
        Some(builds::WEIGH) => return builds::weigh(),
        Some(SANDBOX) => return sandbox::serve(&std::env::args().skip(2).collect::<Vec<_>>()),
        _ => {}
    }
    let arguments = Arguments::parse();
    let report = measure(&arguments)?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        table::print(&report);
    }
    if let Some(folder) = &arguments.write {
        page::write(&report, folder)?;
    }
    let failed: Vec<_> = report.failures.iter().map(|it| it.part.as_str()).collect();
    ensure!(failed.is_empty(), "not measured: {}", failed.join(", "));
    Ok(())
}

/// Takes every part that is wanted. One that fails is noted, and the others go on.
fn measure(arguments: &Arguments) -> Result<Report> {
    std::fs::create_dir_all(&arguments.scratch)?;
    let bench = Bench {
        effort: if arguments.quick {
            Effort::QUICK
        } else {
            Effort::FULL
        },
        loopback: Loopback::start()?,
        scratch: arguments.scratch.canonicalize()?,
    };
    let mut report = Report {
        machine: Machine::describe(),
        quick: arguments.quick,
        lines: Vec::new(),
        curves: Vec::new(),
        took: Vec::new(),
        failures: Vec::new(),
        left_out: Vec::new(),
    };
    let all = Part::value_variants().iter().copied();
    let (parts, left_out): (Vec<_>, Vec<_>) =
        all.partition(|part| arguments.only.is_empty() || arguments.only.contains(part));
    report.left_out = left_out.into_iter().map(Part::name).collect();
    let mut counted = Allocations::default();
    if parts.iter().any(|part| part.counts_allocations()) {
        timed(&mut report, "allocations", |_| {
            counted = Allocations::count(&bench.loopback.url("/token"))?;
            Ok(())
        });
    }
    for part in parts {
        timed(&mut report, part.name(), |report| {
            let lines = part.measure(&bench, &counted, report)?;
            report.lines.extend(lines);
            Ok(())
        });
    }
    report.machine.load[1] = load();
    Ok(report)
}

fn timed(report: &mut Report, part: &str, work: impl FnOnce(&mut Report) -> Result<()>) {
    eprintln!("measuring {part} …");
    let start = Instant::now();
    if let Err(failure) = work(report) {
        eprintln!("{part} failed: {failure:#}");
        let why = format!("{failure:#}");
        report.failures.push(Failure {
            part: part.to_owned(),
            why: why.lines().next().unwrap_or_default().to_owned(),
        });
    }
    report.took.push(Took {
        part: part.to_owned(),
        seconds: start.elapsed().as_secs_f64(),
    });
}

/// What measurements stand on.
struct Bench {
    effort: Effort,
    loopback: Loopback,
    scratch: PathBuf,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Stores => "stores",
            Self::Request => "request",
            Self::Decode => "decode",
            Self::Generate => "generate",
            Self::Transfer => "transfer",
            Self::Stream => "stream",
            Self::Growth => "growth",
            Self::Build => "build",
        }
    }

    fn counts_allocations(self) -> bool {
        [Self::Token, Self::Decode, Self::Generate].contains(&self)
    }

    fn measure(
        self,
        bench: &Bench,
        counted: &Allocations,
        report: &mut Report,
    ) -> Result<Vec<Line>> {
        let (effort, loopback) = (bench.effort, &bench.loopback);
        let (token_url, scratch): (_, &Path) = (loopback.url("/token"), &bench.scratch);
        match self {
            Self::Token => token::measure(effort, &token_url, counted),
            Self::Stores => stores::measure(effort, &token_url, scratch),
            Self::Request => request::measure(effort, loopback),
            Self::Decode => decode::measure(effort, counted),
            Self::Generate => generate::measure(effort, counted),
            Self::Transfer => transfer::measure(effort, scratch),
            Self::Stream => stream::measure(effort, scratch),
            Self::Growth => {
                let mut growth = Growth::default();
                let done = growth::measure(effort, loopback, scratch, &mut growth);
                report.lines.extend(growth.lines);
                report.curves = growth.curves;
                done.map(|()| Vec::new())
            }
            Self::Build => builds::measure(effort, scratch, &mut report.lines).map(|()| Vec::new()),
        }
    }
}
