//! Getting a token for a whole fleet: from the store if somebody has put one there, from the vendor otherwise.

use std::future::{self, Future as _};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant, SystemTime};

use super::fetch::{self, NewToken, lease_held, over_budget};
use super::look::LookTimer;
use super::protocol::{self, Announced, LeaseStep, SharedBudget};
use super::{Shared, TokenSource};
use crate::auth_server::attempt_limit;
use crate::cache::mandatory_margin;
use crate::clock::Now;
use crate::credentials::Credentials;
use crate::error::{ConfigError, Error};
use crate::holder;
use crate::lifetime_rule::LifetimeRule;
use crate::observe::{TokenEvent, TokenOrigin};
use crate::store::{
    Intent, IssueOrder, Lease, Published, SealKey, StoreFailure, StoreKey, StoreOutage,
    StoredToken, TokenRecord, TokenStore,
};
use crate::token::Issue;

/// The other processes, as far as one knows of them: through the store.
pub(crate) struct Fleet {
    pub(super) store: Arc<dyn TokenStore>,
    pub(super) key: StoreKey,
    pub(super) looks: LookTimer,
    outage: StoreOutage,
    /// The intent that was read last, and when it was first.
    intent_seen: Mutex<Option<(Intent, Instant)>>,
}

/// Between two attempts at a lease that is taken.
const POLL_MILLIS: std::ops::Range<u64> = 25..100;

/// How long to try for a lease that is taken: longer than any lease lasts.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long to try to store a token while another process holds the lease; it is put into use after that, and
/// stored once the API has accepted it.
const SAVING: Duration = Duration::from_secs(20);

/// What must be left of a lease when the answer to a token request comes at the last moment.
const MARGIN: Duration = Duration::from_secs(2);

/// A record that seems to have ended is tried all the same while this machine's clock has not been compared
/// with the vendor's, and may be wrong by this much: a refused call is cheap where a new token is not.
const DOUBT: Duration = Duration::from_secs(15 * 60);

impl Fleet {
    pub(crate) fn new(
        store: Arc<dyn TokenStore>,
        key: StoreKey,
        outage: StoreOutage,
        now: Now,
    ) -> Self {
        Self {
            store,
            key,
            looks: LookTimer::new(now.monotonic),
            outage,
            intent_seen: Mutex::default(),
        }
    }

    /// The record; one that is damaged is as good as none.
    pub(super) async fn read(&self, now: Now) -> Result<Option<TokenRecord>, Error> {
        let record = match self.store.load(&self.key).await {
            Ok(record) => record,
            Err(error) if error.failure() == StoreFailure::Damaged => {
                tracing::warn!(%error, "the token record will be replaced");
                None
            }
            Err(error) => return Err(error.into()),
        };
        let intent = record.as_ref().and_then(TokenRecord::intent);
        let mut seen = self
            .intent_seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if seen.as_ref().map(|(intent, _)| intent) != intent {
            *seen = intent.map(|intent| (intent.clone(), now.monotonic));
        }
        Ok(record)
    }

    /// For how long the request that the record announces may still be under way.
    ///
    /// Counted from when this process first saw it, because clocks of different machines disagree.
    fn settling(&self, settle: Option<Duration>, now: Now) -> (Announced, Duration) {
        let seen = self
            .intent_seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let (Some((_, first)), Some(settle)) = (seen.as_ref(), settle) else {
            return (Announced::Nothing, Duration::ZERO);
        };
        let passed = now.monotonic.saturating_duration_since(*first);
        match settle.saturating_sub(passed) {
            Duration::ZERO => (Announced::LongAgo, Duration::ZERO),
            left => (Announced::Recently, left),
        }
    }

    /// The token of a record, if this process can use it.
    pub(super) fn open(
        &self,
        source: &TokenSource,
        credentials: &Credentials,
        record: &TokenRecord,
        now: Now,
    ) -> Option<NewToken> {
        let token = record.token()?;
        let lifetime = span(token.issued_at, token.expires_at);
        let vendor_now = millis(source.vendor_clock.now(now.wall));
        let mut remaining = span(vendor_now, token.expires_at);
        let margin = mandatory_margin(lifetime);
        if remaining <= margin {
            let in_doubt = source.endpoint.lifetime_rule == LifetimeRule::NewestOnly
                && !source.vendor_clock.is_known()
                && span(token.expires_at, vendor_now) < DOUBT;
            if !in_doubt {
                return None;
            }
            remaining = margin * 2;
        }
        let seal = SealKey::derive(credentials.secret(), &self.key)?;
        Some(NewToken {
            text: seal.open(record.generation(), token)?,
            secret_headers: credentials.headers().ok()?,
            remaining: remaining.min(lifetime),
            lifetime,
            since: now,
            age: span(token.issued_at, vendor_now),
            issue: Some(Issue {
                generation: record.generation(),
                order: token.order,
                issued_at: token.issued_at,
                expires_at: token.expires_at,
            }),
            origin: TokenOrigin::Store,
        })
    }

