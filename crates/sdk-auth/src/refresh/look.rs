//! Looking whether another process has stored a token, now and then, beside the calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use super::fetch::NewToken;
use super::fleet::Fleet;
use super::{Shared, protocol};
use crate::cache::Freshness;
use crate::error::Error;
use crate::holder;
use crate::observe::TokenEvent;
use crate::store::{Published, TokenRecord};
use crate::token::AccessToken;

/// When to look next; read on every call, so that it is one atomic number.
#[derive(Debug)]
pub(super) struct LookTimer {
    start: Instant,
    /// In milliseconds since `start`.
    next: AtomicU64,
}

/// Between two looks.
const EVERY_MILLIS: u64 = 250;

/// Between two looks at a store that cannot be read.
const AFTER_FAILURE_MILLIS: u64 = 2_000;

/// A look that takes longer was lost with its runtime.
const LOST_MILLIS: u64 = 60_000;

impl LookTimer {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            start: now,
            next: AtomicU64::new(EVERY_MILLIS),
        }
    }

    /// True if it is time to look; costs one atomic read.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.millis(now) >= self.next.load(Ordering::Relaxed)
    }

    /// Makes it time to look.
    pub(super) fn hurry(&self) {
        self.next.store(0, Ordering::Relaxed);
    }

    /// True for the one who is to look now.
    fn claim(&self, now: Instant) -> bool {
        let now = self.millis(now);
        let next = self.next.load(Ordering::Relaxed);
        now >= next
            && self
                .next
                .compare_exchange(
                    next,
                    now.saturating_add(LOST_MILLIS),
                    Ordering::Relaxed,
                    Ordering::Relaxed,
                )
                .is_ok()
    }

    fn next_after(&self, now: Instant, millis: u64) {
        let next = self.millis(now).saturating_add(millis);
        self.next.store(next, Ordering::Relaxed);
    }

    fn millis(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.start);
        passed.as_secs() * 1_000 + u64::from(passed.subsec_millis())
    }
}

impl Shared {
    /// Starts a look on this runtime, if it is time for one.
    pub(super) fn look_in_background(self: &Arc<Self>) {
        let Some(fleet) = &self.fleet else { return };
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        if fleet.looks.claim(self.clock.now().monotonic) {
            let shared = Arc::clone(self);
            runtime.spawn(async move { shared.look().await });
        }
    }

    /// Looks at once, if it is time for it; true if that has changed the token in use.
    pub(super) async fn look_if_due(&self) -> bool {
        match &self.fleet {
            Some(fleet) if fleet.looks.claim(self.clock.now().monotonic) => self.look().await,
            _ => false,
        }
    }

    /// Adopts what another process has stored, or stores what the store has lost.
    async fn look(&self) -> bool {
        let Some(fleet) = &self.fleet else {
            return false;
        };
        let looked = self.look_at(fleet).await;
        let pause = match &looked {
            Ok(_) => EVERY_MILLIS,
            Err(error) => {
                tracing::debug!(%error, "the token store could not be looked at");
                AFTER_FAILURE_MILLIS
            }
        };
        fleet.looks.next_after(self.clock.now().monotonic, pause);
        looked.unwrap_or(false)
    }

    async fn look_at(&self, fleet: &Fleet) -> Result<bool, Error> {
        let stored = fleet.read(self.clock.now()).await?;
        let known = self.lock().known;
        let order = stored.as_ref().and_then(TokenRecord::order);
        if let Some(record) = &stored
            && protocol::adopts(order, known)
        {
            let credentials = self.source.read_credentials()?;
            let now = self.clock.now();
            let opened = fleet.open(&self.source, &credentials, record, now);
            return Ok(opened.is_some_and(|token| self.adopt_beside(token)));
        }
        let own = self.slot.load_full();
        let is_valid = own.schedule.freshness(self.clock.now()) != Freshness::Expired;
        if is_valid && self.would_heal(stored.as_ref(), &own) {
            self.heal(fleet, &own).await?;
        }
        Ok(false)
    }

    /// Takes an adopted token into use, unless a newer one has come meanwhile.
    fn adopt_beside(&self, token: NewToken) -> bool {
        let now = self.clock.now();
        let (origin, remaining) = (token.origin, token.remaining);
        let adopted = {
            let mut state = self.lock();
            protocol::adopts(token.order(), state.known)
                && self.publish(&mut state, token, now).is_ok()
        };
        if adopted {
            let took = Duration::ZERO; // nobody waited
            self.source.observer.tell(TokenEvent::Renewed {
                origin,
                took,
                remaining,
            });
        }
        adopted
    }

    fn would_heal(&self, stored: Option<&TokenRecord>, own: &AccessToken) -> bool {
        let order = own.issue.map(|issue| issue.order);
        let stored = stored.and_then(TokenRecord::order);
        protocol::heals(stored, order, own.was_accepted())
    }

    /// Stores the token in use again.
    async fn heal(&self, fleet: &Fleet, own: &AccessToken) -> Result<(), Error> {
        let Some(issue) = own.issue else {
            return Ok(());
        };
        let Some(lease) = fleet.store.lease(&fleet.key, holder::name()).await? else {
            return Ok(());
        };
        let healed = async {
            let stored = fleet.read(self.clock.now()).await?;
            if !self.would_heal(stored.as_ref(), own) {
                return Ok(());
            }
            let credentials = self.source.read_credentials()?;
            let record = stored.unwrap_or_default();
            // Whoever has announced a request may have sent it.
            let intent = record.intent().cloned();
            let record = fleet.sealed(&credentials, record, issue, own.text())?;
            let record = record.with_intent(intent);
            let published = fleet.store.publish(&fleet.key, &lease, &record).await?;
            if published == Published::Done {
                tracing::info!("stored the access token that the store had lost");
            }
            Ok(())
        }
        .await;
        fleet.release(lease).await;
        healed
    }
}
