//! Triage decisions carried over from one version of an asset to another.

use std::collections::HashMap;
use std::fmt;
use std::future::IntoFuture;

use futures_util::TryStreamExt as _;
use futures_util::future::BoxFuture;

use super::compare::{FindingBrief, FindingKey};
use super::triage::TriageOutcome;
use crate::queries::list_findings::FindingStatus;
use crate::types::FindingStatusOption;
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
    /// Several findings of the source are the same, and their statuses differ.
    Contradicting,
    /// The status is one that this client does not know, or its details do not go with it.
    Unknown,
}

impl Client {
    /// Gives the findings of one version the statuses of the same findings of another one.
    ///
    /// Findings are the same by the rule of [`Comparison::findings`](crate::Comparison::findings). Those that
    /// have a status of their own keep it, unless told otherwise.
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
        let decided = self.decisions().await?;
        let mut report = Replication::default();
        let mut plan: Vec<(FindingStatusUpdate, Vec<Id>)> = Vec::new();
        let mut findings = std::pin::pin!(self.client.findings_of(&self.to));
        while let Some(finding) = findings.try_next().await? {
            let Some(decision) = decided.get(&finding.key()) else {
                continue;
            };
            let skip = |reason| Skipped {
                finding_id: finding.id.clone(),
                reason,
            };
            match decision {
                Decision::Contradicting => report.skipped.push(skip(SkipReason::Contradicting)),
                Decision::Unknown => report.skipped.push(skip(SkipReason::Unknown)),
                Decision::Carry(update) => {
                    let present = finding.status().map(carried);
                    if present == Some(Decision::Carry(update.clone())) {
                        continue; // It has this very status.
                    }
                    if present.is_some() && !self.overwrite {
                        report.skipped.push(skip(SkipReason::HasStatus));
                        continue;
                    }
                    match plan.iter_mut().find(|(planned, _)| planned == update) {
                        Some((_, ids)) => ids.push(finding.id),
                        None => plan.push((update.clone(), vec![finding.id])),
                    }
                }
            }
        }
        for (update, ids) in plan {
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

    /// The statuses of the source, by finding.
    async fn decisions(&self) -> Result<HashMap<FindingKey, Decision>, Error> {
        let mut decided: HashMap<FindingKey, Decision> = HashMap::new();
        let mut findings = std::pin::pin!(self.client.findings_of(&self.from));
        while let Some(finding) = findings.try_next().await? {
            let Some(decision) = decision(&finding) else {
                continue;
            };
            decided
                .entry(finding.key())
                .and_modify(|present| {
                    if *present != decision {
                        *present = Decision::Contradicting;
                    }
                })
                .or_insert(decision);
        }
        Ok(decided)
    }
}

/// What the source says about a finding.
#[derive(Debug, Clone, PartialEq)]
enum Decision {
    Carry(FindingStatusUpdate),
    Contradicting,
    Unknown,
}

fn decision(finding: &FindingBrief) -> Option<Decision> {
    finding.status().map(carried)
}

/// A status as the update that would set it again.
fn carried(status: &FindingStatus) -> Decision {
    let responses = status.responses.clone().unwrap_or_default();
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
