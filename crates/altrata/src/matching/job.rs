//! From records to matches: submit, wait, fetch, join; continued after a crash.

use std::{
    fmt, future::IntoFuture, io, ops::Range, path::PathBuf, pin::Pin, sync::Arc, time::Duration,
};

use futures_util::{Stream, StreamExt, TryStreamExt, stream, stream::BoxStream};
use sdk_transfer::{Backoff, LockError, SaveState, StateFile};

use super::{
    MAX_MATCH_REQUEST_BYTES, MatchError, MatchReport, MatchState, PersonRecord, run::Run,
    split::split,
};
use crate::{Client, Error, queries::matching::get_unique_matches::PersonMatchResult};

/// Results of one job, from a query of the caller's.
type Results = BoxStream<'static, Result<PersonMatchResult, Error>>;

/// Asks for the results of the job with this id.
pub(super) type Ask = Arc<dyn Fn(&Client, &str) -> Results + Send + Sync>;

/// How long the job of each request may take, unless the caller says otherwise.
const DEADLINE: Duration = Duration::from_secs(60 * 60);

/// Records about to be matched; await it for the result of each.
///
/// It splits the records into requests of at most 6 MB, submits each once, waits until every job is done,
/// fetches the results, and joins them to the records. A submission is never sent again after a failure
/// that may have started a job: without a key against repetition that would start another one.
///
/// What fails with one request does not cost the others their results: its records are in
/// [`MatchReport::unmatched`] with the reason, and [`MatchReport::is_complete`] says whether there are any.
/// Errors that leave data usable, such as a deprecated field, fail nothing; they are in
/// [`MatchReport::notes`].
///
/// The state goes to [`state_file`](Self::state_file) or [`save_state`](Self::save_state) *before* each
/// submission and after each step. After a crash, the same job with the same records goes on from there: jobs
/// that have started are waited for, and nothing is submitted twice. If the crash came between a submission
/// and its answer, nobody knows whether a job has started, and the records of that one request are unmatched
/// with [`MatchError::Uncertain`].
#[must_use = "records are not matched unless awaited"]
pub struct MatchJob {
    pub(super) client: Client,
    pub(super) records: Vec<PersonRecord>,
    pub(super) max_request_bytes: usize,
    pub(super) resume: Option<MatchState>,
    pub(super) resubmit_uncertain: bool,
    pub(super) save: SaveState<MatchState>,
    pub(super) state_file: Option<PathBuf>,
    pub(super) backoff: Backoff,
    pub(super) deadline: Duration,
    pub(super) possible: Option<Ask>,
    pub(super) none: Option<Ask>,
}

impl Client {
    /// Matches any number of people: splits, submits, waits, fetches, and joins by
    /// [`client_supplied_id`](PersonRecord::client_supplied_id).
    ///
    /// Nothing is sent until the [`MatchJob`] is awaited.
    ///
    /// # Errors
    ///
    /// When awaited: the records cannot be submitted, the state is about other records, or it cannot be read or
    /// saved. Whatever else happens to a request is in [`MatchReport::unmatched`].
    pub fn match_people(&self, records: impl IntoIterator<Item = PersonRecord>) -> MatchJob {
        MatchJob {
            client: self.clone(),
            records: records.into_iter().collect(),
            max_request_bytes: MAX_MATCH_REQUEST_BYTES,
            resume: None,
            resubmit_uncertain: false,
            save: SaveState::default(),
            state_file: None,
            backoff: Backoff::default(),
            deadline: DEADLINE,
            possible: None,
            none: None,
        }
    }
}

impl MatchJob {
    /// Goes on from a saved state, for the same records in the same order; it counts more than a
    /// [`state_file`](Self::state_file).
    pub fn resume(mut self, state: impl Into<Option<MatchState>>) -> Self {
        self.resume = state.into();
        self
    }

    /// Saves the state after every step, before anything that must not happen twice: to a
    /// [`StateFile`](sdk_transfer::StateFile), or with a function of your own. Default: nowhere. See
    /// [`state_file`](Self::state_file) for the easy way.
    pub fn save_state(mut self, save: impl Into<SaveState<MatchState>>) -> Self {
        self.save = save.into();
        self
    }

    /// Keeps the state in this file: goes on from it if it is there, and saves every step. Default: nowhere.
    ///
    /// The file stays when the job is done, because the results are nowhere else yet: remove it once they are
    /// kept, and the report [is complete](MatchReport::is_complete). Until then the same job gives the same
    /// results again, and submits nothing. A second run with the same file is refused while the first one goes
    /// on ([`MatchError::StateHeld`]).
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.state_file = Some(path.into());
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

    /// How long the job of each request may take, from the first look at it on. Default: one hour.
    ///
    /// A look that fails in passing is repeated within that time.
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
    ///
    /// # Errors
    ///
    /// The stream ends with an error where awaiting the job does; see [`Client::match_people`].
    pub fn reports(self) -> impl Stream<Item = Result<MatchReport, MatchError>> + Send {
        stream::try_unfold(Stage::Begin(Box::new(self)), |stage| async {
            let mut run = match stage {
                Stage::Begin(job) => Box::new(Run::begin(*job).await?),
                Stage::Join(run) => run,
            };
            let report = run.next().await?;
            Ok(report.map(|report| (report, Stage::Join(run))))
        })
    }

    async fn run(self) -> Result<MatchReport, MatchError> {
        let whole = MatchReport::default();
        let add = |mut whole: MatchReport, report| async {
            whole.append(report);
            Ok(whole)
        };
        self.reports().try_fold(whole, add).await
    }

    /// Goes on from the state file, if there is one, and saves to it; no other run has it meanwhile.
    pub(super) async fn open_file(&mut self) -> Result<(), MatchError> {
        let Some(path) = self.state_file.take() else {
            return Ok(());
        };
        let opened = tokio::task::spawn_blocking(move || {
            let lock = StateFile::new(path).lock()?;
            let saved = lock.file().load()?;
            Ok((lock, saved))
        });
        let opened = opened.await.map_err(io::Error::other);
        let (lock, saved) = opened
            .map_err(MatchError::Load)?
            .map_err(|error| match error {
                LockError::Held(held) => MatchError::StateHeld(held),
                LockError::State(error) => MatchError::Load(error.into()),
                other => MatchError::Load(io::Error::other(other)),
            })?;
        let (in_file, callers) = (SaveState::from(lock), std::mem::take(&mut self.save));
        self.save = SaveState::new(move |state| {
            in_file.save(state)?;
            callers.save(state)
        });
        self.resume = self.resume.take().or(saved);
        Ok(())
    }

    /// The state to begin with, and the requests.
    pub(super) fn plan(&mut self) -> Result<(MatchState, Vec<Range<usize>>), MatchError> {
        let Some(state) = self.resume.take() else {
            let batches = split(&self.records, self.max_request_bytes)?;
            let state = MatchState::new(&self.records, self.max_request_bytes, batches.len());
            return Ok((state, batches));
        };
        if !state.fits(&self.records) {
            return Err(MatchError::OtherRecords);
        }
        let batches = split(&self.records, state.max_request_bytes())?;
        match batches.len() == state.batches.len() {
            true => Ok((state, batches)),
            false => Err(MatchError::OtherRecords),
        }
    }
}

/// How far the stream of reports is.
enum Stage {
    Begin(Box<MatchJob>),
    Join(Box<Run>),
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
