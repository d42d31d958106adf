//! From a body in memory to typed data.

mod altrata;
mod ion;

use std::{hint::black_box, sync::Arc, time::Instant};

use anyhow::{Context, Result};
use sdk_graphql::Operation;
use serde::de::DeserializeOwned;

use crate::{
    allocations::Allocations,
    by_hand::{Envelope, findings, members, tickets},
    data, derived,
    generated::{DeepFragments, LeafFragments, Members, NodeFragments},
    report::{Goal, Line, Unit},
    rounds::{Contender, Effort, race, repetitions, warm_up},
    under_cynic,
};

/// How much is read at once.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// What a part of the report is called.
    pub part: &'static str,
    /// About how large the bodies are; never less than one row.
    pub bytes: usize,
    /// What the counts call the most memory held at once while reading a body of this size.
    pub peak: &'static str,
}

/// The measured sizes.
pub const SIZES: [Size; 3] = [
    Size {
        part: "decode: 1 KB of JSON to typed data",
        bytes: 1_000,
        peak: "decode: peak memory of reading 1 KB",
    },
    Size {
        part: "decode: 1 MB of JSON to typed data",
        bytes: 1_000_000,
        peak: "decode: peak memory of reading 1 MB",
    },
    Size {
        part: "decode: 50 MB of JSON to typed data",
        bytes: 50_000_000,
        peak: "decode: peak memory of reading 50 MB",
    },
];

/// One way to read one kind of body.
#[derive(Debug, Clone, Copy)]
pub struct Decoder {
    /// Whose types they are.
    pub name: &'static str,
    /// Reads the body and drops what was read.
    pub decode: fn(&[u8]) -> Result<()>,
}

/// What is in a body, which decides whom we promise to be ahead of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Objects and lists.
    Plain,
    /// Fragments or abstract types, where others read twice.
    FragmentsAndUnions,
}

/// One kind of body, and who reads it: ours first, then who the goal is measured against.
#[derive(Debug)]
pub struct Probe {
    /// What the operation is like.
    pub case: &'static str,
    /// What is in the body.
    pub kind: Kind,
    /// What a server sends for it.
    pub body: Arc<[u8]>,
    /// The ways to read it.
    pub decoders: Vec<Decoder>,
}

fn ours<O: Operation>() -> Decoder {
    let decode = |body: &[u8]| {
        black_box(O::decode(body)?.data.context("no data")?);
        Ok(())
    };
    let name = "sdk-codegen";
    Decoder { name, decode }
}

fn structs<T: DeserializeOwned>() -> Decoder {
    by_hand::<T>("hand-written serde structs")
}

fn by_hand<T: DeserializeOwned>(name: &'static str) -> Decoder {
    let decode = |body: &[u8]| {
        let response: Envelope<T> = serde_json::from_slice(body)?;
        black_box(response.data.context("no data")?);
        Ok(())
    };
    Decoder { name, decode }
}

const DERIVE: &str = "graphql_client's derive";
const CYNIC: &str = "cynic";

fn derive<T: DeserializeOwned>() -> Decoder {
    let decode = |body: &[u8]| {
        let response: graphql_client::Response<T> = serde_json::from_slice(body)?;
        black_box(response.data.context("no data")?);
        Ok(())
    };
    let name = DERIVE;
    Decoder { name, decode }
}

fn cynic<T: DeserializeOwned>() -> Decoder {
    let decode = |body: &[u8]| {
        let response: ::cynic::GraphQlResponse<T> = serde_json::from_slice(body)?;
        black_box(response.data.context("no data")?);
        Ok(())
    };
    let name = CYNIC;
    Decoder { name, decode }
}

