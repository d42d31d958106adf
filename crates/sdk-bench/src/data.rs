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
    findings(100_000)
}

/// Tickets with people, labels and comments.
pub fn tickets(bytes: usize) -> Vec<u8> {
    let nodes = fill(bytes, tickets::ticket);
    let total = nodes.len() as i64;
    body(by_hand::tickets::Data {
        tickets: by_hand::tickets::Page { nodes, total },
    })
}

/// Events of four types with actors of two types.
pub fn members(bytes: usize) -> Vec<u8> {
    body(by_hand::members::Data {
        feed: fill(bytes, members::event),
    })
}

/// Organizations behind a union, with their people.
pub fn organizations(bytes: usize) -> Vec<u8> {
    body(organizations::page(fill(
        bytes,
        organizations::organization,
    )))
}

/// A procedure whose steps have a connection each, its ids as text.
pub fn procedure(bytes: usize) -> Vec<u8> {
    let steps = fill(bytes, procedures::step::<String>);
    body(procedures::procedure(steps))
}

/// The same with ids as numbers.
pub fn procedure_of_numbers(bytes: usize) -> Vec<u8> {
    let steps = fill(bytes, procedures::step::<i64>);
    body(procedures::procedure(steps))
}

/// A page of this many findings, in two halves; the cursor of the last one belongs between them.
pub fn page(length: usize) -> [Vec<u8>; 2] {
    const CURSOR: &str = "the last cursor";
    let mut words = Words::new();
    let all = (0..length).map(|number| findings::finding(&mut words, number));
    let mut all: Vec<_> = all.collect();
    if let Some(last) = all.last_mut() {
        last.cursor = Some(CURSOR.to_owned());
    }
    let body = body(by_hand::findings::Data {
        all_findings: Some(all),
    });
    let place = body
        .windows(CURSOR.len())
        .position(|text| text == CURSOR.as_bytes());
    let (before, rest) = body.split_at(place.unwrap_or_default());
    let after = rest.get(CURSOR.len()..).unwrap_or_default();
    [before.to_vec(), after.to_vec()]
}

/// A page of findings.
pub fn findings(bytes: usize) -> Vec<u8> {
    let all = fill(bytes, findings::finding);
    body(by_hand::findings::Data {
        all_findings: Some(all),
    })
}

/// As many items as make about `bytes` bytes of JSON, at least one.
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
            (tickets(1_000_000), 1_000_000),
            (procedure(1_000_000), 1_000_000),
            (organizations(1_000_000), 1_000_000),
        ] {
            let off = body.len().abs_diff(size);
            assert!(off * 5 < size, "{} bytes instead of {size}", body.len());
        }
    }

    #[test]
    fn bodies_are_the_same_every_time() {
        assert_eq!(medium(), medium());
        assert_eq!(members(100_000), members(100_000));
    }
}
