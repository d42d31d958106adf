//! A matching job under way: submitted, waited for, fetched, and saved at each step.

use std::{
    io, iter,
    ops::{ControlFlow, Range},
    sync::{Mutex, PoisonError},
    vec,
};

use futures_util::TryStreamExt;
use sdk_transfer::{WaitError, wait_until};

use super::{
    FailedMatch, MatchError, MatchJob, MatchReport, MatchState, OverdueMatch, PersonRecord,
    UncertainSubmission, UnmatchedRecords, UnsavedState,
    error::{concerns_its_records_alone, started_nothing},
    report::{Bucket, Joined},
    split::batch,
    state::BatchState,
};
use crate::{
    GraphqlError, Operation,
    queries::matching::{
        GetMatchStatus, GetUniqueMatches,
        get_unique_matches::{PersonMatchResult, PersonMatchesResponse},
    },
    refusal::nothing,
    service::is_withheld,
};

/// A job whose requests are submitted, as far as they can be, and wait for their outcomes.
pub(super) struct Run {
    job: MatchJob,
    state: MatchState,
    records: vec::IntoIter<PersonRecord>,
    requests: iter::Enumerate<vec::IntoIter<Submitted>>,
}

/// A request, and why it has started no job that can be waited for, if it has not.
struct Submitted {
    records: usize,
    failure: Option<MatchError>,
}

/// What the service gave for one request.
struct Results {
    found: Vec<(Bucket, PersonMatchResult)>,
    notes: Vec<GraphqlError>,
}

impl Run {
    /// Checks everything before anything is sent, and submits what is not yet.
    pub(super) async fn begin(mut job: MatchJob) -> Result<Self, MatchError> {
        job.open_file().await?;
        let (state, batches) = job.plan()?;
        let mut run = Self {
            job,
            state,
            records: Vec::new().into_iter(),
            requests: Vec::new().into_iter().enumerate(),
        };
        run.save().await.map_err(|source| run.unsaved(source))?;

        let (mut requests, mut goes_on) = (Vec::with_capacity(batches.len()), true);
        for (place, range) in batches.into_iter().enumerate() {
            let records = range.len();
            let failure = run.submit(place, range, &mut goes_on).await?;
            requests.push(Submitted { records, failure });
        }
        run.records = std::mem::take(&mut run.job.records).into_iter();
        run.requests = requests.into_iter().enumerate();
        Ok(run)
    }

    /// The outcomes of the next request.
    pub(super) async fn next(&mut self) -> Result<Option<MatchReport>, MatchError> {
        let Some((place, request)) = self.requests.next() else {
            return Ok(None);
        };
        let records: Vec<PersonRecord> = self.records.by_ref().take(request.records).collect();
        let results = match request.failure {
            Some(error) => Err(error),
            None => self.results(place).await,
        };
        let report = match results {
            Ok(Results { found, notes }) => {
                let mut joined = Joined::new(records);
                for (bucket, result) in found {
                    joined.add(bucket, result);
                }
                joined.into_report(notes)
            }
            Err(error @ MatchError::Save(_)) => return Err(error),
            Err(error) => MatchReport {
                unmatched: vec![UnmatchedRecords { records, error }],
                ..MatchReport::default()
            },
        };
        Ok(Some(report))
    }

    /// Submits one request, unless that has been done; gives why it has started no job, if it has not.
    ///
    /// After an outcome that concerns all requests, `goes_on` is false: an outage or a lost answer, for
    /// instance, would make one uncertain submission after the other.
    async fn submit(
        &mut self,
        place: usize,
        range: Range<usize>,
        goes_on: &mut bool,
    ) -> Result<Option<MatchError>, MatchError> {
        let records = range.len();
        let uncertain = |source| Some(UncertainSubmission { records, source }.into());
        let before = match self.state.batches.get(place) {
            Some(BatchState::Submitted { .. } | BatchState::Ready { .. }) => return Ok(None),
            Some(BatchState::Submitting) if !*goes_on || !self.job.resubmit_uncertain => {
                return Ok(uncertain(None));
            }
            Some(BatchState::Planned) if !*goes_on => return Ok(Some(MatchError::NotSubmitted)),
            Some(before) => before.clone(),
            None => return Err(MatchError::OtherRecords),
        };
        let people = batch(&self.job.records, range)?;
        let client = self.job.client.clone();
        // Waited for first: whoever is killed meanwhile has certainly submitted nothing.
        if let Err(error) = client.token_for(people.name()).await {
            *goes_on = false;
            return Ok(Some(error.into()));
        }
        // Saved before anything is sent: a crash from here on must not lead to a second submission.
        self.set(place, BatchState::Submitting);
        if let Err(source) = self.save().await {
            self.set(place, before);
            return Err(self.unsaved(source));
        }
        let answer = client.fetch_partial(people).await;
        match answer.map(|(job, _)| job.request_id) {
            Ok(Some(request_id)) => {
                let submitted = BatchState::Submitted { request_id };
                self.advance(place, submitted).await?;
                Ok(None)
            }
            Err(error) if started_nothing(&error) => {
                *goes_on = concerns_its_records_alone(&error);
                self.advance(place, before).await?;
                Ok(Some(error.into()))
            }
            lost => {
                *goes_on = false;
                Ok(uncertain(lost.err()))
            }
        }
    }

