//! Who may write: the rule that all stores share; pure.

use super::record::TokenRecord;

/// Whose the lease is, as seen by a process that took it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ownership {
    /// Its own still.
    Mine,
    /// Nobody's: it ran out.
    Free,
    /// Another process took it since.
    Other,
}

/// Whether a record may be written.
///
/// A fence alone does not do. The vendor obeys the last token request that it carries out, whoever holds the
/// lease by then: a process that was held up, lost its lease and asked all the same has ended the token of its
/// successor, and if its own were thrown away, no living token would be left. So the order of issue decides
/// once the lease is lost, as soon as nobody else is about to change the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PublishDecision {
    /// It takes the place of the stored one.
    Write,
    /// Another process is at work: decide again when it is done.
    Wait,
    /// The stored one is no older: use that.
    Discard,
}

impl PublishDecision {
    /// The rule: the owner of the lease writes. Who has lost it writes a token that was issued after the
    /// stored one, once the lease is free; anything else is dropped.
    #[must_use]
    pub fn new(
        ownership: Ownership,
        stored: Option<&TokenRecord>,
        record: &TokenRecord,
    ) -> PublishDecision {
        let newer = record.order() > stored.and_then(TokenRecord::order);
        match ownership {
            Ownership::Mine => Self::Write,
            Ownership::Free if newer => Self::Write,
            Ownership::Other if newer => Self::Wait,
            Ownership::Free | Ownership::Other => Self::Discard,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{IssueOrder, StoredToken};

    /// A record whose token was issued `at` that second, with the fence `fence`.
    fn record(at: u64, fence: u64) -> TokenRecord {
        let order = IssueOrder { at, fence };
        let token = StoredToken {
            order,
            ..StoredToken::default()
        };
        TokenRecord::default().with_token(1, token)
    }

    #[track_caller]
    fn check(stored: Option<&TokenRecord>, mine: &TokenRecord, expected: [PublishDecision; 3]) {
        let found = [Ownership::Mine, Ownership::Free, Ownership::Other]
            .map(|ownership| PublishDecision::new(ownership, stored, mine));
        assert_eq!(found, expected);
    }

    #[test]
    fn the_owner_writes_and_others_only_what_is_newer_and_when_nobody_else_is_at_work() {
        use PublishDecision::{Discard, Wait, Write};
        let newer = [Write, Write, Wait];
        let not_newer = [Write, Discard, Discard];
        check(None, &record(10, 1), newer);
        check(Some(&TokenRecord::default()), &record(10, 1), newer);
        check(Some(&record(9, 9)), &record(10, 1), newer);
        check(Some(&record(10, 1)), &record(10, 2), newer);
        check(Some(&record(10, 2)), &record(10, 2), not_newer);
        check(Some(&record(10, 3)), &record(10, 2), not_newer);
        check(Some(&record(11, 1)), &record(10, 2), not_newer);
        // An intent alone has no token, and is never news to anyone.
        check(None, &TokenRecord::default(), not_newer);
    }
}
