//! What was found: results joined to the records that they are for.

use std::collections::HashMap;

use super::{MatchError, PersonRecord};
use crate::GraphqlError;
#[cfg(doc)]
use crate::MatchJob;
use crate::queries::matching::get_unique_matches::{PersonMatch, PersonMatchResult};

/// What was found, record by record, and which records are left without an outcome.
#[derive(Debug, Default)]
#[non_exhaustive]
#[must_use = "a report may hold records that are left without an outcome"]
pub struct MatchReport {
    /// Every record that has an outcome, with it, in the order in which they were given.
    pub people: Vec<MatchedRecord>,
    /// The records of each request that came to nothing, and why; see [`is_complete`](Self::is_complete).
    pub unmatched: Vec<UnmatchedRecords>,
    /// Results whose id is none of the records of their request, or that came a second time. There should be
    /// none; nothing is dropped.
    pub strangers: Vec<PersonMatchResult>,
    /// What the service says beside results that are usable: which fields are outside the subscription, and
    /// so missing, and which are deprecated.
    pub notes: Vec<GraphqlError>,
}

impl MatchReport {
    /// True if every record has an outcome, so that the saved state is of no more use once the results are kept.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.unmatched.is_empty()
    }

    /// Puts the report of the next request behind this one.
    pub(super) fn append(&mut self, next: Self) {
        self.people.extend(next.people);
        self.unmatched.extend(next.unmatched);
        self.strangers.extend(next.strangers);
        self.notes.extend(next.notes);
    }
}

/// The records of one request that came to nothing.
#[derive(Debug)]
#[non_exhaustive]
pub struct UnmatchedRecords {
    /// The records as they were given.
    pub records: Vec<PersonRecord>,
    /// Why they have no outcome.
    pub error: MatchError,
}

/// A record and what was found for it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MatchedRecord {
    /// The record as it was given.
    pub record: PersonRecord,
    /// What was found.
    pub outcome: MatchOutcome,
}

/// What was found for a record.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum MatchOutcome {
    /// Exactly one good match: a score of 87 to 100 ("Getting Started" on docs.altrata.com).
    Unique(PersonMatch),
    /// Several matches, or one with a score of 73 to 86. Told apart only by [`MatchJob::possible_matches`].
    Possible(Vec<PersonMatch>),
    /// Nobody suitable. Told apart only by [`MatchJob::no_matches`].
    NoMatch,
    /// Several matches, a poor one, or none: nobody has asked which.
    NotUnique,
}

/// The vendor's three kinds of results.
#[derive(Debug, Clone, Copy)]
pub(super) enum Bucket {
    Unique,
    Possible,
    None,
}

/// The records of one request, and what has been found for them so far.
#[derive(Debug)]
pub(super) struct Joined {
    places: HashMap<String, usize>,
    people: Vec<MatchedRecord>,
    strangers: Vec<PersonMatchResult>,
}

impl Joined {
    pub(super) fn new(records: Vec<PersonRecord>) -> Self {
        let ids = records.iter().map(PersonRecord::client_supplied_id);
        let places = ids.enumerate().map(|(place, id)| (id.to_owned(), place));
        Self {
            places: places.collect(),
            people: records
                .into_iter()
                .map(|record| MatchedRecord {
                    record,
                    outcome: MatchOutcome::NotUnique,
                })
                .collect(),
            strangers: Vec::new(),
        }
    }

    /// Gives a record its result.
    pub(super) fn add(&mut self, bucket: Bucket, result: PersonMatchResult) {
        let id = result.client_supplied_id.as_deref();
        let place = id.and_then(|id| self.places.get(id));
        let person = place.and_then(|place| self.people.get_mut(*place));
        let Some(MatchedRecord {
            outcome: outcome @ MatchOutcome::NotUnique,
            ..
        }) = person
        else {
            self.strangers.push(result);
            return;
        };
        let found = result.matches.into_iter().flatten().flatten();
        let mut found: Vec<PersonMatch> = found.collect();
        *outcome = match (bucket, found.pop()) {
            (Bucket::Unique, Some(person)) if found.is_empty() => MatchOutcome::Unique(person),
            (Bucket::Unique, None) => MatchOutcome::NotUnique,
            (Bucket::None, _) => MatchOutcome::NoMatch,
            // Several under "unique" contradict the vendor's own rule, and are shown as what they are.
            (_, last) => {
                found.extend(last);
                MatchOutcome::Possible(found)
            }
        };
    }

    pub(super) fn into_report(self, notes: Vec<GraphqlError>) -> MatchReport {
        MatchReport {
            people: self.people,
            unmatched: Vec::new(),
            strangers: self.strangers,
            notes,
        }
    }
}
