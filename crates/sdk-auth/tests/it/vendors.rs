//! The exact requests of five vendors, each described by data alone.
//!
//! The profiles stand here and not in the crate, because vendors are the business of the vendor crates;
//! here they prove that every dialect can be said.

use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue};
use insta::assert_snapshot;
use sdk_auth::{
    ApiAuth, AuthorizedHttp, BodyFormat, ClientAuth, Credentials, GrantType, Request,
    RevocationEndpoint, Revoked, TokenAnswer, TokenEndpoint, TokenPresentation, TokenProvider,
};

use crate::server::{Heard, Server, json};
use crate::setup::{by_status, http, manual_clock};

/// One vendor: how it is asked for a token, how its API is called, and how a token is revoked.
struct Profile {
    endpoint: TokenEndpoint,
    /// Only where the vendor documents it.
    revocation: Option<RevocationEndpoint>,
    auth: ApiAuth,
    credentials: Credentials,
    /// A token response of this vendor.
    answer: &'static str,
}

const ID: &str = "client:1";
const SECRET: &str = "s3cret/+ &=\"";
const API_KEY: &str = "api-key-1";

/// Finite State, page "Authentication": a JSON body with an audience, and a fixed header on every call.
fn finitestate() -> Profile {
    let context = HeaderValue::from_static("3f2b8c1e-0000-4000-8000-000000000000");
    Profile {
        endpoint: at("https://platform.finitestate.io/api/v1/auth/token")
            .body(BodyFormat::Json)
            .client_auth(ClientAuth::in_body())
            .audience("https://platform.finitestate.io/api/v1/graphql"),
        revocation: None,
        auth: ApiAuth::bearer().header(HeaderName::from_static("organization-context"), context),
        credentials: Credentials::client(ID, SECRET),
        answer: r#"{"access_token":"the-token","expires_in":86400,"token_type":"Bearer"}"#,
    }
}

/// ION Factory OS, page "Access Tokens": a form body at a Keycloak realm, the token sent without a scheme.
fn ion() -> Profile {
    Profile {
        endpoint: at(
            "https://auth.buildwithion.com/auth/realms/api-keys/protocol/openid-connect/token",
        )
        .client_auth(ClientAuth::in_body())
        .audience("https://api.buildwithion.com"),
        revocation: None,
        auth: ApiAuth::raw(),
        credentials: Credentials::client(ID, SECRET),
        answer: r#"{"access_token":"the-token","expires_in":300,"token_type":"bearer"}"#,
    }
}

/// Altrata, page "API Authentication": everything in headers and query, and a key on every request.
fn altrata() -> Profile {
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    Profile {
        endpoint: at("https://api-auth.altrata.com/oauth2/token")
            .body(BodyFormat::Empty)
            .client_auth(ClientAuth::Basic)
            .grant_type(GrantType::Query)
            .header(CONTENT_TYPE, form),
        revocation: None,
        auth: ApiAuth::bearer(),
        credentials: Credentials::service_user("service-user", SECRET, API_KEY),
        answer: r#"{"access_token":"the-token","expires_in":28800,"token_type":"Bearer"}"#,
    }
}

/// Finlex Cloud Platform, page "Access Token": a JSON body of its own with an optional time of expiry, and
/// revocation by calling with the token itself. The answer is undocumented, so several are taken.
fn finlex() -> Profile {
    let answer = TokenAnswer::default()
        .token_fields(["token", "access_token"])
        .or_bare_token()
        .expires_at("expiry")
        .default_lifetime(Duration::from_secs(60 * 60));
    Profile {
        endpoint: at("https://auth.finlex.io/token")
            .body(BodyFormat::Json)
            .client_auth(ClientAuth::in_body_as("app_id", "secret"))
            .grant_type(GrantType::Omitted)
            .requested_expiry("expiry", Duration::from_secs(8 * 60 * 60))
            .answer(answer),
        revocation: Some(
            revoked_at("https://auth.finlex.io/token-revoke")
                .presentation(TokenPresentation::Bearer),
        ),
        auth: ApiAuth::bearer(),
        credentials: Credentials::client(ID, SECRET),
        answer: r#""the-token""#,
    }
}

/// A vendor known by its page "Authentication" alone: Basic over the pair as it is, and a form body.
fn basic_and_form() -> Profile {
    Profile {
        endpoint: at("https://vendor.example/oauth/v2/token").client_auth(ClientAuth::Basic),
        revocation: None,
        auth: ApiAuth::bearer(),
        credentials: Credentials::client("own-client-id", SECRET),
        answer: r#"{"access_token":"the-token","token_type":"Bearer","expires_in":3600}"#,
    }
}

fn at(url: &str) -> TokenEndpoint {
    TokenEndpoint::new(url.parse().unwrap())
}

fn revoked_at(url: &str) -> RevocationEndpoint {
    RevocationEndpoint::new(url.parse().unwrap())
}

