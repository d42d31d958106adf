//! The client that the examples use: the vendor's if the environment names one, or else a sandbox's.

use std::error::Error;

use finlex::{Client, Config, Env};
use sdk_sandbox::Sandbox;

/// A client, and the sandbox to keep while it is used, if one was started.
#[expect(clippy::print_stderr, reason = "an example says where it runs")]
pub(crate) async fn client() -> Result<(Client, Option<Sandbox>), Box<dyn Error>> {
    let process = Env::process();
    if Config::is_present(&process) {
        return Ok((Client::from_env()?, None));
    }
    let sandbox = Sandbox::start().await?;
    let config = Config::from_env(&Env::from_pairs(sandbox.finlex().variables()))?;
    eprintln!("no FINLEX_* variables are set: this is a sandbox");
    Ok((config.into_builder().build()?, Some(sandbox)))
}
