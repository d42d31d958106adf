//! A store in Redis, for processes on many hosts.

mod address;
mod connection;
mod hints;
mod scripts;

use std::fmt;
use std::time::Duration;

use redis::{Cmd, FromRedisValue, RedisError, cmd};

use self::address::{Network, Wrong};
use self::connection::Connection;
use self::hints::Hints;
use super::{
    Lease, Ownership, PublishDecision, Published, StoreError, StoreFailure, StoreFuture, StoreKey,
    StoreReach, TokenRecord, TokenStore,
};
use crate::error::ConfigError;

/// How long a lease lasts unless it is released: a token request of 10 s, 2 s to save it, and some slack.
const LEASE_TIME: Duration = Duration::from_secs(15);

/// How long a record outlives its token.
const KEPT: Duration = Duration::from_secs(7 * 86_400);

/// How often a record is decided on before it counts as unavailable: each time, somebody else got ahead.
const DECISIONS: usize = 16;

/// Keeps tokens in Redis, so that processes on many hosts share them.
///
/// It needs Redis 6.2 or newer, or a server that understands it; the user needs the keys and the channels
/// `sdk-auth:*`, and of commands `GET`, `MGET`, `SET`, `DEL`, `TIME`, `PUBLISH` and `EVAL`. All keys of one
/// record are in one hash slot. The server is connected to when it is needed first, and again whenever the
/// connection is lost; one command takes 4 s at most. While a process waits for a token that another one asks for,
/// it listens for it over a second connection, and polls as well.
///
/// What is stored is sealed: who reads it without the client secret has no token.
pub struct RedisStore {
    connection: Connection,
    hints: Hints,
    identity: String,
    lease_time: Duration,
}

impl RedisStore {
    /// A store at `rediss://user:password@host:port/database`; nothing is connected yet.
    ///
    /// Host apart, everything has a default: port 6379, database 0, the server's default user. On loopback,
    /// `redis://` and no password do as well. Certificates are held against those of the system, or of the
    /// file that `SSL_CERT_FILE` names.
    ///
    /// # Errors
    ///
    /// If the URL is malformed, or if the server is on another machine and the URL is not `rediss://` or has no
    /// password: others could replace the record then, and make every process ask for new tokens.
    pub fn new(url: &str) -> Result<Self, ConfigError> {
        Self::over(url, Network::Open)
    }

    /// As [`new`](Self::new), on a network that nobody else is on: `redis://` and no password do there, too.
    ///
    /// # Errors
    ///
    /// If the URL is malformed.
    pub fn on_trusted_network(url: &str) -> Result<Self, ConfigError> {
        Self::over(url, Network::Trusted)
    }

    fn over(url: &str, network: Network) -> Result<Self, ConfigError> {
        let (client, identity) = address::client(url, network)
            .map_err(|Wrong(expected)| ConfigError::new("the URL of the token store", expected))?;
        Ok(Self {
            connection: Connection::new(client),
            hints: Hints::default(),
            identity,
            lease_time: LEASE_TIME,
        })
    }

    /// How long a lease lasts if its holder dies or cannot reach the server. Default 15 s.
    ///
    /// For that long, no other process asks for a token. A holder asks only while the time that its request may
    /// take and 2 s are left of it, see [`Lease::lasting`]; less than that is never enough.
    #[must_use]
    pub fn lease_time(mut self, lease_time: Duration) -> Self {
        self.lease_time = lease_time;
        self
    }

    async fn ask<T: FromRedisValue>(
        &self,
        action: &'static str,
        command: &Cmd,
    ) -> Result<T, StoreError> {
        let answer = self.connection.ask(command).await;
        answer.map_err(|error| self.unavailable(action, error))
    }

    fn unavailable(&self, action: &'static str, error: RedisError) -> StoreError {
        StoreError::because(&self.identity, action, StoreFailure::Unavailable, error)
    }

    fn wrong(&self, action: &'static str, failure: StoreFailure) -> StoreError {
        StoreError::new(&self.identity, action, failure)
    }

    async fn load_record(&self, key: &StoreKey) -> Result<Option<TokenRecord>, StoreError> {
        let mut get = cmd("MGET"); // unlike GET, it is silent about keys of other types
        get.arg(Keys::new(key).record);
        let (text,): (Option<Vec<u8>>,) = self.ask("load", &get).await?;
        text.map(|text| TokenRecord::from_json(&text))
            .transpose()
            .map_err(|failure| self.wrong("load", failure))
    }

    async fn take_lease(&self, key: &StoreKey, holder: &str) -> Result<Option<Lease>, StoreError> {
        let keys = Keys::new(key);
        let owner = Owner(format!("{:032x} {holder}", fastrand::u128(..)));
        let mut take = eval(scripts::LEASE, &[&keys.lease, &keys.fence]);
        take.arg(&owner.0).arg(millis(self.lease_time));
        let fence: Option<u64> = self.ask("lease", &take).await?;
        Ok(fence.map(|fence| Lease::new(fence).lasting(self.lease_time).holding(owner)))
    }