/// A client of no vendor in particular, at a server that revokes as RFC 7009 has it.
fn standard_revocation(client_auth: ClientAuth, presentation: TokenPresentation) -> Profile {
    Profile {
        endpoint: at("https://auth.example.com/token").client_auth(client_auth),
        revocation: Some(revoked_at("https://auth.example.com/revoke").presentation(presentation)),
        auth: ApiAuth::bearer(),
        credentials: Credentials::service_user("service-user", SECRET, API_KEY),
        answer: r#"{"access_token":"the-token","token_type":"Bearer","expires_in":3600}"#,
    }
}

/// The token request and the first call of a vendor, as they stood on the wire, secrets masked.
async fn exchange(profile: Profile) -> String {
    let Profile {
        endpoint,
        auth,
        credentials,
        answer,
        revocation: _,
    } = profile;
    let real = endpoint.url().clone();
    let server = Server::start(move |heard| {
        json(
            200,
            if heard.target == "/graphql" {
                "{}"
            } else {
                answer
            },
        )
    })
    .await;
    let local = server.url(real.path());
    let time = manual_clock();
    let provider = TokenProvider::builder(http(), endpoint.at(local), credentials)
        .clock(time.clock())
        .build()
        .unwrap();
    let client = AuthorizedHttp::new(http(), provider, auth);
    let request = Request::post("GetThing", server.url("/graphql")).body("application/json", "{}");
    client.send(request, by_status).await.unwrap();
    let heard = server.heard();
    assert_eq!(heard.len(), 2);
    format!(
        "{}\n---\n{}",
        show(&heard[0], &origin(&real)),
        show(&heard[1], "")
    )
}

/// The request that revokes a token of a vendor, as it stood on the wire, secrets masked.
async fn revocation(profile: Profile) -> String {
    let Profile {
        endpoint,
        credentials,
        answer,
        revocation,
        auth: _,
    } = profile;
    let revocation = revocation.unwrap();
    let real = revocation.url().clone();
    let server = Server::start(move |_| json(200, answer)).await;
    let provider =
        TokenProvider::new(http(), endpoint.at(server.url("/token")), credentials).unwrap();
    let held = provider.token().await.unwrap().generation();
    let revoked = provider
        .revoke(&revocation.at(server.url(real.path())))
        .await;
    assert_eq!(revoked.unwrap(), Revoked::Token(held));
    let heard = server.heard();
    assert_eq!(heard.len(), 2);
    show(&heard[1], &origin(&real))
}

fn origin(url: &url::Url) -> String {
    format!("{}://{}", url.scheme(), url.host_str().unwrap())
}

/// A request as text; `origin` stands in for the loopback address.
fn show(heard: &Heard, origin: &str) -> String {
    let mut text = format!("{} {origin}{}\n", heard.method, heard.target);
    let mut headers = heard.headers.clone();
    headers.sort();
    for (name, value) in headers {
        if matches!(
            name.as_str(),
            "host" | "content-length" | "user-agent" | "accept-encoding"
        ) {
            continue;
        }
        text.push_str(&format!(
            "{name}: {}\n",
            value.strip_prefix("Basic ").map_or(value.clone(), basic)
        ));
    }
    text.push_str(&format!("\n{}", heard.body));
    masked(&text)
}

fn basic(pair: &str) -> String {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(pair)
        .unwrap();
    format!("Basic base64({})", String::from_utf8(bytes).unwrap())
}

fn masked(text: &str) -> String {
    let form: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let json = SECRET.replace('"', "\\\"");
    text.replace(&json, "[secret]")
        .replace(&form, "[secret, form-encoded]")
        .replace(SECRET, "[secret]")
        .replace(API_KEY, "[api key]")
        .replace("the-token", "[token]")
}

#[tokio::test]
async fn finite_state_is_asked_in_json_with_an_audience() {
    assert_snapshot!("finitestate", exchange(finitestate()).await);
}

#[tokio::test]
async fn ion_is_asked_with_a_form_and_called_with_the_bare_token() {
    assert_snapshot!("ion", exchange(ion()).await);
}

#[tokio::test]
async fn altrata_is_asked_through_headers_and_query_and_gets_its_key_every_time() {
    assert_snapshot!("altrata", exchange(altrata()).await);
}

#[tokio::test]
async fn finlex_is_asked_for_a_token_until_a_given_time() {
    assert_snapshot!("finlex", exchange(finlex()).await);
}

#[tokio::test]
async fn finlex_revokes_the_token_that_it_is_called_with() {
    assert_snapshot!("finlex_revocation", revocation(finlex()).await);
}

#[tokio::test]
async fn the_standard_revocation_has_the_token_in_a_form_and_the_client_where_it_always_is() {
    let in_body = standard_revocation(ClientAuth::in_body(), TokenPresentation::form());
    assert_snapshot!("revocation_with_client_in_body", revocation(in_body).await);
    let hint = TokenPresentation::form_with_hint("access_token");
    let in_header = standard_revocation(ClientAuth::Basic, hint);
    assert_snapshot!(
        "revocation_with_basic_and_hint",
        revocation(in_header).await
    );
}

#[tokio::test]
async fn a_vendor_with_basic_and_a_form_is_asked_as_the_standard_says() {
    assert_snapshot!("basic_and_form", exchange(basic_and_form()).await);
}
