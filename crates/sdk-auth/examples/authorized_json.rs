//! A JSON client for any vendor with client credentials, at addresses that the caller gives.
//!
//! | variable | | meaning |
//! |---|---|---|
//! | `OAUTH2_CLIENT_ID` | required | the client id; without a colon where Basic credentials are sent as they are |
//! | `OAUTH2_CLIENT_SECRET` | required | its secret, which some vendors call API token |
//! | `OAUTH2_TOKEN_URL` | required | the token endpoint, such as `https://vendor.example/oauth/v2/token` |
//! | `OAUTH2_API_URL` | required | what to GET with the token |
//! | `OAUTH2_BASIC` | optional | `raw` (RFC 7617, the default) or `form-encoded` (RFC 6749, section 2.3.1) |
//!
//! With none of them set it starts a sandbox of its own.

#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use std::error::Error;

use sdk_auth::answer::{DecodeError, StatusError};
use sdk_auth::{
    ApiAuth, AuthorizedHttp, ClientAuth, ConfigError, Credentials, Env, Http, HttpConfig, Request,
    TokenEndpoint, TokenProvider, Verdict,
};
use sdk_sandbox::Sandbox;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

/// What the client must know.
struct Settings {
    credentials: Credentials,
    basic: ClientAuth,
    token_url: Option<Url>,
    api_url: Option<Url>,
}

const CLIENT_ID: &str = "OAUTH2_CLIENT_ID";
const CLIENT_SECRET: &str = "OAUTH2_CLIENT_SECRET";
const TOKEN_URL: &str = "OAUTH2_TOKEN_URL";
const API_URL: &str = "OAUTH2_API_URL";
const BASIC: &str = "OAUTH2_BASIC";

impl Settings {
    /// Reads the variables, and reports all that is wrong with them at once.
    fn read(env: &Env) -> Result<Self, ConfigError> {
        let mut vars = env.reader();
        let id = vars.required(CLIENT_ID, "the client id");
        let secret = vars.secret(CLIENT_SECRET, "the client secret");
        let basic = vars.optional_as(BASIC, "raw or form-encoded", |text| match text {
            "raw" => Some(ClientAuth::Basic),
            "form-encoded" => Some(ClientAuth::BasicFormEncoded),
            _ => None,
        });
        let url = |text: &str| {
            let url = text.parse().ok()?;
            sdk_auth::check_url("", &url).ok().map(|()| Some(url))
        };
        let expected = "an https URL, or an http URL on loopback";
        let settings = Self {
            credentials: Credentials::client(id, secret),
            basic: basic.unwrap_or(ClientAuth::Basic),
            token_url: vars.required_as(TOKEN_URL, expected, None, url),
            api_url: vars.required_as(API_URL, expected, None, url),
        };
        vars.finish(settings)
    }

    fn are_present(env: &Env) -> bool {
        let mut vars = env.reader();
        [CLIENT_ID, CLIENT_SECRET, TOKEN_URL, API_URL, BASIC]
            .into_iter()
            .any(|name| vars.optional(name, "").is_some())
    }
}

/// A vendor's JSON API: all that such a client needs is here.
struct JsonApi {
    http: AuthorizedHttp,
}

impl JsonApi {
    /// A token endpoint as RFC 6749 has it: a form, and the credentials in a Basic header.
    fn new(
        token_url: Url,
        basic: ClientAuth,
        credentials: Credentials,
    ) -> Result<Self, sdk_auth::Error> {
        let http = Http::new(HttpConfig::new().user_agent("authorized-json/1.0"))?;
        let endpoint = TokenEndpoint::new(token_url).client_auth(basic);
        let tokens = TokenProvider::new(http.clone(), endpoint, credentials)?;
        let http = AuthorizedHttp::new(http, tokens, ApiAuth::bearer());
        Ok(Self { http })
    }

    /// GETs a value, with a token that is fetched once, renewed in time and replaced when it is refused.
    async fn get<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        url: Url,
    ) -> Result<T, Box<dyn Error>> {
        let host = url.host_str().unwrap_or_default().to_owned();
        let request = Request::get(operation, url);
        let reply = self.http.send(request, |_| Verdict::Accept).await?;
        if !reply.status().is_success() {
            return Err(StatusError::new(operation, &host, &reply).into());
        }
        let body = reply.body();
        Ok(serde_json::from_slice(body)
            .map_err(|error| DecodeError::of_body(operation, &host, body, &error))?)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let process = Env::process();
    let (env, _sandbox) = if Settings::are_present(&process) {
        (process, None)
    } else {
        println!("no OAUTH2_* variables are set: this is a sandbox");
        let sandbox = Sandbox::start().await?;
        let env = Env::from_pairs(sandbox.oauth2_basic().variables());
        (env, Some(sandbox))
    };
    let Settings {
        credentials,
        basic,
        token_url,
        api_url,
    } = Settings::read(&env)?;
    let (Some(token_url), Some(api_url)) = (token_url, api_url) else {
        return Err("the URLs are required".into());
    };

    let api = JsonApi::new(token_url, basic, credentials)?;
    let answer: Value = api.get("GetJson", api_url).await?;
    println!("{answer:#}");
    Ok(())
}
