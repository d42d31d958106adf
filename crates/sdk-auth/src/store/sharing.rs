//! With whom a client shares its token: what a builder or a variable of the environment says.

use std::sync::Arc;

use super::TokenStore;
use crate::error::Error;

/// With whom a client shares its token; every [`TokenStore`] turns into one.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum TokenSharing {
    /// Nothing is said about that: the token stays in this process.
    #[default]
    Unstated,
    /// With nobody: the token stays in this process, which is the only one that uses the credentials.
    SingleProcess,
    /// With all processes that use the same store and the same credentials.
    Store(Arc<dyn TokenStore>),
}

impl<S: TokenStore> From<S> for TokenSharing {
    fn from(store: S) -> Self {
        Self::Store(Arc::new(store))
    }
}

impl From<Arc<dyn TokenStore>> for TokenSharing {
    fn from(store: Arc<dyn TokenStore>) -> Self {
        Self::Store(store)
    }
}

impl TokenSharing {
    /// What a `…_TOKEN_STORE` variable may hold, for people.
    pub const EXPECTED: &str =
        "`memory`, `file:` with a directory that is yours alone, or the URL of a Redis server";

    /// Reads `memory`, `file:PATH`, `redis://…` or `rediss://…`; `None` if it is none of them.
    ///
    /// The directory of a [`FileStore`](super::FileStore) is opened, and made if need be. A Redis server is
    /// not asked for anything yet; it takes the feature `redis`.
    ///
    /// # Errors
    ///
    /// If the store cannot be opened, or this program was built without it.
    pub fn parse(text: &str) -> Option<Result<Self, Error>> {
        if text == "memory" {
            return Some(Ok(Self::SingleProcess));
        }
        let (scheme, rest) = text.split_once(':')?;
        match scheme {
            "file" if !rest.is_empty() => Some(open_file(rest)),
            "redis" | "rediss" if rest.starts_with("//") => Some(open_redis(text)),
            _ => None,
        }
    }
}

#[cfg(unix)]
fn open_file(path: &str) -> Result<TokenSharing, Error> {
    Ok(super::FileStore::open(path)?.into())
}

#[cfg(not(unix))]
fn open_file(_path: &str) -> Result<TokenSharing, Error> {
    let how = "because owners of files are known on Unix alone";
    let failure = super::StoreFailure::Unsafe(how);
    Err(super::StoreError::new("file", "open", failure).into())
}

#[cfg(feature = "redis")]
fn open_redis(url: &str) -> Result<TokenSharing, Error> {
    Ok(super::RedisStore::new(url)?.into())
}

#[cfg(not(feature = "redis"))]
fn open_redis(_url: &str) -> Result<TokenSharing, Error> {
    let failure = super::StoreFailure::NotBuilt("redis");
    Err(super::StoreError::new("redis", "open", failure).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemoryStore;
    #[cfg(unix)]
    use crate::store::StoreFailure;

    #[test]
    fn memory_a_directory_and_a_server_are_told_apart() {
        let parse = |text| TokenSharing::parse(text);
        assert!(matches!(
            parse("memory"),
            Some(Ok(TokenSharing::SingleProcess))
        ));
        for text in [
            "",
            "file",
            "file:",
            "Memory",
            "redis:x",
            "http://example.com",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
        let store: TokenSharing = MemoryStore::new().into();
        assert!(matches!(store, TokenSharing::Store(_)));
    }

    #[test]
    #[cfg(unix)]
    fn a_directory_that_cannot_be_opened_is_an_error() {
        let parsed = TokenSharing::parse("file:/proc/no-such-directory/tokens");
        let Error::Store(error) = parsed.unwrap().unwrap_err() else {
            panic!("it is the store that cannot be opened");
        };
        assert_eq!(error.failure(), StoreFailure::Unavailable);
        assert_eq!(error.store(), "file:/proc/no-such-directory/tokens");
    }

    #[test]
    #[cfg(feature = "redis")]
    fn a_server_is_named_by_its_url() {
        let parsed = TokenSharing::parse("rediss://ada:canary@example.com");
        assert!(matches!(parsed, Some(Ok(TokenSharing::Store(_)))));
        let malformed = TokenSharing::parse("rediss://ada:canary@:x:y/");
        let error = malformed.unwrap().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    }

    #[test]
    #[cfg(not(feature = "redis"))]
    fn a_store_that_was_not_built_in_says_so_and_shows_no_password() {
        let parsed = TokenSharing::parse("rediss://ada:canary@example.com");
        let error = parsed.unwrap().unwrap_err();
        assert_eq!(
            error.to_string(),
            "token store redis could not open: this program was built without the feature `redis` of sdk-auth"
        );
    }
}
