//! The measured bodies: made from a fixed seed, so that every run and every machine reads the same
//! bytes.

mod findings;
mod members;
mod organizations;
mod procedures;
mod tickets;
mod words;

use serde::Serialize;

use crate::by_hand::{self, Envelope};
pub use words::Words;

/// About how large the bodies of the decoding probes are.
pub const LARGE_BYTES: usize = 10_000_000;

/// A page with a single finding, about 1 KB.
pub fn small() -> Vec<u8> {
    let mut words = Words::new();
    let mut finding = findings::finding(&mut words, 0);
    // Triage has not happened and the text is short, as with most findings.
    finding.current_status = None;
    finding.description = Some(words.sentence(8));
    finding.original_findings = None;
    finding.cwes = None;
    finding.affects = None;
    finding.test = None;
    finding.linked_finding_hash = None;
    body(by_hand::findings::Data {
        all_findings: Some(vec![finding]),
    })
}

/// A page of findings, about 100 KB.
pub fn medium() -> Vec<u8> {
    findings_of(100_000)
}

/// A page of findings, about 10 MB.
pub fn large_findings() -> Vec<u8> {
    findings_of(LARGE_BYTES)
}

/// Tickets with people, labels and comments, about 10 MB.
pub fn large_tickets() -> Vec<u8> {
    let nodes = fill(LARGE_BYTES, tickets::ticket);
    let total = nodes.len() as i64;
    body(by_hand::tickets::Data {
        tickets: by_hand::tickets::Page { nodes, total },
    })
}

/// Events of four types with actors of two types, about 10 MB.
pub fn large_members() -> Vec<u8> {
    body(by_hand::members::Data {
        feed: fill(LARGE_BYTES, members::event),
    })
}

/// Organizations behind a union, with their people, about 10 MB.
pub fn large_organizations() -> Vec<u8> {
    body(organizations::page(fill(
        LARGE_BYTES,
        organizations::organization,
    )))
}

/// A procedure whose steps have a connection each, its ids as text, about 10 MB.
pub fn large_procedure() -> Vec<u8> {
    let steps = fill(LARGE_BYTES, procedures::step::<String>);
    body(procedures::procedure(steps))
}

/// The same with ids as numbers.
pub fn large_procedure_of_numbers() -> Vec<u8> {
    let steps = fill(LARGE_BYTES, procedures::step::<i64>);
    body(procedures::procedure(steps))
}

fn findings_of(bytes: usize) -> Vec<u8> {
    let all = fill(bytes, findings::finding);
    body(by_hand::findings::Data {
        all_findings: Some(all),
    })
}

/// As many items as make about `bytes` bytes of JSON.
fn fill<T: Serialize>(bytes: usize, mut item: impl FnMut(&mut Words, usize) -> T) -> Vec<T> {
    let mut words = Words::new();
    let (mut items, mut written) = (Vec::new(), 0);
    while written < bytes {
        let next = item(&mut words, items.len());
        written += as_json(&next).len() + 1;
        items.push(next);
    }
    items
}

fn body<T: Serialize>(data: T) -> Vec<u8> {
    as_json(&Envelope::from(data))
}

/// Plain structs of strings and numbers always have a JSON form.
#[allow(
    clippy::expect_used,
    reason = "derived serialisation of plain structs cannot fail"
)]
fn as_json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("plain structs serialise")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_have_about_the_sizes_they_are_named_for() {
        for (body, size) in [
            (small(), 1_000),
            (medium(), 100_000),
            (large_tickets(), LARGE_BYTES),
            (large_procedure(), LARGE_BYTES),
            (large_organizations(), LARGE_BYTES),
        ] {
            let off = body.len().abs_diff(size);
            assert!(off * 5 < size, "{} bytes instead of {size}", body.len());
        }
    }

    #[test]
    fn bodies_are_the_same_every_time() {
        assert_eq!(medium(), medium());
        assert_eq!(large_members(), large_members());
    }
}
