//! One token for many callers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use sdk_auth::{
    AccessToken, Credentials, Error, Generation, ManualClock, Rejection, TokenAnswer,
    TokenEndpoint, TokenProvider, TokenScheme,
};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::server::{Act, Heard, Server, answer, json};
use crate::setup::{credentials, grant, http, manual_clock, provider, tokens_and};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

pub(crate) fn text(token: &AccessToken) -> &str {
    token.authorization(TokenScheme::Raw).to_str().unwrap()
}

/// As many callers as asked for, at the same time on several threads.
async fn herd(provider: &TokenProvider, size: usize) -> Vec<Result<Arc<AccessToken>, Error>> {
    let mut callers = JoinSet::new();
    for _ in 0..size {
        let provider = provider.clone();
        callers.spawn(async move { provider.token().await });
    }
    callers.join_all().await
}

/// Answers every token request with the token of its number after 30 ms.
fn slow_tokens() -> impl Fn(&Heard) -> Act + Send + Sync + 'static {
    let tokens = tokens_and(3600, |_| Act::Close);
    move |heard| match tokens(heard) {
        Act::Answer(bytes) => Act::AnswerAfter(Duration::from_millis(30), bytes),
        other => other,
    }
}

/// Waits, in short steps, until `condition` holds.
pub(crate) async fn until(condition: impl Fn() -> bool) {
    for _ in 0..2000 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it did not happen within ten seconds");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_cold_callers_cause_one_token_request() {
    let server = Server::start(slow_tokens()).await;
    let provider = provider(&server, &manual_clock());
    let tokens = herd(&provider, 100).await;
    assert!(
        tokens
            .iter()
            .all(|token| text(token.as_ref().unwrap()) == "token-1")
    );
    assert_eq!((tokens.len(), server.count("/token")), (100, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_callers_of_a_failing_endpoint_cause_one_token_request() {
    for (status, body) in [
        (401, r#"{"error":"invalid_client"}"#),
        (500, "oops"),
        (200, "<html>"),
    ] {
        let act =
            move |_: &_| Act::AnswerAfter(Duration::from_millis(30), answer(status, &[], body));
        let server = Server::start(act).await;
        let provider = provider(&server, &manual_clock());
        let outcomes = herd(&provider, 100).await;
        assert!(
            outcomes
                .iter()
                .all(|outcome| matches!(outcome, Err(Error::TokenRequest(_))))
        );
        assert_eq!(
            (outcomes.len(), server.count("/token")),
            (100, 1),
            "status {status}"
        );
        // Those who come later are answered from memory.
        let later = herd(&provider, 100).await;
        assert!(later.iter().all(Result::is_err));
        assert_eq!(server.count("/token"), 1, "status {status}");
        assert_eq!((provider.stats().requests, provider.stats().failed), (1, 1));
    }
}

/// Tokens that are given out once the gate has a permit.
fn gated_tokens(gate: &Arc<Semaphore>) -> impl Fn(&Heard) -> Act + Send + Sync + 'static {
    let (gate, tokens) = (Arc::clone(gate), tokens_and(3600, |_| Act::Close));
    move |heard| match tokens(heard) {
        Act::Answer(bytes) => Act::AnswerWhen(Arc::clone(&gate), bytes),
        other => other,
    }
}

#[tokio::test]
async fn the_token_is_there_after_every_caller_went_away() {
    let gate = Arc::new(Semaphore::new(0));
    let server = Server::start(gated_tokens(&gate)).await;
    let provider = provider(&server, &manual_clock());
    tokio::select! {
        _ = provider.token() => panic!("nothing was answered yet"),
        () = until(|| server.count("/token") == 1) => {}
    }
    assert!(provider.ready().is_none());
    gate.add_permits(1);
    until(|| provider.ready().is_some()).await;
    assert_eq!(text(&provider.ready().unwrap()), "token-1");
    assert_eq!(server.count("/token"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_get_their_token_though_the_first_of_them_went_away() {
    let gate = Arc::new(Semaphore::new(0));
    let server = Server::start(gated_tokens(&gate)).await;
    let provider = provider(&server, &manual_clock());
    let leader = tokio::spawn({
        let provider = provider.clone();
        async move { provider.token().await }
    });
    until(|| server.count("/token") == 1).await;
    let followers = tokio::spawn({
        let provider = provider.clone();
        async move { herd(&provider, 20).await }
    });
    leader.abort();
    assert!(leader.await.unwrap_err().is_cancelled());
    gate.add_permits(1);
    assert!(
        followers
            .await
            .unwrap()
            .iter()
            .all(|token| text(token.as_ref().unwrap()) == "token-1")
    );
    assert_eq!(server.count("/token"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flight_lost_with_its_runtime_is_started_again_on_another() {
    let asked = AtomicUsize::new(0);
    let server = Arc::new(
        Server::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
            0 => Act::Hang,
            _ => grant("token-2", 3600),
        })
        .await,
    );
    let provider = provider(&server, &manual_clock());
    let (asking, watched) = (provider.clone(), Arc::clone(&server));
    let other_runtime = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            tokio::select! {
                _ = asking.token() => panic!("nothing was answered yet"),
                () = until(|| watched.count("/token") == 1) => {}
            }
        });
    });
    until(|| server.count("/token") == 1).await;
    let token = provider.token().await.unwrap();
    assert_eq!(text(&token), "token-2");
    other_runtime.join().unwrap();
}

#[tokio::test]
async fn a_flight_on_a_runtime_that_nobody_drives_is_replaced_and_changes_nothing_when_it_goes_on()
{
    let gate = Arc::new(Semaphore::new(0));
    let (held, asked) = (Arc::clone(&gate), AtomicUsize::new(0));
    let server = Server::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => match grant("token-1", 3600) {
            Act::Answer(bytes) => Act::AnswerWhen(Arc::clone(&held), bytes),
            other => other,
        },
        _ => grant("token-2", 3600),
    })
    .await;
    let provider = provider(&server, &manual_clock());
    let (idle, (drive, driven)) = (provider.clone(), std::sync::mpsc::channel::<()>());
    let (started, has_started) = tokio::sync::oneshot::channel();
    let other_runtime = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let asking = tokio::time::timeout(50 * SECOND / 1000, idle.token());
            assert!(asking.await.is_err(), "nothing was answered yet");
        });
        started.send(()).unwrap();
        // Alive, but nothing on it moves until another flight has landed.
        driven.recv().unwrap();
        gate.add_permits(1);
        runtime.block_on(async { tokio::time::sleep(100 * SECOND / 1000).await });
    });
    has_started.await.unwrap();
    tokio::time::pause();
    let token = tokio::time::timeout(61 * SECOND, provider.token()).await;
    assert_eq!(text(&token.unwrap().unwrap()), "token-2");
    tokio::time::resume();
    drive.send(()).unwrap();
    let joined = tokio::task::spawn_blocking(|| other_runtime.join());
    joined.await.unwrap().unwrap();
    assert_eq!(text(&provider.ready().unwrap()), "token-2");
    assert_eq!((server.count("/token"), provider.stats().granted), (2, 1));
}

