//! Connections that are not made in time, and certificates that are not to be trusted.

use std::error::Error as _;
use std::time::Duration;

use sdk_auth::{
    ApiAuth, AuthorizedHttp, CertificateProblem, Credentials, Error, Http, HttpConfig,
    PresignedUrl, Proxy, Request, TokenEndpoint, TokenFailure, TokenProvider, TransportError,
    TransportFailure,
};
use sdk_fault_server::{Fault, FaultServer, Flaw, Script};

use crate::setup::by_status;

/// How long opening a connection may take where it never comes to that.
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

/// A client that trusts what a server says is to be trusted, for a token and then a call.
fn client(server: &FaultServer, connect_timeout: Duration) -> (Http, AuthorizedHttp) {
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
    (
        http.clone(),
        AuthorizedHttp::new(http, tokens, ApiAuth::bearer()),
    )
}

/// The error of a call at a server.
async fn error_of(client: &AuthorizedHttp, server: &FaultServer) -> Error {
    let request = Request::post("CreateThing", server.url("/api").parse().unwrap());
    client.send(request, by_status).await.unwrap_err()
}

/// What an error says, without what comes before it.
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
        let (_, client) = client(&server, Duration::from_secs(20));
        let error = error_of(&client, &server).await;
        let transport = error.transport().unwrap();
        assert_eq!(
            transport.failure(),
            TransportFailure::CertificateRefused(problem)
        );
        assert_eq!(told(transport), expected);
        assert!(!error.is_transient() && error.is_unprocessed() && !error.is_timeout());
        // One connection for the token, and one that came to nothing.
        let counts = server.counts();
        assert_eq!((counts.connections, counts.arrived), (2, 1), "{flaw:?}");
    }
}

#[tokio::test]
async fn a_token_request_to_a_server_that_is_not_to_be_trusted_sends_no_secret() {
    for (flaw, problem, expected) in FLAWS {
        let server = failing(Fault::Certificate(flaw), 0).await;
        let (_, client) = client(&server, Duration::from_secs(20));
        let error = error_of(&client, &server).await;
        let Error::TokenRequest(of_token) = &error else {
            panic!("{error}")
        };
        assert_eq!(of_token.failure(), TokenFailure::Incomplete);
        let transport = of_token.transport().unwrap();
        assert_eq!(
            transport.failure(),
            TransportFailure::CertificateRefused(problem)
        );
        assert_eq!(error.source().unwrap().to_string(), transport.to_string());
        assert_eq!(told(transport), expected);
        assert!(!error.is_transient(), "{error}");
        let counts = server.counts();
        assert_eq!((counts.connections, counts.arrived), (1, 0), "{flaw:?}");
    }
}

#[tokio::test]
async fn a_presigned_link_leads_to_no_server_that_is_not_to_be_trusted() {
    for (flaw, problem, _) in FLAWS {
        let server = failing(Fault::Certificate(flaw), 0).await;
        let (http, _) = client(&server, Duration::from_secs(20));
        let link: PresignedUrl = server.url("/object?signature=canary").parse().unwrap();
        let error = http.presigned("Fetch", &link).get().await.unwrap_err();
        assert_eq!(
            error.failure(),
            TransportFailure::CertificateRefused(problem)
        );
        assert!(
            !format!("{error} {error:?}").contains("canary"),
            "{error:?}"
        );
        assert_eq!(server.counts().arrived, 0);
    }
}

#[tokio::test]
async fn a_connection_that_is_not_made_in_time_is_told_from_a_slow_answer() {
    for fault in [Fault::Unreachable, Fault::NoHandshake] {
        let server = failing(fault.clone(), 0).await;
        let (http, client) = client(&server, CONNECT_TIMEOUT);
        let link: PresignedUrl = server.url("/object").parse().unwrap();
        let of_link = http.presigned("Fetch", &link).get().await.unwrap_err();
        let error = error_of(&client, &server).await;
        for transport in [error.transport().unwrap(), &of_link] {
            assert_eq!(transport.failure(), TransportFailure::ConnectTimedOut);
            assert!(transport.is_timeout() && transport.is_transient());
            assert!(transport.is_unprocessed());
        }
        assert!(error.is_timeout() && error.is_transient(), "{error}");
        assert_eq!(
            told(&of_link),
            "found no connection in time; check the network, the firewall and the proxy, or allow \
             more time to connect"
        );
        assert_eq!(server.counts().arrived, 0, "{fault:?}");
    }
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_neither() {
    let server = failing(Fault::Refused, 0).await;
    let (_, client) = client(&server, Duration::from_secs(20));
    let error = error_of(&client, &server).await;
    let transport = error.transport().unwrap();
    assert_eq!(transport.failure(), TransportFailure::NotConnected);
    assert!(error.is_transient() && !error.is_timeout(), "{error}");
}
