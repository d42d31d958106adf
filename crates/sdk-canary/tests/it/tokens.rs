//! Tokens themselves, and a vendor with Basic credentials.

use sdk_auth::{
    ApiAuth, AuthorizedHttp, ClientAuth, Credentials, Error, Http, HttpConfig, Proxy, Reply,
    Request, TokenEndpoint, TokenProvider, TokenScheme, Verdict,
};
use sdk_sandbox::{Endpoint, Oauth2Basic};

use crate::session::{Session, api_provocations, holds_canary, provocations};

/// A client without a vendor's crate.
pub(crate) fn client(vendor: &Oauth2Basic) -> AuthorizedHttp {
    let http = Http::new(HttpConfig::new().proxy(Proxy::None)).unwrap();
    let endpoint =
        TokenEndpoint::new(vendor.token_url().parse().unwrap()).client_auth(ClientAuth::Basic);
    let credentials = Credentials::client(vendor.client_id(), vendor.client_secret());
    let tokens = TokenProvider::new(http.clone(), endpoint, credentials).unwrap();
    AuthorizedHttp::new(http, tokens, ApiAuth::bearer())
}

async fn call(vendor: &Oauth2Basic, client: &AuthorizedHttp) -> Result<Reply, Error> {
    let request = Request::get("GetItems", vendor.api_url().parse().unwrap());
    client.send(request, |_| Verdict::Accept).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_shows_itself_to_nobody_but_the_api() {
    let mut session = Session::start();
    let sandbox = Session::sandbox().await;
    let vendor = sandbox.oauth2_basic();
    assert!(holds_canary(vendor.client_secret()));
    let http = client(vendor);
    session.show(&http);
    session.show_outcome(&call(vendor, &http).await);
    let token = http.provider().token().await.unwrap();
    let header = token.authorization(TokenScheme::Bearer);
    assert!(holds_canary(header.as_bytes()), "tokens have no canary");
    session.show(&token);
    session.show(header);
    session.show(&http.provider().ready());
    let fail = |fault| vendor.fail_next(Endpoint::Api, fault);
    session
        .provoke(api_provocations(), fail, async || call(vendor, &http).await)
        .await;
    session.sent(vendor.counts(), vendor.requests());
    for fault in provocations() {
        // A sandbox of its own, since its token endpoint may not be asked again soon.
        let sandbox = Session::sandbox().await;
        let vendor = sandbox.oauth2_basic();
        let http = client(vendor);
        vendor.fail_next(Endpoint::Token, fault);
        session.show_outcome(&call(vendor, &http).await);
        session.show(&http);
        session.sent(vendor.counts(), vendor.requests());
    }
    session.check(&["api header authorization", "token header authorization"]);
}