#[test]
fn outside_a_runtime_there_is_an_error_and_no_panic() {
    let endpoint = TokenEndpoint::new("http://127.0.0.1:9/token".parse().unwrap());
    let provider = TokenProvider::new(http(), endpoint, credentials()).unwrap();
    assert!(provider.ready().is_none());
    let mut waiting = std::pin::pin!(provider.token());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = waiting.as_mut().poll(&mut context) else {
        panic!("it waits for a runtime that is not there");
    };
    assert!(
        error.to_string().ends_with("needs a running tokio runtime"),
        "{error}"
    );
}

#[tokio::test]
async fn a_token_is_renewed_in_the_background_once_it_is_due() {
    let server = Server::start(slow_tokens()).await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    provider.token().await.unwrap();
    time.advance(41 * 60 * SECOND); // before 42 min, the earliest that jitter allows
    assert_eq!(text(&provider.ready().unwrap()), "token-1");
    assert_eq!(server.count("/token"), 1);
    time.advance(8 * 60 * SECOND); // 49 min: after the latest
    assert_eq!(text(&provider.ready().unwrap()), "token-1");
    assert_eq!(text(&provider.token().await.unwrap()), "token-1");
    until(|| text(&provider.ready().unwrap()) == "token-2").await;
    assert_eq!(server.count("/token"), 2);
}

