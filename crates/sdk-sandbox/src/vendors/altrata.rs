//! Altrata: one token endpoint whose newest token ends all others, and four GraphQL services.

mod admin;
mod jobs;
mod node;
mod paging;
mod people;
mod rates;
mod resolve;
mod server;
mod service;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::SandboxBuilder;
use crate::back_door;
use crate::error::StartError;
use crate::front::Front;
use crate::identity::TokenRules;
use crate::origin::{Bound, Origin};
use jobs::Jobs;
use people::People;
use rates::Rates;
use service::Service;

const USERNAME: &str = "sandbox-service-user";
const PASSWORD: &str = "sandbox-password-91c4e7a2";
const API_KEY: &str = "sandbox-api-key-3b8f60d5";

/// The documented lifetime of a token, 8 hours ("API Authentication" on docs.altrata.com).
const LIFETIME: Duration = Duration::from_secs(28_800);

const TOKEN_PATH: &str = "/oauth2/token";
const GRAPHQL_PATH: &str = "/v1/graphql";

#[doc = include_str!("../docs/altrata.md")]
#[derive(Debug)]
pub struct Altrata {
    origins: Vec<Origin>,
    token_url: String,
    service_urls: [String; 4],
    server: Arc<Server>,
}

/// What the routes share.
struct Server {
    people: People,
    jobs: Jobs,
    front: Arc<Front>,
    api_key: String,
    quota_spent: AtomicBool,
    rates: Rates,
    answers: AtomicU64,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("front", &self.front)
            .finish_non_exhaustive()
    }
}

impl Altrata {
    pub(crate) async fn start(settings: &SandboxBuilder) -> Result<Self, StartError> {
        let localhost = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let ip = settings.listen.map_or(localhost, |address| address.ip());
        let server = Arc::new(Server {
            people: People::new(settings.items),
            jobs: Jobs::new(settings.looks_until_done),
            front: Arc::new(Front::new(TokenRules {
                client_id: USERNAME.to_owned(),
                client_secret: settings.marks.end_of_secret(PASSWORD),
                audiences: Vec::new(),
                lifetime: settings.token_ttl.unwrap_or(LIFETIME),
                newest_only: true,
                token_mark: settings.marks.token.clone(),
            })),
            api_key: format!("{API_KEY}{}", settings.marks.key),
            quota_spent: AtomicBool::new(false),
            rates: Rates::default(),
            answers: AtomicU64::new(0),
        });
        let tokens = free(ip).await?;
        let token_url = format!("{}{TOKEN_PATH}", tokens.url());
        let mut origins = vec![tokens.serve(server::token_routes(&server))];
        let mut service_urls = <[String; 4]>::default();
        for (service, url) in Service::ALL.into_iter().zip(&mut service_urls) {
            // Made before the first request, so that a broken schema is an error of the start.
            service.engine()?;
            let origin = free(ip).await?;
            *url = format!("{}{GRAPHQL_PATH}", origin.url());
            origins.push(origin.serve(server::service_routes(&server, service)));
        }
        Ok(Self {
            origins,
            token_url,
            service_urls,
            server,
        })
    }

    pub(crate) async fn stop(self) {
        for origin in self.origins {
            origin.stop().await;
        }
    }

    /// Where tokens are asked for, without the query.
    #[must_use]
    pub fn token_url(&self) -> &str {
        &self.token_url
    }

    /// Where documents of the Profile API go.
    #[must_use]
    pub fn profile_url(&self) -> &str {
        &self.service_urls[0]
    }

    /// Where documents of the Matching API go.
    #[must_use]
    pub fn matching_url(&self) -> &str {
        &self.service_urls[1]
    }

    /// Where documents of the Events API go.
    #[must_use]
    pub fn events_url(&self) -> &str {
        &self.service_urls[2]
    }

    /// Where documents of the Relationships API go.
    #[must_use]
    pub fn relationships_url(&self) -> &str {
        &self.service_urls[3]
    }

    /// The service user that is let in.
    #[must_use]
    pub fn username(&self) -> &str {
        USERNAME
    }

    /// The password of that service user.
    #[must_use]
    pub fn password(&self) -> &str {
        self.server.front.issuer.client_secret()
    }

    /// The key that token requests and API requests name in `x-api-key`.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.server.api_key
    }

    /// The environment variables that point the vendor's SDK here, in a fixed order.
    #[must_use]
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("ALTRATA_USERNAME", self.username().to_owned()),
            ("ALTRATA_PASSWORD", self.password().to_owned()),
            ("ALTRATA_API_KEY", self.api_key().to_owned()),
            ("ALTRATA_TOKEN_STORE", "memory".to_owned()),
            ("ALTRATA_TOKEN_URL", self.token_url().to_owned()),
            ("ALTRATA_PROFILE_URL", self.profile_url().to_owned()),
            ("ALTRATA_MATCHING_URL", self.matching_url().to_owned()),
            ("ALTRATA_EVENTS_URL", self.events_url().to_owned()),
            (
                "ALTRATA_RELATIONSHIPS_URL",
                self.relationships_url().to_owned(),
            ),
        ]
    }

    /// The id of a person whom the subscription does not cover.
    #[must_use]
    pub fn restricted_person_id(&self) -> &'static str {
        people::RESTRICTED
    }

    /// The id of the first person, who can be shown.
    #[must_use]
    pub fn first_person_id(&self) -> String {
        people::person_id(0)
    }

    /// Answers every API request with the 429 of a daily quota that is used up, or stops doing so.
    pub fn spend_quota(&self, spent: bool) {
        self.server.quota_spent.store(spent, Ordering::Relaxed);
    }

    /// Enforces the documented rates of the four services, or no longer: beyond them, a request is answered
    /// with the 429 `Too Many Requests`. Off unless called.
    pub fn enforce_rates(&self, enforced: bool) {
        self.server.rates.enforce(enforced);
    }

    /// Lets the next matching job that starts fail, with this message as its description.
    pub fn fail_next_job(&self, message: impl Into<String>) {
        self.server.jobs.fail_next(message.into());
    }

    /// How many matching jobs have started.
    #[must_use]
    pub fn jobs_started(&self) -> usize {
        self.server.jobs.count()
    }

    back_door::methods!();
}

async fn free(ip: IpAddr) -> Result<Bound, StartError> {
    let address = SocketAddr::new(ip, 0);
    Bound::new(address)
        .await
        .map_err(|source| StartError::listen(address, source))
}
