//! What is stored: a sealed token, when it was issued, and what is being done about the next one.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::error::StoreFailure;
use crate::lifetime_rule::LifetimeRule;
use crate::refresh;

/// One record: the newest token of a client, sealed, and whether another is being asked for.
///
/// To a store it is a text, [`to_json`](Self::to_json) and [`from_json`](Self::from_json), and an order in
/// which tokens were issued. All times are by the vendor's clock.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TokenRecord {
    version: Version,
    generation: u64,
    token: Option<StoredToken>,
    intent: Option<Intent>,
    /// Up to when past requests have used up the budget, in milliseconds.
    #[serde(default)]
    pub(crate) spent_until: u64,
}

/// A token in a record: sealed, with what is known about it.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StoredToken {
    pub(crate) order: IssueOrder,
    /// In milliseconds, from before it was asked for.
    pub(crate) issued_at: u64,
    /// In milliseconds.
    pub(crate) expires_at: u64,
    pub(crate) key_id: String,
    /// In Base64.
    pub(crate) sealed: String,
}

/// The order in which a vendor issued tokens: by its own clock, and by the lease where that does not tell.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[non_exhaustive]
pub struct IssueOrder {
    /// The second in which the vendor answered; 0 if it sent no `Date`.
    pub at: u64,
    /// The fence of the lease under which the token was asked for.
    pub fence: u64,
}

/// A token request that was announced and has not been settled: it may have been sent, and what became of it
/// is not known to the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Intent {
    /// The fence of the lease under which it is made.
    pub fence: u64,
    /// When it was announced, in milliseconds.
    pub started_at: u64,
    /// Who makes it, for people.
    pub holder: String,
}

/// The format of this version's records.
const VERSION: u32 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Version(u32);

impl Default for Version {
    fn default() -> Self {
        Self(VERSION)
    }
}

impl TokenRecord {
    /// Reads what [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    ///
    /// [`StoreFailure::NewerVersion`] if a newer version wrote it, whatever else it holds, and otherwise
    /// [`StoreFailure::Damaged`] if it is no record.
    pub fn from_json(json: &[u8]) -> Result<Self, StoreFailure> {
        #[derive(Deserialize)]
        struct Head {
            version: Version,
        }
        let damaged = |_| StoreFailure::Damaged;
        match serde_json::from_slice::<Head>(json).map_err(damaged)? {
            Head {
                version: Version(VERSION),
            } => serde_json::from_slice(json).map_err(damaged),
            Head {
                version: Version(0),
            } => Err(StoreFailure::Damaged),
            Head { .. } => Err(StoreFailure::NewerVersion),
        }
    }

    /// The record as one line of JSON; nothing in it is secret.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Numbers and strings alone: there is nothing in it that could fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Counts the tokens of the fleet; 0 if there has been none.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The token, if there has been one.
    #[must_use]
    pub fn token(&self) -> Option<&StoredToken> {
        self.token.as_ref()
    }

    /// The token request that has not been settled.
    #[must_use]
    pub fn intent(&self) -> Option<&Intent> {
        self.intent.as_ref()
    }

    /// When the token was issued, in the order of all tokens; `None` orders before all.
    #[must_use]
    pub fn order(&self) -> Option<IssueOrder> {
        self.token.as_ref().map(StoredToken::order)
    }

    /// How many token requests the fleet may make at `now`, by the vendor's clock, to an endpoint with this rule.
    #[must_use]
    pub fn requests_left(&self, rule: LifetimeRule, now: SystemTime) -> u64 {
        refresh::requests_left(self, rule, now)
    }

    /// The greatest fence that it tells of; 0 if it tells of none.
    #[must_use]
    pub fn last_fence(&self) -> u64 {
        let issued = self.order().map_or(0, |order| order.fence);
        let intended = self.intent.as_ref().map_or(0, |intent| intent.fence);
        issued.max(intended)
    }

    /// The same with another token, which settles the intent.
    pub(crate) fn with_token(mut self, generation: u64, token: StoredToken) -> Self {
        self.generation = generation;
        self.token = Some(token);
        self.intent = None;
        self
    }