    /// A record with this token sealed in it, following on `record`.
    pub(super) fn sealed(
        &self,
        credentials: &Credentials,
        record: TokenRecord,
        issue: Issue,
        text: &str,
    ) -> Result<TokenRecord, Error> {
        let facts = StoredToken {
            order: issue.order,
            issued_at: issue.issued_at,
            expires_at: issue.expires_at,
            ..StoredToken::default()
        };
        let sealed = SealKey::derive(credentials.secret(), &self.key)
            .and_then(|seal| seal.seal(issue.generation, facts, text))
            .ok_or_else(no_secret)?;
        Ok(record.with_token(issue.generation, sealed))
    }

    /// Gives the lease back; if that fails it ends by itself.
    pub(super) async fn release(&self, lease: Lease) {
        if let Err(error) = self.store.release(&self.key, lease).await {
            tracing::warn!(%error, "the lease was not given back");
        }
    }
}

pub(crate) fn no_secret() -> ConfigError {
    ConfigError::new(
        "the client secret",
        "one that a token can be sealed with in a store, which an empty one cannot",
    )
}

/// What came of holding the lease.
enum Held {
    Token(NewToken),
    /// The lease ran short, or was lost.
    Again,
    Settle(Duration),
}

/// One search for a token.
struct Search<'a> {
    shared: &'a Shared,
    fleet: &'a Fleet,
    credentials: Credentials,
    /// The newest token there had been when the search was called for. One that a look has adopted since is
    /// found here as well, and is the same.
    known: Option<IssueOrder>,
}

impl Shared {
    /// Gets a token that is newer than `known` from wherever one is to be had.
    pub(super) async fn obtain(&self, known: Option<IssueOrder>) -> Result<NewToken, Error> {
        let Some(fleet) = &self.fleet else {
            return fetch::fetch(&self.source, &self.clock, &self.counts, None).await;
        };
        let search = Search {
            shared: self,
            fleet,
            credentials: self.source.read_credentials()?,
            known,
        };
        match search.run().await {
            Err(Error::Store(error)) if fleet.outage == StoreOutage::RequestLocally => {
                tracing::warn!(%error, "asking for a token of its own");
                if let Some(wait) = self.source.history.over_budget(self.clock.now()) {
                    self.note_over_budget(wait);
                    return Err(over_budget(&self.source, wait).into());
                }
                fetch::fetch(&self.source, &self.clock, &self.counts, None).await
            }
            other => other,
        }
    }
}

