//! One process of a fleet: this test binary once more, which makes calls when told to.

use std::error::Error;
use std::io::BufRead as _;
use std::time::Duration;

use sdk_auth::{
    ApiAuth, AuthorizedHttp, BodyFormat, ClientAuth, Clock, Credentials, Delivery, GrantType, Http,
    HttpConfig, LifetimeRule, Proxy, Request, TokenEndpoint, TokenProvider, TokenScheme,
};
use serde_json::json;

use super::orders::{Order, Orders, Place, Tally, Told, tell};
use crate::setup::by_status;

/// The name of the test below, which a process of a fleet runs and nothing else.
pub(crate) const WORKER: &str = "processes::worker::a_process_of_a_fleet_does_what_it_is_told";

/// Started by itself, it has no orders and only reads some.
#[test]
fn a_process_of_a_fleet_does_what_it_is_told() {
    match Orders::of_this_process() {
        Some(orders) => obey(&orders),
        None => {
            let orders = json!({
                "token_url": "http://127.0.0.1:1/token", "api_url": "http://127.0.0.1:1/api",
                "username": "ada", "password": "p", "api_key": "k", "place": {"Files": "/tmp/x"},
                "attempt": {"secs": 1, "nanos": 0}, "lease": {"secs": 3, "nanos": 0},
                "fate": ["Leased", "Killed"], "roots": null, "ahead": -600,
            });
            let read: Orders = serde_json::from_value(orders.clone()).unwrap();
            assert_eq!(read.place, Place::Files("/tmp/x".into()));
            assert_eq!(serde_json::to_value(read).unwrap(), orders);
        }
    }
}

/// Does what each line of standard input says, until it ends.
fn obey(orders: &Orders) {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build().unwrap();
    let client = client(orders);
    tell(&Told::Ready);
    for line in std::io::stdin().lock().lines() {
        let told = match serde_json::from_str(&line.unwrap()).unwrap() {
            Order::Calls(calls, pause) => {
                let mut tally = Tally::default();
                for _ in 0..calls {
                    tally.add(runtime.block_on(call(&client, orders)));
                    std::thread::sleep(pause);
                }
                Told::Calls(tally)
            }
            Order::Token => {
                let token = runtime.block_on(client.provider().token()).unwrap();
                let text = token.authorization(TokenScheme::Raw).to_str().unwrap();
                Told::Token(text.to_owned())
            }
        };
        tell(&told);
    }
}

/// A client for a vendor whose new token ends the old one, described as `altrata` describes it.
fn client(orders: &Orders) -> AuthorizedHttp {
    let config = HttpConfig::new().proxy(Proxy::None);
    let http = Http::new(config.attempt_timeout(orders.attempt)).unwrap();
    let endpoint = TokenEndpoint::new(orders.token_url.parse().unwrap())
        .body(BodyFormat::Empty)
        .client_auth(ClientAuth::Basic)
        .grant_type(GrantType::Query)
        .lifetime_rule(LifetimeRule::NewestOnly);
    let credentials = Credentials::service_user(
        orders.username.as_str(),
        orders.password.as_str(),
        orders.api_key.as_str(),
    );
    let error = Duration::from_secs(orders.ahead.unsigned_abs());
    let clock = match orders.ahead {
        0 => Clock::system(),
        1.. => Clock::ahead_by(error),
        ..0 => Clock::behind_by(error),
    };
    let provider = TokenProvider::builder(http.clone(), endpoint, credentials)
        .token_store(orders.store())
        .clock(clock.clone())
        .build()
        .unwrap();
    AuthorizedHttp::builder(http, provider, ApiAuth::bearer())
        .clock(clock)
        .build()
}

async fn call(client: &AuthorizedHttp, orders: &Orders) -> Tally {
    let request = Request::post("TypeName", orders.api_url.parse().unwrap())
        .delivery(Delivery::Repeatable)
        .body("application/json", r#"{"query":"{__typename}"}"#);
    let why = match client.send(request, by_status).await {
        Ok(reply) if reply.status() == 200 => None,
        Ok(reply) => Some(format!("status {}", reply.status())),
        Err(error) => Some(chain(&error)),
    };
    Tally {
        calls: 1,
        failed: usize::from(why.is_some()),
        why,
    }
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}
