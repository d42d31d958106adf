use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use http::{HeaderName, HeaderValue};

use super::*;
use crate::clock::ManualClock;
use crate::endpoint::{BodyFormat, ClientAuth, GrantType, TokenAnswer};
use crate::http::Proxy;
use crate::lifetime_rule::LifetimeRule;

const MINUTE: Duration = Duration::from_secs(60);

fn endpoint() -> TokenEndpoint {
    TokenEndpoint::new("https://auth.example.com/token".parse().unwrap())
}

fn header(name: &'static str, value: &'static str) -> (HeaderName, HeaderValue) {
    (
        HeaderName::from_static(name),
        HeaderValue::from_static(value),
    )
}

/// Endpoints that differ in one thing each.
fn endpoints() -> Vec<TokenEndpoint> {
    let plain = endpoint;
    let at = |url: &str| plain().at(url.parse().unwrap());
    let answer = |answer: TokenAnswer| plain().answer(answer);
    let with_header = |(name, value)| plain().header(name, value);
    vec![
        plain(),
        at("https://auth.example.com/token/"),
        at("https://auth.example.com:8443/token"),
        at("https://auth.example.com/token?tenant=a"),
        at("https://auth.example.com/token?tenant=b"),
        at("https://other.example.com/token"),
        at("http://localhost/token"),
        plain().body(BodyFormat::Json),
        plain().body(BodyFormat::Empty),
        plain().client_auth(ClientAuth::Basic),
        plain().client_auth(ClientAuth::in_body()),
        plain().client_auth(ClientAuth::in_body_as("client_id", "password")),
        plain().client_auth(ClientAuth::in_body_as("user", "client_secret")),
        plain().grant_type(GrantType::Query),
        plain().grant_type(GrantType::Omitted),
        plain().audience("a"),
        plain().audience("b"),
        plain().field("scope", "a"),
        plain().field("scope", "a").field("scope", "b"),
        plain().field("scope", "a b"),
        with_header(header("x-tenant", "a")),
        with_header(header("x-tenant", "b")),
        with_header(header("x-realm", "a")),
        plain().requested_expiry("expiry", MINUTE),
        plain().requested_expiry("expiry", 2 * MINUTE),
        plain().requested_expiry("ends", MINUTE),
        answer(TokenAnswer::default().token_fields(["token"])),
        answer(TokenAnswer::default().token_fields(["token", "access_token"])),
        answer(TokenAnswer::default().or_bare_token()),
        answer(TokenAnswer::default().or_expiry_of_jwt()),
        answer(TokenAnswer::default().expires_in("lifetime")),
        answer(TokenAnswer::default().expires_at("expires_in")),
        answer(TokenAnswer::default().default_lifetime(MINUTE)),
        plain().lifetime_rule(LifetimeRule::NewestOnly),
    ]
}

/// Credentials that differ in one thing each; some would be equal if their parts were put together.
fn credentials() -> Vec<Credentials> {
    let client = |id: &str, secret: &str| Credentials::client(id, secret);
    let [key, other] = ["x-api-key", "x-other-key"].map(HeaderName::from_static);
    vec![
        client("ada", "secret"),
        client("ad", "asecret"),
        client("adas", "ecret"),
        client("", "adasecret"),
        client("adasecret", ""),
        client("ada", "secret2"),
        client("Ada", "secret"),
        Credentials::service_user("ada", "secret", ""),
        Credentials::service_user("ada", "secret", "key"),
        Credentials::service_user("ada", "key", "secret"),
        Credentials::service_user("ada", "secretkey", ""),
        client("ada", "secret").secret_header(other.clone(), "key"),
        client("ada", "secret")
            .secret_header(key.clone(), "key")
            .secret_header(other.clone(), "key"),
        client("ada", "secret")
            .secret_header(other, "key")
            .secret_header(key, "key"),
    ]
}

