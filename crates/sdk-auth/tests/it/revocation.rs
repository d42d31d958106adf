//! A token is revoked when the program says so, and then no longer used.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::StatusCode;
use sdk_auth::{
    ConfigError, Error, Rejection, RevocationEndpoint, Revoked, TokenEndpoint, TokenPresentation,
    TokenProvider, TokenScheme, TransportError, TransportFailure,
};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::server::{Act, Server, answer, json};
use crate::setup::{by_status, client, credentials, grant, http, manual_clock, provider};
use crate::setup::{read, tokens_and};

fn form(server: &Server) -> RevocationEndpoint {
    RevocationEndpoint::new(server.url("/revoke"))
}

fn bearer(server: &Server) -> RevocationEndpoint {
    form(server).presentation(TokenPresentation::Bearer)
}

/// A server that grants tokens and does with revocations as told.
async fn server(act: Act) -> Server {
    Server::start(tokens_and(3600, move |_| act.clone())).await
}

/// The token in use, if there is one.
fn in_use(provider: &TokenProvider) -> Option<String> {
    let token = provider.ready()?;
    let text = token.authorization(TokenScheme::Raw).to_str().unwrap();
    Some(text.to_owned())
}

#[track_caller]
fn transport(error: Error) -> TransportError {
    match error {
        Error::Transport(error) => error,
        other => panic!("not a transport error: {other}"),
    }
}

#[tokio::test]
async fn a_revoked_token_is_replaced_at_the_next_call_and_no_token_is_revoked_unasked() {
    let server = server(json(200, "{}")).await;
    let client = client(&server, &manual_clock());
    client.send(read(&server), by_status).await.unwrap();
    assert_eq!(server.count("/revoke"), 0);
    let provider = client.provider();
    let held = provider.ready().unwrap().generation();
    let revoked = provider.revoke(&form(&server)).await.unwrap();
    assert_eq!(revoked, Revoked::Token(held));
    assert_eq!(in_use(provider), None);
    client.send(read(&server), by_status).await.unwrap();
    assert_eq!(in_use(provider).as_deref(), Some("token-2"));
    let last = server.heard().pop().unwrap();
    assert_eq!(last.header("authorization"), Some("Bearer token-2"));
    assert_eq!((server.count("/token"), server.count("/revoke")), (2, 1));
    assert_eq!(provider.stats().rejected, 0);
}

#[tokio::test]
async fn without_a_token_there_is_nothing_to_revoke() {
    let server = server(json(200, "{}")).await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    let revoke = async || provider.revoke(&form(&server)).await.unwrap();
    assert_eq!(revoke().await, Revoked::Nothing);
    assert!(server.heard().is_empty());
    let refused = provider.token().await.unwrap().generation();
    time.advance(Duration::from_secs(10));
    assert_eq!(provider.reject(refused), Rejection::Replace);
    assert_eq!(revoke().await, Revoked::Nothing);
    provider.token().await.unwrap();
    assert!(matches!(revoke().await, Revoked::Token(_)));
    assert_eq!(revoke().await, Revoked::Nothing);
    assert_eq!(server.count("/revoke"), 1);
}

#[tokio::test]
async fn a_token_whose_time_is_over_is_revoked_too() {
    let server = server(json(200, "{}")).await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    let held = provider.token().await.unwrap().generation();
    time.advance(Duration::from_secs(7200));
    let revoked = provider.revoke(&bearer(&server)).await.unwrap();
    assert_eq!(revoked, Revoked::Token(held));
    let last = server.heard().pop().unwrap();
    assert_eq!(last.header("authorization"), Some("Bearer token-1"));
}

/// The token in use after a token was revoked while `renewed` took its place.
async fn in_use_after_renewal(renewed: &'static str) -> Option<String> {
    let gate = Arc::new(Semaphore::new(0));
    let asked = AtomicUsize::new(0);
    let server = Server::start({
        let gate = Arc::clone(&gate);
        move |heard| match heard.target.as_str() {
            "/revoke" => Act::AnswerWhen(Arc::clone(&gate), answer(200, &[], "")),
            _ if asked.fetch_add(1, Ordering::SeqCst) == 0 => grant("token-1", 3600),
            _ => grant(renewed, 3600),
        }
    })
    .await;
    let time = manual_clock();
    let provider = provider(&server, &time);
    let first = provider.token().await.unwrap().generation();
    let renew = async {
        while server.count("/revoke") == 0 {
            tokio::task::yield_now().await;
        }
        time.advance(Duration::from_secs(10));
        assert_eq!(provider.reject(first), Rejection::Replace);
        let second = provider.token().await.unwrap().generation();
        gate.add_permits(1);
        second
    };
    let endpoint = form(&server);
    let (revoked, second) = tokio::join!(provider.revoke(&endpoint), renew);
    assert_eq!(revoked.unwrap(), Revoked::Token(first));
    assert!(second > first);
    in_use(&provider)
}

