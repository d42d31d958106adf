//! The sandbox in a process of its own, so that neither its CPU time nor its memory is the client's.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};
use tokio::runtime::Runtime;

/// The first argument by which this program becomes the sandbox.
pub const SANDBOX: &str = "sandbox";

/// The sandbox process; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct SandboxProcess {
    child: Child,
    /// What points a client to it.
    pub(crate) variables: Vec<(String, String)>,
    /// The asset version with all the findings.
    pub(crate) version: String,
}

impl SandboxProcess {
    /// Starts this same program as a sandbox with so many findings and with exports of so many bytes.
    pub(crate) fn start(findings: usize, export_bytes: u64) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(SANDBOX)
            .args([findings.to_string(), export_bytes.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the sandbox")?;
        let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        let version = lines.next().context("no version")??;
        let variables = lines
            .take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty()))
            .map(|line| {
                let line = line?;
                let (name, value) = line.split_once('=').context("no variable")?;
                Ok((name.to_owned(), value.to_owned()))
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            child,
            variables,
            version,
        })
    }
}

impl Drop for SandboxProcess {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing left to do.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Prints where a sandbox is, and keeps it until standard input closes. It forgets uploads, and keeps every
/// answer for who asks again.
///
/// # Errors
///
/// When the arguments are not a number of findings and one of bytes, or no port can be had.
pub fn serve(arguments: &[String]) -> Result<()> {
    let [findings, export_bytes] = arguments else {
        anyhow::bail!("a sandbox takes two numbers");
    };
    let (findings, export_bytes) = (findings.parse()?, export_bytes.parse()?);
    Runtime::new()?.block_on(async {
        let sandbox = sdk_sandbox::Sandbox::builder()
            .items(findings)
            .looks_until_done(0)
            .kept_upload_bytes(0)
            .kept_answer_bytes(u64::MAX)
            .start()
            .await?;
        let vendor = sandbox.finitestate();
        for _ in 0..1000 {
            vendor.make_next_export_large(export_bytes);
        }
        println!("{}", vendor.main_asset_version_id());
        for (name, value) in vendor.variables() {
            println!("{name}={value}");
        }
        println!();
        tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
        Ok(())
    })
}
