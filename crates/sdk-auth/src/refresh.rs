//! One token for many callers: the slot it is read from, and the single flight that fills it.
//!
//! The state is behind a plain mutex that is held for a few instructions and never across an await; the
//! token itself is in an atomic slot beside it, which is all that a call with a valid token touches.

mod budget;
mod fetch;
mod fleet;
mod flight;
mod history;
mod look;
mod memory;
mod protocol;
mod revoke;
mod vendor_clock;

pub(crate) use fetch::{CredentialsSource, TokenSource};
pub(crate) use fleet::{Fleet, no_secret, requests_left};
pub(crate) use history::RequestHistory;
pub use memory::Rejection;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use http::HeaderMap;
use tokio::runtime::Handle;

use crate::cache::{Freshness, Schedule};
use crate::clock::{Clock, Now};
use crate::error::{CredentialsRejectedError, Error};
use crate::observe::TokenEvent;
use crate::retry_after::date;
use crate::store::IssueOrder;
use crate::token::{AccessToken, Generation, ReadyToken};
use fetch::{NewToken, no_runtime, over_budget};
use fleet::{millis, span};
use flight::{Departure, Flight, OnBoard, Outcome};
use memory::{FailureMemory, RejectionLog};

/// Everything that the clones of one provider share.
pub(crate) struct Shared {
    slot: ArcSwap<AccessToken>,
    state: Mutex<State>,
    source: TokenSource,
    fleet: Option<Fleet>,
    clock: Clock,
    pub(crate) counts: Counts,
}

struct State {
    flight: Option<Flight>,
    flights: u64,
    generation: u64,
    failures: FailureMemory,
    rejections: RejectionLog,
    /// The newest token there has been here, whatever became of it.
    known: Option<IssueOrder>,
}

impl State {
    /// Notes that there has been a token of this order.
    fn know(&mut self, order: Option<IssueOrder>) {
        self.known = self.known.max(order);
    }

    /// The flight under way, unless it is lost.
    fn flying(&self) -> Option<&Flight> {
        self.flight.as_ref().filter(|flight| !flight.is_lost())
    }
}

/// What has happened so far; see [`TokenStats`](crate::TokenStats).
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) requests: AtomicU64,
    pub(crate) granted: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) stale_served: AtomicU64,
    pub(crate) rejected: AtomicU64,
}

pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// What a caller does next to get a token.
enum Step {
    Use(Arc<AccessToken>),
    Wait(Flight),
    GiveUp(Error),
}

/// Why no token may be asked for now.
struct Grounded {
    error: Error,
    /// How long none may be, if that is because too many have been.
    over_budget: Option<Duration>,
}

impl Grounded {
    fn by(error: impl Into<Error>) -> Self {
        Self {
            error: error.into(),
            over_budget: None,
        }
    }
}

/// A caller's wait for a token; told of when it ends, also if the caller goes away.
struct Wait<'a> {
    shared: &'a Shared,
    since: Now,
    got_token: bool,
}

impl<'a> Wait<'a> {
    fn of(shared: &'a Shared) -> Self {
        Self {
            shared,
            since: shared.clock.now(),
            got_token: false,
        }
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.shared.source.observer.tell(TokenEvent::Waited {
            took: self.shared.clock.now().since(self.since),
            got_token: self.got_token,
        });
    }
}

/// How often a caller joins another flight after the one it waited for landed without an outcome.
const MAX_LOST_FLIGHTS: usize = 3;

