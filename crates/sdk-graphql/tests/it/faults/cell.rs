//! One cell of the table: a fault at a place, and what a caller and the server see of it.

use std::fmt;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use http::StatusCode;
use sdk_auth::{
    ApiAuth, AuthorizedHttp, Credentials, Error as AuthCause, Http, HttpConfig, Proxy, RetryPolicy,
    TokenEndpoint, TokenProvider, TokenRequestError, TransportError, TransportFailure,
};
use sdk_fault_server::{Counts, Fault, FaultServer, Script, alone};
use sdk_graphql::{Error, GraphqlClient, Service};

use crate::setup::{Create, FirstGroup};
use crate::streams::ListFindings;

/// Where the fault happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The token request of a mutation.
    Token,
    Query,
    Mutation,
    /// The second page of a stream, whose first page came well.
    PageTwo,
}

/// How long a call may take in a cell that ends by itself.
const DEADLINE: Duration = Duration::from_secs(10);

/// How long a call, or opening a connection, may take in a cell that nothing else ends.
const SHORT: Duration = Duration::from_millis(700);

/// How much later than its deadline a call may end on a machine that is busy.
const SLACK: Duration = Duration::from_secs(3);

/// What was seen of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// What the caller got.
    pub(crate) outcome: String,
    /// What the server at fault counted.
    pub(crate) counts: Counts,
}

/// Requests that arrived, those the server may have acted upon, and the outcome.
impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { arrived, taken, .. } = self.counts;
        write!(f, "{arrived}/{taken} {}", self.outcome)
    }
}

/// What a cell is about.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) place: Place,
    pub(crate) fault: Fault,
    /// How often the server fails; for ever, if there is no number.
    pub(crate) times: Option<usize>,
    deadline: Duration,
    connect_timeout: Duration,
}

impl Setting {
    /// A fault for ever, that ends by itself.
    pub(crate) fn new(place: Place, fault: Fault) -> Self {
        Self {
            place,
            fault,
            times: None,
            deadline: DEADLINE,
            connect_timeout: DEADLINE,
        }
    }

    /// For a cell that only a deadline ends.
    pub(crate) fn hopeless(mut self, patience: u32) -> Self {
        self.deadline = SHORT * patience;
        self
    }

    /// For a cell in which no connection comes about.
    pub(crate) fn unconnected(mut self, patience: u32) -> Self {
        self.connect_timeout = SHORT * patience;
        self.deadline = DEADLINE * patience;
        self
    }
}

/// Runs a cell.
pub(crate) fn run(setting: Setting) -> Seen {
    let Setting {
        place,
        deadline,
        connect_timeout,
        ..
    } = setting;
    let servers = Servers::start(setting);
    let at_fault = match place {
        Place::Token => &servers.tokens,
        _ => &servers.api,
    };
    let work = async {
        let (client, tokens) = client_within(&servers, deadline, connect_timeout);
        if place != Place::Token
            && let Err(error) = tokens.token().await
        {
            return (format!("no call: {error:?}"), at_fault.counts());
        }
        let begun = Instant::now();
        let outcome = call(place, &client).await;
        let outcome = match begun.elapsed() {
            took if took > deadline + SLACK => format!("{outcome}, but only after {took:?}"),
            _ => outcome,
        };
        // Without a token nothing is sent; with one, the mutation behind it once.
        let delivered = servers.api.counts().arrived;
        let outcome = if place == Place::Token && delivered != usize::from(outcome == "done") {
            format!("{outcome}, and {delivered} mutations delivered")
        } else {
            outcome
        };
        (outcome, at_fault.counts())
    };
    let ((outcome, counts), left) = alone(work, || {
        if place == Place::Token {
            // A token request serves whoever comes next, so it outlives its caller and ends by itself,
            // after 30 s at most. When the server hangs up, it ends at once.
            at_fault.hang_up();
        }
    });
    let outcome = match left {
        0 => outcome,
        left => format!("{outcome}, and {left} tasks left behind"),
    };
    Seen { outcome, counts }
}

/// A script without a fault.
const NEVER: Script = Script {
    fault: Fault::Silence,
    after: 0,
    times: Some(0),
};

/// A server without a fault, for requests that should not come.
pub(crate) fn well() -> FaultServer {
    FaultServer::start_apart(NEVER, answer).unwrap()
}

/// A token endpoint and an API.
pub(crate) struct Servers {
    pub(crate) tokens: FaultServer,
    pub(crate) api: FaultServer,
}

