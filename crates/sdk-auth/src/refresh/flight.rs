//! A token request under way: a task of its own, which callers only look at.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::Instant;
use tracing::Instrument as _;

use super::fetch::NewToken;
use super::{Shared, State, count};
use crate::clock::Now;
use crate::error::Error;
use crate::observe::TokenEvent;
use crate::store::IssueOrder;
use crate::token::AccessToken;

/// A token request under way, as seen by those who wait for it.
#[derive(Clone)]
pub(super) struct Flight {
    pub(super) id: u64,
    outcome: watch::Receiver<Option<Outcome>>,
    overdue: Instant,
    /// The token that the API refused while this flight was in the air.
    pub(super) refused: Option<Arc<AccessToken>>,
}

pub(super) type Outcome = Result<Arc<AccessToken>, Error>;

/// After this time a flight is lost: a token request takes 30 s at most, 20 s more where an ambiguous one
/// before it has to settle first, and the rest is slack.
///
/// A flight that takes longer is on a runtime that nobody drives any more, as one is whose `block_on` has
/// returned and which has not been dropped.
const LONGEST: Duration = Duration::from_secs(60);

/// The same for a flight that has to take its turn among other processes, for up to a minute, and then to store
/// what it got.
const LONGEST_IN_FLEET: Duration = Duration::from_secs(150);

impl Flight {
    /// A flight that starts now, and where its outcome is told.
    pub(super) fn new(id: u64, in_fleet: bool) -> (Self, watch::Sender<Option<Outcome>>) {
        let (sender, outcome) = watch::channel(None);
        let longest = if in_fleet { LONGEST_IN_FLEET } else { LONGEST };
        let overdue = Instant::now() + longest;
        let flight = Self {
            id,
            outcome,
            overdue,
            refused: None,
        };
        (flight, sender)
    }

    /// True if this flight will not land any more.
    pub(super) fn is_lost(&self) -> bool {
        Instant::now() >= self.overdue
    }

    /// The outcome, or `None` if the flight was lost or brought nothing that can be used.
    pub(super) async fn landed(mut self) -> Option<Outcome> {
        let landing = self.outcome.wait_for(Option::is_some);
        // Without a runtime there is no timer; whoever waits like that waits for others to find out.
        let seen = if Handle::try_current().is_ok() {
            tokio::time::timeout_at(self.overdue, landing).await.ok()?
        } else {
            landing.await
        };
        seen.ok()?.clone()
    }
}

/// A flight that is announced but not yet under way.
pub(super) struct Departure {
    pub(super) on_board: OnBoard,
    pub(super) runtime: Handle,
}

impl Departure {
    pub(super) fn fly(self) {
        let Self { on_board, runtime } = self;
        let shared = Arc::clone(&on_board.shared);
        // A root of its own: it outlives the call that starts it, and serves others as well.
        let span = tracing::info_span!(
            parent: None,
            "token.refresh",
            server.address = shared.source.host(),
            outcome = tracing::field::Empty,
        );
        span.follows_from(tracing::Span::current());
        let flight = async move {
            let result = shared.obtain(on_board.known).await;
            tracing::Span::current()
                .record("outcome", if result.is_ok() { "granted" } else { "failed" });
            on_board.land(result);
        };
        runtime.spawn(flight.instrument(span));
    }
}

/// The part of a flight that tells the callers, or at least clears the way if the flight is lost.
pub(super) struct OnBoard {
    pub(super) shared: Arc<Shared>,
    pub(super) id: u64,
    /// The newest token there had been when the flight was called for.
    pub(super) known: Option<IssueOrder>,
    pub(super) departed: Now,
    pub(super) sender: watch::Sender<Option<Outcome>>,
}

impl OnBoard {
    pub(super) fn land(self, result: Result<NewToken, Error>) {
        let shared = &self.shared;
        let now = shared.clock.now();
        let took = now.since(self.departed);
        let brought = result.as_ref().ok().map(|new| (new.origin, new.remaining));
        let (outcome, is_new) = {
            let mut state = shared.lock();
            if !self.is_current(&state) {
                // Taken for lost: another flight is in its place, or has landed already.
                return;
            }
            let flight = state.flight.take();
            let refused = flight.and_then(|flight| flight.refused);
            if let (Ok(token), Some(refused)) = (&result, refused)
                && token.is_same_as(&refused)
            {
                state.know(token.order());
                // The endpoint handed out what it had. It was asked before it can have known of the refusal;
                // who still needs a token finds none on the way and asks once more.
                return;
            }
            let before = state.generation;
            let outcome = match result {
                Ok(token) => shared.publish(&mut state, token, now),
                Err(error) => Err(state.failures.remember(&error, now, fastrand::f64())),
            };
            (outcome, state.generation > before)
        };
        match (&outcome, brought.filter(|_| is_new)) {
            (Ok(_), Some((origin, remaining))) => {
                shared.source.observer.tell(TokenEvent::Renewed {
                    origin,
                    took,
                    remaining,
                })
            }
            (Ok(_), None) => {}
            (Err(error), _) => {
                count(&shared.counts.failed);
                tracing::warn!(%error, "no new access token");
                let failed = TokenEvent::NotRenewed { took, error };
                shared.source.observer.tell(failed);
            }
        }
        self.sender.send_replace(Some(outcome));
    }

    fn is_current(&self, state: &State) -> bool {
        let current = state.flight.as_ref();
        current.is_some_and(|flight| flight.id == self.id)
    }
}

impl Drop for OnBoard {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        if self.is_current(&state) {
            state.flight = None;
        }
    }
}
