//! Configuration from the environment.

use sdk_auth::{Credentials, Env, TokenSharing, check_url};
use url::Url;

use crate::{Client, ClientBuilder, Error};

/// What a client must know, as the environment gives it.
///
/// | variable | | meaning |
/// |---|---|---|
/// | `FINLEX_APP_ID` | required | the id of the app that an administrator registered |
/// | `FINLEX_SECRET` | required | the app's secret key |
/// | `FINLEX_API_URL` | required | where the API is, without `/api/v1`: `https`, or `http` on loopback |
/// | `FINLEX_TOKEN_STORE` | optional | where tokens are kept: `memory`, `file:` with a directory, or a Redis URL ([`TokenSharing::parse`]) |
/// | `FINLEX_TOKEN_URL` | optional | another token endpoint: `https`, or `http` on loopback |
/// | `FINLEX_REVOKE_URL` | optional | another revocation endpoint: `https`, or `http` on loopback |
#[derive(Debug, Clone)]
pub struct Config {
    credentials: Credentials,
    token_store: Option<TokenSharing>,
    api_url: Option<Url>,
    token_url: Option<Url>,
    revoke_url: Option<Url>,
}

const APP_ID: &str = "FINLEX_APP_ID";
const SECRET: &str = "FINLEX_SECRET";
const API_URL: &str = "FINLEX_API_URL";
const TOKEN_STORE: &str = "FINLEX_TOKEN_STORE";
const TOKEN_URL: &str = "FINLEX_TOKEN_URL";
const REVOKE_URL: &str = "FINLEX_REVOKE_URL";

impl Config {
    /// Reads the variables.
    ///
    /// # Errors
    ///
    /// When a required variable is not set or any is malformed; the error names all of them at once.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let mut vars = env.reader();
        let id = vars.required(APP_ID, "the id of the app");
        let secret = vars.secret(SECRET, "the app's secret key");
        let api = "the API's https URL, which no page of the vendor states";
        let api_url = vars.required_as(API_URL, api, None, |text| {
            let url = text.parse().ok()?;
            check_url("", &url).ok().map(|()| Some(url))
        });
        let config = Self {
            credentials: Credentials::client(id, secret),
            token_store: vars.token_store(TOKEN_STORE),
            api_url,
            token_url: vars.url(TOKEN_URL),
            revoke_url: vars.url(REVOKE_URL),
        };
        Ok(vars.finish(config)?)
    }

    /// True when any of the variables is set, so that the environment means to name a vendor.
    pub fn is_present(env: &Env) -> bool {
        let mut vars = env.reader();
        [APP_ID, SECRET, API_URL, TOKEN_STORE, TOKEN_URL, REVOKE_URL]
            .into_iter()
            .any(|name| vars.optional(name, "").is_some())
    }

    /// A builder that starts from this configuration.
    pub fn into_builder(self) -> ClientBuilder {
        let mut builder = Client::builder().credentials(self.credentials);
        if let Some(url) = self.api_url {
            builder = builder.api_url(url);
        }
        if let Some(store) = self.token_store {
            builder = builder.token_store(store);
        }
        if let Some(url) = self.token_url {
            builder = builder.token_url(url);
        }
        if let Some(url) = self.revoke_url {
            builder = builder.revoke_url(url);
        }
        builder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_missing_or_malformed_is_named_at_once() {
        let env = Env::from_pairs([
            ("FINLEX_SECRET", "canary"),
            ("FINLEX_REVOKE_URL", "ftp://canary.example"),
        ]);
        let error = Config::from_env(&env).unwrap_err().to_string();
        for name in [APP_ID, API_URL, REVOKE_URL] {
            assert_eq!(error.matches(name).count(), 1, "{error}");
        }
        assert!(!error.contains(SECRET), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }

    #[test]
    fn a_malformed_api_url_is_named_once() {
        let env = Env::from_pairs([
            ("FINLEX_APP_ID", "app"),
            ("FINLEX_SECRET", "s"),
            ("FINLEX_API_URL", "http://api.example.com"),
        ]);
        let error = Config::from_env(&env).unwrap_err().to_string();
        assert_eq!(error.matches(API_URL).count(), 1, "{error}");
    }

    #[test]
    fn one_variable_is_enough_to_mean_the_vendor() {
        assert!(!Config::is_present(&Env::from_pairs::<&str, &str>([])));
        assert!(Config::is_present(&Env::from_pairs([(REVOKE_URL, "x")])));
    }
}
