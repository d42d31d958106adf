//! TLS and HTTP/2, whose layers write more into the log than those of HTTP/1.

use sdk_auth::{
    ApiAuth, AuthorizedHttp, ClientAuth, Credentials, Http, HttpConfig, Proxy, Request,
    TokenEndpoint, TokenProvider, Verdict,
};
use sdk_canary::marks;
use sdk_fault_server::{Fault, FaultServer, Script};

use crate::session::{Session, check_clean, check_log};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_and_http2_log_no_secret() {
    let mut session = Session::start();
    let marks = marks();
    let grant = format!(r#"{{"access_token":"token{}"}}"#, marks.token);
    for fault in [
        Fault::StreamReset,
        Fault::GoodbyeAfter,
        Fault::StreamRefused,
    ] {
        let script = Script {
            fault,
            after: 2,
            times: Some(1),
        };
        let grant = grant.clone();
        let server = FaultServer::start(script, move |_| grant.clone().into_bytes())
            .await
            .unwrap();
        let certificate = server.certificate().unwrap();
        let config = HttpConfig::new()
            .proxy(Proxy::None)
            .extra_root_certificates(certificate);
        let http = Http::new(config).unwrap();
        let endpoint = TokenEndpoint::new(server.url("/token").parse().unwrap())
            .client_auth(ClientAuth::Basic);
        let credentials =
            Credentials::service_user("ada", marks.secret.as_str(), marks.key.as_str());
        let tokens = TokenProvider::new(http.clone(), endpoint, credentials).unwrap();
        let http = AuthorizedHttp::new(http, tokens, ApiAuth::bearer());
        session.show(&http);
        for _ in 0..4 {
            let url = server.url("/api").parse().unwrap();
            let reply = http
                .send(Request::get("Get", url), |_| Verdict::Accept)
                .await;
            match reply {
                // The body is the server's, and shows itself to whoever asked for it.
                Ok(reply) => check_clean("a reply", format!("{reply:?}")),
                Err(error) => session.show_error(&error),
            }
        }
        assert!(server.counts().taken > 3, "{:?}", server.counts());
    }
    check_log(&["h2::", "hyper_util::", "reqwest::"]);
}