    /// Decides by what is stored, and writes if that is still stored then: else it decides again.
    async fn publish_record(
        &self,
        key: &StoreKey,
        lease: &Lease,
        record: &TokenRecord,
    ) -> Result<Published, StoreError> {
        const ACTION: &str = "publish";
        let keys = Keys::new(key);
        let mine = lease.guard::<Owner>();
        let text = record.to_json();
        let mut look = cmd("MGET");
        look.arg(&keys.lease).arg(&keys.record);
        for _ in 0..DECISIONS {
            let (owner, stored): (Option<String>, Option<Vec<u8>>) =
                self.ask(ACTION, &look).await?;
            let stored = stored.unwrap_or_default();
            if stored == text.as_bytes() {
                // Written by a command whose answer was lost.
                return Ok(Published::Done);
            }
            let ownership = match &owner {
                None => Ownership::Free,
                Some(owner) if mine.is_some_and(|mine| mine.0 == *owner) => Ownership::Mine,
                Some(_) => Ownership::Other,
            };
            let found = match TokenRecord::from_json(&stored) {
                Ok(found) => Some(found),
                Err(StoreFailure::Damaged) => None,
                Err(failure) => return Err(self.wrong(ACTION, failure)),
            };
            match PublishDecision::new(ownership, found.as_ref(), record) {
                PublishDecision::Wait => return Ok(Published::Wait),
                PublishDecision::Discard => return Ok(Published::Superseded(found)),
                PublishDecision::Write => {}
            }
            let mut replace = eval(
                scripts::REPLACE,
                &[&keys.lease, &keys.record, &keys.channel],
            );
            replace.arg(owner.unwrap_or_default()).arg(stored);
            replace.arg(&text).arg(millis(kept(record)));
            if self.ask(ACTION, &replace).await? {
                return Ok(Published::Done);
            }
        }
        Err(self.wrong(ACTION, StoreFailure::Unavailable))
    }

    async fn end_lease(&self, key: &StoreKey, lease: &Lease) -> Result<(), StoreError> {
        let Some(owner) = lease.guard::<Owner>() else {
            return Ok(()); // of another store
        };
        let mut release = eval(scripts::RELEASE, &[&Keys::new(key).lease]);
        release.arg(&owner.0);
        self.ask("release", &release).await
    }

    async fn lease_holder(&self, key: &StoreKey) -> Result<Option<String>, StoreError> {
        let mut get = cmd("MGET");
        get.arg(Keys::new(key).lease);
        let (owner,): (Option<String>,) = self.ask("name the holder", &get).await?;
        Ok(owner.and_then(|owner| Some(owner.split_once(' ')?.1.to_owned())))
    }
}

/// What the lease holds on the server: a random number, and the holder's name for people.
struct Owner(String);

/// The names of what belongs to one record. What is in braces decides where a cluster puts it.
struct Keys {
    record: String,
    lease: String,
    fence: String,
    channel: String,
}

impl Keys {
    fn new(key: &StoreKey) -> Self {
        let name = |part| format!("sdk-auth:{{{key}}}:{part}");
        Self {
            record: name("record"),
            lease: name("lease"),
            fence: name("fence"),
            channel: name("changed"),
        }
    }
}

fn eval(script: &str, keys: &[&str]) -> Cmd {
    let mut command = cmd("EVAL");
    command.arg(script).arg(keys.len()).arg(keys);
    command
}

/// How long the record is of use: its token's lifetime and a while, in which a budget is not forgotten.
fn kept(record: &TokenRecord) -> Duration {
    let lifetime = record.token().and_then(|token| {
        let ends = token.expires_at();
        ends.duration_since(token.issued_at()).ok()
    });
    lifetime.unwrap_or_default().saturating_add(KEPT)
}

/// At least one, because the server refuses none, and no more than it can add to its clock.
fn millis(duration: Duration) -> u64 {
    let most = 100 * 365 * 86_400_000;
    u64::try_from(duration.as_millis()).map_or(most, |millis| millis.clamp(1, most))
}

impl TokenStore for RedisStore {
    fn identity(&self) -> String {
        self.identity.clone()
    }

    fn reach(&self) -> StoreReach {
        StoreReach::Fleet
    }

    fn load<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<TokenRecord>> {
        Box::pin(self.load_record(key))
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, holder: &'a str) -> StoreFuture<'a, Option<Lease>> {
        Box::pin(self.take_lease(key, holder))
    }

    fn publish<'a>(
        &'a self,
        key: &'a StoreKey,
        lease: &'a Lease,
        record: &'a TokenRecord,
    ) -> StoreFuture<'a, Published> {
        Box::pin(self.publish_record(key, lease, record))
    }

    fn release<'a>(&'a self, key: &'a StoreKey, lease: Lease) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.end_lease(key, &lease).await })
    }

    fn changed<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let channel = Keys::new(key).channel;
            self.hints.next(self.connection.client(), channel).await;
            Ok(())
        })
    }

    fn holder<'a>(&'a self, key: &'a StoreKey) -> StoreFuture<'a, Option<String>> {
        Box::pin(self.lease_holder(key))
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("identity", &self.identity)
            .field("lease_time", &self.lease_time)
            .finish_non_exhaustive()
    }
}
