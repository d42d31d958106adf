//! How far a matching job has come, to be kept where a crash leaves it.

use serde::{Deserialize, Serialize};

use super::PersonRecord;

/// The version of the saved form.
const VERSION: u32 = 1;

/// How far the matching of many records has come: the ids of the jobs, and none of the records.
///
/// It serialises to a few bytes per request. Keep the latest one, and give it to
/// [`MatchJob::resume`](crate::MatchJob::resume) together with the same records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchState {
    version: u32,
    records: usize,
    fingerprint: u64,
    max_request_bytes: usize,
    pub(super) batches: Vec<BatchState>,
}

/// One request of many records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum BatchState {
    /// Not sent yet, or refused.
    Planned,
    /// About to be sent, or sent without a known outcome: a job may have started.
    Submitting,
    /// A job that has started.
    Submitted { request_id: String },
    /// A job whose results can be fetched.
    Ready { request_id: String },
}

impl MatchState {
    pub(super) fn new(records: &[PersonRecord], max_request_bytes: usize, batches: usize) -> Self {
        Self {
            version: VERSION,
            records: records.len(),
            fingerprint: fingerprint(records),
            max_request_bytes,
            batches: vec![BatchState::Planned; batches],
        }
    }

    /// True if this state is about these records, in this order.
    pub(super) fn fits(&self, records: &[PersonRecord]) -> bool {
        (self.version, self.records, self.fingerprint)
            == (VERSION, records.len(), fingerprint(records))
    }

    pub(super) fn max_request_bytes(&self) -> usize {
        self.max_request_bytes
    }

    /// The ids of the jobs that have started, in the order of the records.
    pub fn request_ids(&self) -> impl Iterator<Item = &str> {
        self.batches.iter().filter_map(|batch| match batch {
            BatchState::Submitted { request_id } | BatchState::Ready { request_id } => {
                Some(request_id.as_str())
            }
            BatchState::Planned | BatchState::Submitting => None,
        })
    }

    /// True when a submission has no known outcome: a job may have started whose id nobody knows.
    pub fn is_uncertain(&self) -> bool {
        self.batches.contains(&BatchState::Submitting)
    }
}

/// Tells lists of records apart: FNV-1a of 64 bits, written out because saved states need it to stay the
/// same from one release to the next.
fn fingerprint(records: &[PersonRecord]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |text: &str| {
        // No text holds 0xff, which ends it.
        for byte in text.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for record in records {
        add(record.client_supplied_id());
        for (_, name, value) in record.set() {
            add(name);
            add(value);
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_tells_records_apart_and_stays_the_same() {
        let of = |text: &str| fingerprint(&[PersonRecord::new("1").work_email(text)]);
        assert_ne!(of("a"), of("b"));
        assert_ne!(
            of("a"),
            fingerprint(&[PersonRecord::new("1").altrata_id("a")])
        );
        assert_eq!(fingerprint(&[]), 0xcbf2_9ce4_8422_2325);
        assert_eq!(of("ada@example.com"), 0xb28c_d6a9_64c8_8483);
    }

    #[test]
    fn a_state_is_about_its_own_records_and_names_no_person() {
        let records = [PersonRecord::new("row-1").work_email("canary@example.com")];
        let state = MatchState::new(&records, 6_000_000, 1);
        assert!(state.fits(&records));
        assert!(!state.fits(&[PersonRecord::new("row-1").work_email("x")]));
        let text = serde_json::to_string(&state).unwrap();
        assert!(
            !text.contains("canary") && !text.contains("row-1"),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<MatchState>(&text).unwrap(), state);
    }
}