#[tokio::test]
async fn an_idle_provider_asks_for_nothing() {
    let server = Server::start(slow_tokens()).await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    provider.token().await.unwrap();
    time.advance(24 * HOUR);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(server.count("/token"), 1);
    assert_eq!(text(&provider.token().await.unwrap()), "token-2");
}

/// Grants one token and answers every later request with `act`.
async fn one_token_then(act: Act) -> Server {
    let asked = AtomicUsize::new(0);
    Server::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => grant("token-1", 3600),
        _ => act.clone(),
    })
    .await
}

#[tokio::test]
async fn a_valid_token_is_served_when_its_renewal_fails_but_not_past_its_end() {
    let server = one_token_then(json(500, "oops")).await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    provider.token().await.unwrap();
    time.advance(59 * 60 * SECOND + 30 * SECOND);
    // Callers wait for the new one, and get the old one when that fails.
    assert!(provider.ready().is_none());
    assert_eq!(text(&provider.token().await.unwrap()), "token-1");
    assert_eq!(
        (server.count("/token"), provider.stats().stale_served),
        (2, 1)
    );
    // While the failure is remembered, nobody waits and nothing is asked.
    assert_eq!(text(&provider.token().await.unwrap()), "token-1");
    assert_eq!(
        (server.count("/token"), provider.stats().stale_served),
        (2, 2)
    );
    time.advance(30 * SECOND);
    assert!(provider.token().await.is_err());
    assert_eq!(server.count("/token"), 3);
}

#[tokio::test]
async fn a_token_that_is_due_and_cannot_be_renewed_is_counted_as_stale() {
    let server = one_token_then(json(500, "oops")).await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    provider.token().await.unwrap();
    time.advance(50 * 60 * SECOND);
    assert!(provider.ready().is_some());
    until(|| provider.stats().failed == 1).await;
    // Until the renewal had failed, the token was merely due.
    assert_eq!(provider.stats().stale_served, 0);
    for _ in 0..5 {
        assert!(provider.ready().is_some());
        provider.token().await.unwrap();
    }
    assert_eq!(
        (server.count("/token"), provider.stats().stale_served),
        (2, 10)
    );
}

