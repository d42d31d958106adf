//! The benchmark's program; `cargo xtask bench` builds and runs it.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use sdk_bench::{
    allocations::Allocations,
    builds, decode, generate,
    loopback::{self, Loopback, SERVE},
    report::{Machine, Report, load},
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
    Build,
}

fn main() -> Result<()> {
    if std::env::args().nth(1).as_deref() == Some(SERVE) {
        return loopback::serve();
    }
    if std::env::args().nth(1).as_deref() == Some(SANDBOX) {
        return sandbox::serve(&std::env::args().skip(2).collect::<Vec<_>>());
    }
    let arguments = Arguments::parse();
    let effort = if arguments.quick {
        Effort::QUICK
    } else {
        Effort::FULL
    };
    let wanted = |part| arguments.only.is_empty() || arguments.only.contains(&part);
    let say = |what: &str| eprintln!("measuring {what} …");

    let mut machine = Machine::describe();
    let loopback = Loopback::start()?;
    let token_url = loopback.url("/token");
    let counted = if [Part::Token, Part::Decode, Part::Generate]
        .map(wanted)
        .contains(&true)
    {
        say("allocations");
        Allocations::count(&token_url)?
    } else {
        Allocations::default()
    };
    let mut lines = Vec::new();
    if wanted(Part::Token) {
        say("tokens");
        lines.extend(token::measure(effort, &token_url, &counted)?);
    }
    if wanted(Part::Stores) {
        say("stores");
        std::fs::create_dir_all(&arguments.scratch)?;
        lines.extend(stores::measure(effort, &token_url, &arguments.scratch)?);
    }
    if wanted(Part::Request) {
        say("requests");
        lines.extend(request::measure(effort, &loopback)?);
    }
    if wanted(Part::Decode) {
        say("decoding");
        lines.extend(decode::measure(effort, &counted)?);
    }
    if wanted(Part::Generate) {
        say("generation");
        lines.extend(generate::measure(effort, &counted)?);
    }
    if wanted(Part::Transfer) {
        say("transfers");
        std::fs::create_dir_all(&arguments.scratch)?;
        lines.extend(transfer::measure(effort, &arguments.scratch)?);
    }
    if wanted(Part::Stream) {
        say("streams");
        std::fs::create_dir_all(&arguments.scratch)?;
        lines.extend(stream::measure(effort, &arguments.scratch)?);
    }
    if wanted(Part::Build) {
        say("builds");
        std::fs::create_dir_all(&arguments.scratch)?;
        lines.extend(builds::measure(effort, &arguments.scratch.canonicalize()?)?);
    }
    machine.load[1] = load();

    let report = Report {
        machine,
        quick: arguments.quick,
        lines,
    };
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        table::print(&report);
    }
    Ok(())
}