#[tokio::test]
async fn a_newer_token_stays_unless_it_is_the_revoked_one_given_out_again() {
    let other = in_use_after_renewal("token-2").await;
    assert_eq!(other.as_deref(), Some("token-2"));
    let same = in_use_after_renewal("token-1").await;
    assert_eq!(same, None);
}

#[tokio::test]
async fn any_success_is_done_whatever_its_body() {
    for (status, body) in [
        (200, ""),
        (200, "{}"),
        (200, r#"{"error":null}"#),
        (200, "<html>Bye</html>"),
        (201, "true"),
        (204, ""),
    ] {
        let server = server(Act::Answer(answer(status, &[], body))).await;
        for endpoint in [form(&server), bearer(&server)] {
            let provider = provider(&server, &manual_clock());
            provider.token().await.unwrap();
            let revoked = provider.revoke(&endpoint).await;
            assert!(
                matches!(revoked, Ok(Revoked::Token(_))),
                "{status} {body}: {revoked:?}"
            );
            assert_eq!(in_use(&provider), None, "{status} {body}");
        }
    }
}

/// What a refusal says after host and port, and whether it is transient and unauthorized.
type Refusal = (&'static str, bool, bool);

async fn check_refused(status: u16, headers: &[(&str, &str)], body: &str, expected: Refusal) {
    for as_bearer in [false, true] {
        let server = server(Act::Answer(answer(status, headers, body))).await;
        let provider = provider(&server, &manual_clock());
        provider.token().await.unwrap();
        let endpoint = if as_bearer {
            bearer(&server)
        } else {
            form(&server)
        };
        let error = provider.revoke(&endpoint).await.unwrap_err();
        let message = error.to_string();
        let port = server.url("/").port().unwrap();
        let place = format!("token revocation at 127.0.0.1:{port}/revoke was refused ");
        let told = message.strip_prefix(&place).unwrap_or(&message);
        assert_eq!(
            (told, error.is_transient(), error.is_unauthorized()),
            expected
        );
        assert!(!error.is_timeout() && !error.is_unprocessed(), "{message}");
        assert_eq!(in_use(&provider).as_deref(), Some("token-1"), "{message}");
        // An answer is final, and a redirect is not followed.
        assert_eq!(server.heard().len(), 2, "{message}");
    }
}

#[tokio::test]
async fn anything_else_is_an_error_that_says_why_and_the_token_is_kept() {
    let code = |code: &str| format!(r#"{{"error":"{code}"}}"#);
    let id = &[("x-request-id", "r-7")];
    let refused = check_refused;
    refused(
        400,
        id,
        &code("unsupported_token_type"),
        (
            "(status 400, code unsupported_token_type, request id r-7)",
            false,
            false,
        ),
    )
    .await;
    let unknown = ("(status 400, code invalid_client)", false, true);
    refused(400, &[], &code("invalid_client"), unknown).await;
    let busy = ("(status 400, code temporarily_unavailable)", true, false);
    refused(400, &[], &code("temporarily_unavailable"), busy).await;
    let hidden = ("(status 200, code invalid_client)", false, true);
    refused(200, &[], &code("invalid_client"), hidden).await;
    refused(401, &[], "<html>", ("(status 401)", false, true)).await;
    refused(404, &[], "", ("(status 404)", false, false)).await;
    let elsewhere = &[("location", "/elsewhere")];
    refused(307, elsewhere, "", ("(status 307)", false, false)).await;
    refused(429, &[], "", ("(status 429)", true, false)).await;
    refused(500, &[], "[]", ("(status 500)", true, false)).await;
}

#[tokio::test]
async fn text_of_the_server_that_quotes_the_token_is_not_repeated() {
    for quoted in ["token-1", "bad.token-1.bad"] {
        let body = format!(r#"{{"error":"{quoted}"}}"#);
        check_refused(
            400,
            &[("x-request-id", quoted)],
            &body,
            ("(status 400)", false, false),
        )
        .await;
    }
}

#[tokio::test]
async fn a_refusal_is_told_in_parts_and_can_be_repeated_later() {
    let asked = AtomicUsize::new(0);
    let headers = [("retry-after", "120"), ("x-request-id", "r-7")];
    let busy = answer(503, &headers, r#"{"error":"temporarily_unavailable"}"#);
    let server = Server::start(tokens_and(3600, move |_| {
        match asked.fetch_add(1, Ordering::SeqCst) {
            0 => Act::Answer(busy.clone()),
            _ => json(200, "{}"),
        }
    }))
    .await;
    let provider = provider(&server, &manual_clock());
    provider.token().await.unwrap();
    let error = provider.revoke(&form(&server)).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
    let Error::RevocationRefused(refused) = error else {
        panic!("{error}");
    };
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.code(), Some("temporarily_unavailable"));
    assert_eq!(refused.request_id(), Some("r-7"));
    assert_eq!(refused.target().split_once('/').unwrap().1, "revoke");
    let revoked = provider.revoke(&form(&server)).await;
    assert!(matches!(revoked, Ok(Revoked::Token(_))), "{revoked:?}");
}

#[tokio::test]
async fn without_an_answer_a_form_is_sent_again_and_a_bearer_is_not() {
    let server = server(Act::Close).await;
    for (endpoint, attempts) in [(form(&server), 3), (bearer(&server), 1)] {
        let before = server.count("/revoke");
        let provider = provider(&server, &manual_clock());
        provider.token().await.unwrap();
        let error = transport(provider.revoke(&endpoint).await.unwrap_err());
        assert_eq!(
            (error.failure(), error.attempts(), error.operation()),
            (TransportFailure::Broken, attempts, "token revocation")
        );
        assert_eq!(server.count("/revoke") - before, attempts as usize);
        assert!(provider.ready().is_some());
    }
}

#[tokio::test]
async fn a_bearer_that_did_not_arrive_is_sent_again() {
    let server = server(Act::Close).await;
    let provider = provider(&server, &manual_clock());
    provider.token().await.unwrap();
    let unused = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/revoke", unused.local_addr().unwrap());
    drop(unused);
    let endpoint = bearer(&server).at(url.parse().unwrap());
    let error = transport(provider.revoke(&endpoint).await.unwrap_err());
    assert_eq!(
        (error.failure(), error.attempts()),
        (TransportFailure::NotConnected, 3)
    );
}

#[tokio::test]
async fn an_endpoint_that_never_answers_is_given_up_after_ten_seconds_a_time_and_thirty_in_all() {
    for (as_bearer, seconds, attempts) in [(false, 30, 3), (true, 10, 1)] {
        let server = server(Act::Hang).await;
        let endpoint = if as_bearer {
            bearer(&server)
        } else {
            form(&server)
        };
        let provider = provider(&server, &manual_clock());
        provider.token().await.unwrap();
        // From here on time jumps to whatever is waited for.
        tokio::time::pause();
        let begun = Instant::now();
        let error = provider.revoke(&endpoint).await.unwrap_err();
        let took = begun.elapsed();
        tokio::time::resume();
        assert!(error.is_timeout() && error.is_transient(), "{error}");
        assert_eq!(transport(error).attempts(), attempts);
        assert_eq!(took.as_secs(), seconds, "{took:?}");
        assert!(provider.ready().is_some());
    }
}

#[tokio::test]
async fn a_bearer_is_revoked_even_when_the_credentials_are_gone() {
    let server = server(json(200, "{}")).await;
    let reads = AtomicUsize::new(0);
    // One read checks the set-up, and one gets the token.
    let read_twice = move || match reads.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => Ok(credentials()),
        _ => Err(ConfigError::missing("SECRET", "the client secret")),
    };
    let endpoint = TokenEndpoint::new(server.url("/token"));
    let provider = TokenProvider::builder(http(), endpoint, credentials())
        .credentials_from(read_twice)
        .build()
        .unwrap();
    let held = provider.token().await.unwrap().generation();
    let error = provider.revoke(&form(&server)).await.unwrap_err();
    assert!(matches!(error, Error::Config(_)), "{error}");
    assert_eq!(server.count("/revoke"), 0);
    let revoked = provider.revoke(&bearer(&server)).await.unwrap();
    assert_eq!(revoked, Revoked::Token(held));
}

#[tokio::test]
async fn a_token_is_not_sent_where_it_could_be_read() {
    let server = server(json(200, "{}")).await;
    let provider = provider(&server, &manual_clock());
    let open = bearer(&server).at("http://auth.example.com/revoke".parse().unwrap());
    // Known before there is a token to send.
    for _ in 0..2 {
        let error = provider.revoke(&open).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the revocation endpoint http://auth.example.com/revoke is not usable \
             (expected an https URL, or an http URL on loopback)"
        );
        provider.token().await.unwrap();
    }
}

#[test]
fn outside_a_runtime_there_is_an_error_and_no_panic() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(server(json(200, "{}")));
    let provider = provider(&server, &manual_clock());
    runtime.block_on(provider.token()).unwrap();
    let endpoint = form(&server);
    let mut waiting = std::pin::pin!(provider.revoke(&endpoint));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = waiting.as_mut().poll(&mut context) else {
        panic!("it waits for a runtime that is not there");
    };
    assert_eq!(
        error.to_string(),
        "the call to revoke is not usable (expected one that is made inside a tokio runtime)"
    );
}
