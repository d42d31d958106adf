//! Shows what a token store knows of one client's token, and never the token itself.
//!
//! ```sh
//! cargo run -p sdk-auth --example token_status -- file:/var/lib/app/tokens https://auth.example.com/token client-id
//! ```
//!
//! Fields of the token request that the client adds, such as an audience, follow as `name=value`: they are part of
//! what a record is found by. `--newest-only` shows the budget of a vendor whose new token ends the old one.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal"
)]

use std::process::ExitCode;
use std::time::{Duration, SystemTime, SystemTimeError};

use sdk_auth::{Error, LifetimeRule, StoreKey, TokenEndpoint, TokenSharing};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let (options, words): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|word| word.starts_with("--"));
    let [store, url, id, fields @ ..] = words.as_slice() else {
        eprintln!("usage: token_status STORE TOKEN_URL CLIENT_ID [NAME=VALUE …] [--newest-only]");
        return ExitCode::FAILURE;
    };
    let rule = if options.iter().any(|option| option == "--newest-only") {
        LifetimeRule::NewestOnly
    } else {
        LifetimeRule::Ordinary
    };
    match show(store, url, id, fields, rule).await {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

async fn show(
    store: &str,
    url: &str,
    id: &str,
    fields: &[String],
    rule: LifetimeRule,
) -> Result<String, String> {
    let words = |error: Error| error.to_string();
    let Some(sharing) = TokenSharing::parse(store).transpose().map_err(words)? else {
        return Err(format!("expected {}", TokenSharing::EXPECTED));
    };
    let TokenSharing::Store(store) = sharing else {
        return Err("the memory of a process is seen from within it alone".to_owned());
    };
    let url = url.parse().map_err(|_| "the token endpoint is no URL")?;
    let mut endpoint = TokenEndpoint::new(url).lifetime_rule(rule);
    for field in fields {
        let (name, value) = field.split_once('=').ok_or("a field is NAME=VALUE")?;
        endpoint = endpoint.field(name.to_owned(), value.to_owned());
    }
    let key = StoreKey::new(&endpoint, id);
    let words = |error: sdk_auth::StoreError| error.to_string();
    let record = store.load(&key).await.map_err(words)?;
    let holder = store.holder(&key).await.map_err(words)?;
    #[expect(clippy::disallowed_methods, reason = "the time is only shown")]
    let now = SystemTime::now();
    let mut text = format!("store      {}\nrecord     {key}\n", store.identity());
    match record.as_ref().and_then(|record| record.token()) {
        None => text += "token      none\n",
        Some(token) => {
            let span = |span: Result<Duration, SystemTimeError>| {
                format!("{:.0?}", span.unwrap_or_default())
            };
            let age = span(now.duration_since(token.issued_at()));
            let left = span(token.expires_at().duration_since(now));
            text += &format!(
                "key        {}\nage        {age}\nremaining  {left}\n",
                token.key_id()
            );
        }
    }
    if let Some(record) = &record {
        let left = record.requests_left(rule, now);
        text += &format!(
            "generation {}\nrequests   {left} left\n",
            record.generation()
        );
        if let Some(intent) = record.intent() {
            text += &format!("announced  by {}, lease {}\n", intent.holder, intent.fence);
        }
    }
    text += &format!("lease      {}", holder.as_deref().unwrap_or("free"));
    Ok(text)
}
