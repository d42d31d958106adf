//! Any number of records as requests that the service takes.

use std::{collections::HashSet, ops::Range};

use super::{MatchInputError, MatchPeople, PersonRecord};

/// What the request has beside its records, and some room.
const AROUND_BYTES: usize = 2_048;

/// Cuts the records, in their order, into requests of at most so many bytes.
///
/// The same records and the same limit always give the same requests, which a continued job relies on.
pub(super) fn split(
    records: &[PersonRecord],
    max_bytes: usize,
) -> Result<Vec<Range<usize>>, MatchInputError> {
    check(records)?;
    let digits = records.len().to_string().len();
    let room = max_bytes.saturating_sub(AROUND_BYTES);
    let (mut batches, mut start, mut bytes) = (Vec::new(), 0, 0);
    for (place, record) in records.iter().enumerate() {
        let own = encoded_bytes(record, digits);
        if own > room {
            return Err(MatchInputError::TooLarge { bytes: own });
        }
        if bytes + own > room {
            batches.push(start..place);
            (start, bytes) = (place, 0);
        }
        bytes += own;
    }
    batches.push(start..records.len());
    Ok(batches)
}

/// Refuses what no request may hold: results are joined by ids that have to be unique over all requests.
pub(super) fn check(records: &[PersonRecord]) -> Result<(), MatchInputError> {
    let mut seen = HashSet::with_capacity(records.len());
    for record in records {
        let id = record.client_supplied_id();
        if id.is_empty() || !seen.insert(id) {
            return Err(MatchInputError::NotUnique(id.to_owned()));
        }
        if !record.is_complete() {
            return Err(MatchInputError::Incomplete(id.to_owned()));
        }
    }
    match records {
        [] => Err(MatchInputError::Empty),
        _ => Ok(()),
    }
}

/// The most that a record takes up in a request whose places have so many digits: its variables' names in
/// the head of the document, in the record and before the value, and what stands around them.
fn encoded_bytes(record: &PersonRecord, digits: usize) -> usize {
    let id = json_bytes(record.client_supplied_id()) + 3 * digits + 48;
    let members = record
        .set()
        .map(|(_, name, value)| name.len() + json_bytes(value) + 3 * (digits + "v_12".len()) + 24);
    id + members.sum::<usize>()
}

/// The most that a text takes up as a JSON string.
fn json_bytes(text: &str) -> usize {
    let escaped = |byte: u8| match byte {
        b'"' | b'\\' => 2,
        0..0x20 => 6,
        _ => 1,
    };
    2 + text.bytes().map(escaped).sum::<usize>()
}

/// The records of one request.
pub(super) fn batch(
    records: &[PersonRecord],
    range: Range<usize>,
) -> Result<MatchPeople, MatchInputError> {
    MatchPeople::new(records.get(range).unwrap_or_default().iter().cloned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Operation;

    fn records(count: usize) -> Vec<PersonRecord> {
        let record = |i: usize| match i % 3 {
            0 => PersonRecord::new(format!("row {i}")).work_email("\u{1}\"\\@example.com"),
            1 => PersonRecord::named(format!("row {i}"), "Ada", "Lovelace", "Analytical Engines"),
            _ => PersonRecord::new(format!("{i}")).linkedin_profile("x".repeat(i % 400)),
        };
        (0..count).map(record).collect()
    }

    #[test]
    fn every_request_keeps_to_its_limit_and_no_record_is_lost() {
        let records: Vec<_> = records(3_000)
            .into_iter()
            .filter(PersonRecord::is_complete)
            .collect();
        for limit in [5_000, 20_000, 100_000, 10_000_000] {
            let batches = split(&records, limit).unwrap();
            let mut next = 0;
            for range in &batches {
                assert_eq!(range.start, next, "limit {limit}");
                next = range.end;
                let bytes = batch(&records, range.clone())
                    .unwrap()
                    .encode()
                    .unwrap()
                    .len();
                assert!(bytes <= limit, "{bytes} bytes, limit {limit}");
            }
            assert_eq!(next, records.len());
            // A request is not needlessly small either: at least two thirds full, but for the last.
            if let [first, _, ..] = batches.as_slice() {
                let bytes = batch(&records, first.clone())
                    .unwrap()
                    .encode()
                    .unwrap()
                    .len();
                assert!(
                    bytes + AROUND_BYTES + 1_000 > limit * 2 / 3,
                    "{bytes} of {limit}"
                );
            }
        }
    }

    #[test]
    fn a_record_that_fits_in_no_request_and_ids_that_occur_twice_are_refused() {
        let long = PersonRecord::new("1").work_email("x".repeat(10_000));
        let error = split(&[long], 10_000).unwrap_err();
        assert!(matches!(error, MatchInputError::TooLarge { .. }));
        let twice = [1, 2, 1].map(|id| PersonRecord::new(id.to_string()).altrata_id("a"));
        let error = split(&twice, 4_000).unwrap_err();
        assert_eq!(error, MatchInputError::NotUnique("1".to_owned()));
    }
}