/// Every kind of body of about this size, with everyone who reads it.
pub fn probes(bytes: usize) -> Vec<Probe> {
    use under_cynic::probe;

    let body: Arc<[u8]> = data::tickets(bytes).into();
    let fragments = |case, ours, derive, cynic| Probe {
        case,
        kind: Kind::FragmentsAndUnions,
        body: Arc::clone(&body),
        decoders: vec![ours, structs::<tickets::Data>(), derive, cynic],
    };
    let mut probes = vec![
        Probe {
            case: "page of findings",
            kind: Kind::Plain,
            body: data::findings(bytes).into(),
            decoders: vec![
                ours::<finitestate::queries::ListFindings>(),
                structs::<findings::Data>(),
                derive::<derived::list_findings::ResponseData>(),
                cynic::<under_cynic::finitestate::list_findings::ListFindings>(),
            ],
        },
        fragments(
            "fragments on leaves",
            ours::<LeafFragments>(),
            derive::<derived::leaf_fragments::ResponseData>(),
            cynic::<probe::leaf_fragments::LeafFragments>(),
        ),
        fragments(
            "fragments on nodes",
            ours::<NodeFragments>(),
            derive::<derived::node_fragments::ResponseData>(),
            cynic::<probe::node_fragments::NodeFragments>(),
        ),
        fragments(
            "fragments in fragments",
            ours::<DeepFragments>(),
            derive::<derived::deep_fragments::ResponseData>(),
            cynic::<probe::deep_fragments::DeepFragments>(),
        ),
        Probe {
            case: "union and interface",
            kind: Kind::FragmentsAndUnions,
            body: data::members(bytes).into(),
            decoders: vec![
                ours::<Members>(),
                by_hand::<members::FlatData>("hand-written, one struct for all"),
                by_hand::<members::Data>("hand-written, tagged enum"),
                derive::<derived::members::ResponseData>(),
                cynic::<probe::members::Members>(),
            ],
        },
    ];
    probes.extend(ion::nested_connections(bytes));
    probes.push(altrata::union_of_a_page_and_errors(bytes));
    probes
}

/// Measures throughput, and takes the peak of memory from the counts.
///
/// # Errors
///
/// When a body does not decode.
pub fn measure(effort: Effort, counted: &Allocations) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for size in SIZES {
        let probes = probes(size.bytes);
        for probe in &probes {
            lines.extend(throughput(effort, size, probe)?);
        }
        for probe in &probes {
            lines.extend(counted.lines(size.peak, size.peak, probe.case, Unit::Bytes));
        }
    }
    Ok(lines)
}

fn throughput(effort: Effort, size: Size, probe: &Probe) -> Result<Vec<Line>> {
    let contenders = probe.decoders.iter().map(|&Decoder { name, decode }| {
        let run = move |times| (0..times).try_for_each(|_| decode(black_box(&probe.body)));
        let times =
            repetitions(effort.round, run).with_context(|| format!("{name}: {}", probe.case))?;
        Ok(Contender::new(name, move || {
            let start = Instant::now();
            run(times)?;
            let bytes = probe.body.len() as f64 * times as f64;
            Ok(bytes / 1e6 / start.elapsed().as_secs_f64())
        }))
    });
    let mut contenders = contenders.collect::<Result<Vec<_>>>()?;
    warm_up(&mut contenders)?;
    // One reading of the largest is a long round by itself.
    let short = effort.quick && probe.body.len() > 10_000_000;
    let samples = race(if short { 3 } else { effort.rounds }, contenders)?;
    let (ours, peers) = samples.split_first().context("no contenders")?;
    Ok(peers
        .iter()
        .enumerate()
        .map(|(place, peer)| {
            let line = Line::raced(size.part, probe.case, Unit::MegabytesPerSecond, ours, peer);
            let ahead = probe.kind == Kind::FragmentsAndUnions
                && [DERIVE, CYNIC].contains(&peer.name.as_str());
            match place {
                0 => line.goal(Goal::RatioAtLeast(0.95)),
                _ if ahead => line.goal(Goal::RatioAtLeast(1.0)),
                _ => line,
            }
        })
        .collect())
}
