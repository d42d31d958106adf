//! Counts allocations for the benchmark and prints them as JSON. Started by it, not by people.
//!
//! Naming `allocation_counter` puts its counting allocator into this program, and only into this one.

use allocation_counter::{AllocationInfo, measure};
use anyhow::{Context, Result};
use sdk_bench::{
    allocations::{Allocations, Count},
    decode, generate,
    token::{self, COUNTED, ONE_READ},
};
use tokio::runtime::Builder;

fn main() -> Result<()> {
    let token_url = std::env::args()
        .nth(1)
        .context("the URL of a token endpoint is required")?;
    let mut counts = reads(&token_url)?;
    counts.extend(peaks()?);
    counts.extend(generated()?);
    println!("{}", serde_json::to_string(&Allocations(counts))?);
    Ok(())
}

/// Allocations of one read of a cached token.
fn reads(token_url: &str) -> Result<Vec<Count>> {
    const READS: u64 = 1_000;
    let home = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let here = Builder::new_current_thread().enable_all().build()?;
    let readers = home.block_on(token::readers(token_url))?;
    readers
        .iter()
        .map(|reader| {
            let allocations = |times| counted(|| here.block_on(reader.read(times)));
            // What the run itself costs is the same for no reads as for many.
            let extra = allocations(READS)?.count_total - allocations(0)?.count_total;
            Ok(count(
                COUNTED,
                ONE_READ,
                reader.name,
                extra as f64 / READS as f64,
            ))
        })
        .collect()
}

/// The most memory held at once while reading each body.
fn peaks() -> Result<Vec<Count>> {
    let mut counts = Vec::new();
    for size in decode::SIZES {
        for probe in decode::probes(size.bytes) {
            for decoder in &probe.decoders {
                let info = counted(|| (decoder.decode)(&probe.body))?;
                let peak = info.bytes_max as f64;
                counts.push(count(size.peak, probe.case, decoder.name, peak));
            }
        }
    }
    Ok(counts)
}

/// The most memory held at once while generating.
fn generated() -> Result<Vec<Count>> {
    let projects = generate::counted();
    let counts = projects.iter().map(|(name, project)| {
        let info = counted(|| generate::run(project))?;
        let bytes = info.bytes_max as f64;
        Ok(count(generate::PEAK, generate::CASE, name, bytes))
    });
    counts.collect()
}

fn counted(work: impl FnOnce() -> Result<()>) -> Result<AllocationInfo> {
    let mut done = Ok(());
    let info = measure(|| done = work());
    done.map(|()| info)
}

fn count(what: &str, case: &str, name: &str, value: f64) -> Count {
    Count {
        what: what.to_owned(),
        case: case.to_owned(),
        name: name.to_owned(),
        value,
    }
}
