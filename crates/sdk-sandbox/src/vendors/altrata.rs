//! Altrata: one token endpoint whose newest token ends all others, and four GraphQL services.

mod node;
mod paging;
mod people;
mod resolve;
mod server;
mod service;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::SandboxBuilder;
use crate::error::StartError;
use crate::fault::Fault;
use crate::front::Front;
use crate::identity::{Issuer, TokenRules};
use crate::origin::{Bound, Origin};
use crate::record::{Counts, Endpoint, Recorded};
use people::People;
use resolve::Jobs;
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
    issuer: Issuer,
    /// Held while one token takes the place of another.
    issuing: Mutex<()>,
    people: People,
    jobs: Jobs,
    front: Front,
    quota_spent: AtomicBool,
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
            issuer: Issuer::new(TokenRules {
                client_id: USERNAME.to_owned(),
                client_secret: PASSWORD.to_owned(),
                audiences: Vec::new(),
                lifetime: settings.token_ttl.unwrap_or(LIFETIME),
            }),
            issuing: Mutex::default(),
            people: People::new(settings.items),
            jobs: Jobs::new(settings.looks_until_done),
            front: Front::default(),
            quota_spent: AtomicBool::new(false),
            answers: AtomicU64::new(0),
        });
        let tokens = free(ip).await?;
        let token_url = format!("{}{TOKEN_PATH}", tokens.url());
        let mut origins = vec![tokens.serve(server::token_routes(server.clone()))];
        let mut service_urls = <[String; 4]>::default();
        for (service, url) in Service::ALL.into_iter().zip(&mut service_urls) {
            // Made before the first request, so that a broken schema is an error of the start.
            service.engine()?;
            let origin = free(ip).await?;
            *url = format!("{}{GRAPHQL_PATH}", origin.url());
            origins.push(origin.serve(server::service_routes(server.clone(), service)));
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
        PASSWORD
    }

    /// The key that token requests and API requests name in `x-api-key`.
    #[must_use]
    pub fn api_key(&self) -> &str {
        API_KEY
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

    /// Lets the next request to an endpoint meet a fault; the four services are one endpoint.
    pub fn fail_next(&self, endpoint: Endpoint, fault: Fault) {
        self.fail_times(endpoint, fault, 1);
    }

    /// Lets the next `times` requests to an endpoint meet a fault, after those that already wait.
    pub fn fail_times(&self, endpoint: Endpoint, fault: Fault, times: u32) {
        self.server.front.faults.add(endpoint, fault, times);
    }

    /// Forgets the faults that have not happened yet.
    pub fn clear_faults(&self) {
        self.server.front.faults.clear();
    }

    /// Answers every API request with the 429 of a daily quota that is used up, or stops doing so.
    pub fn spend_quota(&self, spent: bool) {
        self.server.quota_spent.store(spent, Ordering::Relaxed);
    }

    /// Lets every token issued so far expire now.
    pub fn expire_tokens(&self) {
        self.server.issuer.expire_all();
    }

    /// Ends every token issued so far, as another process does that asks for one.
    pub fn revoke_tokens(&self) {
        self.server.issuer.revoke_all();
    }

    /// What has been counted since the start, or since [`reset_records`](Self::reset_records).
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.server.front.recorder.counts()
    }

    /// The last 1024 requests, oldest first, with secrets masked.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.server.front.recorder.requests()
    }

    /// Sets all counts to zero and forgets the recorded requests.
    pub fn reset_records(&self) {
        self.server.front.recorder.reset();
    }
}

async fn free(ip: IpAddr) -> Result<Bound, StartError> {
    let address = SocketAddr::new(ip, 0);
    Bound::new(address)
        .await
        .map_err(|source| StartError::listen(address, source))
}
