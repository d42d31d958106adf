//! From records to matches: submit, wait, fetch, join; continued after a crash.

use std::{
    collections::HashMap, fmt, future::IntoFuture, ops::ControlFlow, ops::Range, pin::Pin,
    time::Duration,
};

use sdk_transfer::{Backoff, SaveState, WaitError, wait_until};

use super::{
    FailedMatch, MAX_MATCH_REQUEST_BYTES, MatchError, MatchState, PersonRecord,
    UncertainSubmission,
    error::started_nothing,
    split::{batch, split},
    state::BatchState,
};
use crate::{
    Client,
    queries::matching::{
        GetMatchStatus, GetUniqueMatches,
        get_unique_matches::{PersonMatch, PersonMatchResult},
    },
};

/// How long the jobs of all requests may take together, unless the caller says otherwise.
const DEADLINE: Duration = Duration::from_secs(60 * 60);

/// Records about to be matched; await it for the result of each.
///
/// It splits the records into requests of at most 6 MB, submits each once, waits until every job is done,
/// fetches the results, and joins them to the records. A submission is never sent again after a failure
/// that may have started a job: without a key against repetition that would start another one.
///
/// The state goes to [`save_to`](Self::save_to) *before* each submission and after each step. After a
/// crash, give the last one to [`resume`](Self::resume) with the same records: jobs that have started are
/// waited for, and nothing is submitted twice. If the crash came between a submission and its answer,
/// nobody knows whether a job has started, and the job ends with [`MatchError::Uncertain`].
#[must_use = "records are not matched unless awaited"]
pub struct MatchJob {
    client: Client,
    records: Vec<PersonRecord>,
    max_request_bytes: usize,
    resume: Option<MatchState>,
    resubmit_uncertain: bool,
    save: SaveState<MatchState>,
    backoff: Backoff,
    deadline: Duration,
}

/// What was found, record by record.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MatchReport {
    /// Every record with its outcome, in the order in which they were given.
    pub people: Vec<MatchedRecord>,
    /// Results whose id is none of the records', or that came a second time. There should be none; nothing
    /// is dropped.
    pub strangers: Vec<PersonMatchResult>,
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
    /// Several matches, a poor one, or none. The vendor tells these apart in two further results, under
    /// names that no public source shows.
    NotUnique,
}

impl Client {
    /// Matches any number of people: splits, submits, waits, fetches, and joins by
    /// [`client_supplied_id`](PersonRecord::client_supplied_id).
    ///
    /// Nothing is sent until the [`MatchJob`] is awaited.
    pub fn match_people(&self, records: impl IntoIterator<Item = PersonRecord>) -> MatchJob {
        MatchJob {
            client: self.clone(),
            records: records.into_iter().collect(),
            max_request_bytes: MAX_MATCH_REQUEST_BYTES,
            resume: None,
            resubmit_uncertain: false,
            save: SaveState::default(),
            backoff: Backoff::default(),
            deadline: DEADLINE,
        }
    }
}

impl MatchJob {
    /// Goes on from a saved state, for the same records in the same order.
    pub fn resume(mut self, state: impl Into<Option<MatchState>>) -> Self {
        self.resume = state.into();
        self
    }

    /// Saves the state after every step, before anything that must not happen twice: to a
    /// [`StateFile`](sdk_transfer::StateFile), or with a function of your own. Default: nowhere.
    pub fn save_to(mut self, save: impl Into<SaveState<MatchState>>) -> Self {
        self.save = save.into();
        self
    }

    /// Submits again what was submitted without a known outcome, at the risk of a second job.
    pub fn resubmit_uncertain(mut self) -> Self {
        self.resubmit_uncertain = true;
        self
    }

    /// The pauses between looks at a job. Default: from 1 s to 30 s.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// How long each job may take from the first look on. Default: one hour.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The largest request, in bytes. Default and most: [`MAX_MATCH_REQUEST_BYTES`]. A resumed job keeps
    /// the limit that it began with.
    pub fn max_request_bytes(mut self, bytes: usize) -> Self {
        self.max_request_bytes = bytes.min(MAX_MATCH_REQUEST_BYTES);
        self
    }

    async fn run(self) -> Result<MatchReport, MatchError> {
        let (mut run, batches) = self.prepare().await?;
        for (place, range) in batches.into_iter().enumerate() {
            run.submit(place, range).await?;
        }
        let mut results = Vec::new();
        for place in 0..run.state.batches.len() {
            results.extend(run.results(place).await?);
        }
        Ok(join(run.job.records, results))
    }

    /// Checks everything before anything is sent.
    async fn prepare(mut self) -> Result<(Run, Vec<Range<usize>>), MatchError> {
        let (state, batches) = match self.resume.take() {
            Some(state) if !state.fits(&self.records) => return Err(MatchError::OtherRecords),
            Some(state) => {
                let batches = split(&self.records, state.max_request_bytes())?;
                if batches.len() != state.batches.len() {
                    return Err(MatchError::OtherRecords);
                }
                (state, batches)
            }
            None => {
                let batches = split(&self.records, self.max_request_bytes)?;
                let state = MatchState::new(&self.records, self.max_request_bytes, batches.len());
                (state, batches)
            }
        };
        let run = Run { job: self, state };
        run.save().await?;
        Ok((run, batches))
    }
}

