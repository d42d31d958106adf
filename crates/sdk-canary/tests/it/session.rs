//! One vendor's sandbox full of canaries, everything that was logged, and everything that could be printed.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::{Debug, Write as _};
use std::io;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use sdk_canary::{Search, marks};
use sdk_sandbox::{Counts, Fault, Recorded, Sandbox};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

/// All that was logged in this process since somebody last looked.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// The value of a variable, or of anything else that is the user's.
pub(crate) const VARIABLE: &str = "variable-canary";

/// What no message repeats although no mark is in it: values, and the beginnings of what ends with a mark. Every part
/// of a token begins with the first, every signature of a link stands after the second.
const BEGINNINGS: [&str; 3] = ["eyJ", "signature=", VARIABLE];

static SEARCH: LazyLock<Search> = LazyLock::new(|| Search::new(&marks()));

/// Everything of every crate, TLS and HTTP included, goes into the log from now on.
static LOGGING: LazyLock<()> = LazyLock::new(|| {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(|| Sink)
        .finish()
        .try_init()
        .unwrap();
});

fn log() -> MutexGuard<'static, Vec<u8>> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Sink;

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        log().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Fails with what was found in a text, if it holds a canary.
#[track_caller]
pub(crate) fn check_clean(what: &str, text: impl AsRef<[u8]>) {
    if let Some(found) = SEARCH.find(text) {
        panic!("{what} shows {found}");
    }
}

/// The same for what is written for people, where not even a part of a secret may be, nor a value.
#[track_caller]
fn check_words(what: &str, text: &str) {
    check_clean(what, text);
    for beginning in BEGINNINGS {
        if let Some((before, after)) = text.split_once(beginning) {
            let line = before.rsplit('\n').next().unwrap_or_default();
            panic!("{what} shows {beginning} in: {line:.300}{beginning}{after:.100}");
        }
    }
}

/// True if a text holds a canary: what a test expects where secrets belong.
pub(crate) fn holds_canary(text: impl AsRef<[u8]>) -> bool {
    SEARCH.find(text).is_some()
}

/// What one test prints.
#[derive(Default)]
pub(crate) struct Session {
    printed: String,
    requests: Vec<Recorded>,
}

impl Session {
    /// Starts to log.
    pub(crate) fn start() -> Self {
        LazyLock::force(&LOGGING);
        Self::default()
    }

    /// A sandbox whose every secret has a canary.
    pub(crate) async fn sandbox() -> Sandbox {
        let sandbox = Sandbox::builder().items(60).marks(marks()).start();
        sandbox.await.unwrap()
    }

    /// Prints a value as a program might.
    pub(crate) fn show(&mut self, value: &(impl Debug + ?Sized)) {
        let _ = writeln!(self.printed, "{value:?}\n{value:#?}"); // a String takes everything
    }

    /// Prints an error and all under it.
    pub(crate) fn show_error(&mut self, error: &(dyn Error + 'static)) {
        let mut next = Some(error);
        while let Some(error) = next {
            self.show(error);
            let _ = writeln!(self.printed, "{error}\n{error:#}"); // a String takes everything
            next = error.source();
        }
    }

    /// Prints an outcome.
    pub(crate) fn show_outcome<T: Debug, E: Error + 'static>(&mut self, outcome: &Result<T, E>) {
        match outcome {
            Ok(value) => self.show(value),
            Err(error) => self.show_error(error),
        }
    }

    /// Keeps what a vendor was sent, after something that was to get a token.
    #[track_caller]
    pub(crate) fn sent(&mut self, counts: Counts, requests: Vec<Recorded>) {
        assert!(counts.token_requests > 0, "{counts:?}");
        assert_eq!(counts.storage_authorizations, 0);
        self.requests.extend(requests);
    }

    /// Makes a call under every one of these faults, and prints what becomes of it.
    pub(crate) async fn provoke<T: Debug, E: Error + 'static>(
        &mut self,
        faults: Vec<Fault>,
        fail: impl Fn(Fault),
        call: impl AsyncFn() -> Result<T, E>,
    ) {
        for fault in faults {
            fail(fault);
            self.show_outcome(&call().await);
        }
    }

    /// Looks through everything printed.
    #[track_caller]
    pub(crate) fn check_printed(&self) {
        assert!(self.printed.len() > 1000, "hardly anything was printed");
        check_words("what was printed", &self.printed);
    }

    /// Looks through everything printed, logged and sent; `places` are those where a secret may be sent.
    #[track_caller]
    pub(crate) fn check(self, places: &[&str]) {
        self.check_printed();
        check_log(&["token.refresh", "http.request", "TRACE"]);
        check_requests(&self.requests, places);
    }
}

/// Looks through the log, which belongs to all tests: what one of them finds may be another's.
#[track_caller]
pub(crate) fn check_log(expected: &[&str]) {
    let logged = std::mem::take(&mut *log());
    static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let text = String::from_utf8_lossy(&logged);
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    for &word in expected {
        if text.contains(word) {
            seen.insert(word.to_owned());
        }
        assert!(seen.contains(word), "nothing was logged of {word}");
    }
    drop(seen);
    check_words("the log", &text);
}

/// What a server may do to make a client talk, its own secrets included.
pub(crate) fn provocations() -> Vec<Fault> {
    let canaries = marks();
    let echo = format!(
        "{} {} {} {}",
        canaries.secret, canaries.key, canaries.token, canaries.link
    );
    let told = |status| Fault::Status {
        status,
        retry_after: None,
        body: Some(echo.clone()),
    };
    vec![
        told(200),
        told(400),
        told(403),
        told(409),
        told(500),
        told(503),
        Fault::too_many_requests("0"),
        Fault::Html { status: 200 },
        Fault::Html { status: 502 },
        Fault::Truncate,
        Fault::Disconnect,
    ]
}

/// The same for an API, which may also refuse a token.
pub(crate) fn api_provocations() -> Vec<Fault> {
    [provocations(), vec![Fault::RevokeTokens]].concat()
}

/// Secrets are where the vendor wants them, and nowhere else.
///
/// The sandbox records a request with a mask in each place that a secret may have, and as it came in all others.
#[track_caller]
fn check_requests(requests: &[Recorded], places: &[&str]) {
    let mut masked = BTreeSet::new();
    for request in requests {
        check_clean("a request", format!("{request:?}"));
        let endpoint = format!("{:?}", request.endpoint).to_lowercase();
        let headers = request.headers.iter();
        for (name, _) in headers.filter(|(_, value)| value.contains("***")) {
            masked.insert(format!("{endpoint} header {name}"));
        }
        if request.query.as_deref().unwrap_or_default().contains("***") {
            masked.insert(format!("{endpoint} query"));
        }
        if request.body.to_string().contains("***") {
            masked.insert(format!("{endpoint} body"));
        }
    }
    let masked: Vec<&str> = masked.iter().map(String::as_str).collect();
    assert_eq!(masked, places, "secrets were sent elsewhere, or not at all");
}