impl Search<'_> {
    /// Looks, and asks where there is nothing to find.
    async fn run(&self) -> Result<NewToken, Error> {
        let Self { shared, fleet, .. } = self;
        let clock = &shared.clock;
        let mut turn = LeaseWait::none(shared);
        let gives_up = clock.now().after(PATIENCE).monotonic;
        while clock.now().monotonic < gives_up {
            let stored = fleet.read(clock.now()).await?;
            if let Some(token) = self.adopt(stored.as_ref()) {
                return Ok(token);
            }
            let asked = clock.now();
            let Some(lease) = fleet.store.lease(&fleet.key, holder::name()).await? else {
                turn.begin(asked);
                self.pause().await;
                continue;
            };
            turn.end();
            let held = self.with_lease(&lease, asked).await;
            fleet.release(lease).await;
            let held = match held {
                Ok(held) => held,
                Err(error) => return self.stored_meanwhile().await.ok_or(error),
            };
            match held {
                Held::Token(token) => return Ok(token),
                Held::Again => self.pause().await,
                Held::Settle(wait) => clock.sleep(wait).await,
            }
        }
        Err(lease_held(&shared.source).into())
    }

    /// What another process has stored while this one asked in vain, or was suspended.
    async fn stored_meanwhile(&self) -> Option<NewToken> {
        let stored = self.fleet.read(self.shared.clock.now()).await.ok()?;
        self.adopt(stored.as_ref())
    }

    /// A short while, or until the record may have changed.
    async fn pause(&self) {
        let wait = Duration::from_millis(fastrand::u64(POLL_MILLIS));
        let changed = async {
            if self.fleet.store.changed(&self.fleet.key).await.is_err() {
                future::pending::<()>().await;
            }
        };
        let (mut changed, mut slept) = (pin!(changed), pin!(self.shared.clock.sleep(wait)));
        future::poll_fn(|context| {
            let changed = changed.as_mut().poll(context).is_ready();
            if changed || slept.as_mut().poll(context).is_ready() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }

    /// The token of the record, if it is news and can be used.
    fn adopt(&self, stored: Option<&TokenRecord>) -> Option<NewToken> {
        let stored = stored?;
        if !protocol::adopts(stored.order(), self.known) {
            return None;
        }
        let now = self.shared.clock.now();
        self.fleet
            .open(&self.shared.source, &self.credentials, stored, now)
    }

    async fn with_lease(&self, lease: &Lease, asked: Now) -> Result<Held, Error> {
        let Self { shared, fleet, .. } = self;
        let source = &shared.source;
        let stored = fleet.read(shared.clock.now()).await?;
        let adopted = self.adopt(stored.as_ref());
        let (announced, left) = fleet.settling(source.history.settle_time(), shared.clock.now());
        match (protocol::with_lease(adopted.is_some(), announced), adopted) {
            (LeaseStep::Adopt, Some(token)) => return Ok(Held::Token(token)),
            (LeaseStep::Settle, _) => return Ok(Held::Settle(left)),
            _ => {}
        }

        let now = shared.clock.now();
        let last_start = last_start(lease, asked, attempt_limit(&source.http));
        if last_start.is_some_and(|last| now.monotonic > last) {
            return Ok(Held::Again);
        }
        let record = stored.unwrap_or_default();
        let vendor_now = millis(source.vendor_clock.now(now.wall));
        let budget = budget(&record, source.endpoint.lifetime_rule);
        let of_fleet = budget.wait(record.spent_until, vendor_now);
        let own = source.history.over_budget(now);
        if let Some(wait) = of_fleet.max(own) {
            shared.note_over_budget(wait);
            return Err(over_budget(source, wait).into());
        }
        let fence = lease.fence().max(record.last_fence().saturating_add(1));
        let mut announced = record.clone().with_intent(Some(Intent {
            fence,
            started_at: vendor_now,
            holder: holder::name().to_owned(),
        }));
        announced.spent_until = budget.spend(record.spent_until, vendor_now);
        match fleet.store.publish(&fleet.key, lease, &announced).await? {
            Published::Done => {}
            Published::Superseded(_) | Published::Wait => return Ok(Held::Again),
        }

        match fetch::fetch(source, &shared.clock, &shared.counts, last_start).await {
            Ok(mut token) => {
                let order = protocol::order_of_issue(record.order(), token.answered_at(), fence);
                let generation = record.generation().saturating_add(1);
                token.belongs_to_fleet(generation, order);
                Ok(Held::Token(self.save(lease, announced, token).await))
            }
            Err(error) => {
                if fetch::is_without_effect(&error) {
                    let nothing_happened = record.with_intent(None);
                    let published = fleet
                        .store
                        .publish(&fleet.key, lease, &nothing_happened)
                        .await;
                    if let Err(error) = published {
                        tracing::warn!(%error, "the announcement of a token request stays");
                    }
                }
                if fetch::is_too_late(&error) {
                    return Ok(Held::Again);
                }
                Err(error)
            }
        }
    }

    /// Stores a new token, and gives back the one to use: that, or a newer one.
    async fn save(&self, lease: &Lease, announced: TokenRecord, token: NewToken) -> NewToken {
        let Self { shared, fleet, .. } = self;
        let Some(issue) = token.issue else {
            return token;
        };
        let sealed = fleet.sealed(&self.credentials, announced, issue, &token.text);
        let Ok(record) = sealed else {
            return token;
        };
        let gives_up = shared.clock.now().after(SAVING).monotonic;
        loop {
            match fleet.store.publish(&fleet.key, lease, &record).await {
                Ok(Published::Done) => return token,
                Ok(Published::Superseded(newer)) => {
                    return self.adopt(newer.as_ref()).unwrap_or(token);
                }
                Ok(Published::Wait) if shared.clock.now().monotonic < gives_up => {
                    self.pause().await;
                }
                Ok(Published::Wait) => return token,
                Err(error) => {
                    tracing::warn!(%error, "a new access token could not be stored");
                    return token;
                }
            }
        }
    }
}

/// A wait for the lease that another process holds; told of when it ends, whatever ends it.
struct LeaseWait<'a> {
    shared: &'a Shared,
    since: Option<Now>,
}

impl<'a> LeaseWait<'a> {
    fn none(shared: &'a Shared) -> Self {
        let since = None;
        Self { shared, since }
    }

    fn begin(&mut self, now: Now) {
        self.since.get_or_insert(now);
    }

    fn end(&mut self) {
        if let Some(since) = self.since.take() {
            let took = self.shared.clock.now().since(since);
            let observer = &self.shared.source.observer;
            observer.tell(TokenEvent::LeaseAwaited { took });
        }
    }
}

impl Drop for LeaseWait<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

/// The budget of the fleet, which depends on how long its tokens live.
fn budget(record: &TokenRecord, rule: LifetimeRule) -> SharedBudget {
    let lifetime = record
        .token()
        .map(|token| span(token.issued_at, token.expires_at));
    SharedBudget::new(rule.allowance(), lifetime)
}

/// How many requests the fleet may make now.
pub(crate) fn requests_left(record: &TokenRecord, rule: LifetimeRule, now: SystemTime) -> u64 {
    budget(record, rule).left(record.spent_until, millis(now))
}

/// The last moment at which a request may be sent under this lease.
fn last_start(lease: &Lease, asked: Now, attempt: Duration) -> Option<Instant> {
    let usable = lease.lifetime()?.saturating_sub(attempt + MARGIN);
    Some(asked.after(usable).monotonic)
}

/// Milliseconds since 1970.
pub(super) fn millis(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
}

/// From one time to a later one, both in milliseconds; nothing if it is not later.
pub(super) fn span(from: u64, to: u64) -> Duration {
    Duration::from_millis(to.saturating_sub(from))
}