#[tokio::test]
async fn a_permanent_failure_is_probed_once_every_half_minute() {
    let server = Server::start(|_| json(401, r#"{"error":"invalid_client"}"#)).await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    for round in 1..=3 {
        let error = provider.token().await.unwrap_err();
        assert!(error.is_unauthorized() && !error.is_transient());
        assert_eq!(error.retry_after(), Some(30 * SECOND));
        time.advance(29 * SECOND);
        assert_eq!(
            provider.token().await.unwrap_err().retry_after(),
            Some(SECOND)
        );
        assert_eq!(server.count("/token"), round);
        time.advance(SECOND);
    }
}

#[tokio::test]
async fn credentials_are_read_anew_before_a_probe() {
    let server = Server::start(|heard| {
        // "ada:new" in Base64
        let good = heard.header("authorization") == Some("Basic YWRhOm5ldw==");
        if good {
            grant("token-1", 3600)
        } else {
            json(401, r#"{"error":"invalid_client"}"#)
        }
    })
    .await;
    let time = manual_clock();
    let reads = Arc::new(AtomicUsize::new(0));
    let rotated = {
        let reads = Arc::clone(&reads);
        move || {
            // The first read is the check when the provider is built.
            let old = reads.fetch_add(1, Ordering::SeqCst) < 2;
            Ok(Credentials::client("ada", if old { "old" } else { "new" }))
        }
    };
    let endpoint = TokenEndpoint::new(server.url("/token"));
    let provider = TokenProvider::builder(http(), endpoint, credentials())
        .credentials_from(rotated)
        .clock(time.clock())
        .build()
        .unwrap();
    assert!(provider.token().await.is_err());
    assert!(provider.token().await.is_err());
    time.advance(30 * SECOND);
    assert_eq!(text(&provider.token().await.unwrap()), "token-1");
    assert_eq!(reads.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn credentials_whose_reading_panics_are_an_error_that_is_remembered() {
    let server = Server::start(slow_tokens()).await;
    let time = manual_clock();
    let reads = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&reads);
    let endpoint = TokenEndpoint::new(server.url("/token"));
    let provider = TokenProvider::builder(http(), endpoint, credentials())
        .credentials_from(move || match seen.fetch_add(1, Ordering::SeqCst) {
            // The first read is the check when the provider is built.
            1 => panic!("the file is gone"),
            _ => Ok(credentials()),
        })
        .clock(time.clock())
        .build()
        .unwrap();
    for _ in 0..2 {
        let error = provider.token().await.unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error}");
        assert!(error.to_string().contains("the credentials"), "{error}");
    }
    assert_eq!(
        (reads.load(Ordering::SeqCst), server.count("/token")),
        (2, 0)
    );
    time.advance(30 * SECOND);
    assert_eq!(text(&provider.token().await.unwrap()), "token-1");
}

#[tokio::test]
async fn a_token_that_hardly_lives_is_used_for_most_of_a_second() {
    let tiny = r#"{"access_token":"t","expires_in":0.0001}"#;
    let server = Server::start(move |_| json(200, tiny)).await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    for _ in 0..100 {
        provider.token().await.unwrap();
    }
    assert_eq!(server.count("/token"), 1);
    time.advance(SECOND);
    provider.token().await.unwrap();
    assert_eq!(server.count("/token"), 2);
}

#[tokio::test]
async fn throttling_is_obeyed_as_told() {
    let throttled = answer(429, &[("retry-after", "120")], "slow down");
    let server = Server::start(move |_| Act::Answer(throttled.clone())).await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    let error = provider.token().await.unwrap_err();
    assert!(error.is_transient());
    assert_eq!(error.retry_after(), Some(120 * SECOND));
    time.advance(119 * SECOND);
    assert!(provider.token().await.is_err());
    assert_eq!(server.count("/token"), 1);
    time.advance(SECOND);
    assert!(provider.token().await.is_err());
    assert_eq!(server.count("/token"), 2);
}

#[tokio::test]
async fn either_clock_ends_a_token() {
    let server = Server::start(slow_tokens()).await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    provider.token().await.unwrap();
    // The machine slept: only the wall clock moved.
    time.set_wall(time.wall() + HOUR);
    assert!(provider.ready().is_none());
    assert_eq!(text(&provider.token().await.unwrap()), "token-2");
    // The wall clock is set back; the token still ends by the other one.
    time.set_wall(time.wall() - HOUR);
    assert_eq!(text(&provider.ready().unwrap()), "token-2");
    time.advance(HOUR);
    assert_eq!(text(&provider.token().await.unwrap()), "token-3");
}

#[tokio::test]
async fn a_late_refusal_of_an_old_token_keeps_the_newer_one() {
    let server = Server::start(slow_tokens()).await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    let first = provider.token().await.unwrap().generation();
    time.advance(10 * SECOND);
    assert_eq!(provider.reject(first), Rejection::Replace);
    let second = provider.token().await.unwrap();
    assert!(second.generation() > first);
    time.advance(10 * SECOND);
    for _ in 0..10 {
        assert_eq!(provider.reject(first), Rejection::Adopt);
    }
    assert_eq!(text(&provider.ready().unwrap()), "token-2");
    assert_eq!(server.count("/token"), 2);
    assert_eq!(provider.stats().rejected, 1);
}

/// An endpoint that answers its second request with the first token once more, when the gate has a permit.
async fn server_that_repeats_itself(gate: &Arc<Semaphore>, later: &'static str) -> Server {
    let (gate, asked) = (Arc::clone(gate), AtomicUsize::new(0));
    Server::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => grant("token-1", 3600),
        1 => match grant("token-1", 3000) {
            Act::Answer(bytes) => Act::AnswerWhen(Arc::clone(&gate), bytes),
            other => other,
        },
        _ => grant(later, 3600),
    })
    .await
}

