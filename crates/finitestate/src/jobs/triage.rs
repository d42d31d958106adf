//! One status for many findings, in batches, with an outcome for each finding.

use std::collections::HashSet;
use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::queries::UpdateFindingsStatuses;
use crate::{Client, Error, FindingStatusUpdate, Id};

/// How many ids one call may carry is not documented; a hundred keep a request small.
const BATCH: usize = 100;

/// A status for many findings, made by [`Client::triage`]; it is set when awaited.
#[must_use = "no status is set until this is awaited"]
pub struct Triage {
    client: Client,
    user: Id,
    update: FindingStatusUpdate,
    findings: Vec<Id>,
    batch: usize,
}

/// What became of one finding.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum TriageOutcome {
    /// It has the status.
    Updated,
    /// The server answered and did not name it among the updated ones.
    NotUpdated,
    /// The server refused it, or no answer came; then it may have the status all the same.
    Failed(Arc<Error>),
}

impl TriageOutcome {
    /// True if the finding has the status for certain.
    #[must_use]
    pub fn is_updated(&self) -> bool {
        matches!(self, Self::Updated)
    }
}

impl Client {
    /// Gives one status to many findings, in the name of a user; gives the outcome of each, in order.
    ///
    /// A batch that the server refuses is halved until only the ids that it means are left, so that one
    /// unknown id does not stand in the way of the others. Once as many ids in a row as a batch holds were
    /// refused in the same words, as for an unknown user, no batch is halved for these words. The pairs of
    /// status and details are checked by [`FindingStatusUpdate`].
    ///
    /// ```
    /// # use finitestate::{Client, FindingStatusUpdate, Id, types::FindingStatusJustificationEnum};
    /// # async fn run(client: Client, user: Id, findings: Vec<Id>) {
    /// let verdict = FindingStatusUpdate::not_affected(
    ///     FindingStatusJustificationEnum::VulnerableCodeNotPresent,
    /// );
    /// for (finding, outcome) in client.triage(user, verdict, findings).await {
    ///     assert!(outcome.is_updated(), "{finding}: {outcome:?}");
    /// }
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// #     let sandbox = sdk_sandbox::Sandbox::builder().items(20).start().await?;
    /// #     let env = finitestate::Env::from_pairs(sandbox.finitestate().variables());
    /// #     let client = finitestate::Config::from_env(&env)?.into_builder().build()?;
    /// #     use finitestate::queries::{ListFindings, ListUsers};
    /// #     let users = client.execute(ListUsers::new().first(1)).await?.all_users;
    /// #     let user = users.into_iter().flatten().next().ok_or("no user")?.id;
    /// #     let found = client.execute(ListFindings::new().first(3)).await?.all_findings;
    /// #     let found: Vec<Id> = found.into_iter().flatten().map(|finding| finding.id).collect();
    /// #     assert_eq!(found.len(), 3);
    /// #     run(client, user, found).await;
    /// #     Ok(())
    /// # }
    /// ```
    pub fn triage<I: Into<Id>>(
        &self,
        user_id: impl Into<Id>,
        update: FindingStatusUpdate,
        finding_ids: impl IntoIterator<Item = I>,
    ) -> Triage {
        Triage {
            client: self.clone(),
            user: user_id.into(),
            update,
            findings: finding_ids.into_iter().map(Into::into).collect(),
            batch: BATCH,
        }
    }
}

impl Triage {
    /// How many findings one request carries, at least 1; default 100.
    pub fn batch(mut self, findings: usize) -> Self {
        self.batch = findings.max(1);
        self
    }

    async fn run(self) -> Vec<(Id, TriageOutcome)> {
        let mut outcomes = Vec::with_capacity(self.findings.len());
        // The last one first, so that halves are worked on in order.
        let mut waiting: Vec<&[Id]> = self.findings.chunks(self.batch).rev().collect();
        // Ids in a row that were refused one by one, all in the same words.
        let mut alike = (Vec::new(), 0);
        while let Some(batch) = waiting.pop() {
            let operation =
                UpdateFindingsStatuses::new(batch.to_vec(), self.update.clone(), self.user.clone());
            match self.client.execute(operation).await {
                Ok(data) => {
                    alike = (Vec::new(), 0);
                    let answer = data.update_findings_statuses;
                    let ids = answer.and_then(|answer| answer.ids).unwrap_or_default();
                    let updated: HashSet<Id> = ids.into_iter().collect();
                    outcomes.extend(batch.iter().map(|id| {
                        let outcome = if updated.contains(id) {
                            TriageOutcome::Updated
                        } else {
                            TriageOutcome::NotUpdated
                        };
                        (id.clone(), outcome)
                    }));
                }
                // As many as a whole batch: it is not the ids, but the user, say.
                Err(error)
                    if batch.len() > 1
                        && is_refusal(&error)
                        && !(alike.1 >= self.batch && alike.0 == words(&error)) =>
                {
                    let (first, second) = batch.split_at(batch.len() / 2);
                    waiting.push(second);
                    waiting.push(first);
                }
                Err(error) => {
                    let words = words(&error);
                    let count = if alike.0 == words { alike.1 } else { 0 };
                    alike = (words, count + batch.len());
                    let error = Arc::new(error);
                    let failed = || TriageOutcome::Failed(error.clone());
                    outcomes.extend(batch.iter().map(|id| (id.clone(), failed())));
                }
            }
        }
        outcomes
    }
}

/// True if the server has looked at the ids and refused: about some of them it may think otherwise.
fn is_refusal(error: &Error) -> bool {
    matches!(error, Error::Graphql(_))
        && !error.is_retryable()
        && !error.is_unauthorized()
        && !error.is_forbidden()
}

/// What the server says, which is the same each time if it is not about the ids.
fn words(error: &Error) -> Vec<String> {
    let Error::Graphql(errors) = error else {
        return Vec::new();
    };
    let errors = errors.errors().iter();
    errors.map(|error| error.message.clone()).collect()
}

impl IntoFuture for Triage {
    type Output = Vec<(Id, TriageOutcome)>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Triage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Triage")
            .field("update", &self.update)
            .field("findings", &self.findings.len())
            .finish_non_exhaustive()
    }
}
