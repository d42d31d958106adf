//! Where the demo plays: the vendor, or a sandbox of its own.

use anyhow::{Result, ensure};
use finitestate::{Client, Config, Env};
use sdk_sandbox::Sandbox;

use super::super::Took;

/// A client, and the sandbox behind it if there is one.
pub(super) struct Stage {
    client: Client,
    sandbox: Option<Sandbox>,
}

impl Stage {
    /// The vendor if the environment names it, or else a new sandbox.
    pub(super) async fn set() -> Result<Self> {
        let process = Env::process();
        if Config::is_present(&process) {
            return Ok(Self {
                client: Client::from_env()?,
                sandbox: None,
            });
        }
        let sandbox = Sandbox::builder().items(2_000).start().await?;
        let config = Config::from_env(&Env::from_pairs(sandbox.finitestate().variables()))?;
        Ok(Self {
            client: config.into_builder().build()?,
            sandbox: Some(sandbox),
        })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Only a sandbox is written to.
    pub(super) fn may_write(&self) -> bool {
        self.sandbox.is_some()
    }

    pub(super) fn describe(&self) -> &'static str {
        match self.sandbox {
            Some(_) => "Finite State, in a sandbox on loopback",
            None => "Finite State, at the addresses that the environment names; nothing is written",
        }
    }

    /// What the job took, and that the sandbox counted the same.
    pub(super) fn took(&self) -> Result<Took> {
        let (tokens, calls) = (self.client.token_stats(), self.client.call_stats());
        if let Some(sandbox) = &self.sandbox {
            let seen = sandbox.finitestate().counts();
            ensure!(
                (seen.token_requests, seen.api_requests) == (tokens.requests, calls.sent),
                "the sandbox saw {} token requests and {} API requests",
                seen.token_requests,
                seen.api_requests,
            );
        }
        Ok(Took {
            vendor: "Finite State",
            token_requests: tokens.requests,
            api_requests: calls.sent,
        })
    }
}
