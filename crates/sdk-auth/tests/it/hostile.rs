//! Servers that answer nonsense, too much, or from somewhere else.

use std::io::Write as _;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use http::StatusCode;
use sdk_auth::{
    ApiAuth, AuthorizedHttp, Credentials, Error, Http, HttpConfig, Phase, PresignedUrl, Proxy,
    Redirects, TokenEndpoint, TokenProvider, TransportFailure,
};

use crate::server::{Act, Heard, Server, answer, json};
use crate::setup::{by_status, manual_clock, provider, read, tokens_and, write};

/// The codings that the client unpacks, by their names in `content-encoding`.
const CODINGS: [&str; 3] = ["gzip", "br", "zstd"];

/// An answer of so many spaces, packed.
fn packed(coding: &str, size: usize) -> Act {
    let spaces = vec![b' '; size];
    let body = match coding {
        "gzip" => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&spaces).unwrap();
            encoder.finish().unwrap()
        }
        "br" => {
            let mut packed = Vec::new();
            brotli::CompressorWriter::new(&mut packed, 4096, 5, 22)
                .write_all(&spaces)
                .unwrap();
            packed
        }
        _ => zstd::encode_all(spaces.as_slice(), 3).unwrap(),
    };
    Act::Answer(answer(200, &[("content-encoding", coding)], body))
}

/// The message of the error that a token endpoint with this answer causes, without host and port.
async fn token_error(act: Act) -> String {
    let server = Server::start(move |_| act.clone()).await;
    let begun = Instant::now();
    let error = provider(&server, &manual_clock())
        .token()
        .await
        .unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(server.count("/token"), 1, "{error}");
    let port = server.url("/").port().unwrap();
    let message = error.to_string();
    let place = format!("token request to 127.0.0.1:{port}/token ");
    let rest = message
        .strip_prefix(&place)
        .unwrap_or_else(|| panic!("{message}"));
    let source = std::error::Error::source(&error);
    rest.to_owned()
        + &source
            .map(|source| format!(" | {source}"))
            .unwrap_or_default()
            .replace(&place, "")
}