/// HTTP clients whose token requests take different routes.
fn routes() -> Vec<HttpConfig> {
    let proxy = |url: &str| HttpConfig::new().proxy(Proxy::Explicit(url.parse().unwrap()));
    vec![
        HttpConfig::new(),
        HttpConfig::new().proxy(Proxy::None),
        proxy("http://proxy.example.com"),
        proxy("http://ada:canary@proxy.example.com"),
        proxy("http://ada:other@proxy.example.com"),
        HttpConfig::new().extra_root_certificates("a"),
        HttpConfig::new().extra_root_certificates("ab"),
        HttpConfig::new()
            .extra_root_certificates("a")
            .extra_root_certificates("b"),
        HttpConfig::new().http2_without_tls(),
    ]
}

/// No store, and stores that are not the same.
fn stores() -> [Option<String>; 3] {
    [
        None,
        Some("memory:0".to_owned()),
        Some("memory:1".to_owned()),
    ]
}

/// Every combination of inputs that differ.
fn all_keys(clocks: &[Clock]) -> Vec<Key> {
    let mut keys = Vec::new();
    for http in &routes() {
        for endpoint in &endpoints() {
            for credentials in &credentials() {
                for store in stores() {
                    let key = |clock| Key::new(http, endpoint, credentials, clock, store.clone());
                    keys.extend(clocks.iter().map(key));
                }
            }
        }
    }
    keys
}

#[test]
fn inputs_that_differ_never_share_and_equal_ones_always_do() {
    let manual = [(); 2].map(|()| ManualClock::starting_at(SystemTime::UNIX_EPOCH).clock());
    let clocks = [Clock::system(), manual[0].clone(), manual[1].clone()];
    let keys = all_keys(&clocks);
    assert_eq!(keys, all_keys(&clocks));
    let count = keys.len();
    assert_eq!(count, 9 * 34 * 14 * 3 * 3);
    let distinct: HashSet<Key> = keys.into_iter().collect();
    assert_eq!(distinct.len(), count);
}

#[test]
fn how_an_exchange_is_carried_out_does_not_keep_clients_apart() {
    let key =
        |http: &HttpConfig| Key::new(http, &endpoint(), &credentials()[0], &Clock::system(), None);
    let other = HttpConfig::new()
        .user_agent("another/1.0")
        .connect_timeout(MINUTE)
        .attempt_timeout(MINUTE)
        .max_answer_bytes(1)
        .redirects(crate::http::Redirects::SameOrigin);
    assert_eq!(key(&HttpConfig::new()), key(&other));
}

#[test]
fn a_key_shows_no_secret() {
    let user = Credentials::service_user("ada", "canary-1", "canary-2");
    let proxy = Proxy::Explicit("http://u:canary-3@example.com".parse().unwrap());
    let http = HttpConfig::new().proxy(proxy);
    let text = format!(
        "{:?}",
        Key::new(&http, &endpoint(), &user, &Clock::system(), None)
    );
    assert!(text.contains("ada") && !text.contains("canary"), "{text}");
}

fn numbered_key(number: usize) -> Key {
    let user = Credentials::client(number.to_string(), "secret");
    Key::new(
        &HttpConfig::new(),
        &endpoint(),
        &user,
        &Clock::system(),
        None,
    )
}

#[test]
fn what_ended_is_made_anew_and_takes_up_a_bounded_place() {
    let mut registry = Registry::default();
    for round in 0..3 {
        for number in 0..2 * SPARE {
            let made = registry.find_or_make(numbered_key(number), || Arc::new(round));
            assert_eq!(*made, round);
            assert!(registry.entries.len() <= SPARE);
        }
    }
}

#[test]
fn what_is_in_use_is_never_evicted() {
    let mut registry = Registry::default();
    let make = |registry: &mut Registry<usize>, round: usize| -> Vec<_> {
        (0..3 * SPARE)
            .map(|number| registry.find_or_make(numbered_key(number), || Arc::new(round)))
            .collect()
    };
    let held = make(&mut registry, 1);
    let found = make(&mut registry, 2);
    assert!(
        held.iter()
            .zip(&found)
            .all(|(held, found)| Arc::ptr_eq(held, found))
    );
}
