//! Calls with a token: attached, replayed after a refusal, retried after trouble.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, StatusCode};
use sdk_auth::{
    ApiAuth, AuthorizedHttp, Credentials, Delivery, Error, Http, HttpConfig, Phase, Proxy, Request,
    TokenEndpoint, TokenFailure, TokenProvider, TransportFailure, Verdict,
};
use tokio::task::JoinSet;

use crate::server::{Act, Heard, Server, answer, json};
use crate::setup::{
    by_status, client, credentials, grant, http, manual_clock, provider, read, tokens_and, write,
};

fn token_of(heard: &Heard) -> &str {
    heard
        .header("authorization")
        .unwrap()
        .strip_prefix("Bearer ")
        .unwrap()
}

/// An API that takes these tokens and answers 401 to all others.
fn takes(tokens: &'static [&'static str]) -> impl Fn(&Heard) -> Act + Send + Sync + 'static {
    move |heard| {
        if tokens.contains(&token_of(heard)) {
            json(200, "{}")
        } else {
            // As Finite State's page "Authentication" shows it: no WWW-Authenticate, no error list.
            json(
                401,
                r#"{"message":"UnauthorizedError: jwt expired\n    at stack"}"#,
            )
        }
    }
}

/// An API that answers its n-th request with the n-th act and all later ones with the last.
fn in_turn(acts: Vec<Act>) -> impl Fn(&Heard) -> Act + Send + Sync + 'static {
    let next = AtomicUsize::new(0);
    move |_| acts[next.fetch_add(1, Ordering::SeqCst).min(acts.len() - 1)].clone()
}