#[tokio::test]
async fn a_flight_that_brings_back_the_token_refused_meanwhile_is_followed_by_one_more() {
    for later in ["token-2", "token-1"] {
        let gate = Arc::new(Semaphore::new(0));
        let server = server_that_repeats_itself(&gate, later).await;
        let time = manual_clock();
        let provider = provider(&server, &time);
        let first = provider.token().await.unwrap();
        time.advance(50 * 60 * SECOND);
        assert!(provider.ready().is_some());
        until(|| server.count("/token") == 2).await;
        assert_eq!(provider.reject(first.generation()), Rejection::Replace);
        gate.add_permits(1);
        let callers = herd(&provider, 10).await;
        for token in &callers {
            let token = token.as_ref().unwrap();
            // An endpoint that insists is believed, until the API refuses that token as well.
            assert_eq!(text(token), later);
            assert!(token.generation() > first.generation());
        }
        assert_eq!((server.count("/token"), provider.stats().granted), (3, 2));
    }
}

#[tokio::test]
async fn a_flight_that_brings_a_new_token_after_a_refusal_is_not_repeated() {
    let gate = Arc::new(Semaphore::new(1));
    let server = Server::start(gated_tokens(&gate)).await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    let first = provider.token().await.unwrap();
    gate.forget_permits(1);
    time.advance(50 * 60 * SECOND);
    assert!(provider.ready().is_some());
    until(|| server.count("/token") == 2).await;
    assert_eq!(provider.reject(first.generation()), Rejection::Replace);
    gate.add_permits(1);
    assert_eq!(text(&provider.token().await.unwrap()), "token-2");
    assert_eq!(server.count("/token"), 2);
}

#[tokio::test]
async fn a_refused_token_is_not_served_even_if_no_new_one_is_to_be_had() {
    let server = one_token_then(json(503, "down")).await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    let generation = provider.token().await.unwrap().generation();
    time.advance(10 * SECOND);
    provider.reject(generation);
    assert!(provider.ready().is_none());
    assert!(provider.token().await.is_err());
}

#[tokio::test]
async fn three_refused_tokens_within_a_minute_stop_the_asking_for_a_minute() {
    let server = Server::start(slow_tokens()).await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    let mut last: Option<Generation> = None;
    for _ in 0..3 {
        let generation = provider.token().await.unwrap().generation();
        assert!(last < Some(generation));
        last = Some(generation);
        time.advance(6 * SECOND);
        assert_eq!(provider.reject(generation), Rejection::Replace);
    }
    let error = provider.token().await.unwrap_err();
    assert!(matches!(error, Error::CredentialsRejected(_)), "{error}");
    assert_eq!(error.retry_after(), Some(60 * SECOND));
    assert_eq!(server.count("/token"), 3);
    time.advance(60 * SECOND);
    assert_eq!(text(&provider.token().await.unwrap()), "token-4");
}

