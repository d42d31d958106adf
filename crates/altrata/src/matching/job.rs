//! From records to matches: submit, wait, fetch, join; continued after a crash.

use std::{
    fmt, future::IntoFuture, ops::ControlFlow, ops::Range, pin::Pin, sync::Arc, time::Duration, vec,
};

use futures_util::{Stream, StreamExt, TryStreamExt, stream, stream::BoxStream};
use sdk_transfer::{Backoff, SaveState, WaitError, wait_until};

use super::{
    FailedMatch, MAX_MATCH_REQUEST_BYTES, MatchError, MatchReport, MatchState, PersonRecord,
    UncertainSubmission,
    error::started_nothing,
    report::{Bucket, Joined},
    split::{batch, split},
    state::BatchState,
};
use crate::{
    Client, Error, Operation,
    queries::matching::{GetMatchStatus, GetUniqueMatches, get_unique_matches::PersonMatchResult},
};

/// Results of one job, from a query of the caller's.
type Results = BoxStream<'static, Result<PersonMatchResult, Error>>;

/// Asks for the results of the job with this id.
type Ask = Arc<dyn Fn(&Client, &str) -> Results + Send + Sync>;

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
    possible: Option<Ask>,
    none: Option<Ask>,
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
            possible: None,
            none: None,
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

    /// Asks for the possible matches of each job in this way, once it is done: several matches, or a poor one.
    ///
    /// The vendor has a query for them under a name that no public source shows, so none is shipped; GraphiQL
    /// shows it to who has credentials. Write it as an operation of your own (see `sdk_codegen`), and give its
    /// results here, as a stream, page by page if the query has pages. Default: nobody asks, and such
    /// records are [`MatchOutcome::NotUnique`](crate::MatchOutcome::NotUnique).
    pub fn possible_matches<S>(
        mut self,
        ask: impl Fn(&Client, &str) -> S + Send + Sync + 'static,
    ) -> Self
    where
        S: Stream<Item = Result<PersonMatchResult, Error>> + Send + 'static,
    {
        self.possible = Some(Arc::new(move |client, job| ask(client, job).boxed()));
        self
    }

    /// Asks for the records of each job that match nobody in this way, once it is done.
    ///
    /// As with [`possible_matches`](Self::possible_matches), the name of the query is yours to fill in.
    pub fn no_matches<S>(mut self, ask: impl Fn(&Client, &str) -> S + Send + Sync + 'static) -> Self
    where
        S: Stream<Item = Result<PersonMatchResult, Error>> + Send + 'static,
    {
        self.none = Some(Arc::new(move |client, job| ask(client, job).boxed()));
        self
    }

    /// The outcomes as they come: one report for each request, in the order of the records.
    ///
    /// Everything is submitted before the first one. Memory holds the records that are still without an
    /// outcome and the results of one request; awaiting the job collects all of them instead.
    pub fn reports(self) -> impl Stream<Item = Result<MatchReport, MatchError>> + Send {
        stream::try_unfold(Stage::Begin(Box::new(self)), |stage| async {
            let mut joining = match stage {
                Stage::Begin(job) => Box::new(Joining::begin(*job).await?),
                Stage::Join(joining) => joining,
            };
            let report = joining.next().await?;
            Ok(report.map(|report| (report, Stage::Join(joining))))
        })
    }

    async fn run(self) -> Result<MatchReport, MatchError> {
        let whole = MatchReport::default();
        let reports = self.reports();
        let add = |mut whole: MatchReport, report: MatchReport| async {
            whole.people.extend(report.people);
            whole.strangers.extend(report.strangers);
            Ok(whole)
        };
        reports.try_fold(whole, add).await
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

/// How far the stream of reports is.
enum Stage {
    Begin(Box<MatchJob>),
    Join(Box<Joining>),
}

/// Everything is submitted, and what is left waits for its outcome.
struct Joining {
    run: Run,
    records: vec::IntoIter<PersonRecord>,
    batches: std::iter::Enumerate<vec::IntoIter<Range<usize>>>,
}

impl Joining {
    async fn begin(job: MatchJob) -> Result<Self, MatchError> {
        let (mut run, batches) = job.prepare().await?;
        for (place, range) in batches.iter().enumerate() {
            run.submit(place, range.clone()).await?;
        }
        let records = std::mem::take(&mut run.job.records);
        Ok(Self {
            run,
            records: records.into_iter(),
            batches: batches.into_iter().enumerate(),
        })
    }

    async fn next(&mut self) -> Result<Option<MatchReport>, MatchError> {
        let Some((place, range)) = self.batches.next() else {
            return Ok(None);
        };
        let records: Vec<PersonRecord> = self.records.by_ref().take(range.len()).collect();
        match self.run.done(place).await? {
            Some(request_id) => self.run.join(records, &request_id).await.map(Some),
            None => Ok(Some(Joined::new(records).into_report())),
        }
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
        // Waited for first: whoever is killed meanwhile has certainly submitted nothing.
        self.job.client.token_for(people.name()).await?;
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

    /// The id of a job, once it is done.
    async fn done(&mut self, place: usize) -> Result<Option<String>, MatchError> {
        match self.state.batches.get(place) {
            Some(BatchState::Ready { request_id }) => Ok(Some(request_id.clone())),
            Some(BatchState::Submitted { request_id }) => {
                let request_id = request_id.clone();
                self.wait_for(&request_id).await?;
                let ready = BatchState::Ready {
                    request_id: request_id.clone(),
                };
                self.advance(place, ready).await?;
                Ok(Some(request_id))
            }
            _ => Ok(None),
        }
    }

    /// Gives the records of one request their outcomes.
    async fn join(
        &self,
        records: Vec<PersonRecord>,
        request_id: &str,
    ) -> Result<MatchReport, MatchError> {
        let client = &self.job.client;
        let mut joined = Joined::new(records);
        let unique = client.fetch(GetUniqueMatches::new(request_id)).await?;
        for result in unique.data.into_iter().flatten().flatten() {
            joined.add(Bucket::Unique, result);
        }
        for (bucket, ask) in [
            (Bucket::Possible, &self.job.possible),
            (Bucket::None, &self.job.none),
        ] {
            let Some(ask) = ask else { continue };
            let mut results = ask(client, request_id);
            while let Some(result) = results.try_next().await? {
                joined.add(bucket, result);
            }
        }
        Ok(joined.into_report())
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
