//! Configuration from the environment.

use sdk_auth::{Credentials, Env, TokenSharing};
use url::Url;

use crate::{Client, ClientBuilder, Environment, Error, environment::NAMES};

/// What a client must know, as the environment gives it.
///
/// | variable | | meaning |
/// |---|---|---|
/// | `ION_CLIENT_ID` | required | the client id of an API key |
/// | `ION_CLIENT_SECRET` | required | its secret |
/// | `ION_ENVIRONMENT` | required unless both URLs are set | `production`, `staging` (or `sandbox`), `gov-production`, `gov-staging` (or `gov-sandbox`), `aus-production`, `aus-staging` |
/// | `ION_TOKEN_STORE` | optional | where tokens are kept: `memory`, `file:` with a directory, or a Redis URL ([`TokenSharing::parse`]) |
/// | `ION_TOKEN_URL` | optional | another token endpoint: `https`, or `http` on loopback |
/// | `ION_API_URL` | optional | another API endpoint: `https`, or `http` on loopback |
#[derive(Debug, Clone)]
pub struct Config {
    credentials: Credentials,
    token_store: Option<TokenSharing>,
    environment: Option<Environment>,
    token_url: Option<Url>,
    api_url: Option<Url>,
}

const CLIENT_ID: &str = "ION_CLIENT_ID";
const CLIENT_SECRET: &str = "ION_CLIENT_SECRET";
const ENVIRONMENT: &str = "ION_ENVIRONMENT";
const TOKEN_STORE: &str = "ION_TOKEN_STORE";
const TOKEN_URL: &str = "ION_TOKEN_URL";
const API_URL: &str = "ION_API_URL";

impl Config {
    /// Reads the variables.
    ///
    /// # Errors
    ///
    /// When a required variable is not set or any is malformed; the error names all of them at once.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let mut vars = env.reader();
        let id = vars.required(CLIENT_ID, "the client id of an API key");
        let secret = vars.secret(CLIENT_SECRET, "the secret of the API key");
        let token_url = vars.url(TOKEN_URL);
        let api_url = vars.url(API_URL);
        let parse = |name: &str| name.parse().ok();
        let environment = if token_url.is_some() && api_url.is_some() {
            vars.optional_as(ENVIRONMENT, NAMES, parse)
        } else {
            Some(vars.required_as(ENVIRONMENT, NAMES, Environment::Staging, parse))
        };
        let config = Self {
            credentials: Credentials::client(id, secret),
            token_store: vars.token_store(TOKEN_STORE),
            environment,
            token_url,
            api_url,
        };
        Ok(vars.finish(config)?)
    }

    /// True when any of the variables is set, so that the environment means to name a vendor.
    #[must_use]
    pub fn is_present(env: &Env) -> bool {
        let mut vars = env.reader();
        [
            CLIENT_ID,
            CLIENT_SECRET,
            ENVIRONMENT,
            TOKEN_STORE,
            TOKEN_URL,
            API_URL,
        ]
        .into_iter()
        .any(|name| vars.optional(name, "").is_some())
    }

    /// A builder that starts from this configuration.
    pub fn into_builder(self) -> ClientBuilder {
        let mut builder = Client::builder().credentials(self.credentials);
        if let Some(environment) = self.environment {
            builder = builder.environment(environment);
        }
        if let Some(store) = self.token_store {
            builder = builder.token_store(store);
        }
        if let Some(url) = self.token_url {
            builder = builder.token_url(url);
        }
        if let Some(url) = self.api_url {
            builder = builder.api_url(url);
        }
        builder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_environment_lists_the_right_ones() {
        let env = Env::from_pairs([
            (CLIENT_ID, "id"),
            (CLIENT_SECRET, "canary"),
            (ENVIRONMENT, "prod"),
        ]);
        let error = Config::from_env(&env).unwrap_err().to_string();
        assert!(
            error.contains(ENVIRONMENT) && error.contains(NAMES),
            "{error}"
        );
        assert!(!error.contains("canary"), "{error}");
    }

    #[test]
    fn all_that_is_missing_or_malformed_is_named_at_once() {
        let env = Env::from_pairs([(CLIENT_SECRET, "canary"), (API_URL, "ftp://canary.example")]);
        let error = Config::from_env(&env).unwrap_err().to_string();
        for name in [CLIENT_ID, ENVIRONMENT, API_URL] {
            assert!(error.contains(name), "{error}");
        }
        assert!(!error.contains("canary"), "{error}");
    }

    #[test]
    fn both_addresses_stand_in_for_the_environment() {
        let env = Env::from_pairs([
            (CLIENT_ID, "id"),
            (CLIENT_SECRET, "secret"),
            (TOKEN_URL, "https://auth-acme.example/token"),
            (API_URL, "https://api-acme.example/graphql"),
        ]);
        let config = Config::from_env(&env).unwrap();
        assert_eq!(config.environment, None);
        assert!(config.into_builder().build().is_ok());
    }

    #[test]
    fn one_variable_is_enough_to_mean_the_vendor() {
        assert!(!Config::is_present(&Env::from_pairs::<&str, &str>([])));
        assert!(Config::is_present(&Env::from_pairs([(ENVIRONMENT, "x")])));
    }
}