#[tokio::test]
async fn a_renewal_that_brings_no_later_end_is_not_repeated_at_once() {
    // Ends at the same moment however often it is asked for, as endpoints do that keep their tokens.
    let time = manual_clock();
    let start = time.wall();
    let server = Server::start({
        let time = time.clone();
        move |_| {
            let left = HOUR.saturating_sub(time.wall().duration_since(start).unwrap());
            grant("token-1", left.as_secs())
        }
    })
    .await;
    let provider = provider(&server, &time);
    provider.token().await.unwrap();
    time.advance(50 * 60 * SECOND);
    assert!(provider.ready().is_some());
    until(|| provider.stats().granted == 2).await;
    // Of the remaining 10 min, renewal is due after 7 at the earliest and required after 9.
    time.advance(6 * 60 * SECOND);
    assert!(provider.ready().is_some());
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert_eq!(server.count("/token"), 2);
    time.advance(150 * SECOND);
    assert!(provider.ready().is_some());
    until(|| server.count("/token") == 3).await;
}

#[tokio::test]
async fn a_renewal_that_brings_no_later_end_makes_nobody_wait_while_the_token_is_valid() {
    // The third request, if there is one, is never answered.
    let time = manual_clock();
    let start = time.wall();
    let asked = AtomicUsize::new(0);
    let server = Server::start({
        let time = time.clone();
        move |_| {
            let left = HOUR.saturating_sub(time.wall().duration_since(start).unwrap());
            match asked.fetch_add(1, Ordering::SeqCst) {
                0 | 1 => grant("token-1", left.as_secs()),
                _ => Act::Hang,
            }
        }
    })
    .await;
    let provider = provider(&server, &time);
    provider.token().await.unwrap();
    time.advance(50 * 60 * SECOND);
    assert!(provider.ready().is_some());
    until(|| provider.stats().granted == 2).await;
    for minute in 51..59 {
        time.advance(60 * SECOND);
        assert!(provider.ready().is_some(), "after {minute} min");
    }
}

#[tokio::test]
async fn no_time_is_too_far_away_to_be_reckoned_with() {
    let server = Server::start(slow_tokens()).await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    for expected in ["token-1", "token-2"] {
        assert_eq!(text(&provider.token().await.unwrap()), expected);
        let mut step = Duration::from_secs(1 << 62);
        while !step.is_zero() {
            time.advance(step);
            step /= 2;
        }
    }
}

#[tokio::test]
async fn a_request_that_got_no_answer_is_sent_again_and_one_that_did_is_not() {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => Act::Close,
        _ => grant("token-1", 3600),
    })
    .await;
    let provider = provider(&server, &manual_clock());
    assert_eq!(text(&provider.token().await.unwrap()), "token-1");
    assert_eq!(server.count("/token"), 3);
}

#[tokio::test]
async fn an_endpoint_that_never_answers_is_asked_three_times() {
    let server = Server::start(|_| Act::Close).await;
    let provider = provider(&server, &manual_clock());
    let error = provider.token().await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        source.contains("lost the connection") && source.contains("3 attempts"),
        "{source}"
    );
    assert_eq!(server.count("/token"), 3);
}