/// A job that runs, and how far it is.
struct Run {
    job: MatchJob,
    state: MatchState,
}

impl Run {
    /// Submits one request, unless that has been done.
    async fn submit(&mut self, place: usize, range: Range<usize>) -> Result<(), MatchError> {
        let records = range.len();
        match self.state.batches.get(place) {
            Some(BatchState::Planned) => {}
            Some(BatchState::Submitting) if self.job.resubmit_uncertain => {}
            Some(BatchState::Submitting) => {
                let source = None;
                return Err(UncertainSubmission { records, source }.into());
            }
            _ => return Ok(()),
        }
        let people = batch(&self.job.records, range)?;
        // Saved before anything is sent: a crash from here on must not lead to a second submission.
        self.advance(place, BatchState::Submitting).await?;
        let answer = self.job.client.fetch(people).await;
        let uncertain = |source| UncertainSubmission { records, source };
        match answer.map(|job| job.request_id) {
            Ok(Some(request_id)) => {
                self.advance(place, BatchState::Submitted { request_id })
                    .await
            }
            Ok(None) => Err(uncertain(None).into()),
            Err(error) if started_nothing(&error) => {
                self.advance(place, BatchState::Planned).await?;
                Err(error.into())
            }
            Err(error) => Err(uncertain(Some(error)).into()),
        }
    }

    /// The results of one request, once its job is done.
    async fn results(&mut self, place: usize) -> Result<Vec<PersonMatchResult>, MatchError> {
        let request_id = match self.state.batches.get(place) {
            Some(BatchState::Ready { request_id }) => request_id.clone(),
            Some(BatchState::Submitted { request_id }) => {
                let request_id = request_id.clone();
                self.wait_for(&request_id).await?;
                let ready = BatchState::Ready {
                    request_id: request_id.clone(),
                };
                self.advance(place, ready).await?;
                request_id
            }
            _ => return Ok(Vec::new()),
        };
        let matches = self
            .job
            .client
            .fetch(GetUniqueMatches::new(request_id))
            .await?;
        Ok(matches.data.into_iter().flatten().flatten().collect())
    }

    /// Looks at a job until it is done.
    async fn wait_for(&self, request_id: &str) -> Result<(), MatchError> {
        let client = &self.job.client;
        let look = || async {
            let status = client.fetch(GetMatchStatus::new(request_id)).await?;
            if status.is_ready() {
                return Ok(ControlFlow::Break(()));
            }
            if status.has_failed() {
                return Err(MatchError::Failed(FailedMatch {
                    request_id: request_id.to_owned(),
                    status: status.status.unwrap_or_default(),
                    description: status.description,
                }));
            }
            Ok(ControlFlow::Continue(()))
        };
        match wait_until(self.job.backoff, self.job.deadline, look).await {
            Ok(()) => Ok(()),
            Err(WaitError::Look(error)) => Err(error),
            Err(_) => Err(MatchError::Deadline(self.job.deadline)),
        }
    }

    async fn advance(&mut self, place: usize, to: BatchState) -> Result<(), MatchError> {
        if let Some(batch) = self.state.batches.get_mut(place) {
            *batch = to;
        }
        self.save().await
    }

    async fn save(&self) -> Result<(), MatchError> {
        let (save, state) = (self.job.save.clone(), self.state.clone());
        let saved = tokio::task::spawn_blocking(move || save.save(&state)).await;
        saved
            .unwrap_or_else(|error| Err(std::io::Error::other(error)))
            .map_err(MatchError::Save)
    }
}

/// Gives every record its result.
fn join(records: Vec<PersonRecord>, results: Vec<PersonMatchResult>) -> MatchReport {
    let mut places: HashMap<&str, usize> = HashMap::with_capacity(records.len());
    for (place, record) in records.iter().enumerate() {
        places.insert(record.client_supplied_id(), place);
    }
    let mut outcomes = vec![MatchOutcome::NotUnique; records.len()];
    let mut strangers = Vec::new();
    for result in results {
        let id = result.client_supplied_id.as_deref();
        let outcome = id.and_then(|id| outcomes.get_mut(*places.get(id)?));
        match outcome {
            Some(outcome @ MatchOutcome::NotUnique) => {
                let mut found = result.matches.into_iter().flatten().flatten();
                if let (Some(person), None) = (found.next(), found.next()) {
                    *outcome = MatchOutcome::Unique(person);
                }
            }
            _ => strangers.push(result),
        }
    }
    drop(places);
    let people = records.into_iter().zip(outcomes);
    MatchReport {
        people: people
            .map(|(record, outcome)| MatchedRecord { record, outcome })
            .collect(),
        strangers,
    }
}

impl IntoFuture for MatchJob {
    type Output = Result<MatchReport, MatchError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for MatchJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MatchJob")
            .field("records", &self.records.len())
            .field("max_request_bytes", &self.max_request_bytes)
            .field("resume", &self.resume)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
