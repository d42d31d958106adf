//! The project's verbs, one file each. `cargo xtask help` lists them.

mod api;
mod bench;
mod codegen;
mod demo;
mod fleet;
mod fuzz;
mod new_vendor;
mod problem;
mod projects;
mod redis;
mod sandbox;
mod schema;
mod soak;
mod supply_chain;
mod terminal;
mod test;
mod tidy;
mod tools;
mod validate;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The project's verbs.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Do the main job on a sandbox, or read-only against the vendor that the environment names.
    Demo,
    /// Run everything CI runs, stopping at the first failure.
    Test(test::Arguments),
    /// Validate every operation, then rewrite the snapshots of the generated code.
    Codegen(codegen::Arguments),
    /// Bring a vendor's schema in, show what changed, check every operation.
    #[command(subcommand)]
    Schema(schema::Verb),
    /// Make a crate for another vendor, or take one away.
    NewVendor(new_vendor::Arguments),
    /// Check the house rules that no compiler checks.
    Tidy,
    /// Rewrite the snapshots of the public API.
    Api(api::Arguments),
    /// Check what users take in with the crates, and list it.
    SupplyChain(supply_chain::Arguments),
    /// Measure the SDK beside its peers.
    Bench(bench::Arguments),
    /// Let many processes share one token, kill some of them, and count what it costs.
    Fleet(fleet::Arguments),
    #[command(hide = true)]
    FleetWorker(fleet::WorkerArguments),
    /// Give bytes that libFuzzer makes up to everything that reads bytes from outside.
    Fuzz(fuzz::Arguments),
    /// Let thousands of callers call for minutes while tokens end and servers fail, and see that nothing grows.
    Soak(soak::Arguments),
    #[command(hide = true)]
    SoakServer(soak::ServerArguments),
    /// Serve the vendors on loopback until interrupted or until standard input closes.
    Sandbox(sandbox::Arguments),
}

#[expect(clippy::print_stderr, reason = "a failed verb says why")]
fn main() -> ExitCode {
    if let Some(code) = api::in_place_of_rustdoc() {
        return code;
    }
    let outcome = match Cli::parse().verb {
        Verb::Demo => demo::run(),
        Verb::Test(arguments) => test::run(&arguments),
        Verb::Codegen(arguments) => codegen::run(&arguments),
        Verb::Schema(verb) => schema::run(&verb),
        Verb::NewVendor(arguments) => new_vendor::run(&arguments),
        Verb::Tidy => tidy::run(),
        Verb::Api(arguments) => api::run(&arguments),
        Verb::SupplyChain(arguments) => supply_chain::run(&arguments),
        Verb::Bench(arguments) => bench::run(&arguments),
        Verb::Fleet(arguments) => fleet::run(&arguments),
        Verb::FleetWorker(arguments) => fleet::work(&arguments),
        Verb::Fuzz(arguments) => fuzz::run(&arguments),
        Verb::Soak(arguments) => soak::run(&arguments),
        Verb::SoakServer(arguments) => soak::serve(&arguments),
        Verb::Sandbox(arguments) => sandbox::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