impl Servers {
    pub(crate) fn start(setting: Setting) -> Self {
        let place = setting.place;
        let failing = Script {
            fault: setting.fault,
            after: usize::from(place == Place::PageTwo),
            times: setting.times,
        };
        let well = NEVER;
        let (tokens, api) = match place {
            Place::Token => (failing, well),
            _ => (well, failing),
        };
        let grant = |_: &[u8]| {
            br#"{"access_token":"token","token_type":"Bearer","expires_in":3600}"#.to_vec()
        };
        Self {
            tokens: FaultServer::start_apart(tokens, grant).unwrap(),
            api: FaultServer::start_apart(api, answer).unwrap(),
        }
    }
}

/// What the API answers when all is well: one full page, and an empty one after it.
fn answer(body: &[u8]) -> Vec<u8> {
    let body: serde_json::Value = serde_json::from_slice(body).unwrap();
    let data = match (body["operationName"].as_str(), &body["variables"]["after"]) {
        (Some("FirstGroup"), _) => r#"{"allGroups":[{"id":"g"}]}"#,
        (Some("Create"), _) => r#"{"createProduct":{"id":"p"}}"#,
        (_, serde_json::Value::Null) => {
            r#"{"allFindings":[{"_cursor":"1","id":"a"},{"_cursor":"2","id":"b"}]}"#
        }
        _ => r#"{"allFindings":[]}"#,
    };
    format!(r#"{{"data":{data}}}"#).into_bytes()
}

/// A client with the usual rules, but short waits and a limit of a megabyte.
pub(crate) fn client(servers: &Servers, deadline: Duration) -> (GraphqlClient, TokenProvider) {
    client_within(servers, deadline, deadline)
}

fn client_within(
    servers: &Servers,
    deadline: Duration,
    connect_timeout: Duration,
) -> (GraphqlClient, TokenProvider) {
    let mut config = HttpConfig::new()
        .proxy(Proxy::None)
        .connect_timeout(connect_timeout)
        .max_answer_bytes(1 << 20);
    for server in [&servers.tokens, &servers.api] {
        if let Some(certificate) = server.certificate() {
            config = config.extra_root_certificates(certificate);
        }
    }
    let http = Http::new(config).unwrap();
    let endpoint = TokenEndpoint::new(servers.tokens.url("/token").parse().unwrap());
    let credentials = Credentials::client("ada", "correct horse");
    let tokens = TokenProvider::new(http.clone(), endpoint, credentials).unwrap();
    let http = AuthorizedHttp::builder(http, tokens.clone(), ApiAuth::bearer())
        .retry(RetryPolicy::default().base_delay(Duration::from_millis(1)))
        .build();
    let service = Service::new("things", servers.api.url("/graphql").parse().unwrap());
    let client = GraphqlClient::new(http, vec![service], deadline).unwrap();
    (client, tokens)
}

async fn call(place: Place, client: &GraphqlClient) -> String {
    let outcome = match place {
        Place::Query => client.execute(FirstGroup).await.map(drop),
        Place::Token | Place::Mutation => client.execute(Create).await.map(drop),
        Place::PageTwo => {
            let mut items = client.items(ListFindings::default());
            for expected in ["a", "b"] {
                let item = items.try_next().await;
                assert_eq!(item.unwrap().unwrap().id, expected, "page one came well");
            }
            items.try_next().await.map(|end| assert!(end.is_none()))
        }
    };
    match outcome {
        Ok(()) => "done".to_owned(),
        Err(error) => name(&error),
    }
}

/// The kind of an error, with what a caller would decide on.
fn name(error: &Error) -> String {
    assert!(!error.operation().is_empty(), "{error:?}");
    assert!(!error.to_string().contains("Traceback"), "{error}");
    if let Some(transport) = error.transport() {
        assert_eq!(error.is_retryable(), transport.is_transient(), "{error:?}");
    }
    match error {
        Error::Auth(error) => match error.cause() {
            AuthCause::Transport(error) => failure(error),
            AuthCause::Deadline(error) => format!("deadline {}", error.phase()),
            AuthCause::TokenRequest(error) => match error.transport() {
                Some(error) => format!("token {}", failure(error)),
                None => refusal(error),
            },
            other => format!("{other}"),
        },
        Error::Status(error) => format!("status {:?}", error.class()),
        Error::Graphql(error) => format!("graphql {:?}", error.class()),
        Error::Decode(error) => format!("decode {:?}", error.path()),
        other => format!("{other:?}"),
    }
}

/// A token response that is none; where the endpoint puts requests off, with how long none will be made.
fn refusal(error: &TokenRequestError) -> String {
    let failure = error.failure();
    match error.retry_after() {
        Some(wait) if error.status() == Some(StatusCode::TOO_MANY_REQUESTS) => {
            format!("token {failure:?} for {wait:.0?}")
        }
        _ => format!("token {failure:?}"),
    }
}

fn failure(error: &TransportError) -> String {
    match error.failure() {
        TransportFailure::TooLarge { .. } => "TooLarge".to_owned(),
        failure => format!("{failure:?}"),
    }
}
