//! Many operations, a few at a time.

use std::{
    fmt,
    future::IntoFuture,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_util::{StreamExt, future::BoxFuture, stream};

use sdk_auth::{Gate, Phase};

use crate::{Call, Error, GraphqlClient, Operation};

/// Operations under way at once, unless the caller says otherwise.
const CONCURRENCY: usize = 4;

/// How often an operation is sent again because the server was asked too often.
const MAX_REFUSALS: u32 = 8;

/// Many operations about to run, a few at a time; await it for an outcome of each.
///
/// Outcomes come in the order of the operations. When the server answers 429, nothing more is sent by any
/// of the workers until the time it names is over (1 s, doubling up to 30 s, where it names none), and the
/// refused operation is sent again, up to 8 times: a request that was refused for its rate was not carried
/// out, so this holds for mutations as for queries. What else may be sent twice, the client's rules decide,
/// as for single calls; such a repetition waits for the same time.
///
/// Dropping the future stops the sending; operations under way are not called back.
///
/// ```
/// # use sdk_graphql::{BulkOutcome, GraphqlClient, Operation};
/// /// Runs the operations eight at a time, and says how many failed.
/// async fn failures<O: Operation + 'static>(client: &GraphqlClient, operations: Vec<O>) -> usize {
///     let outcomes = client
///         .bulk(operations)
///         .concurrency(8)
///         .on_progress(|progress| println!("{} of {}", progress.ended, progress.total))
///         .await;
///     outcomes.iter().filter(|outcome| matches!(outcome, BulkOutcome::Failed(_))).count()
/// }
/// ```
#[must_use = "operations do nothing unless awaited"]
pub struct Bulk<O: Operation> {
    calls: Vec<Call<O>>,
    concurrency: usize,
    stop_on_error: bool,
    on_progress: Arc<dyn Fn(BulkProgress) + Send + Sync>,
}

/// What became of one of many operations.
#[derive(Debug)]
#[non_exhaustive]
pub enum BulkOutcome<T> {
    /// It was carried out.
    Done(T),
    /// It failed. Whether it was carried out all the same, its error says as for a single call.
    Failed(Error),
    /// It was not sent, because another one had failed.
    NotSent,
}

/// How far many operations have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkProgress {
    /// Operations that have an outcome.
    pub ended: usize,
    /// Of these, failed ones.
    pub failed: usize,
    /// All operations.
    pub total: usize,
}

impl<T> BulkOutcome<T> {
    /// The data, or why there is none; an operation that was not sent has neither.
    pub fn into_result(self) -> Option<Result<T, Error>> {
        match self {
            Self::Done(data) => Some(Ok(data)),
            Self::Failed(error) => Some(Err(error)),
            Self::NotSent => None,
        }
    }
}

impl GraphqlClient {
    /// Runs many operations, such as mutations, a few at a time.
    ///
    /// Their variables are written at once, so the operations may be dropped; awaiting the [`Bulk`] sends
    /// them. It does not fail as a whole: every operation has its own [`BulkOutcome`].
    pub fn bulk<O: Operation>(&self, operations: impl IntoIterator<Item = O>) -> Bulk<O> {
        Bulk {
            calls: operations
                .into_iter()
                .map(|operation| self.execute(operation))
                .collect(),
            concurrency: CONCURRENCY,
            stop_on_error: false,
            on_progress: Arc::new(|_| {}),
        }
    }
}

impl<O: Operation> Bulk<O> {
    /// How many operations are under way at once, at least 1; default 4.
    pub fn concurrency(mut self, operations: usize) -> Self {
        self.concurrency = operations.max(1);
        self
    }

    /// Sends nothing more after the first failure. Default: goes on.
    ///
    /// Either way nothing more is sent after refused credentials or a quota that is used up, which every
    /// further operation would meet as well.
    pub fn stop_on_error(mut self) -> Self {
        self.stop_on_error = true;
        self
    }

    /// Calls this function after each outcome, on the task that awaits; it should be quick.
    pub fn on_progress(mut self, report: impl Fn(BulkProgress) + Send + Sync + 'static) -> Self {
        self.on_progress = Arc::new(report);
        self
    }
}

/// What the workers share.
#[derive(Default)]
struct Shared {
    gate: Gate,
    stopped: AtomicBool,
}

impl<O: Operation + 'static> Bulk<O> {
    async fn run(self) -> Vec<BulkOutcome<O::Data>> {
        let shared = Shared::default();
        let total = self.calls.len();
        let calls = self.calls.into_iter().enumerate();
        let workers = calls.map(|(place, call)| {
            let (shared, stop_on_error) = (&shared, self.stop_on_error);
            async move {
                let outcome = one(call, shared).await;
                if let BulkOutcome::Failed(error) = &outcome
                    && (stop_on_error || error.is_unauthorized() || error.is_quota_exceeded())
                {
                    shared.stopped.store(true, Ordering::Relaxed);
                }
                (place, outcome)
            }
        });
        let mut ending = stream::iter(workers).buffer_unordered(self.concurrency);
        let mut outcomes = Vec::with_capacity(total);
        let mut failed = 0;
        while let Some((place, outcome)) = ending.next().await {
            failed += usize::from(matches!(outcome, BulkOutcome::Failed(_)));
            outcomes.push((place, outcome));
            (self.on_progress)(BulkProgress {
                ended: outcomes.len(),
                failed,
                total,
            });
        }
        outcomes.sort_unstable_by_key(|(place, _)| *place);
        outcomes.into_iter().map(|(_, outcome)| outcome).collect()
    }
}

/// Sends one operation until it has an outcome.
async fn one<O: Operation + 'static>(call: Call<O>, shared: &Shared) -> BulkOutcome<O::Data> {
    let mut refusals = 0;
    loop {
        shared.gate.pass().await;
        if shared.stopped.load(Ordering::Relaxed) {
            return BulkOutcome::NotSent;
        }
        match call.clone().behind(&shared.gate).await {
            Ok(data) => {
                shared.gate.let_through();
                return BulkOutcome::Done(data);
            }
            Err(error) => {
                if error.is_rate_limited() {
                    shared.gate.close(error.retry_after());
                }
                if was_held_back(&error, &shared.gate) {
                    continue;
                }
                refusals += 1;
                if !is_refused_for_its_rate(&error) || refusals > MAX_REFUSALS {
                    return BulkOutcome::Failed(error);
                }
            }
        }
    }
}

/// True for a 429. An error in a GraphQL response may stand beside fields that were carried out.
fn is_refused_for_its_rate(error: &Error) -> bool {
    matches!(error, Error::Status(status) if error.is_rate_limited() && status.status() == 429)
}

/// True for a call that was not sent: the gate was closed after it had passed, and its time ran out there.
fn was_held_back(error: &Error, gate: &Gate) -> bool {
    let Error::Auth(error) = error else {
        return false;
    };
    let sdk_auth::Error::Deadline(error) = error.cause() else {
        return false;
    };
    let waited = error.phase() == Phase::WaitingForTurn && error.is_unprocessed();
    waited && !gate.closed_for().is_zero()
}

impl<O: Operation + 'static> IntoFuture for Bulk<O> {
    type Output = Vec<BulkOutcome<O::Data>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<O: Operation> fmt::Debug for Bulk<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulk")
            .field("operations", &self.calls.len())
            .field("concurrency", &self.concurrency)
            .field("stop_on_error", &self.stop_on_error)
            .finish_non_exhaustive()
    }
}
