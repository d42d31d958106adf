//! Whatever a program can make out of a secret, and the errors of what it cannot.

use http::HeaderName;
use sdk_auth::{
    ApiAuth, Credentials, Http, HttpConfig, PresignedUrl, Proxy, RedisStore, Request, SecretString,
    TokenEndpoint, TokenProvider, TokenSharing, TokenStore as _, UploadBody,
};
use sdk_canary::marks;
use url::Url;

use crate::session::{Session, check_log, holds_canary};

/// Where nobody listens.
const NOWHERE: &str = "127.0.0.1:1";

/// A URL with the secret as its password.
fn with_password(scheme: &str, host: &str) -> Url {
    let mut url: Url = format!("{scheme}://{host}").parse().unwrap();
    url.set_username("ada").unwrap();
    url.set_password(Some(&marks().secret)).unwrap();
    assert!(holds_canary(url.as_str()), "the URL has no canary");
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_holds_a_secret_shows_none_nor_does_what_refuses_it() {
    let mut session = Session::start();
    secrets(&mut session);
    configurations(&mut session);
    links(&mut session).await;
    stores(&mut session).await;
    proxies(&mut session).await;
    session.check_printed();
    check_log(&["token.refresh"]);
}

fn secrets(session: &mut Session) {
    let marks = marks();
    let name = HeaderName::from_static("x-more");
    let credentials = Credentials::service_user("ada", marks.secret.as_str(), marks.key.as_str());
    session.show(&credentials.secret_header(name.clone(), marks.key.as_str()));
    session.show(&SecretString::from(marks.secret.as_str()));
    session.show_outcome(&ApiAuth::bearer().secret_header(name.clone(), marks.key.as_str()));
    let split = format!("{}\n", marks.key);
    let refused = ApiAuth::bearer().secret_header(name, split);
    assert!(refused.is_err(), "a header of two lines was taken");
    session.show_outcome(&refused);
}

/// Variables that are mixed up, so that a secret stands where something else belongs.
fn configurations(session: &mut Session) {
    let marks = marks();
    let store = with_password("redis", "cache.example.com:6379");
    let address = with_password("ftp", "api.example.com");
    for vendor in ["FINITESTATE", "ION", "ALTRATA", "FINLEX"] {
        for name in ["TOKEN_URL", "API_URL", "REVOKE_URL", "PROFILE_URL"] {
            for value in [address.as_str(), &marks.secret, &marks.key] {
                mixed_up(session, &format!("{vendor}_{name}"), value);
            }
        }
        for value in [store.as_str(), &marks.secret] {
            mixed_up(session, &format!("{vendor}_TOKEN_STORE"), value);
        }
    }
    mixed_up(session, "ION_ENVIRONMENT", &marks.secret);
}

fn mixed_up(session: &mut Session, name: &str, value: &str) {
    let env = || sdk_auth::Env::from_pairs([(name, value)]);
    session.show(&env());
    session.show_outcome(&finitestate::Config::from_env(&env()));
    session.show_outcome(&ion::Config::from_env(&env()));
    session.show_outcome(&altrata::Config::from_env(&env()));
    session.show_outcome(&finlex::Config::from_env(&env()));
}

fn http(proxy: Proxy) -> Http {
    Http::new(HttpConfig::new().proxy(proxy)).unwrap()
}

/// Links to a storage that is not there, and what is no link.
async fn links(session: &mut Session) {
    let signature: String = url::form_urlencoded::byte_serialize(marks().link.as_bytes()).collect();
    let http = http(Proxy::None);
    let link = format!("http://{NOWHERE}/file?signature={signature}");
    assert!(holds_canary(&link), "the link has no canary");
    let link: PresignedUrl = link.parse().unwrap();
    session.show(&link);
    session.show(link.target().as_str());
    session.show_outcome(&http.presigned("Fetch", &link).get().await.map(drop));
    let body = UploadBody::bytes("content");
    session.show_outcome(&http.presigned("Send", &link).put(body).await.map(drop));
    for text in [
        format!("ftp://storage.example.com/file?signature={signature}"),
        format!("http://storage.example.com/file?signature={signature}"),
        format!("https://storage.example.com:port/?signature={signature}"),
        format!("signature={signature}"),
    ] {
        let refused = text.parse::<PresignedUrl>();
        assert!(refused.is_err(), "{text} was taken");
        session.show_outcome(&refused);
    }
}

/// Servers that keep tokens, with passwords.
async fn stores(session: &mut Session) {
    let endpoint = TokenEndpoint::new("https://auth.example.com/token".parse().unwrap());
    let key = sdk_auth::StoreKey::new(&endpoint, "ada");
    let url = with_password("redis", NOWHERE);
    let store = RedisStore::new(url.as_str()).unwrap();
    session.show(&store);
    session.show(store.identity().as_str());
    let loaded = store.load(&key).await;
    assert!(loaded.is_err(), "a server that is not there has answered");
    session.show_outcome(&loaded);
    let sharing = TokenSharing::parse(url.as_str()).unwrap();
    session.show_outcome(&sharing);
    for url in [
        with_password("redis", "cache.example.com"),
        with_password("https", "cache.example.com"),
        with_password("rediss", "cache.example.com/database"),
    ] {
        let refused = RedisStore::new(url.as_str());
        assert!(refused.is_err(), "{url} was taken");
        session.show_outcome(&refused);
        session.show(&TokenSharing::parse(url.as_str()));
    }
}

/// Proxies with passwords, which are not there either.
async fn proxies(session: &mut Session) {
    let proxy = Proxy::Explicit(with_password("http", NOWHERE));
    session.show(&proxy);
    session.show(&HttpConfig::new().proxy(proxy.clone()));
    let http = http(proxy);
    session.show(&http);
    let endpoint = TokenEndpoint::new("https://auth.example.com/token".parse().unwrap());
    let secret = marks().secret;
    let tokens =
        TokenProvider::new(http.clone(), endpoint, Credentials::client("ada", secret)).unwrap();
    let token = tokens.token().await;
    assert!(token.is_err(), "a proxy that is not there has answered");
    session.show_outcome(&token);
    session.show(&tokens);
    let url = "https://api.example.com/".parse().unwrap();
    session.show(&Request::get("Get", url));
}
