//! Stored tokens are sealed: only who knows the client secret can open or replace one.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::key::StoreKey;
use super::record::StoredToken;
use crate::secret::SecretString;

/// Seals and opens the tokens of one client, with AES-256-GCM and random nonces.
///
/// Key and key id come from the client secret by HKDF with SHA-256 (RFC 5869). Every process that may use the
/// token has the secret already; who keeps the store has not. What is bound to the token, so that nobody can
/// exchange it, is the record's key, its generation, its order and its times.
pub(crate) struct SealKey {
    key: RandomizedNonceKey,
    id: String,
    store_key: StoreKey,
}

const SALT: &[u8] = b"sdk-auth token store 1";

/// The length of what is derived, in bytes.
struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

impl SealKey {
    /// The key for what is stored under `store_key`; `None` if there is no secret to derive it from.
    pub(crate) fn derive(secret: &SecretString, store_key: &StoreKey) -> Option<Self> {
        if secret.is_empty() {
            return None;
        }
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, SALT);
        let source = salt.extract(secret.expose().as_bytes());
        let name = store_key.as_str().as_bytes();
        let fill = |purpose: &[u8], out: &mut [u8]| {
            let info = [purpose, name];
            let length = Length(out.len());
            source.expand(&info, length).ok()?.fill(out).ok()
        };
        let mut key = Zeroizing::new([0; 32]);
        fill(b"seal", key.as_mut())?;
        let mut id = [0; 8];
        fill(b"name", &mut id)?;
        Some(Self {
            key: RandomizedNonceKey::new(&AES_256_GCM, key.as_ref()).ok()?,
            id: id.iter().map(|byte| format!("{byte:02x}")).collect(),
            store_key: store_key.clone(),
        })
    }

    /// Seals `text` into `token`, whose order and times are set already.
    pub(crate) fn seal(
        &self,
        generation: u64,
        mut token: StoredToken,
        text: &str,
    ) -> Option<StoredToken> {
        token.key_id.clone_from(&self.id);
        let mut sealed = text.as_bytes().to_vec();
        let bound = Aad::from(self.bound(generation, &token));
        let nonce = self.key.seal_in_place_append_tag(bound, &mut sealed).ok()?;
        let mut parts = nonce.as_ref().to_vec();
        parts.extend_from_slice(&sealed);
        token.sealed = STANDARD.encode(parts);
        Some(token)
    }

    /// The text of a token, if it was sealed with this key and nothing has been changed since.
    pub(crate) fn open(&self, generation: u64, token: &StoredToken) -> Option<Zeroizing<String>> {
        let mut parts = STANDARD.decode(&token.sealed).ok()?;
        let (nonce, sealed) = parts.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let bound = Aad::from(self.bound(generation, token));
        let text = self.key.open_in_place(nonce, bound, sealed).ok()?;
        let text = std::str::from_utf8(text).ok()?.to_owned();
        drop(Zeroizing::new(parts));
        Some(Zeroizing::new(text))
    }

    fn bound(&self, generation: u64, token: &StoredToken) -> Vec<u8> {
        let StoredToken {
            order,
            issued_at,
            expires_at,
            key_id,
            ..
        } = token;
        let (key, at, fence) = (&self.store_key, order.at, order.fence);
        format!("{key} {generation} {at} {fence} {issued_at} {expires_at} {key_id}").into_bytes()
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::TokenEndpoint;
    use crate::store::IssueOrder;

    fn key(secret: &str, id: &str) -> SealKey {
        let endpoint = TokenEndpoint::new("https://auth.example.com/token".parse().unwrap());
        SealKey::derive(&secret.into(), &StoreKey::new(&endpoint, id)).unwrap()
    }

    fn facts() -> StoredToken {
        StoredToken {
            order: IssueOrder { at: 17, fence: 4 },
            issued_at: 16_500,
            expires_at: 28_816_500,
            ..StoredToken::default()
        }
    }

    #[test]
    fn who_has_the_secret_opens_what_was_sealed_with_it() {
        let sealed = key("correct horse", "ada")
            .seal(3, facts(), "token-1")
            .unwrap();
        let opened = key("correct horse", "ada").open(3, &sealed).unwrap();
        assert_eq!(*opened, "token-1");
    }

    #[test]
    fn another_secret_another_client_and_a_changed_record_open_nothing() {
        let own = key("correct horse", "ada");
        let sealed = own.seal(3, facts(), "token-1").unwrap();
        assert!(key("battery staple", "ada").open(3, &sealed).is_none());
        assert!(key("correct horse", "bob").open(3, &sealed).is_none());
        assert!(own.open(4, &sealed).is_none());
        let changes: [fn(&mut StoredToken); 6] = [
            |token| token.order.at += 1,
            |token| token.order.fence += 1,
            |token| token.issued_at += 1,
            |token| token.expires_at += 1,
            |token| token.key_id.push('0'),
            |token| token.sealed = STANDARD.encode([7; 40]),
        ];
        for change in changes {
            let mut changed = sealed.clone();
            change(&mut changed);
            assert!(own.open(3, &changed).is_none(), "{changed:?}");
        }
        for text in ["", "AAAA", "not base64"] {
            let text = text.to_owned();
            let token = StoredToken {
                sealed: text,
                ..sealed.clone()
            };
            assert!(own.open(3, &token).is_none());
        }
    }

    #[test]
    fn a_new_secret_has_a_new_key_id_and_no_secret_has_no_key() {
        let id = |secret: &str| key(secret, "ada").id;
        assert_eq!(id("correct horse"), id("correct horse"));
        assert_ne!(id("correct horse"), id("battery staple"));
        let endpoint = TokenEndpoint::new("https://auth.example.com/token".parse().unwrap());
        let store_key = StoreKey::new(&endpoint, "ada");
        assert!(SealKey::derive(&SecretString::default(), &store_key).is_none());
    }

    #[test]
    fn nothing_that_is_stored_shows_the_token_or_the_secret() {
        let own = key("correct horse", "ada");
        let one = own.seal(3, facts(), "token-canary").unwrap();
        let two = own.seal(3, facts(), "token-canary").unwrap();
        assert_ne!(one.sealed, two.sealed);
        let text = format!("{}{own:?}", serde_json::to_string(&one).unwrap());
        for canary in ["token-canary", "correct", &STANDARD.encode("token-canary")] {
            assert!(!text.contains(canary), "{text}");
        }
    }
}