    /// Waits for the job of one request, and fetches what it found.
    async fn results(&mut self, place: usize) -> Result<Results, MatchError> {
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
            _ => return Err(MatchError::NotSubmitted),
        };
        self.fetch(&request_id).await
    }

    async fn fetch(&self, request_id: &str) -> Result<Results, MatchError> {
        let client = &self.job.client;
        let operation = GetUniqueMatches::new(request_id);
        let name = operation.name();
        let (unique, notes) = client.fetch_partial(operation).await?;
        if notes.iter().any(is_withheld) && !is_whole(&unique) {
            return Err(nothing(name, notes).into());
        }
        let unique = unique.data.into_iter().flatten().flatten();
        let mut found: Vec<_> = unique.map(|result| (Bucket::Unique, result)).collect();
        for (bucket, ask) in [
            (Bucket::Possible, &self.job.possible),
            (Bucket::None, &self.job.none),
        ] {
            let Some(ask) = ask else { continue };
            let mut results = ask(client, request_id);
            while let Some(result) = results.try_next().await? {
                found.push((bucket, result));
            }
        }
        Ok(Results { found, notes })
    }

    /// Looks at a job until it is done. A look that fails in passing is no reason to give up.
    async fn wait_for(&self, request_id: &str) -> Result<(), MatchError> {
        let client = &self.job.client;
        let last = Mutex::new((None, None));
        let remember = |status: Option<String>, error| {
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            *last = (status.or(last.0.take()), error);
        };
        let look = || async {
            let operation = GetMatchStatus::new(request_id);
            let name = operation.name();
            let (status, notes) = match client.fetch_partial(operation).await {
                Ok(told) => told,
                Err(error) if error.is_retryable() => {
                    remember(None, Some(error));
                    return Ok(ControlFlow::Continue(()));
                }
                Err(error) => return Err(error.into()),
            };
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
            if status.status.is_none() && notes.iter().any(is_withheld) {
                return Err(nothing(name, notes).into());
            }
            remember(status.status, None);
            Ok(ControlFlow::Continue(()))
        };
        let waited = wait_until(self.job.backoff, self.job.deadline, look).await;
        let passed = match waited {
            Ok(()) => return Ok(()),
            Err(WaitError::Look(error)) => return Err(error),
            Err(WaitError::Deadline(passed)) => passed,
        };
        let (last_status, source) = last.into_inner().unwrap_or_else(PoisonError::into_inner);
        Err(MatchError::Deadline(OverdueMatch {
            request_id: request_id.to_owned(),
            last_status,
            passed,
            source,
        }))
    }

    fn set(&mut self, place: usize, to: BatchState) {
        if let Some(batch) = self.state.batches.get_mut(place) {
            *batch = to;
        }
    }

    async fn advance(&mut self, place: usize, to: BatchState) -> Result<(), MatchError> {
        self.set(place, to);
        self.save().await.map_err(|source| self.unsaved(source))
    }

    async fn save(&self) -> io::Result<()> {
        let (save, state) = (self.job.save.clone(), self.state.clone());
        let saved = tokio::task::spawn_blocking(move || save.save(&state)).await;
        saved.unwrap_or_else(|error| Err(io::Error::other(error)))
    }

    fn unsaved(&self, source: io::Error) -> MatchError {
        let state = self.state.clone();
        UnsavedState { state, source }.into()
    }
}

/// False if something is missing without which a record cannot be told from one without a match.
fn is_whole(unique: &PersonMatchesResponse) -> bool {
    let is_whole = |result: &PersonMatchResult| {
        let matches = result.matches.as_ref();
        result.client_supplied_id.is_some()
            && matches.is_some_and(|matches| matches.iter().all(Option::is_some))
    };
    unique.data.as_ref().is_some_and(|results| {
        let mut results = results.iter().map(Option::as_ref);
        results.all(|result| result.is_some_and(is_whole))
    })
}
