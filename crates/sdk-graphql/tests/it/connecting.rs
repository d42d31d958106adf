//! Connections that are not made in time, and certificates that are not to be trusted: what a caller is told.

use std::time::Duration;

use sdk_auth::{
    ApiAuth, AuthorizedHttp, Credentials, Http, HttpConfig, Proxy, TokenEndpoint, TokenProvider,
};
use sdk_fault_server::{Counts, Fault, FaultServer, Flaw, Script};
use sdk_graphql::{
    CertificateProblem, Error, GraphqlClient, Service, TransportError, TransportFailure,
};

use crate::setup::Create;

/// How long a call, or opening a connection, may take where nothing is waited for.
const LONG: Duration = Duration::from_secs(20);

/// How long opening a connection may take where none comes about.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(200);

const FLAWS: [(Flaw, CertificateProblem, &str); 4] = [
    (
        Flaw::Stranger,
        CertificateProblem::UnknownIssuer,
        "refused the server's certificate, which nobody trusted has signed; if a proxy inspects \
         tls, add its root to the extra root certificates",
    ),
    (
        Flaw::OtherName,
        CertificateProblem::WrongName,
        "refused the server's certificate, which is for another name; check the host in the url, \
         and whether a proxy answers for it",
    ),
    (
        Flaw::Expired,
        CertificateProblem::Expired,
        "refused the server's certificate, which has expired; check this machine's clock, else \
         the server's owner has to renew it",
    ),
    (
        Flaw::NotYetValid,
        CertificateProblem::NotYetValid,
        "refused the server's certificate, which is not valid yet; check this machine's clock",
    ),
];

/// A server of tokens and of the API, which fails from some request on.
async fn failing(fault: Fault, after: usize) -> FaultServer {
    let script = Script {
        fault,
        after,
        times: None,
    };
    let grant = br#"{"access_token":"token","token_type":"Bearer","expires_in":3600}"#;
    let started = FaultServer::start(script, |_| grant.to_vec()).await;
    started.unwrap()
}

/// The error of a mutation at a server; the client trusts what the server says is to be trusted.
async fn error_of(server: &FaultServer, connect_timeout: Duration) -> Error {
    let mut config = HttpConfig::new()
        .proxy(Proxy::None)
        .connect_timeout(connect_timeout);
    if let Some(certificate) = server.certificate() {
        config = config.extra_root_certificates(certificate);
    }
    let http = Http::new(config).unwrap();
    let endpoint = TokenEndpoint::new(server.url("/token").parse().unwrap());
    let credentials = Credentials::client("ada", "correct horse");
    let tokens = TokenProvider::new(http.clone(), endpoint, credentials).unwrap();
    let http = AuthorizedHttp::new(http, tokens, ApiAuth::bearer());
    let service = Service::new("things", server.url("/graphql").parse().unwrap());
    let client = GraphqlClient::new(http, vec![service], LONG).unwrap();
    client.execute(Create).await.unwrap_err()
}

/// What an error says, without what was called and where.
#[track_caller]
fn told(error: &TransportError) -> String {
    let start = format!("{} to {} ", error.operation(), error.target());
    let text = error.to_string();
    text.strip_prefix(&start).unwrap().to_owned()
}

#[tokio::test]
async fn a_certificate_that_is_not_to_be_trusted_stops_a_call_once_and_says_what_to_do() {
    for (flaw, problem, expected) in FLAWS {
        let server = failing(Fault::Certificate(flaw), 1).await;
        let error = error_of(&server, LONG).await;
        let transport = error.transport().unwrap();
        assert_eq!(
            transport.failure(),
            TransportFailure::CertificateRefused(problem)
        );
        assert_eq!(transport.operation(), "Create");
        assert_eq!(told(transport), expected);
        assert!(error.to_string().ends_with(expected), "{error}");
        assert!(transport.is_unprocessed());
        assert!(!error.is_retryable() && !error.is_timeout(), "{error}");
        // One connection for the token, and one that came to nothing.
        let Counts {
            connections,
            arrived,
            ..
        } = server.counts();
        assert_eq!((connections, arrived), (2, 1), "{flaw:?}");
    }
}

#[tokio::test]
async fn a_token_endpoint_that_is_not_to_be_trusted_gets_no_secret_and_is_found_under_the_call() {
    for (flaw, problem, expected) in FLAWS {
        let server = failing(Fault::Certificate(flaw), 0).await;
        let error = error_of(&server, LONG).await;
        let transport = error.transport().unwrap();
        assert_eq!(
            transport.failure(),
            TransportFailure::CertificateRefused(problem)
        );
        assert_eq!(transport.operation(), "token request");
        assert_eq!(told(transport), expected);
        let shown = std::error::Error::source(&error).map(ToString::to_string);
        assert_eq!(shown, Some(transport.to_string()));
        assert!(!error.is_retryable(), "{error}");
        let Counts {
            connections,
            arrived,
            ..
        } = server.counts();
        assert_eq!((connections, arrived), (1, 0), "{flaw:?}");
    }
}

#[tokio::test]
async fn a_connection_that_is_not_made_in_time_says_so_and_is_worth_another_try() {
    for fault in [Fault::Unreachable, Fault::NoHandshake] {
        let server = failing(fault.clone(), 0).await;
        let error = error_of(&server, CONNECT_TIMEOUT).await;
        let transport = error.transport().unwrap();
        assert_eq!(transport.failure(), TransportFailure::ConnectTimedOut);
        assert_eq!(
            told(transport),
            "found no connection in time (3 attempts); check the network, the firewall and the \
             proxy, or allow more time to connect"
        );
        assert!(transport.is_unprocessed());
        assert!(error.is_retryable() && error.is_timeout(), "{error}");
        assert_eq!(server.counts().arrived, 0, "{fault:?}");
    }
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_neither() {
    let server = failing(Fault::Refused, 0).await;
    let error = error_of(&server, LONG).await;
    let transport = error.transport().unwrap();
    assert_eq!(transport.failure(), TransportFailure::NotConnected);
    assert!(error.is_retryable() && !error.is_timeout(), "{error}");
}