impl Shared {
    pub(crate) fn new(source: TokenSource, fleet: Option<Fleet>, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            slot: ArcSwap::from_pointee(AccessToken::none(clock.now())),
            state: Mutex::new(State {
                flight: None,
                flights: 0,
                generation: 0,
                failures: FailureMemory::default(),
                rejections: RejectionLog::default(),
                known: None,
            }),
            source,
            fleet,
            clock,
            counts: Counts::default(),
        })
    }

    /// The current token, if it can be used without waiting; renewal starts in the background when due.
    pub(crate) fn ready(self: &Arc<Self>) -> Option<ReadyToken> {
        let token = self.slot.load();
        let now = self.clock.now();
        if let Some(fleet) = &self.fleet
            && fleet.looks.is_due(now.monotonic)
        {
            self.look_in_background();
        }
        match token.schedule.freshness(now) {
            Freshness::Fresh => Some(ReadyToken::new(token)),
            Freshness::Due => {
                self.renew_in_background();
                Some(ReadyToken::new(token))
            }
            Freshness::Required | Freshness::Expired => None,
        }
    }

    /// The current token, or the next one once it is there.
    pub(crate) async fn wait_for_token(self: &Arc<Self>) -> Result<Arc<AccessToken>, Error> {
        for _ in 0..MAX_LOST_FLIGHTS {
            let flight = match self.next_step() {
                Step::Use(token) => return Ok(token),
                // Another process may have got what this one may not ask for.
                Step::GiveUp(_) if self.look_if_due().await => continue,
                Step::GiveUp(error) => return Err(error),
                Step::Wait(flight) => flight,
            };
            let mut wait = Wait::of(self);
            // Nothing, if the runtime that the flight ran on is gone, or nobody drives it, or the flight came
            // back with a token that the API had refused meanwhile.
            if let Some(landed) = flight.landed().await {
                let outcome = landed.or_else(|error| self.still_valid().ok_or(error));
                wait.got_token = outcome.is_ok();
                return outcome;
            }
        }
        Err(self.no_runtime())
    }

    /// Takes a token out of use because the API refused it.
    pub(crate) fn reject(&self, generation: Generation) -> Rejection {
        let consequence = self.judge(generation);
        self.source
            .observer
            .tell(TokenEvent::Refused { consequence });
        consequence
    }

    fn judge(&self, generation: Generation) -> Rejection {
        let mut state = self.lock();
        let now = self.clock.now();
        let token = self.slot.load();
        if token.generation != generation {
            return Rejection::Adopt;
        }
        let verdict = state.rejections.judge(&token, now);
        if let Some(fleet) = &self.fleet {
            fleet.looks.hurry();
        }
        if verdict == Rejection::Replace {
            count(&self.counts.rejected);
            if let Some(flight) = &mut state.flight {
                flight.refused = Some(Arc::clone(&token));
            }
            self.slot.store(Arc::new(AccessToken::none(now)));
        }
        verdict
    }

    /// The token whose renewal failed, while it may still be used.
    fn still_valid(&self) -> Option<Arc<AccessToken>> {
        let token = self.slot.load_full();
        let valid = token.schedule.freshness(self.clock.now()) != Freshness::Expired;
        valid.then(|| {
            self.note_stale_served();
            token
        })
    }

    fn note_stale_served(&self) {
        count(&self.counts.stale_served);
        self.source.observer.tell(TokenEvent::StaleServed);
    }

    fn note_over_budget(&self, wait: Duration) {
        self.source.observer.tell(TokenEvent::OverBudget { wait });
    }

    fn next_step(self: &Arc<Self>) -> Step {
        let (step, joined) = self.decide();
        match joined {
            Ok(Some(departure)) => departure.fly(),
            Ok(None) => {}
            Err(grounded) => {
                if let Some(wait) = grounded.over_budget {
                    self.note_over_budget(wait);
                }
                if matches!(step, Step::Use(_)) {
                    self.note_stale_served();
                }
            }
        }
        step
    }

    /// What a caller does next, and the flight that this takes, which is not under way yet.
    fn decide(self: &Arc<Self>) -> (Step, Result<Option<Departure>, Grounded>) {
        let now = self.clock.now();
        let mut state = self.lock();
        let token = self.slot.load_full();
        let freshness = token.schedule.freshness(now);
        if freshness == Freshness::Fresh {
            return (Step::Use(token), Ok(None));
        }
        match (freshness, self.join(&mut state, now)) {
            (Freshness::Due, Ok((_, departure))) => (Step::Use(token), Ok(departure)),
            (_, Ok((flight, departure))) => (Step::Wait(flight), Ok(departure)),
            (Freshness::Expired, Err(grounded)) => {
                (Step::GiveUp(grounded.error.clone()), Err(grounded))
            }
            (_, Err(grounded)) => (Step::Use(token), Err(grounded)),
        }
    }

    fn renew_in_background(self: &Arc<Self>) {
        let now = self.clock.now();
        let (over_budget, joined) = {
            let mut state = self.lock();
            // The usual cases, on every call while a token is due: told apart before anything is allocated.
            if state.flying().is_some() {
                return;
            }
            let forbidden = state.failures.forbids(now);
            let over_budget = if forbidden {
                None
            } else {
                self.over_budget(now)
            };
            let may = !forbidden && over_budget.is_none();
            (over_budget, may.then(|| self.join(&mut state, now)))
        };
        if let Some(wait) = over_budget {
            self.note_over_budget(wait);
        }
        match joined {
            Some(Ok((_, Some(departure)))) => departure.fly(),
            Some(Ok((_, None))) => {}
            Some(Err(_)) | None => self.note_stale_served(),
        }
    }

    /// The flight under way, or a new one, unless there must be none now.
    ///
    /// A new flight takes off with [`Departure::fly`], after the lock is released: a runtime that is
    /// shutting down drops the task on the spot, and dropping it takes the lock.
    fn join(
        self: &Arc<Self>,
        state: &mut State,
        now: Now,
    ) -> Result<(Flight, Option<Departure>), Grounded> {
        if let Some(flight) = state.flying() {
            return Ok((flight.clone(), None));
        }
        if let Some((rejected, retry_after)) = state.rejections.closed_for(now) {
            let target = self.source.target();
            return Err(Grounded::by(CredentialsRejectedError {
                target,
                rejected,
                retry_after,
            }));
        }
        if let Some(error) = state.failures.remembered(now) {
            return Err(Grounded::by(error));
        }
        if let Some(wait) = self.over_budget(now) {
            // Why there was no token says more than that there will be no request.
            let cause = state.failures.prolonged(wait);
            return Err(Grounded {
                error: cause.unwrap_or_else(|| over_budget(&self.source, wait).into()),
                over_budget: Some(wait),
            });
        }
        let runtime = Handle::try_current().map_err(|_| Grounded::by(no_runtime(&self.source)))?;
        state.flights += 1;
        let id = state.flights;
        let (flight, sender) = Flight::new(id, self.fleet.is_some());
        state.flight = Some(flight.clone());
        let on_board = OnBoard {
            shared: Arc::clone(self),
            id,
            known: state.known,
            departed: now,
            sender,
        };
        Ok((flight, Some(Departure { on_board, runtime })))
    }

    /// How long no request may be made; a fleet decides that under the lease, for all of its processes.
    fn over_budget(&self, now: Now) -> Option<Duration> {
        match self.fleet {
            Some(_) => None,
            None => self.source.history.over_budget(now),
        }
    }

    /// Takes a new token into use.
    fn publish(&self, state: &mut State, new: NewToken, now: Now) -> Outcome {
        let previous = self.slot.load();
        if self.fleet.is_some()
            && new.order() == previous.issue.map(|issue| issue.order)
            && !previous.is_none()
        {
            // A look beside the flight was faster.
            return Ok(Arc::clone(&previous));
        }
        state.know(new.order());
        state.generation += 1;
        let generation = Generation(state.generation);
        let jitter = 2.0 * fastrand::f64() - 1.0;
        let rule = self.source.endpoint.lifetime_rule;
        let mut schedule = rule.schedule(new.since, new.remaining, new.lifetime, jitter);
        if brings_nothing_new(&previous.schedule, &schedule) {
            schedule.put_off_renewal(now);
        }
        let token = new
            .into_token(generation, now, schedule)
            .map(Arc::new)
            .map_err(|error| state.failures.remember(&error, now, fastrand::f64()))?;
        state.failures.forget();
        self.slot.store(Arc::clone(&token));
        count(&self.counts.granted);
        Ok(token)
    }

    /// Notes that the API has accepted this token, in an answer with these headers.
    ///
    /// Its `Date` shows how the vendor's clock differs from this machine's, which a process that has never
    /// asked for a token does not know yet: the end of an adopted token is reckoned anew with it.
    pub(crate) fn accepted(&self, token: &AccessToken, headers: &HeaderMap) {
        if !token.note_accepted() {
            return;
        }
        self.lock().rejections.forget();
        if self.fleet.is_none() || self.source.vendor_clock.is_known() {
            return;
        }
        let (Some(issue), Some(vendor)) = (token.issue, date(headers)) else {
            return;
        };
        let now = self.clock.now();
        self.source.vendor_clock.observe(vendor, now.wall);
        let vendor_now = millis(self.source.vendor_clock.now(now.wall));
        let remaining = span(vendor_now, issue.expires_at);
        let lifetime = span(issue.issued_at, issue.expires_at);
        let rule = self.source.endpoint.lifetime_rule;
        let schedule = rule.schedule(now, remaining, lifetime, 0.0);
        let _state = self.lock();
        let current = self.slot.load();
        if current.generation == token.generation {
            self.slot.store(Arc::new(current.rescheduled(schedule)));
        }
    }

    /// The error of whoever is not within a tokio runtime.
    pub(crate) fn no_runtime(&self) -> Error {
        no_runtime(&self.source).into()
    }

    /// True if processes share the token.
    pub(crate) fn is_in_fleet(&self) -> bool {
        self.fleet.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod interleavings;

/// True if the new token ends no later than the old one, give or take the seconds of rounding.
fn brings_nothing_new(old: &Schedule, new: &Schedule) -> bool {
    let (old, new) = (old.expired_at().monotonic, new.expired_at().monotonic);
    new.saturating_duration_since(old) <= Duration::from_secs(1)
}
