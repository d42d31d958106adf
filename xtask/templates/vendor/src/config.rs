//! Configuration from the environment.

use sdk_auth::{Credentials, Env};
use url::Url;

use crate::{Client, ClientBuilder, Error};

/// What a client must know, as the environment gives it.
///
/// | variable | | meaning |
/// |---|---|---|
/// | `ACME_CLIENT_ID` | required | the client id the vendor handed out |
/// | `ACME_CLIENT_SECRET` | required | its secret |
/// | `ACME_TOKEN_URL` | required | the token endpoint: `https`, or `http` on loopback |
/// | `ACME_API_URL` | required | the API endpoint: `https`, or `http` on loopback |
#[derive(Debug, Clone)]
pub struct Config {
    credentials: Credentials,
    token_url: Option<Url>,
    api_url: Option<Url>,
}

const CLIENT_ID: &str = "ACME_CLIENT_ID";
const CLIENT_SECRET: &str = "ACME_CLIENT_SECRET";
const TOKEN_URL: &str = "ACME_TOKEN_URL";
const API_URL: &str = "ACME_API_URL";

impl Config {
    /// Reads the variables.
    ///
    /// # Errors
    ///
    /// When a required variable is not set or any is malformed; the error names all of them at once.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let mut vars = env.reader();
        let id = vars.required(CLIENT_ID, "the client id the vendor handed out");
        let secret = vars.secret(CLIENT_SECRET, "the client secret the vendor handed out");
        for name in [TOKEN_URL, API_URL] {
            vars.required(name, "an https URL, or an http URL on loopback");
        }
        let config = Self {
            credentials: Credentials::client(id, secret),
            token_url: vars.url(TOKEN_URL),
            api_url: vars.url(API_URL),
        };
        Ok(vars.finish(config)?)
    }

    /// True when any of the variables is set, so that the environment means to name the vendor.
    pub fn is_present(env: &Env) -> bool {
        let mut vars = env.reader();
        [CLIENT_ID, CLIENT_SECRET, TOKEN_URL, API_URL]
            .into_iter()
            .any(|name| vars.optional(name, "").is_some())
    }

    /// A builder that starts from this configuration.
    pub fn into_builder(self) -> ClientBuilder {
        let mut builder = Client::builder().credentials(self.credentials);
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
    fn all_that_is_missing_or_malformed_is_named_at_once() {
        let env = Env::from_pairs([(CLIENT_SECRET, "canary"), (API_URL, "ftp://canary.example")]);
        let error = Config::from_env(&env).unwrap_err().to_string();
        for name in [CLIENT_ID, TOKEN_URL, API_URL] {
            assert!(error.contains(name), "{error}");
        }
        assert!(!error.contains(CLIENT_SECRET), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }

    #[test]
    fn one_variable_is_enough_to_mean_the_vendor() {
        assert!(!Config::is_present(&Env::from_pairs::<&str, &str>([])));
        assert!(Config::is_present(&Env::from_pairs([(API_URL, "x")])));
    }
}
