//! Configuration from the environment.

use sdk_auth::{Credentials, Env, TokenSharing};
use url::Url;

use crate::{Client, ClientBuilder, Error, Service};

/// What a client must know, as the environment gives it.
///
/// | variable | | meaning |
/// |---|---|---|
/// | `ALTRATA_USERNAME` | required | the user name of the service user, which is no e-mail address |
/// | `ALTRATA_PASSWORD` | required | the service user's password |
/// | `ALTRATA_API_KEY` | required | the API key, which selects the usage plan |
/// | `ALTRATA_TOKEN_STORE` | required | where the token is kept that all processes share, since a new one ends the one before: `file:` with a directory, or a Redis URL; or `memory`, which states that no other process uses these credentials ([`TokenSharing::parse`]) |
/// | `ALTRATA_TOKEN_URL` | optional | another token endpoint: `https`, or `http` on loopback |
/// | `ALTRATA_PROFILE_URL`, `ALTRATA_MATCHING_URL`, `ALTRATA_EVENTS_URL`, `ALTRATA_RELATIONSHIPS_URL` | optional | another address of one service: `https`, or `http` on loopback |
#[derive(Debug, Clone)]
pub struct Config {
    credentials: Credentials,
    token_store: TokenSharing,
    token_url: Option<Url>,
    service_urls: [(Service, Option<Url>); 4],
}

const USERNAME: &str = "ALTRATA_USERNAME";
const PASSWORD: &str = "ALTRATA_PASSWORD";
const API_KEY: &str = "ALTRATA_API_KEY";
const TOKEN_STORE: &str = "ALTRATA_TOKEN_STORE";
const TOKEN_URL: &str = "ALTRATA_TOKEN_URL";

const fn url_variable(service: Service) -> &'static str {
    match service {
        Service::Profile => "ALTRATA_PROFILE_URL",
        Service::Matching => "ALTRATA_MATCHING_URL",
        Service::Events => "ALTRATA_EVENTS_URL",
        Service::Relationships => "ALTRATA_RELATIONSHIPS_URL",
    }
}

impl Config {
    /// Reads the variables.
    ///
    /// # Errors
    ///
    /// When a required variable is not set or any is malformed; the error names all of them at once.
    pub fn from_env(env: &Env) -> Result<Self, Error> {
        let mut vars = env.reader();
        let username = vars.required(USERNAME, "the user name of the service user");
        let password = vars.secret(PASSWORD, "the password of the service user");
        let api_key = vars.secret(API_KEY, "the API key the vendor handed out");
        let config = Self {
            credentials: Credentials::service_user(username, password, api_key),
            token_store: vars.required_token_store(TOKEN_STORE),
            token_url: vars.url(TOKEN_URL),
            service_urls: Service::ALL.map(|service| (service, vars.url(url_variable(service)))),
        };
        Ok(vars.finish(config)?)
    }

    /// True when any of the variables is set, so that the environment means to name a vendor.
    pub fn is_present(env: &Env) -> bool {
        let mut vars = env.reader();
        let mut names = [USERNAME, PASSWORD, API_KEY, TOKEN_STORE, TOKEN_URL]
            .into_iter()
            .chain(Service::ALL.map(url_variable));
        names.any(|name| vars.optional(name, "").is_some())
    }

    /// A builder that starts from this configuration.
    pub fn into_builder(self) -> ClientBuilder {
        let mut builder = Client::builder()
            .credentials(self.credentials)
            .token_store(self.token_store);
        if let Some(url) = self.token_url {
            builder = builder.token_url(url);
        }
        for (service, url) in self.service_urls {
            if let Some(url) = url {
                builder = builder.service_url(service, url);
            }
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
            ("ALTRATA_PASSWORD", "canary"),
            ("ALTRATA_EVENTS_URL", "ftp://canary.example"),
        ]);
        let error = Config::from_env(&env).unwrap_err().to_string();
        for name in [
            USERNAME,
            API_KEY,
            TOKEN_STORE,
            url_variable(Service::Events),
        ] {
            assert!(error.contains(name), "{error}");
        }
        assert!(!error.contains(PASSWORD), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }

    #[test]
    fn one_variable_is_enough_to_mean_the_vendor() {
        assert!(!Config::is_present(&Env::from_pairs::<&str, &str>([])));
        for name in [USERNAME, url_variable(Service::Matching)] {
            assert!(
                Config::is_present(&Env::from_pairs([(name, "x")])),
                "{name}"
            );
        }
    }
}
