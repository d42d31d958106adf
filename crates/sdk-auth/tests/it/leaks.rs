//! Nothing that is printed, logged, or thrown holds a secret, in any of the forms a secret takes.

use std::fmt::{Debug, Display};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::HeaderName;
use sdk_auth::{
    ApiAuth, AuthorizedHttp, BodyFormat, ClientAuth, Credentials, Error, Http, Reply, Request,
    RevocationEndpoint, TokenEndpoint, TokenPresentation, TokenProvider,
};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::server::{Act, Server, answer, json};
use crate::setup::{by_status, http, let_every_subscriber_be_asked, manual_clock};

// What must not be seen: each is unlike any other text, and has characters that every encoding changes.
const SECRET: &str = "canary-secret/+\"&";
const API_KEY: &str = "canary-api-key/+=&";
const FIXED: &str = "canary-fixed-header/+=";
const TOKEN: &str = "canary-token/+=";
const QUERY: &str = "canary-query/+=";
const BODY: &str = "canary-body/+\"";
const CANARIES: [&str; 6] = [SECRET, API_KEY, FIXED, TOKEN, QUERY, BODY];

/// Everything printed so far.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, value: &(impl Debug + ?Sized)) {
        self.lock()
            .extend(format!("{value:?}\n{value:#?}\n").bytes());
    }

    /// Prints an error and all under it.
    fn show_error(&self, error: &(dyn std::error::Error + 'static)) {
        let mut next = Some(error);
        while let Some(error) = next {
            self.show(error);
            self.show_text(error);
            next = error.source();
        }
    }

    fn show_text(&self, value: &(impl Display + ?Sized)) {
        self.lock().extend(format!("{value}\n{value:#}\n").bytes());
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// The forms in which a secret may show up: as it is and escaped in every way in use here.
///
/// Base64 hides where a text begins, so all three alignments are looked for.
fn forms(secret: &str) -> Vec<String> {
    let percent: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let json = serde_json::to_string(secret).unwrap();
    let bytes: Vec<String> = secret.bytes().map(|byte| byte.to_string()).collect();
    let mut forms = vec![
        secret.to_owned(),
        percent.to_lowercase(),
        percent,
        form.to_lowercase(),
        form,
        json.trim_matches('"').to_owned(),
        json.trim_matches('"').replace('\\', "\\\\"),
        bytes.join(", "),
    ];
    for engine in [&STANDARD, &URL_SAFE_NO_PAD] {
        for offset in 0..3 {
            let shifted = [&b"xx"[..offset], secret.as_bytes()].concat();
            let text = engine.encode(shifted);
            // The first and the last groups depend on what stands beside the secret.
            forms.push(text[4..text.len() - 4].to_owned());
        }
    }
    forms
}

#[track_caller]
fn check_clean(log: &Log, at_least: &[&str]) {
    let text = String::from_utf8_lossy(&log.lock()).into_owned();
    for expected in at_least {
        assert!(
            text.contains(expected),
            "the log does not even hold {expected:?}"
        );
    }
    for canary in CANARIES {
        for form in forms(canary) {
            if let Some(at) = text.find(&form) {
                let from = text[..at].rfind('\n').unwrap_or(0);
                panic!("{canary:?} shows as {form:?} in: {:.300}", &text[from..]);
            }
        }
    }
}

fn subscriber(log: &Log) -> impl tracing::Subscriber + Send + Sync + use<> {
    use tracing_subscriber::fmt::format::FmtSpan;
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish()
}

#[test]
fn the_search_finds_secrets_in_every_form() {
    for canary in CANARIES {
        for leak in [
            canary.to_owned(),
            format!("{canary:?}"),
            serde_json::to_string(canary).unwrap(),
            STANDARD.encode(canary),
            STANDARD.encode(format!("client:{canary}")),
            STANDARD.encode(format!("a:{canary} b")),
            url::form_urlencoded::byte_serialize(canary.as_bytes()).collect(),
            format!("{:?}", canary.as_bytes()),
        ] {
            assert!(
                forms(canary).iter().any(|form| leak.contains(form)),
                "{leak}"
            );
        }
    }
}

/// What a server may do to make a client talk.
fn provocations() -> Vec<(u16, Act)> {
    let echo = format!(r#"{{"error":"{API_KEY}","access_token":"{TOKEN}"}}"#);
    let cut = format!("HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{TOKEN}").into_bytes();
    let location = format!("https://elsewhere.invalid/?t={TOKEN}");
    vec![
        (200, json(200, "{}")),
        (401, json(401, &echo)),
        (403, json(403, &echo)),
        (500, json(500, &echo)),
        (
            503,
            Act::Answer(answer(503, &[("retry-after", TOKEN)], &echo)),
        ),
        (
            307,
            Act::Answer(answer(307, &[("location", &location)], &echo)),
        ),
        (200, json(200, &echo)),
        (200, json(200, TOKEN)),
        (200, Act::AnswerAndClose(cut)),
        (
            200,
            Act::AnswerAndClose(format!("{TOKEN} nonsense\r\n\r\n").into_bytes()),
        ),
        (200, Act::Close),
    ]
}

#[tokio::test]
async fn no_secret_shows_in_logs_debug_display_error_chains_or_panics() {
    let log = Log::default();
    let_every_subscriber_be_asked();
    // For this thread, on which everything runs that is not the server; takes in the `log` crate as well.
    let _guard = subscriber(&log).set_default();
    let http = http();
    log.show(&http);
    let mut calls = 0;
    for shape in 0..3 {
        for misbehaving in ["/token", "/api", "/revoke"] {
            for (_, act) in provocations() {
                provoke(&log, &http, shape, misbehaving, act).await;
                calls += 1;
            }
        }
    }
    assert_eq!(calls, 99);
    check_clean(
        &log,
        &[
            "token.acquire",
            "token.refresh",
            "token.revoke",
            "was refused (status 401)",
            "http.request",
            "url.path=\"/api\"",
            "TRACE",
            "reqwest",
            "panicked",
        ],
    );
}

/// One call and one revocation at a server that misbehaves at one path, with everything printed.
async fn provoke(log: &Log, http: &Http, shape: usize, misbehaving: &'static str, act: Act) {
    let granted = format!(r#"{{"access_token":"{TOKEN}","expires_in":3600}}"#);
    let server = Server::start(move |heard| {
        if heard.target.starts_with(misbehaving) {
            act.clone()
        } else if heard.target.starts_with("/token") {
            json(200, &granted)
        } else {
            json(200, "{}")
        }
    })
    .await;
    let mut url = server.url("/token");
    url.set_query(Some(&format!("q={QUERY}")));
    let plain = TokenEndpoint::new(url);
    let endpoint = match shape {
        0 => plain
            .body(BodyFormat::Json)
            .client_auth(ClientAuth::in_body()),
        1 => plain.client_auth(ClientAuth::in_body()),
        _ => plain.client_auth(ClientAuth::Basic),
    };
    let credentials = Credentials::service_user("ada", SECRET, API_KEY);
    let auth = ApiAuth::bearer()
        .secret_header(HeaderName::from_static("x-fixed"), FIXED)
        .unwrap();
    log.show(&endpoint);
    log.show(&credentials);
    let time = manual_clock();
    let builder = TokenProvider::builder(http.clone(), endpoint, credentials).clock(time.clock());
    log.show(&builder);
    let provider = builder.build().unwrap();
    let client = AuthorizedHttp::builder(http.clone(), provider, auth).clock(time.clock());
    log.show(&client);
    let client = client.build();
    let mut url = server.url("/api");
    url.set_query(Some(&format!("q={QUERY}")));
    let request = Request::post("Provoke", url)
        .body("application/json", format!(r#"{{"v":"{BODY}"}}"#))
        .deadline(Duration::from_secs(5));
    log.show(&request);
    let result = client.send(request, by_status).await;
    log.show(&client);
    if let Some(token) = client.provider().ready() {
        log.show(&token);
    }
    match &result {
        Ok(reply) => log.show(reply),
        Err(error) => log.show_error(error),
    }
    let revocation = RevocationEndpoint::new(server.url("/revoke")).presentation(match shape {
        0 => TokenPresentation::form(),
        1 => TokenPresentation::Bearer,
        _ => TokenPresentation::form_with_hint("access_token"),
    });
    log.show(&revocation);
    let mut url = server.url("/revoke");
    url.set_query(Some(&format!("q={QUERY}")));
    match client.provider().revoke(&revocation.at(url)).await {
        Ok(revoked) => log.show(&revoked),
        Err(error) => log.show_error(&error),
    }
    // What a careless program does with a result.
    let panicking: Result<Reply, Error> = result;
    let outcome = catch_unwind(AssertUnwindSafe(|| panicking.unwrap_err().to_string()));
    match outcome {
        Ok(text) => log.show_text(&text),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned().unwrap_or_default();
            log.show_text(&format!("panicked: {text}"));
        }
    }
}