#[tokio::test]
async fn nonsense_from_a_token_endpoint_is_a_typed_error_that_names_it() {
    let answered = |body: &str| json(200, body);
    for (act, expected) in [
        (
            answered("<html>Sign in</html>"),
            "got an answer that is not JSON (status 200)",
        ),
        (
            answered(r#"{"access_token":"a"#),
            "got an answer that is not JSON (status 200)",
        ),
        (
            answered(r#"{"access_token":"a\nb","expires_in":60}"#),
            "got an answer that has a token with characters that no header may carry (status 200)",
        ),
        (
            answered(r#"{"access_token":"a","expires_in":"soon"}"#),
            "got an answer that has a lifetime that is not a number of seconds (status 200)",
        ),
        (
            answered(r#"{"access_token":"a","expires_in":-1}"#),
            "got an answer that has a token that has expired already (status 200)",
        ),
        (
            answered(r#"{"access_token":"a","token_type":"mac"}"#),
            "got an answer that has a token type other than Bearer (status 200)",
        ),
        (
            answered(r#"{"error":"invalid_client"}"#),
            "was refused (status 200, code invalid_client)",
        ),
        (
            Act::Answer(answer(
                400,
                &[("x-request-id", "r-7")],
                r#"{"error":"invalid_scope"}"#,
            )),
            "was refused (status 400, code invalid_scope, request id r-7)",
        ),
        (
            Act::AnswerAndClose(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"acc".to_vec()),
            "did not complete | lost the connection while reading the answer",
        ),
        (
            Act::Answer(answer(200, &[], " ".repeat(64 * 1024 + 1))),
            "did not complete | got an answer of more than 65536 bytes",
        ),
        (
            packed("gzip", 10 << 20),
            "did not complete | got an answer of more than 65536 bytes",
        ),
        (
            packed("br", 10 << 20),
            "did not complete | got an answer of more than 65536 bytes",
        ),
        (
            packed("zstd", 10 << 20),
            "did not complete | got an answer of more than 65536 bytes",
        ),
        (
            Act::Answer(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n".to_vec()),
            "did not complete | got an answer of more than 65536 bytes",
        ),
        (
            Act::AnswerForever(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; 4096]),
            "did not complete | got an answer of more than 65536 bytes",
        ),
    ] {
        assert_eq!(token_error(act.clone()).await, expected, "{act:.200?}");
    }
}

/// A client that reads at most a megabyte.
fn frugal(server: &Server) -> AuthorizedHttp {
    let config = HttpConfig::new()
        .proxy(Proxy::None)
        .max_answer_bytes(1 << 20);
    let provider = provider(server, &manual_clock());
    AuthorizedHttp::new(Http::new(config).unwrap(), provider, ApiAuth::bearer())
}

#[tokio::test]
async fn an_answer_of_the_api_is_read_up_to_the_limit_and_not_beyond() {
    let endless = Act::AnswerForever(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; 65536]);
    let [gzip, brotli, zstd] = CODINGS.map(|coding| packed(coding, 16 << 20));
    let stated = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n".to_vec();
    let over = answer(200, &[], " ".repeat((1 << 20) + 1));
    for act in [
        endless,
        gzip,
        brotli,
        zstd,
        Act::Answer(stated),
        Act::Answer(over),
    ] {
        let server = Server::start(tokens_and(3600, move |_| act.clone())).await;
        let error = frugal(&server)
            .send(read(&server), by_status)
            .await
            .unwrap_err();
        let Error::Transport(error) = error else {
            panic!("{error}")
        };
        assert_eq!(
            error.failure(),
            TransportFailure::TooLarge {
                limit_bytes: 1 << 20
            }
        );
        // What is too large once is too large again.
        assert_eq!((error.attempts(), server.count("/api")), (1, 1));
    }
    for coding in CODINGS {
        let full = packed(coding, 1 << 20);
        let server = Server::start(tokens_and(3600, move |_| full.clone())).await;
        let reply = frugal(&server)
            .send(read(&server), by_status)
            .await
            .unwrap();
        assert_eq!(reply.body().len(), 1 << 20, "{coding}");
    }
}

#[tokio::test]
async fn an_answer_in_chunks_arrives_whole() {
    let chunks =
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n";
    let server = Server::start(tokens_and(3600, |_| Act::Answer(chunks.to_vec()))).await;
    let reply = frugal(&server)
        .send(read(&server), by_status)
        .await
        .unwrap();
    assert_eq!(reply.body(), "abcdefg");
}

/// Redirects to `elsewhere`.
fn redirect(status: u16, elsewhere: &str) -> Act {
    Act::Answer(answer(status, &[("location", elsewhere)], ""))
}

#[tokio::test]
async fn a_redirect_to_another_origin_delivers_nothing_there() {
    let elsewhere = Server::start(|_| json(200, r#"{"access_token":"t","expires_in":60}"#)).await;
    for status in [301, 302, 303, 307, 308] {
        let target = elsewhere.url("/stolen").to_string();
        for redirects in [Redirects::Never, Redirects::SameOrigin] {
            // From the API.
            let api = redirect(status, &target);
            let server = Server::start(tokens_and(3600, move |_| api.clone())).await;
            let config = HttpConfig::new().proxy(Proxy::None).redirects(redirects);
            let http = Http::new(config).unwrap();
            let client = AuthorizedHttp::new(
                http.clone(),
                provider(&server, &manual_clock()),
                ApiAuth::bearer(),
            );
            let reply = client.send(write(&server), by_status).await.unwrap();
            assert_eq!(reply.status().as_u16(), status);
            // From the token endpoint.
            let token = redirect(status, &target);
            let server = Server::start(move |_| token.clone()).await;
            let endpoint = TokenEndpoint::new(server.url("/token"));
            let user = Credentials::service_user("ada", "pass", "key");
            let provider = TokenProvider::new(http, endpoint, user).unwrap();
            let error = provider.token().await.unwrap_err();
            assert!(
                error.to_string().contains(&format!("status {status}")),
                "{error}"
            );
        }
    }
    assert_eq!((elsewhere.connections(), elsewhere.heard().len()), (0, 0));
}

#[tokio::test]
async fn a_token_endpoint_is_not_followed_even_within_its_origin() {
    let server = Server::start(|heard: &Heard| match heard.target.as_str() {
        "/token" => redirect(307, "/other"),
        _ => json(200, r#"{"access_token":"t","expires_in":60}"#),
    })
    .await;
    let config = HttpConfig::new()
        .proxy(Proxy::None)
        .redirects(Redirects::SameOrigin);
    let endpoint = TokenEndpoint::new(server.url("/token"));
    let provider = TokenProvider::new(
        Http::new(config).unwrap(),
        endpoint,
        crate::setup::credentials(),
    )
    .unwrap();
    assert!(provider.token().await.is_err());
    assert_eq!((server.count("/token"), server.count("/other")), (1, 0));
}

#[tokio::test]
async fn an_api_is_followed_within_its_origin_on_request_with_everything_and_not_forever() {
    let api = |heard: &Heard| match heard.target.as_str() {
        "/api" => redirect(307, "/api/v2"),
        "/api/v2" => redirect(308, "v3?x=1"),
        "/api/v3?x=1" => json(200, "{}"),
        _ => redirect(307, "/loop"),
    };
    let server = Server::start(tokens_and(3600, api)).await;
    let config = HttpConfig::new()
        .proxy(Proxy::None)
        .redirects(Redirects::SameOrigin);
    let provider = provider(&server, &manual_clock());
    let client = AuthorizedHttp::new(Http::new(config).unwrap(), provider, ApiAuth::bearer());
    assert_eq!(
        client
            .send(write(&server), by_status)
            .await
            .unwrap()
            .status(),
        StatusCode::OK
    );
    let last = server.heard().pop().unwrap();
    assert_eq!(
        (last.target.as_str(), last.method.as_str()),
        ("/api/v3?x=1", "POST")
    );
    assert_eq!(last.header("authorization"), Some("Bearer token-1"));
    assert_eq!(last.body, r#"{"query":"mutation{make}"}"#);

    let endless = sdk_auth::Request::post("Loop", server.url("/loop"));
    let reply = client.send(endless, by_status).await.unwrap();
    assert_eq!(reply.status(), StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(server.count("/loop"), 6);
}

#[tokio::test]
async fn a_request_that_must_not_be_followed_is_not_whatever_the_client_says() {
    let server = Server::start(tokens_and(3600, |_| redirect(307, "/elsewhere"))).await;
    let config = HttpConfig::new()
        .proxy(Proxy::None)
        .redirects(Redirects::SameOrigin);
    let provider = provider(&server, &manual_clock());
    let client = AuthorizedHttp::new(Http::new(config).unwrap(), provider, ApiAuth::bearer());
    let request = write(&server).redirects(Redirects::Never);
    let reply = client.send(request, by_status).await.unwrap();
    assert_eq!(reply.status(), StatusCode::TEMPORARY_REDIRECT);
    assert_eq!((server.count("/api"), server.count("/elsewhere")), (1, 0));
}

#[tokio::test]
async fn an_explicit_proxy_is_asked_for_https_and_its_password_never_shown() {
    let proxy = Server::start(|_| json(407, "no")).await;
    let mut address = proxy.url("/");
    address.set_username("user").unwrap();
    address.set_password(Some("canary")).unwrap();
    let config = HttpConfig::new().proxy(Proxy::Explicit(address));
    assert!(!format!("{config:?}").contains("canary"), "{config:?}");
    let http = Http::new(config).unwrap();
    assert!(!format!("{http:?}").contains("canary"), "{http:?}");
    let endpoint = TokenEndpoint::new("https://auth.example.invalid/token".parse().unwrap());
    let time = manual_clock();
    let provider = TokenProvider::builder(http, endpoint, crate::setup::credentials())
        .clock(time.clock())
        .build()
        .unwrap();
    let error = provider.token().await.unwrap_err();
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    let heard = &proxy.heard()[0];
    assert_eq!(
        (heard.method.as_str(), heard.target.as_str()),
        ("CONNECT", "auth.example.invalid:443")
    );
    // "user:canary" in Base64
    assert_eq!(
        heard.header("proxy-authorization"),
        Some("Basic dXNlcjpjYW5hcnk=")
    );
    assert_eq!(
        (heard.header("authorization"), heard.body.as_str()),
        (None, "")
    );
}

#[tokio::test]
async fn plain_http_on_loopback_goes_through_no_proxy() {
    let proxy = Server::start(|_| json(200, "{}")).await;
    let server = Server::start(tokens_and(3600, |_| json(200, "{}"))).await;
    let config = HttpConfig::new().proxy(Proxy::Explicit(proxy.url("/")));
    let endpoint = TokenEndpoint::new(server.url("/token"));
    let provider = TokenProvider::new(
        Http::new(config).unwrap(),
        endpoint,
        crate::setup::credentials(),
    )
    .unwrap();
    provider.token().await.unwrap();
    assert_eq!(proxy.connections(), 0);
}

#[test]
fn malformed_set_ups_are_errors_of_configuration() {
    let refused = |config: HttpConfig, name: &str| {
        let error = Http::new(config).unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    };
    refused(
        HttpConfig::new().extra_root_certificates("no certificate"),
        "extra root certificates",
    );
    let broken = "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n";
    refused(
        HttpConfig::new().extra_root_certificates(broken),
        "extra root certificates",
    );
    refused(HttpConfig::new().user_agent("two\nlines"), "HTTP client");
    let proxy = "data:text/plain,x".parse().unwrap();
    refused(HttpConfig::new().proxy(Proxy::Explicit(proxy)), "proxy");
}

/// Run by [`missing_root_certificates_are_an_error_of_configuration`] in a process of its own, because
/// the variables that hide the certificates hold for a whole process. Elsewhere it finds certificates.
#[test]
fn http_says_whether_it_finds_root_certificates() {
    let hidden = sdk_auth::Env::process()
        .reader()
        .optional_as("SDK_AUTH_TEST_NO_ROOTS", "1", |text| Some(text == "1"))
        .unwrap_or_default();
    match Http::new(HttpConfig::new()) {
        Ok(_) => assert!(!hidden),
        Err(error) => {
            assert!(matches!(error, Error::Config(_)), "{error}");
            assert!(hidden, "{error}");
        }
    }
}

#[test]
fn missing_root_certificates_are_an_error_of_configuration() {
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "hostile::http_says_whether_it_finds_root_certificates",
        ])
        .env("SDK_AUTH_TEST_NO_ROOTS", "1")
        .env("SSL_CERT_FILE", "/nonexistent")
        .env("SSL_CERT_DIR", "/nonexistent")
        .output()
        .unwrap();
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && report.contains("1 passed"),
        "{report}"
    );
}

#[tokio::test]
async fn a_server_that_is_silent_while_connecting_is_told_from_one_that_is_slow_to_answer() {
    // Its connections wait to be accepted, and so does their TLS.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let config = HttpConfig::new()
        .proxy(Proxy::None)
        .connect_timeout(Duration::from_millis(50));
    let http = Http::new(config).unwrap();
    let link: PresignedUrl = format!("https://127.0.0.1:{port}/a?signature=canary")
        .parse()
        .unwrap();
    let error = http.presigned("Fetch", &link).get().await.unwrap_err();
    assert_eq!(error.failure(), TransportFailure::ConnectTimedOut);
    assert_eq!(error.phase(), Phase::Connecting);
    assert!(error.is_unprocessed() && error.is_timeout() && error.is_transient());
    assert!(
        !format!("{error} {error:?}").contains("canary"),
        "{error:?}"
    );

    let server = Server::start(|_| Act::Hang).await;
    let link: PresignedUrl = server.url("/a").as_str().parse().unwrap();
    let http = crate::setup::http();
    let request = http.presigned("Fetch", &link);
    let error = request.idle_timeout(Duration::from_millis(50)).get().await;
    let error = error.unwrap_err();
    assert_eq!(error.failure(), TransportFailure::TimedOut);
    assert!(error.is_timeout() && !error.is_unprocessed());
}