    /// The same with this intent, or with none.
    pub(crate) fn with_intent(mut self, intent: Option<Intent>) -> Self {
        self.intent = intent;
        self
    }
}

impl StoredToken {
    /// When it was issued, in the order of all tokens.
    #[must_use]
    pub fn order(&self) -> IssueOrder {
        self.order
    }

    /// When it was asked for.
    #[must_use]
    pub fn issued_at(&self) -> SystemTime {
        time(self.issued_at)
    }

    /// When it ends.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        time(self.expires_at)
    }

    /// Names the key it is sealed with, which a new client secret changes.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }
}

impl fmt::Debug for StoredToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredToken")
            .field("order", &self.order)
            .field("issued_at", &self.issued_at)
            .field("expires_at", &self.expires_at)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// A time of a record; as late as can be told, if it is later than that.
fn time(millis: u64) -> SystemTime {
    let epoch = SystemTime::UNIX_EPOCH;
    let since = Duration::from_millis(millis);
    let latest = Duration::from_secs(u64::from(u32::MAX));
    epoch.checked_add(since.min(latest)).unwrap_or(epoch)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> TokenRecord {
        let token = StoredToken {
            order: IssueOrder { at: 17, fence: 4 },
            issued_at: 16_500,
            expires_at: 28_816_500,
            key_id: "a1b2".to_owned(),
            sealed: "c2VhbGVk".to_owned(),
        };
        let intent = Intent {
            fence: 5,
            started_at: 28_750_000,
            holder: "process 7 on web-1".to_owned(),
        };
        TokenRecord {
            spent_until: 900_000,
            ..TokenRecord::default()
        }
        .with_token(3, token)
        .with_intent(Some(intent))
    }

    #[test]
    fn a_record_is_one_line_of_json() {
        let json = concat!(
            r#"{"version":1,"generation":3,"#,
            r#""token":{"order":{"at":17,"fence":4},"issued_at":16500,"expires_at":28816500,"#,
            r#""key_id":"a1b2","sealed":"c2VhbGVk"},"#,
            r#""intent":{"fence":5,"started_at":28750000,"holder":"process 7 on web-1"},"#,
            r#""spent_until":900000}"#
        );
        assert_eq!(record().to_json(), json);
        assert_eq!(TokenRecord::from_json(json.as_bytes()), Ok(record()));
        let empty = TokenRecord::default();
        assert_eq!(
            TokenRecord::from_json(empty.to_json().as_bytes()),
            Ok(empty)
        );
    }

    #[test]
    fn every_cut_off_record_is_damaged() {
        let json = record().to_json();
        for length in 0..json.len() {
            let cut = &json.as_bytes()[..length];
            assert_eq!(TokenRecord::from_json(cut), Err(StoreFailure::Damaged));
        }
    }

    #[test]
    fn a_newer_record_is_told_from_a_damaged_one() {
        for (json, expected) in [
            (r#"{"version":2}"#, StoreFailure::NewerVersion),
            (
                r#"{"version":2,"token":"something else"}"#,
                StoreFailure::NewerVersion,
            ),
            (r#"{"version":1}"#, StoreFailure::Damaged),
            (r#"{"version":0}"#, StoreFailure::Damaged),
            (r#"{"version":-1}"#, StoreFailure::Damaged),
            (r#"{"token":null}"#, StoreFailure::Damaged),
            ("\0\0\0\0", StoreFailure::Damaged),
            ("[]", StoreFailure::Damaged),
        ] {
            assert_eq!(
                TokenRecord::from_json(json.as_bytes()),
                Err(expected),
                "{json}"
            );
        }
    }

    #[test]
    fn times_that_nobody_can_tell_do_no_harm() {
        let token = StoredToken {
            expires_at: u64::MAX,
            ..StoredToken::default()
        };
        assert!(token.expires_at() > token.issued_at());
        assert!(!format!("{:?}", record()).contains("c2VhbGVk"));
    }
}
