//! `cargo xtask sandbox`: the vendors on loopback, until interrupted or until standard input closes.

use anyhow::{Context as _, Result, bail};
use sdk_sandbox::Sandbox;
use serde_json::{Map, Value};
use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::time::Duration;

/// A vendor's name and the environment variables that point its SDK at the sandbox.
type Vendor = (&'static str, Vec<(&'static str, String)>);

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Print the variables of one vendor only, such as finitestate.
    #[arg(long, value_name = "NAME")]
    vendor: Option<String>,
    /// Address and port of the first API; the rest take free ports of the same address [default: free ports of 127.0.0.1].
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// The size of the data: findings of the main asset version, tenders, … [default: 250].
    #[arg(long, value_name = "N")]
    items: Option<usize>,
    /// Lifetime of a token [default: as each vendor documents].
    #[arg(long, value_name = "SECONDS")]
    token_ttl: Option<u64>,
    /// Print one JSON object instead of lines for a shell.
    #[arg(long)]
    json: bool,
}

/// Runs the verb.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    runtime.block_on(serve(arguments))
}

async fn serve(arguments: &Arguments) -> Result<()> {
    let mut builder = Sandbox::builder();
    if let Some(address) = arguments.listen {
        builder = builder.listen(address);
    }
    if let Some(items) = arguments.items {
        builder = builder.items(items);
    }
    if let Some(seconds) = arguments.token_ttl {
        builder = builder.token_ttl(Duration::from_secs(seconds));
    }
    let sandbox = builder.start().await.context("cannot start the sandbox")?;
    let vendors = chosen(vendors(&sandbox), arguments.vendor.as_deref())?;
    let lines = if arguments.json {
        json(&vendors)
    } else {
        shell(&vendors)
    };
    let mut output = std::io::stdout().lock();
    output
        .write_all(lines.as_bytes())
        .and_then(|()| output.flush())
        .context("cannot print the variables")?;
    drop(output);
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("cannot wait for an interrupt")?,
        () = end_of_input() => {}
    }
    sandbox.stop().await;
    Ok(())
}

fn vendors(sandbox: &Sandbox) -> Vec<Vendor> {
    vec![
        ("finitestate", sandbox.finitestate().variables()),
        ("altrata", sandbox.altrata().variables()),
        ("ion", sandbox.ion().variables()),
        ("finlex", sandbox.finlex().variables()),
        ("oauth2-basic", sandbox.oauth2_basic().variables()),
    ]
}

fn chosen(mut vendors: Vec<Vendor>, name: Option<&str>) -> Result<Vec<Vendor>> {
    let Some(name) = name else { return Ok(vendors) };
    let known: Vec<&str> = vendors.iter().map(|(name, _)| *name).collect();
    if !known.contains(&name) {
        bail!(
            "the sandbox has no vendor `{name}`; it has {}",
            known.join(", ")
        );
    }
    vendors.retain(|(it, _)| *it == name);
    Ok(vendors)
}

/// Lines that a shell can `eval`.
fn shell(vendors: &[Vendor]) -> String {
    let variables = vendors.iter().flat_map(|(_, variables)| variables);
    variables
        .map(|(name, value)| format!("export {name}={}\n", quoted(value)))
        .collect()
}

/// A value as one word of a POSIX shell, whatever it holds.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// One object per vendor, in one object, on one line.
fn json(vendors: &[Vendor]) -> String {
    let object: Map<String, Value> = vendors
        .iter()
        .map(|(vendor, variables)| {
            let variables: Map<String, Value> = variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())))
                .collect();
            ((*vendor).to_owned(), Value::from(variables))
        })
        .collect();
    format!("{}\n", Value::from(object))
}

/// Waits until nobody can write to standard input any more. What is written is ignored.
pub(crate) async fn end_of_input() {
    let (sender, ended) = tokio::sync::oneshot::channel();
    // A thread of our own: the runtime would wait at its end for a read that never returns.
    std::thread::spawn(move || {
        let mut input = std::io::stdin().lock();
        let mut buffer = [0; 512];
        while matches!(input.read(&mut buffer), Ok(read) if read > 0) {}
        let _ = sender.send(()); // nobody listens once an interrupt has ended the wait
    });
    let _ = ended.await; // a thread that is gone has seen the end too
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> Vec<Vendor> {
        let variables = |name| vec![(name, "it's $HOME\n\"x\"".to_owned())];
        vec![
            ("acme", variables("ACME_URL")),
            ("other", variables("OTHER_URL")),
        ]
    }

    #[test]
    fn values_reach_the_shell_as_they_are() {
        let script = format!("{}printf %s \"$ACME_URL\"", shell(&two()));
        let output = std::process::Command::new("sh")
            .args(["-c", &script])
            .output()
            .unwrap();
        assert_eq!(
            String::from_utf8(output.stdout).unwrap(),
            "it's $HOME\n\"x\""
        );
    }

    #[test]
    fn json_is_one_line_with_one_object_per_vendor() {
        let line = json(&two());
        assert_eq!(line.matches('\n').count(), 1);
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["other"]["OTHER_URL"], "it's $HOME\n\"x\"");
    }

    #[test]
    fn one_vendor_can_be_chosen_and_an_unknown_one_names_those_there_are() {
        assert_eq!(chosen(two(), Some("other")).unwrap().len(), 1);
        let message = chosen(two(), Some("aceme")).unwrap_err().to_string();
        assert_eq!(
            message,
            "the sandbox has no vendor `aceme`; it has acme, other"
        );
    }
}
