//! A token request under way: a task of its own, which callers only look at.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tracing::Instrument as _;

use super::fetch::{self, Fetched};
use super::{Shared, count};
use crate::error::Error;
use crate::token::AccessToken;

/// A token request under way, as seen by those who wait for it.
pub(super) struct Flight {
    pub(super) id: u64,
    pub(super) outcome: watch::Receiver<Option<Outcome>>,
}

pub(super) type Outcome = Result<Arc<AccessToken>, Error>;

/// A flight that is announced but not yet under way.
pub(super) struct Departure {
    pub(super) on_board: OnBoard,
    pub(super) runtime: Handle,
}

impl Departure {
    pub(super) fn fly(self) {
        let Self { on_board, runtime } = self;
        let shared = Arc::clone(&on_board.shared);
        let span = tracing::info_span!(
            "token.refresh",
            server.address = shared.source.host(),
            outcome = tracing::field::Empty,
        );
        let flight = async move {
            let result = fetch::fetch(&shared.source, &shared.clock, &shared.counts).await;
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
    pub(super) sender: watch::Sender<Option<Outcome>>,
}

impl OnBoard {
    fn land(self, result: Result<Fetched, Error>) {
        let shared = &self.shared;
        let now = shared.clock.now();
        let outcome = {
            let mut state = shared.lock();
            let outcome = match result {
                Ok(fetched) => shared.publish(&mut state, fetched, now),
                Err(error) => Err(state.failures.remember(&error, now, fastrand::f64())),
            };
            state.flight = None;
            outcome
        };
        if let Err(error) = &outcome {
            count(&shared.counts.failed);
            tracing::warn!(%error, "no new access token");
        }
        self.sender.send_replace(Some(outcome));
    }
}

impl Drop for OnBoard {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        if state
            .flight
            .as_ref()
            .is_some_and(|flight| flight.id == self.id)
        {
            state.flight = None;
        }
    }
}
