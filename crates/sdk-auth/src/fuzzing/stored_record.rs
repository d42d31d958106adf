//! Records of token stores, and the tokens that are sealed in them.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use crate::endpoint::TokenEndpoint;
use crate::lifetime_rule::LifetimeRule;
use crate::secret::SecretString;
use crate::store::{
    IssueOrder, Ownership, PublishDecision, SealKey, StoreFailure, StoreKey, StoredToken,
    TokenRecord,
};

static KEY: LazyLock<SealKey> = LazyLock::new(|| {
    let url = "https://auth.example.com/token".parse().expect("a URL");
    let store_key = StoreKey::new(&TokenEndpoint::new(url), "ada");
    SealKey::derive(&SecretString::from("canary-secret"), &store_key).expect("a key")
});

/// The bytes are read as a record, sealed as a token, and change a record that holds one.
///
/// What reads as a record is the same when it is written and read again, and its times are times; what is
/// sealed opens as it was, and no longer once anything of it has changed; nothing that is stored shows it.
///
/// # Panics
///
/// When that does not hold.
pub fn stored_record(bytes: &[u8]) {
    match TokenRecord::from_json(bytes) {
        Ok(record) => reads(&record),
        Err(failure) => assert!(
            matches!(failure, StoreFailure::Damaged | StoreFailure::NewerVersion),
            "{failure:?}"
        ),
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        seals(text);
    }
}

fn reads(record: &TokenRecord) {
    let json = record.to_json();
    assert!(!json.contains('\n'));
    assert_eq!(TokenRecord::from_json(json.as_bytes()).as_ref(), Ok(record));

    assert!(record.last_fence() >= record.order().map_or(0, |order| order.fence));
    for rule in [LifetimeRule::Ordinary, LifetimeRule::NewestOnly] {
        for seconds in [0, 1_800_000_000, 253_402_300_799] {
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            assert!(record.requests_left(rule, now) <= 1_000_000, "{record:?}");
        }
    }
    let of_itself = PublishDecision::new(Ownership::Free, Some(record), record);
    assert_eq!(of_itself, PublishDecision::Discard);
    let Some(token) = record.token() else { return };
    let _ = (token.issued_at(), token.expires_at());
    let other = StoredToken {
        sealed: String::new(),
        ..token.clone()
    };
    assert_eq!(format!("{token:?}"), format!("{other:?}"));
    if let Some(text) = KEY.open(record.generation(), token) {
        assert!(text.len() < 16 || !json.contains(text.as_str()));
    }
}

fn seals(text: &str) {
    let facts = StoredToken {
        order: IssueOrder { at: 17, fence: 4 },
        issued_at: 16_500,
        expires_at: 28_816_500,
        ..StoredToken::default()
    };
    let sealed = KEY.seal(3, facts, text).expect("any text can be sealed");
    let record = TokenRecord::default().with_token(3, sealed);
    let json = record.to_json().into_bytes();
    let open = |record: &TokenRecord| KEY.open(record.generation(), record.token()?);
    let read = TokenRecord::from_json(&json).expect("what was written is read");
    assert_eq!(open(&read).as_deref().map(String::as_str), Some(text));

    // Where and how it is changed follows from the text, so that a case is the same every time.
    let hash = text.bytes().fold(json.len(), |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(usize::from(byte))
    });
    let mut changed = json.clone();
    let at = hash % changed.len();
    let bit = 1 << (hash / changed.len() % 8);
    changed[at] ^= bit;
    if let Ok(changed) = TokenRecord::from_json(&changed) {
        let is_bound = (changed.token(), changed.generation()) != (record.token(), 3);
        assert_eq!(open(&changed).is_none(), is_bound, "{changed:?}");
    }
}
