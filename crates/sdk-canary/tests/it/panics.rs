//! Panics in a user's code that holds clients, tokens and errors, with a full backtrace.
//!
//! A panic is written by the process, not by the test. So the test runs its own program once more, for a test that
//! does nothing unless it is told to by a variable.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program that is told by its environment, and prints what it caught"
)]

use std::error::Error;
use std::fmt::Debug;
use std::process::Command;
use std::time::Duration;

use ::finitestate::queries::CountFindings;
use ::finitestate::{Client, Config, Env, Source, queries::ListAssets};
use sdk_sandbox::{Endpoint, Fault};

use crate::session::{Session, check_clean};
use crate::tokens;

/// Tells a process to panic.
const ORDER: &str = "SDK_CANARY_PANIC";

#[test]
fn a_panic_that_shows_everything_shows_no_secret() {
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program)
        .args(["--exact", "panics::a_program_that_panics", "--nocapture"])
        .env(ORDER, "now")
        .env("RUST_BACKTRACE", "full")
        .output()
        .unwrap();
    let printed = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&printed);
    assert!(output.status.success(), "{text}");
    for expected in [
        "panicked at",
        "stack backtrace",
        "what the panic holds",
        "[secret]",
    ] {
        assert!(text.contains(expected), "{expected} is not in: {text}");
    }
    assert!(text.matches("panicked at").count() >= 8, "{text}");
    check_clean("a panic", printed);
}

/// Panics with a value, as `unwrap`, `expect` and `assert_eq` do, and goes on.
async fn panic_with(value: impl Debug + Send + 'static) {
    let task = tokio::spawn(async move {
        tokio::time::sleep(Duration::ZERO).await; // so that it is a task's own panic
        panic!("what the panic holds: {value:?} {value:#?}");
    });
    let error = task.await.unwrap_err();
    let text = *error.into_panic().downcast::<String>().unwrap();
    println!("{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_panics() {
    if std::env::var_os(ORDER).is_none() {
        return;
    }
    panic_everywhere().await.unwrap();
}

async fn panic_everywhere() -> Result<(), Box<dyn Error>> {
    let sandbox = Session::sandbox().await;
    let basic = tokens::client(sandbox.oauth2_basic());
    let token = basic.provider().token().await?;
    panic_with(token.authorization(sdk_auth::TokenScheme::Bearer).clone()).await;
    panic_with(token).await;
    panic_with(basic.provider().ready()).await;
    panic_with(basic).await;

    let vendor = sandbox.finitestate();
    let config = Config::from_env(&Env::from_pairs(vendor.variables()))?;
    panic_with(config).await;
    let config = Config::from_env(&Env::from_pairs(vendor.variables()))?;
    panic_with(config.into_builder()).await;
    let config = Config::from_env(&Env::from_pairs(vendor.variables()))?;
    let client = config.into_builder().build()?;
    panic_with(client.clone()).await;
    for endpoint in [Endpoint::Api, Endpoint::Token] {
        vendor.fail_next(endpoint, Fault::RevokeTokens);
        vendor.fail_times(endpoint, Fault::status(403), 9);
        panic_with(client.execute(CountFindings::new()).await.map(drop)).await;
        vendor.clear_faults();
    }
    let config = Config::from_env(&Env::from_pairs(vendor.variables()))?;
    panic_within(config.into_builder().build()?, vendor).await?;
    Ok(())
}

/// Panics in what the user gave to a job, deep within it, and drops a call half way.
async fn panic_within(
    client: Client,
    vendor: &sdk_sandbox::FiniteState,
) -> Result<(), Box<dyn Error>> {
    let assets = client.execute(ListAssets::new().first(1)).await?;
    let asset = assets
        .all_assets
        .into_iter()
        .flatten()
        .next()
        .ok_or("no asset")?
        .id;
    let held = client.clone();
    let upload = client
        .upload_binary(asset, "1", Source::bytes("firmware"))
        .on_progress(::finitestate::OnProgress::new(move |progress| {
            panic!("what the panic holds: {progress:?} {held:?}")
        }));
    let task = tokio::spawn(async move { upload.await.map(drop) });
    println!("{:?}", task.await);
    vendor.set_latency(Endpoint::Api, Duration::from_millis(100));
    let call = tokio::time::timeout(
        Duration::from_millis(20),
        client.execute(CountFindings::new()),
    );
    println!("{:?}", call.await.map(drop));
    Ok(())
}
