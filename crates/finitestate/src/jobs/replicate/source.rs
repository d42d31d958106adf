//! What the source of a replication says about a finding of its target.

use std::collections::{BTreeMap, HashMap, btree_map::Entry};

use super::super::compare::{Affected, FindingBrief, FindingKey};
use crate::queries::list_findings::FindingStatus;
use crate::types::FindingStatusOption;
use crate::{FindingStatusUpdate, Id};

/// The findings of the source: those that are the same together, and among them those of the same versions of
/// components.
#[derive(Default)]
pub(super) struct Source {
    findings: HashMap<FindingKey, BTreeMap<Affected, Alike>>,
    count: usize,
}

/// Findings that cannot be told apart.
struct Alike {
    decision: Decision,
    /// Those that have a status, with their places.
    touched: Vec<(usize, Id)>,
    /// True once the target has been found to have one of them.
    is_matched: bool,
}

/// What the source says about a finding of the target.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Decision {
    /// Nothing: it has no such finding, or nobody has touched that.
    None,
    Carry(FindingStatusUpdate),
    Contradicting,
    Unknown,
}

impl Decision {
    /// What several findings say together.
    fn and(self, other: &Self) -> Self {
        match self == *other {
            true => self,
            false => Self::Contradicting,
        }
    }
}

impl Source {
    pub(super) fn add(&mut self, finding: FindingBrief) {
        let key = finding.key();
        let decision = carried(finding.status());
        let touched = (decision != Decision::None).then_some((self.count, finding.id));
        self.count += 1;
        let same = self.findings.entry(key).or_default();
        match same.entry(finding.affected) {
            Entry::Vacant(place) => {
                place.insert(Alike {
                    decision,
                    touched: touched.into_iter().collect(),
                    is_matched: false,
                });
            }
            Entry::Occupied(mut place) => {
                let alike = place.get_mut();
                let so_far = std::mem::replace(&mut alike.decision, Decision::None);
                alike.decision = so_far.and(&decision);
                alike.touched.extend(touched);
            }
        }
    }

    pub(super) fn decision(&mut self, target: &FindingBrief) -> Decision {
        let Some(same) = self.findings.get_mut(&target.key()) else {
            return Decision::None;
        };
        if let Some(alike) = same.get_mut(&target.affected) {
            alike.is_matched = true;
            return alike.decision.clone();
        }
        let all = same.values_mut().map(|alike| {
            alike.is_matched = true;
            alike.decision.clone()
        });
        all.reduce(|sum, next| sum.and(&next))
            .unwrap_or(Decision::None)
    }

    /// The findings that have a status and are the same as none of the target, in their order.
    pub(super) fn unmatched(self) -> Vec<Id> {
        let all = self.findings.into_values().flat_map(BTreeMap::into_values);
        let left = all.filter(|alike| !alike.is_matched);
        let mut left: Vec<_> = left.flat_map(|alike| alike.touched).collect();
        left.sort_by_key(|(place, _)| *place);
        left.into_iter().map(|(_, id)| id).collect()
    }
}

/// A status as the update that would set it again.
pub(super) fn carried(status: Option<&FindingStatus>) -> Decision {
    let Some(status) = status else {
        return Decision::None;
    };
    // A set at the vendor: neither order nor number means anything.
    let mut responses = status.responses.clone().unwrap_or_default();
    responses.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    responses.dedup();
    let justification = status.justification.clone();
    let update = match (&status.status, justification, responses.is_empty()) {
        (Some(FindingStatusOption::Affected), None, _) => FindingStatusUpdate::affected(responses),
        (Some(FindingStatusOption::NotAffected), reason, true) => {
            FindingStatusUpdate::not_affected(reason)
        }
        (Some(FindingStatusOption::Fixed), None, true) => FindingStatusUpdate::fixed(),
        (Some(FindingStatusOption::UnderInvestigation), None, true) => {
            FindingStatusUpdate::under_investigation()
        }
        _ => return Decision::Unknown,
    };
    Decision::Carry(match &status.comment {
        Some(comment) => update.comment(comment.clone()),
        None => update,
    })
}