#[tokio::test]
async fn a_call_carries_the_token_and_returns_the_answer() {
    let server = Server::start(tokens_and(3600, |_| json(200, r#"{"data":1}"#))).await;
    let reply = client(&server, &manual_clock())
        .send(read(&server), by_status)
        .await
        .unwrap();
    assert_eq!((reply.status(), reply.attempts()), (StatusCode::OK, 1));
    assert_eq!(reply.body(), r#"{"data":1}"#);
    let heard = server.heard();
    assert_eq!(heard.len(), 2);
    assert_eq!(heard[1].method, "POST");
    assert_eq!(token_of(&heard[1]), "token-1");
    assert_eq!(heard[1].header("content-type"), Some("application/json"));
    assert_eq!(heard[1].body, r#"{"query":"{things}"}"#);
}

#[tokio::test]
async fn every_header_of_the_vendor_goes_with_a_call() {
    let server = Server::start(tokens_and(3600, |_| json(200, "{}"))).await;
    let auth = ApiAuth::raw()
        .header(
            HeaderName::from_static("x-tenant"),
            HeaderValue::from_static("blue"),
        )
        .secret_header(HeaderName::from_static("x-pin"), "1234")
        .unwrap();
    let user = Credentials::service_user("ada", "pass", "key-1");
    let endpoint = TokenEndpoint::new(server.url("/token"));
    let provider = TokenProvider::new(http(), endpoint, user).unwrap();
    let client = AuthorizedHttp::new(http(), provider, auth);
    let request = Request::get("GetThing", server.url("/api?id=7"))
        .method(Method::PUT)
        .header(
            HeaderName::from_static("if-match"),
            HeaderValue::from_static("etag"),
        );
    client.send(request, by_status).await.unwrap();
    let heard = &server.heard()[1];
    assert_eq!(
        (heard.method.as_str(), heard.target.as_str()),
        ("PUT", "/api?id=7")
    );
    for (name, value) in [
        ("authorization", "token-1"),
        ("x-tenant", "blue"),
        ("x-pin", "1234"),
        ("x-api-key", "key-1"),
        ("if-match", "etag"),
    ] {
        assert_eq!(heard.header(name), Some(value), "{name}");
    }
    assert_eq!(server.heard()[0].header("x-api-key"), Some("key-1"));
}

#[tokio::test]
async fn token_and_api_share_one_connection() {
    let server = Server::start(tokens_and(3600, |_| json(200, "{}"))).await;
    let client = http();
    let endpoint = TokenEndpoint::new(server.url("/token"));
    let provider = TokenProvider::new(client.clone(), endpoint, credentials()).unwrap();
    let client = AuthorizedHttp::new(client, provider, ApiAuth::bearer());
    for _ in 0..3 {
        client.send(read(&server), by_status).await.unwrap();
    }
    assert_eq!((server.heard().len(), server.connections()), (4, 1));
}

#[tokio::test]
async fn an_expired_token_is_replaced_and_the_call_sent_again_even_a_write() {
    let server = Server::start(tokens_and(3600, takes(&["token-2"]))).await;
    let time = manual_clock();
    let client = client(&server, &time);
    client.provider().token().await.unwrap();
    time.advance(Duration::from_secs(10));
    let reply = client.send(write(&server), by_status).await.unwrap();
    assert_eq!((reply.status(), reply.attempts()), (StatusCode::OK, 2));
    assert_eq!((server.count("/token"), server.count("/api")), (2, 2));
    assert_eq!(
        (
            client.stats().sent,
            client.stats().replays,
            client.stats().retries
        ),
        (2, 1, 0)
    );
}

#[tokio::test]
async fn a_refusal_inside_a_200_counts_if_the_judge_says_so() {
    let api = |heard: &Heard| match token_of(heard) {
        "token-1" => json(
            200,
            r#"{"errors":[{"extensions":{"code":"UNAUTHENTICATED"}}]}"#,
        ),
        _ => json(200, r#"{"data":1}"#),
    };
    let server = Server::start(tokens_and(3600, api)).await;
    let time = manual_clock();
    let client = client(&server, &time);
    client.provider().token().await.unwrap();
    time.advance(Duration::from_secs(10));
    let mut judged = 0;
    let judge = |reply: &sdk_auth::Reply| {
        judged += 1;
        let refused = reply
            .body()
            .windows(15)
            .any(|part| part == b"UNAUTHENTICATED");
        if refused {
            Verdict::TokenRejected
        } else {
            Verdict::Accept
        }
    };
    let reply = client.send(read(&server), judge).await.unwrap();
    assert_eq!((reply.body().as_ref(), judged), (&br#"{"data":1}"#[..], 2));
}

#[tokio::test]
async fn a_401_that_stays_is_returned_after_one_new_token_and_two_replays() {
    let server = Server::start(tokens_and(3600, takes(&[]))).await;
    let client = client(&server, &manual_clock());
    let reply = client.send(read(&server), by_status).await.unwrap();
    // The first token was new, so it got a second chance before it was replaced.
    assert_eq!(
        (reply.status(), reply.attempts()),
        (StatusCode::UNAUTHORIZED, 3)
    );
    let tokens: Vec<String> = server
        .heard()
        .iter()
        .skip(1)
        .filter(|heard| heard.target == "/api")
        .map(token_of_owned)
        .collect();
    assert_eq!(tokens, ["token-1", "token-1", "token-2"]);
    assert_eq!(server.count("/token"), 2);
}

fn token_of_owned(heard: &Heard) -> String {
    token_of(heard).to_owned()
}

#[tokio::test]
async fn a_new_token_that_the_api_learns_of_late_gets_a_second_chance() {
    let late = in_turn(vec![json(401, "{}"), json(200, "{}")]);
    let server = Server::start(tokens_and(3600, late)).await;
    let time = manual_clock();
    let before = time.wall();
    let reply = client(&server, &time)
        .send(read(&server), by_status)
        .await
        .unwrap();
    assert_eq!((reply.status(), reply.attempts()), (StatusCode::OK, 2));
    assert_eq!(server.count("/token"), 1);
    assert_eq!(time.wall(), before + Duration::from_secs(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_calls_refused_at_once_cause_one_token_request() {
    let server = Server::start(tokens_and(3600, takes(&["token-2"]))).await;
    let time = manual_clock();
    let client = client(&server, &time);
    client.provider().token().await.unwrap();
    time.advance(Duration::from_secs(10));
    let mut calls = JoinSet::new();
    for _ in 0..10 {
        let (client, request) = (client.clone(), read(&server));
        calls.spawn(async move { client.send(request, by_status).await.unwrap().status() });
    }
    assert!(
        calls
            .join_all()
            .await
            .iter()
            .all(|status| *status == StatusCode::OK)
    );
    assert_eq!(server.count("/token"), 2);
}

#[tokio::test]
async fn ten_clients_of_one_provider_refused_one_after_the_other_cause_one_token_request() {
    let server = Server::start(tokens_and(3600, takes(&["token-2"]))).await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    let stale = provider.token().await.unwrap();
    time.advance(Duration::from_secs(10));
    for _ in 0..10 {
        // Each of them still holds the first token when the refusal reaches it.
        provider.reject(stale.generation());
        let client = AuthorizedHttp::new(http(), provider.clone(), ApiAuth::bearer());
        assert_eq!(
            client
                .send(read(&server), by_status)
                .await
                .unwrap()
                .status(),
            StatusCode::OK
        );
    }
    assert_eq!(server.count("/token"), 2);
}

#[tokio::test]
async fn a_403_is_an_answer_and_costs_no_token() {
    let server = Server::start(tokens_and(3600, |_| json(403, "{}"))).await;
    let client = client(&server, &manual_clock());
    let reply = client.send(read(&server), by_status).await.unwrap();
    assert_eq!(
        (reply.status(), reply.attempts()),
        (StatusCode::FORBIDDEN, 1)
    );
    assert_eq!(server.count("/token"), 1);
}

#[tokio::test]
async fn a_read_is_repeated_after_trouble_and_the_last_answer_returned() {
    let server = Server::start(tokens_and(3600, |_| json(503, "down"))).await;
    let client = client(&server, &manual_clock());
    let reply = client.send(read(&server), by_status).await.unwrap();
    assert_eq!(
        (reply.status(), reply.attempts()),
        (StatusCode::SERVICE_UNAVAILABLE, 3)
    );
    let stats = client.stats();
    assert_eq!((stats.sent, stats.retries, stats.replays), (3, 2, 0));

    let acts = vec![json(503, "down"), Act::Close, json(200, "{}")];
    let server = Server::start(tokens_and(3600, in_turn(acts))).await;
    let reply = crate::setup::client(&server, &manual_clock())
        .send(read(&server), by_status)
        .await;
    assert_eq!(reply.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn retry_after_is_obeyed_up_to_a_minute_and_otherwise_handed_on() {
    let wait = |seconds| Act::Answer(answer(429, &[("retry-after", seconds)], ""));
    let server = Server::start(tokens_and(3600, in_turn(vec![wait("7"), json(200, "{}")]))).await;
    let time = manual_clock();
    let before = time.wall();
    let reply = client(&server, &time)
        .send(read(&server), by_status)
        .await
        .unwrap();
    assert_eq!(reply.status(), StatusCode::OK);
    assert_eq!(time.wall(), before + Duration::from_secs(7));

    let server = Server::start(tokens_and(3600, move |_| wait("61"))).await;
    let reply = client(&server, &manual_clock())
        .send(read(&server), by_status)
        .await
        .unwrap();
    assert_eq!(
        (reply.status(), reply.attempts()),
        (StatusCode::TOO_MANY_REQUESTS, 1)
    );
    assert_eq!(reply.retry_after(), Some(Duration::from_secs(61)));
}

#[tokio::test]
async fn a_wait_that_the_deadline_would_cut_short_is_not_begun() {
    let wait = Act::Answer(answer(503, &[("retry-after", "20")], ""));
    let server = Server::start(tokens_and(3600, move |_| wait.clone())).await;
    let client = client(&server, &manual_clock());
    let request = read(&server).deadline(Duration::from_secs(10));
    let reply = client.send(request, by_status).await.unwrap();
    assert_eq!(
        (reply.status(), reply.attempts()),
        (StatusCode::SERVICE_UNAVAILABLE, 1)
    );
}

/// How often a request is delivered to an API that does `act`, and how the call ended.
async fn deliveries(act: Act, delivery: Delivery) -> (usize, Result<StatusCode, TransportFailure>) {
    let server = Server::start(tokens_and(3600, move |_| act.clone())).await;
    let client = client(&server, &manual_clock());
    let outcome = match client
        .send(read(&server).delivery(delivery), by_status)
        .await
    {
        Ok(reply) => Ok(reply.status()),
        Err(Error::Transport(error)) => Err(error.failure()),
        Err(other) => panic!("{other}"),
    };
    (server.count("/api"), outcome)
}

#[tokio::test]
async fn a_write_is_delivered_once_whatever_becomes_of_it() {
    let short = Act::AnswerAndClose(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_vec());
    let cut = Act::AnswerAndClose(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec());
    let nonsense = Act::AnswerAndClose(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec());
    for act in [Act::Close, short, cut, nonsense] {
        let broken = Err(TransportFailure::Broken);
        assert_eq!(
            deliveries(act.clone(), Delivery::AtMostOnce).await,
            (1, broken),
            "{act:?}"
        );
        assert_eq!(
            deliveries(act.clone(), Delivery::Repeatable).await,
            (3, broken),
            "{act:?}"
        );
    }
    for status in [408, 429, 500, 502, 503, 504] {
        let (count, outcome) = deliveries(json(status, ""), Delivery::AtMostOnce).await;
        assert_eq!((count, outcome.unwrap().as_u16()), (1, status));
    }
}

#[tokio::test]
async fn a_write_on_a_connection_that_was_closed_meanwhile_is_delivered_once() {
    // The server answers the first call and closes the connection, which the client keeps for later.
    let ok = answer(200, &[], "{}");
    let server = Server::start(tokens_and(3600, move |_| Act::AnswerAndClose(ok.clone()))).await;
    let client = client(&server, &manual_clock());
    for round in 1..=20 {
        // Either it goes out on a new connection, or it fails; it never arrives twice.
        let before = server.count("/api");
        let outcome = client.send(write(&server), by_status).await;
        let delivered = server.count("/api") - before;
        assert!(delivered <= 1, "round {round}");
        assert_eq!(
            outcome.is_ok(),
            delivered == 1,
            "round {round}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_write_is_sent_again_if_no_connection_could_be_made() {
    let server = Server::start(tokens_and(3600, |_| json(200, "{}"))).await;
    let client = client(&server, &manual_clock());
    client.provider().token().await.unwrap();
    let nobody = "http://127.0.0.1:1/api".parse().unwrap();
    let error = client
        .send(Request::post("CreateThing", nobody), by_status)
        .await
        .unwrap_err();
    let Error::Transport(error) = error else {
        panic!("{error}")
    };
    assert_eq!(error.failure(), TransportFailure::NotConnected);
    assert_eq!((error.attempts(), error.phase()), (3, Phase::Connecting));
    assert_eq!(
        error.to_string(),
        "CreateThing to 127.0.0.1:1/api could not connect (3 attempts)"
    );
}

#[tokio::test]
async fn a_passed_deadline_names_what_the_call_was_doing() {
    let deadline = Duration::from_millis(150);
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_vec();
    for (api, expected) in [
        (Act::Hang, Phase::AwaitingAnswer),
        (Act::Answer(head), Phase::ReadingAnswer),
    ] {
        let server = Server::start(tokens_and(3600, move |_| api.clone())).await;
        let client = client(&server, &manual_clock());
        client.provider().token().await.unwrap();
        let error = client
            .send(read(&server).deadline(deadline), by_status)
            .await
            .unwrap_err();
        assert!(error.is_timeout());
        let Error::Deadline(error) = error else {
            panic!("{error}")
        };
        assert_eq!((error.phase(), error.is_unprocessed()), (expected, false));
        assert_eq!(
            (error.operation(), error.deadline()),
            ("ListThings", deadline)
        );
    }
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_cut_off_and_a_read_sent_again() {
    let server = Server::start(tokens_and(3600, in_turn(vec![Act::Hang, json(200, "{}")]))).await;
    let limit = Duration::from_millis(150);
    let config = HttpConfig::new().proxy(Proxy::None).attempt_timeout(limit);
    let time = manual_clock();
    let http = Http::new(config).unwrap();
    let client = AuthorizedHttp::builder(http, provider(&server, &time), ApiAuth::bearer())
        .clock(time.clock())
        .build();
    let reply = client.send(read(&server), by_status).await.unwrap();
    assert_eq!((reply.status(), reply.attempts()), (StatusCode::OK, 2));
}

#[tokio::test]
async fn an_attempt_at_a_write_that_takes_too_long_is_not_repeated() {
    let server = Server::start(tokens_and(3600, |_| Act::Hang)).await;
    let limit = Duration::from_millis(150);
    let config = HttpConfig::new().proxy(Proxy::None).attempt_timeout(limit);
    let provider = provider(&server, &manual_clock());
    let client = AuthorizedHttp::new(Http::new(config).unwrap(), provider, ApiAuth::bearer());
    let error = client.send(write(&server), by_status).await.unwrap_err();
    let Error::Transport(error) = error else {
        panic!("{error}")
    };
    assert_eq!(error.failure(), TransportFailure::TimedOut);
    assert_eq!((error.attempts(), server.count("/api")), (1, 1));
}

#[tokio::test]
async fn a_deadline_that_passes_while_waiting_for_a_token_leaves_the_token_to_the_next_call() {
    let tokens = tokens_and(3600, |_| json(200, "{}"));
    let slow = move |heard: &Heard| match tokens(heard) {
        Act::Answer(bytes) if heard.target == "/token" => {
            Act::AnswerAfter(Duration::from_millis(80), bytes)
        }
        other => other,
    };
    let server = Server::start(slow).await;
    let client = client(&server, &manual_clock());
    let hasty = read(&server).deadline(Duration::from_millis(20));
    let error = client.send(hasty, by_status).await.unwrap_err();
    let Error::Deadline(error) = error else {
        panic!("{error}")
    };
    assert_eq!(
        (error.phase(), error.is_unprocessed()),
        (Phase::WaitingForToken, true)
    );
    assert!(
        error
            .to_string()
            .ends_with("while waiting for an access token"),
        "{error}"
    );
    client.send(read(&server), by_status).await.unwrap();
    assert_eq!((server.count("/token"), server.count("/api")), (1, 1));
}

#[tokio::test]
async fn a_write_whose_token_was_refused_was_not_carried_out_though_the_deadline_passes_then() {
    let tokens = in_turn(vec![grant("a-token", 3600), Act::Hang]);
    let server = Server::start(move |heard: &Heard| match heard.target.as_str() {
        "/token" => tokens(heard),
        _ => json(401, "{}"),
    })
    .await;
    let time = manual_clock();
    let client = client(&server, &time);
    client.provider().token().await.unwrap();
    time.advance(Duration::from_secs(60));
    let hasty = write(&server).deadline(Duration::from_millis(150));
    let error = client.send(hasty, by_status).await.unwrap_err();
    assert_eq!((server.count("/token"), server.count("/api")), (2, 1));
    let Error::Deadline(error) = error else {
        panic!("{error}")
    };
    assert_eq!(
        (error.phase(), error.is_unprocessed()),
        (Phase::WaitingForToken, true)
    );
}

#[tokio::test]
async fn a_failing_token_endpoint_fails_the_call_and_nothing_reaches_the_api() {
    let reached = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&reached);
    let server = Server::start(move |heard| {
        if heard.target != "/token" {
            seen.store(true, Ordering::SeqCst);
        }
        json(401, r#"{"error":"invalid_client"}"#)
    })
    .await;
    let error = client(&server, &manual_clock())
        .send(read(&server), by_status)
        .await
        .unwrap_err();
    assert!(error.is_unauthorized() && error.is_unprocessed());
    let port = server.url("/").port().unwrap();
    assert_eq!(
        error.to_string(),
        format!(
            "token request to 127.0.0.1:{port}/token was refused (status 401, code invalid_client)"
        )
    );
    assert!(!reached.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_url_that_secrets_must_not_travel_to_is_refused_before_a_token_is_asked_for() {
    let server = Server::start(tokens_and(3600, |_| json(200, "{}"))).await;
    let client = client(&server, &manual_clock());
    for url in ["http://api.example.com/?t=canary", "ftp://api.example.com/"] {
        let request = Request::post("ListThings", url.parse().unwrap());
        let error = client.send(request, by_status).await.unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error}");
        assert!(!error.to_string().contains("canary"), "{error}");
        let operation_and_host = "ListThings to ";
        assert!(error.to_string().starts_with(operation_and_host), "{error}");
        assert!(error.to_string().contains("://api.example.com/"), "{error}");
    }
    let endpoint = TokenEndpoint::new("http://auth.example.com/token".parse().unwrap());
    assert!(TokenProvider::new(http(), endpoint, credentials()).is_err());
    assert_eq!(server.heard().len(), 0);
}

/// An API that refuses every token after `seconds`, and what a call to it costs: requests to the API, tokens.
async fn cost_of_refusals(seconds: u64) -> (u32, usize) {
    let time = manual_clock();
    let refuse = {
        let time = time.clone();
        move |_: &Heard| {
            time.advance(Duration::from_secs(seconds));
            json(401, "{}")
        }
    };
    let server = Server::start(tokens_and(3600, refuse)).await;
    let client = client(&server, &time);
    let reply = client.send(write(&server), by_status).await.unwrap();
    assert_eq!(reply.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(u64::from(reply.attempts()), client.stats().sent);
    (reply.attempts(), server.count("/token"))
}

#[tokio::test]
async fn a_call_asks_for_one_new_token_at_most_and_gives_a_young_one_no_second_chance_in_a_replay()
{
    // The tokens are old when they are refused: no second chance, one new token, one replay.
    assert_eq!(cost_of_refusals(6).await, (2, 2));
    // They are young: the first gets its second chance, the next is not waited for again.
    assert_eq!(cost_of_refusals(0).await, (3, 2));
}

#[tokio::test]
async fn retries_of_a_hundred_failing_reads_are_a_fifth_of_them_and_ten_more() {
    let server = Server::start(tokens_and(3600, |_| json(503, "down"))).await;
    let time = manual_clock();
    let http = http();
    // Without waits, so that no time passes in which the budget grows.
    let policy = sdk_auth::RetryPolicy::default().base_delay(Duration::ZERO);
    let client = AuthorizedHttp::builder(http, provider(&server, &time), ApiAuth::bearer())
        .retry(policy)
        .clock(time.clock())
        .build();
    for _ in 0..100 {
        client.send(read(&server), by_status).await.unwrap();
    }
    let retries = client.stats().retries;
    assert!((29..=30).contains(&retries), "{retries}");
    assert_eq!(server.count("/api") as u64, 100 + retries);
}

#[tokio::test]
async fn a_call_has_thirty_seconds_unless_it_says_otherwise() {
    let server = Server::start(tokens_and(3600, |_| Act::Hang)).await;
    let client = client(&server, &manual_clock());
    client.provider().token().await.unwrap();
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let error = client.send(read(&server), by_status).await.unwrap_err();
    assert!(matches!(error, Error::Deadline(_)), "{error}");
    assert_eq!(begun.elapsed().as_secs(), 30);
}

#[test]
fn a_call_outside_of_a_runtime_fails_instead_of_panicking() {
    let http = http();
    let nowhere = "http://127.0.0.1:9/".parse::<url::Url>().unwrap();
    let endpoint = TokenEndpoint::new(nowhere.clone());
    let provider = TokenProvider::new(http.clone(), endpoint, credentials()).unwrap();
    let client = AuthorizedHttp::builder(http, provider, ApiAuth::bearer()).build();
    let mut call = pin!(client.send(Request::post("ListThings", nowhere), by_status));
    let outcome = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(Err(Error::TokenRequest(error))) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(error.failure(), TokenFailure::NoRuntime);
}
