//! From a body of 10 MB to typed data.

mod altrata;
mod ion;

use std::{hint::black_box, time::Instant};

use anyhow::{Context, Result};
use sdk_graphql::Operation;
use serde::de::DeserializeOwned;

use crate::{
    allocations::Allocations,
    by_hand::{self, Envelope},
    data, derived,
    generated::{DeepFragments, LeafFragments, Members, NodeFragments},
    report::{Goal, Line, Unit},
    rounds::{Contender, Effort, race, repetitions, warm_up},
};

const PART: &str = "decode: 10 MB of JSON to typed data";

/// One way to read one kind of body.
#[derive(Debug, Clone, Copy)]
pub struct Decoder {
    /// Whose types they are.
    pub name: &'static str,
    /// Reads the body and drops what was read.
    pub decode: fn(&[u8]) -> Result<()>,
}

/// One kind of body, and who reads it: ours first, then who the goal is measured against.
#[derive(Debug)]
pub struct Probe {
    /// What the operation is like.
    pub case: &'static str,
    /// What a server sends for it.
    pub body: Vec<u8>,
    /// The ways to read it.
    pub decoders: Vec<Decoder>,
}

fn ours<O: Operation>(body: &[u8]) -> Result<()> {
    black_box(O::decode(body)?.data.context("no data")?);
    Ok(())
}

fn by_hand<T: DeserializeOwned>(body: &[u8]) -> Result<()> {
    black_box(
        serde_json::from_slice::<Envelope<T>>(body)?
            .data
            .context("no data")?,
    );
    Ok(())
}

fn derived<T: DeserializeOwned>(body: &[u8]) -> Result<()> {
    let response: graphql_client::Response<T> = serde_json::from_slice(body)?;
    black_box(response.data.context("no data")?);
    Ok(())
}

const OURS: &str = "sdk-codegen";
const STRUCTS: &str = "hand-written serde structs";
const DERIVE: &str = "graphql_client's derive";

/// Every kind of body with everyone who reads it.
pub fn probes() -> Vec<Probe> {
    let tickets = data::large_tickets();
    let fragments = |case, ours, theirs| Probe {
        case,
        body: tickets.clone(),
        decoders: vec![
            Decoder {
                name: OURS,
                decode: ours,
            },
            Decoder {
                name: STRUCTS,
                decode: by_hand::<by_hand::tickets::Data>,
            },
            Decoder {
                name: DERIVE,
                decode: theirs,
            },
        ],
    };
    let mut probes = vec![
        Probe {
            case: "page of findings",
            body: data::large_findings(),
            decoders: vec![
                Decoder {
                    name: OURS,
                    decode: ours::<finitestate::queries::ListFindings>,
                },
                Decoder {
                    name: STRUCTS,
                    decode: by_hand::<by_hand::findings::Data>,
                },
                Decoder {
                    name: DERIVE,
                    decode: derived::<derived::list_findings::ResponseData>,
                },
            ],
        },
        fragments(
            "fragments on leaves",
            ours::<LeafFragments>,
            derived::<derived::leaf_fragments::ResponseData>,
        ),
        fragments(
            "fragments on nodes",
            ours::<NodeFragments>,
            derived::<derived::node_fragments::ResponseData>,
        ),
        fragments(
            "fragments in fragments",
            ours::<DeepFragments>,
            derived::<derived::deep_fragments::ResponseData>,
        ),
        Probe {
            case: "union and interface",
            body: data::large_members(),
            decoders: vec![
                Decoder {
                    name: OURS,
                    decode: ours::<Members>,
                },
                Decoder {
                    name: "hand-written, one struct for all",
                    decode: by_hand::<by_hand::members::FlatData>,
                },
                Decoder {
                    name: "hand-written, tagged enum",
                    decode: by_hand::<by_hand::members::Data>,
                },
                Decoder {
                    name: DERIVE,
                    decode: derived::<derived::members::ResponseData>,
                },
            ],
        },
    ];
    probes.extend(ion::nested_connections());
    probes.push(altrata::union_of_a_page_and_errors());
    probes
}

/// Measures throughput, and takes the peak of memory from the counts.
///
/// # Errors
///
/// When a body does not decode.
pub fn measure(effort: Effort, counted: &Allocations) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    let probes = probes();
    for probe in &probes {
        lines.extend(throughput(effort, probe)?);
    }
    for probe in &probes {
        lines.extend(counted.lines(PART, PEAK, probe.case, Unit::Bytes));
    }
    Ok(lines)
}

/// What the counts call the most memory held at once while reading a body.
pub const PEAK: &str = "peak memory";

fn throughput(effort: Effort, probe: &Probe) -> Result<Vec<Line>> {
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
    let samples = race(effort.rounds, contenders)?;
    let (ours, peers) = samples.split_first().context("no contenders")?;
    Ok(peers
        .iter()
        .enumerate()
        .map(|(place, peer)| {
            let line = Line::raced(PART, probe.case, Unit::MegabytesPerSecond, ours, peer);
            if place == 0 {
                line.goal(Goal::RatioAtLeast(0.95))
            } else {
                line
            }
        })
        .collect())
}
