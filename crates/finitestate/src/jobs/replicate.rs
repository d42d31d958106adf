//! Triage decisions carried over from one version of an asset to another.

mod source;

use std::collections::HashMap;
use std::fmt;
use std::future::IntoFuture;

use futures_util::TryStreamExt as _;
use futures_util::future::BoxFuture;

use source::{Decision, Source, carried};

use super::triage::TriageOutcome;
use crate::{Client, Error, FindingStatusUpdate, Id};

/// A replication of statuses, made by [`Client::replicate_statuses`]; it runs when awaited.
#[must_use = "no status is set until this is awaited"]
#[derive(Clone)]
pub struct StatusReplication {
    client: Client,
    user: Id,
    from: Id,
    to: Id,
    overwrite: bool,
    dry_run: bool,
}

/// What a replication did.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Replication {
    /// The findings that were given a status: their id, the status, and what became of it. Empty outcomes
    /// are those of a dry run.
    pub updates: Vec<(Id, FindingStatusUpdate, Option<TriageOutcome>)>,
    /// The findings of the target whose counterpart has a status that was not carried over.
    pub skipped: Vec<Skipped>,
    /// The findings of the source that have a status and no counterpart in the target, such as those that an
    /// upgrade has fixed.
    pub unmatched: Vec<Id>,
}

/// A finding that kept the status it had.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// The finding of the target.
    pub finding_id: Id,
    /// Why.
    pub reason: SkipReason,
}

/// Why a status was not carried over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// It has a status of its own.
    HasStatus,
    /// Several findings of the source are the same, and their statuses differ, or only some have one.
    Contradicting,
    /// The status is one that this client does not know, or its details do not go with it.
    Unknown,
}

impl Client {
    /// Gives the findings of one version the statuses of the same findings of another one.
    ///
    /// Findings are the same by the rule of [`Comparison::findings`](crate::Comparison::findings): where the
    /// source has one that affects the very same versions of components, that one decides, else all that are
    /// the same have to agree. Findings that have a status of their own keep it, unless told otherwise.
    ///
    /// # Errors
    ///
    /// When awaited: the findings of a version cannot be listed. What becomes of each finding is in the
    /// [`Replication`].
    pub fn replicate_statuses(
        &self,
        user_id: impl Into<Id>,
        from_version_id: impl Into<Id>,
        to_version_id: impl Into<Id>,
    ) -> StatusReplication {
        StatusReplication {
            client: self.clone(),
            user: user_id.into(),
            from: from_version_id.into(),
            to: to_version_id.into(),
            overwrite: false,
            dry_run: false,
        }
    }
}

impl StatusReplication {
    /// Replaces statuses that the target's findings have already. Default: they keep them.
    pub fn overwrite(mut self) -> Self {
        self.overwrite = true;
        self
    }

    /// Only says what would be done.
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }

    async fn run(self) -> Result<Replication, Error> {
        let mut source = self.source().await?;
        let mut report = Replication::default();
        let mut plan = Plan::default();
        let mut findings = std::pin::pin!(self.client.findings_of(&self.to));
        while let Some(finding) = findings.try_next().await? {
            let skip = match source.decision(&finding) {
                Decision::None => continue,
                Decision::Contradicting => SkipReason::Contradicting,
                Decision::Unknown => SkipReason::Unknown,
                Decision::Carry(update) => match carried(finding.status()) {
                    Decision::Carry(present) if present == update => continue,
                    Decision::None => {
                        plan.add(update, finding.id);
                        continue;
                    }
                    _ if self.overwrite => {
                        plan.add(update, finding.id);
                        continue;
                    }
                    _ => SkipReason::HasStatus,
                },
            };
            report.skipped.push(Skipped {
                finding_id: finding.id,
                reason: skip,
            });
        }
        report.unmatched = source.unmatched();
        for (update, ids) in plan.batches {
            if self.dry_run {
                let would = ids.into_iter().map(|id| (id, update.clone(), None));
                report.updates.extend(would);
                continue;
            }
            let outcomes = self
                .client
                .triage(self.user.clone(), update.clone(), ids)
                .await;
            let done = outcomes.into_iter();
            let done = done.map(|(id, outcome)| (id, update.clone(), Some(outcome)));
            report.updates.extend(done);
        }
        Ok(report)
    }

    async fn source(&self) -> Result<Source, Error> {
        let mut source = Source::default();
        let mut findings = std::pin::pin!(self.client.findings_of(&self.from));
        while let Some(finding) = findings.try_next().await? {
            source.add(finding);
        }
        Ok(source)
    }
}

/// Which findings get which status, in the order in which the statuses came up.
#[derive(Default)]
struct Plan {
    batches: Vec<(FindingStatusUpdate, Vec<Id>)>,
    places: HashMap<FindingStatusUpdate, usize>,
}

impl Plan {
    fn add(&mut self, update: FindingStatusUpdate, finding: Id) {
        let next = self.batches.len();
        let place = *self.places.entry(update.clone()).or_insert(next);
        match self.batches.get_mut(place) {
            Some((_, ids)) => ids.push(finding),
            None => self.batches.push((update, vec![finding])),
        }
    }
}

impl IntoFuture for StatusReplication {
    type Output = Result<Replication, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for StatusReplication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusReplication")
            .field("from", &self.from)
            .field("to", &self.to)
            .finish_non_exhaustive()
    }
}
