//! The usual set-up: a token endpoint and an API on one loopback server.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use sdk_auth::{
    ApiAuth, AuthorizedHttp, Credentials, Delivery, Http, HttpConfig, ManualClock, Proxy, Reply,
    Request, TokenEndpoint, TokenProvider, Verdict,
};
use tracing::Dispatch;

use crate::server::{Act, Heard, Server, json};

/// A client that ignores the proxies of the machine that runs the tests.
pub(crate) fn http() -> Http {
    Http::new(HttpConfig::new().proxy(Proxy::None)).unwrap()
}

pub(crate) fn credentials() -> Credentials {
    Credentials::client("ada", "correct horse")
}

/// A clock that begins well after 1970, so that it can be set back.
pub(crate) fn manual_clock() -> ManualClock {
    ManualClock::starting_at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000))
}

/// A provider with `clock` for the endpoint `/token` of `server`.
pub(crate) fn provider(server: &Server, clock: &ManualClock) -> TokenProvider {
    provider_over(http(), server, clock)
}

fn provider_over(http: Http, server: &Server, clock: &ManualClock) -> TokenProvider {
    TokenProvider::builder(
        http,
        TokenEndpoint::new(server.url("/token")),
        credentials(),
    )
    .clock(clock.clock())
    .build()
    .unwrap()
}

/// A client with `clock` for `server`.
pub(crate) fn client(server: &Server, clock: &ManualClock) -> AuthorizedHttp {
    let http = http();
    let provider = provider_over(http.clone(), server, clock);
    AuthorizedHttp::builder(http, provider, ApiAuth::bearer())
        .clock(clock.clock())
        .build()
}

/// A token response.
pub(crate) fn grant(token: &str, expires_in: u64) -> Act {
    let body =
        format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":{expires_in}}}"#);
    json(200, body)
}

/// Answers token requests with `token-1`, `token-2`, … and everything else as `api` says.
pub(crate) fn tokens_and(
    expires_in: u64,
    api: impl Fn(&Heard) -> Act + Send + Sync + 'static,
) -> impl Fn(&Heard) -> Act + Send + Sync + 'static {
    let issued = AtomicUsize::new(0);
    move |heard| {
        if heard.target.starts_with("/token") {
            grant(
                &format!("token-{}", issued.fetch_add(1, Ordering::SeqCst) + 1),
                expires_in,
            )
        } else {
            api(heard)
        }
    }
}

/// A read at `/api`.
pub(crate) fn read(server: &Server) -> Request {
    Request::post("ListThings", server.url("/api"))
        .delivery(Delivery::Repeatable)
        .body("application/json", r#"{"query":"{things}"}"#)
}

/// A write at `/api`.
pub(crate) fn write(server: &Server) -> Request {
    Request::post("CreateThing", server.url("/api"))
        .body("application/json", r#"{"query":"mutation{make}"}"#)
}

/// The judge for APIs that refuse tokens by status alone.
pub(crate) fn by_status(_: &Reply) -> Verdict {
    Verdict::Accept
}

/// Lets a subscriber of one thread see all that happens there, while tests on other threads have none.
///
/// As long as a process has a single subscriber, `tracing` takes the word of whichever thread comes to a
/// span or event first on whether anyone wants it, even if that thread has no subscriber. From two on, it
/// asks them all.
pub(crate) fn let_every_subscriber_be_asked() {
    static SECOND: LazyLock<Dispatch> =
        LazyLock::new(|| Dispatch::new(tracing_subscriber::registry()));
    LazyLock::force(&SECOND);
}
