//! What comparing and replicating mean, in so many loops.

use std::collections::BTreeSet;

use finitestate::jobs::SkipReason;

/// Name and version.
pub(super) type Component = (Option<&'static str>, Option<&'static str>);

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Finding {
    pub(super) id: String,
    pub(super) tool_id: Option<&'static str>,
    pub(super) title: Option<&'static str>,
    pub(super) category: Option<&'static str>,
    pub(super) affects: Vec<Component>,
    pub(super) status: Option<Status>,
}

#[derive(Debug, Clone)]
pub(super) struct Status {
    pub(super) status: &'static str,
    pub(super) justification: Option<&'static str>,
    pub(super) responses: Vec<&'static str>,
    pub(super) comment: Option<&'static str>,
}

impl PartialEq for Status {
    /// The order of responses means nothing.
    fn eq(&self, other: &Self) -> bool {
        let set = |of: &Self| of.responses.iter().copied().collect::<BTreeSet<_>>();
        (self.status, self.justification, self.comment, set(self))
            == (other.status, other.justification, other.comment, set(other))
    }
}

impl Status {
    /// True if it can be said by an update.
    fn is_known(&self) -> bool {
        match self.status {
            "AFFECTED" => self.justification.is_none(),
            "NOT_AFFECTED" => self.responses.is_empty(),
            "FIXED" => self.justification.is_none() && self.responses.is_empty(),
            _ => false,
        }
    }
}

impl Finding {
    /// The weakness: the tool's id, or else category and title; and the names of the components.
    pub(super) fn key(&self) -> (Vec<Option<&'static str>>, BTreeSet<&'static str>) {
        let names = self.affects.iter().filter_map(|it| it.0).collect();
        match self.tool_id {
            Some(id) if !id.is_empty() => (vec![Some(id)], names),
            _ => (vec![self.category, self.title], names),
        }
    }

    pub(super) fn affected(&self) -> BTreeSet<Component> {
        self.affects.iter().copied().collect()
    }
}

/// Every component of a version, with an id.
pub(super) fn components(findings: &[Finding]) -> Vec<(String, Component)> {
    let of = |finding: &Finding| {
        let id = finding.id.clone();
        let affects = finding.affects.clone().into_iter().enumerate();
        affects.map(move |(place, component)| (format!("{id}-{place}"), component))
    };
    findings.iter().flat_map(of).collect()
}

/// Old and new items side by side: those of the new list in their order, then what is left of the old one.
pub(super) fn compare<'a, T, K: PartialEq>(
    old: &'a [T],
    new: &'a [T],
    key: impl Fn(&T) -> K,
    alike: impl Fn(&T, &T) -> bool,
) -> Vec<(Option<&'a T>, Option<&'a T>)> {
    let mut left: Vec<&T> = old.iter().collect();
    let mut pairs = Vec::new();
    for item in new {
        let same = |other: &&T| key(other) == key(item);
        let best = left.iter().position(|it| same(it) && alike(it, item));
        let place = best.or_else(|| left.iter().position(same));
        pairs.push((place.map(|place| left.remove(place)), Some(item)));
    }
    pairs.extend(left.into_iter().map(|item| (Some(item), None)));
    pairs
}

/// What a replication leaves behind and reports.
#[derive(Debug)]
pub(super) struct Replicated {
    pub(super) target: Vec<Finding>,
    pub(super) updated: BTreeSet<String>,
    pub(super) skipped: Vec<(String, SkipReason)>,
    pub(super) unmatched: Vec<String>,
}

pub(super) fn replicate(source: &[Finding], target: &[Finding], overwrite: bool) -> Replicated {
    let mut done = Replicated {
        target: target.to_vec(),
        updated: BTreeSet::new(),
        skipped: Vec::new(),
        unmatched: Vec::new(),
    };
    let mut matched = BTreeSet::new();
    for finding in &mut done.target {
        let mut same: Vec<_> = source
            .iter()
            .filter(|it| it.key() == finding.key())
            .collect();
        let is_alike = |it: &&Finding| it.affected() == finding.affected();
        if same.iter().any(is_alike) {
            same.retain(is_alike);
        }
        matched.extend(same.iter().map(|it| it.id.clone()));
        let Some(first) = same.first().map(|it| &it.status) else {
            continue;
        };
        let is_unknown = |it: &Option<Status>| it.as_ref().is_some_and(|it| !it.is_known());
        let skip = if same.iter().all(|it| is_unknown(&it.status)) {
            SkipReason::Unknown
        } else if same.iter().any(|it| it.status != *first) {
            SkipReason::Contradicting
        } else if first.is_none() || finding.status == *first {
            continue;
        } else if finding.status.is_some() && !overwrite {
            SkipReason::HasStatus
        } else {
            finding.status.clone_from(first);
            done.updated.insert(finding.id.clone());
            continue;
        };
        done.skipped.push((finding.id.clone(), skip));
    }
    let lost = |it: &&Finding| it.status.is_some() && !matched.contains(&it.id);
    done.unmatched = source.iter().filter(lost).map(|it| it.id.clone()).collect();
    done
}
