//! One provider for all clients of a process that are built from the same inputs.

use std::sync::Arc;
use std::time::Duration;

use sdk_auth::{
    ApiAuth, AuthorizedHttp, Error, LifetimeRule, ManualClock, TokenEndpoint, TokenProvider,
    TokenProviderBuilder,
};
use tokio::sync::Semaphore;

use crate::server::{Act, Server, json};
use crate::setup::{by_status, credentials, http, manual_clock, read, tokens_and};
use crate::tokens::{text, until};

/// A provider with an HTTP client of its own.
fn builder(server: &Server, clock: &ManualClock) -> TokenProviderBuilder {
    let endpoint = TokenEndpoint::new(server.url("/token")).lifetime_rule(LifetimeRule::NewestOnly);
    TokenProvider::builder(http(), endpoint, credentials())
        .clock(clock.clock())
        .single_process()
}

fn shared(server: &Server, clock: &ManualClock) -> TokenProvider {
    builder(server, clock).shared().build().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_clients_with_equal_inputs_make_one_token_request() {
    let server = Server::start(tokens_and(3600, |_| json(200, "{}"))).await;
    let time = manual_clock();
    let client = || AuthorizedHttp::new(http(), shared(&server, &time), ApiAuth::bearer());
    let (one, two) = (client(), client());
    let (first, second) = tokio::join!(
        one.send(read(&server), by_status),
        two.send(read(&server), by_status)
    );
    let statuses = [first, second].map(|reply| reply.unwrap().status().as_u16());
    assert_eq!(statuses, [200, 200]);
    assert_eq!((server.count("/token"), server.count("/api")), (1, 2));
    assert_eq!(one.provider().stats(), two.provider().stats());
}

#[tokio::test]
async fn nothing_is_shared_unless_asked_for() {
    let server = Server::start(tokens_and(3600, |_| Act::Close)).await;
    let time = manual_clock();
    let kept = shared(&server, &time);
    kept.token().await.unwrap();
    let own = builder(&server, &time).build().unwrap();
    assert_eq!(text(&own.token().await.unwrap()), "token-2");
    assert_eq!(text(&shared(&server, &time).ready().unwrap()), "token-1");
}

#[tokio::test]
async fn sharing_ends_with_the_last_client() {
    let server = Server::start(tokens_and(3600, |_| Act::Close)).await;
    let time = manual_clock();
    let (one, two) = (shared(&server, &time), shared(&server, &time));
    one.token().await.unwrap();
    drop(one);
    assert!(shared(&server, &time).ready().is_some());
    drop(two);
    assert!(shared(&server, &time).ready().is_none());
    assert_eq!(server.count("/token"), 1);
}

#[tokio::test]
async fn a_request_under_way_is_shared_though_its_client_is_gone() {
    let gate = Arc::new(Semaphore::new(0));
    let (held, tokens) = (Arc::clone(&gate), tokens_and(3600, |_| Act::Close));
    let server = Server::start(move |heard| match tokens(heard) {
        Act::Answer(bytes) => Act::AnswerWhen(Arc::clone(&held), bytes),
        other => other,
    })
    .await;
    let time = manual_clock();
    let first = shared(&server, &time);
    tokio::select! {
        _ = first.token() => panic!("nothing was answered yet"),
        () = until(|| server.count("/token") == 1) => {}
    }
    drop(first);
    let second = shared(&server, &time);
    gate.add_permits(1);
    assert_eq!(text(&second.token().await.unwrap()), "token-1");
    assert_eq!(server.count("/token"), 1);
}

#[test]
fn clients_on_different_runtimes_share_and_outlive_each_others() {
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap()
    };
    let (servers, first, second) = (runtime(), runtime(), runtime());
    let server = servers.block_on(Server::start(tokens_and(3600, |_| Act::Close)));
    let time = manual_clock();
    let one = first.block_on(async {
        let one = shared(&server, &time);
        one.token().await.unwrap();
        one
    });
    first.shutdown_timeout(Duration::from_secs(1));
    second.block_on(async {
        let two = shared(&server, &time);
        assert_eq!(text(&two.token().await.unwrap()), "token-1");
        // The connection of the first request is gone with its runtime; the next token needs a new one.
        time.advance(Duration::from_secs(3599));
        assert_eq!(text(&two.token().await.unwrap()), "token-2");
        assert_eq!(text(&one.ready().unwrap()), "token-2");
    });
    assert_eq!(server.count("/token"), 2);
}

#[tokio::test]
async fn credentials_that_are_read_anew_cannot_be_shared() {
    let server = Server::start(|_| Act::Close).await;
    let builder = builder(&server, &manual_clock()).credentials_from(|| Ok(credentials()));
    let Err(Error::Config(error)) = builder.shared().build() else {
        panic!("it must not be built");
    };
    assert_eq!(error.names().collect::<Vec<_>>(), ["shared"]);
}