#[tokio::test]
async fn a_vendor_whose_clock_differs_is_spoken_to_in_its_own_time() {
    // The vendor's clock is ten minutes ahead; tokens are asked for, and granted, for half an hour.
    let time = manual_clock();
    let vendor = |time: &ManualClock| time.wall() + 600 * SECOND;
    let server = Server::start({
        let time = time.clone();
        move |_| {
            let date = httpdate::fmt_http_date(vendor(&time));
            let end = vendor(&time) + HOUR / 2;
            let end = end
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap()
                .as_secs();
            let body = format!(r#"{{"access_token":"token","expiry":{end}}}"#);
            Act::Answer(answer(200, &[("date", &date)], body))
        }
    })
    .await;
    let endpoint = TokenEndpoint::new(server.url("/token"))
        .requested_expiry("expiry", HOUR / 2)
        .answer(TokenAnswer::default().expires_at("expiry"));
    let provider = TokenProvider::builder(http(), endpoint, credentials())
        .clock(time.clock())
        .build()
        .unwrap();
    provider.token().await.unwrap();
    time.advance(HOUR / 2 - 6 * SECOND);
    assert!(provider.token().await.is_ok(), "still within the half hour");
    time.advance(HOUR);
    provider.token().await.unwrap();
    // 1 700 000 000 is 2023-11-14T22:13:20Z; before its first answer the vendor's time is unknown.
    let asked = |index: usize| server.heard()[index].body.clone();
    assert!(
        asked(0).ends_with("expiry=2023-11-14T22%3A43%3A20.000000Z"),
        "{}",
        asked(0)
    );
    assert!(
        asked(1).ends_with("expiry=2023-11-14T23%3A23%3A14.000000Z"),
        "{}",
        asked(1)
    );
}

/// How long, in whole seconds of a clock that jumps ahead when nothing happens, until there is no token.
async fn seconds_until_failure(server: &Server) -> u64 {
    let endpoint = TokenEndpoint::new(server.url("/token"));
    let provider = TokenProvider::new(http(), endpoint, credentials()).unwrap();
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let error = provider.token().await.unwrap_err();
    assert!(error.is_timeout() && error.is_transient(), "{error}");
    let passed = begun.elapsed();
    tokio::time::resume();
    passed.as_secs()
}

#[tokio::test]
async fn an_endpoint_that_hangs_is_given_ten_seconds_and_a_flight_thirty() {
    let server = Server::start(|_| Act::Hang).await;
    assert_eq!(seconds_until_failure(&server).await, 30);
    // The waits between the attempts use up what the third would need for its ten seconds.
    assert_eq!(server.count("/token"), 3);

    let asked = AtomicUsize::new(0);
    let server = Server::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => Act::Hang,
        _ => grant("token-1", 3600),
    })
    .await;
    let endpoint = TokenEndpoint::new(server.url("/token"));
    let provider = TokenProvider::new(http(), endpoint, credentials()).unwrap();
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    assert_eq!(text(&provider.token().await.unwrap()), "token-1");
    // Ten seconds, and at most 400 ms of waiting for the second attempt.
    assert_eq!(begun.elapsed().as_secs(), 10);
}

#[tokio::test]
async fn a_lifetime_is_counted_from_before_the_request() {
    // Ten minutes pass between the request and the answer.
    let time = manual_clock();
    let server = Server::start({
        let time = time.clone();
        move |_| {
            time.advance(10 * 60 * SECOND);
            grant("token", 3600)
        }
    })
    .await;
    let provider = provider(&server, &time);
    provider.token().await.unwrap();
    time.advance(48 * 60 * SECOND); // 58 min after the request
    assert!(provider.ready().is_some());
    time.advance(90 * SECOND); // 59.5 min: within the last minute of the hour
    assert!(provider.ready().is_none());
}

#[tokio::test]
async fn renewal_times_are_spread_over_a_fifth_of_their_window_either_way() {
    // An hour leaves a window of 15 min, so renewal is due between 42 and 48 min.
    let server = Server::start(tokens_and(3600, |_| Act::Close)).await;
    let mut due = Vec::new();
    for _ in 0..12 {
        let time = manual_clock();
        let provider = provider(&server, &time);
        provider.token().await.unwrap();
        let before = server.count("/token");
        time.advance(41 * 60 * SECOND + 59 * SECOND);
        let mut seconds = 0;
        while server.count("/token") == before {
            assert!(provider.ready().is_some());
            tokio::time::sleep(Duration::from_millis(2)).await;
            time.advance(30 * SECOND);
            seconds += 30;
            assert!(seconds < 8 * 60, "not due at 49 min");
        }
        due.push(seconds);
    }
    due.sort_unstable();
    due.dedup();
    assert!(due.len() > 2, "{due:?}");
}

#[tokio::test]
async fn an_overloaded_endpoint_that_says_when_to_come_back_is_obeyed() {
    let overloaded = answer(503, &[("retry-after", "300")], "");
    let server = Server::start(move |_| Act::Answer(overloaded.clone())).await;
    let error = provider(&server, &manual_clock())
        .token()
        .await
        .unwrap_err();
    assert_eq!(error.retry_after(), Some(300 * SECOND));
}
