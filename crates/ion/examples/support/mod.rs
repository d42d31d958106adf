//! The client that the examples use: the vendor's if the environment names one, or else a sandbox's.

use std::error::Error;

use ion::{Client, Config, Env};
use sdk_sandbox::Sandbox;

#[expect(clippy::print_stderr, reason = "an example says where it runs")]
/// A client, and the sandbox to keep while it is used, if one was started.
pub(crate) async fn client() -> Result<(Client, Option<Sandbox>), Box<dyn Error>> {
    let process = Env::process();
    if Config::is_present(&process) {
        return Ok((Client::from_env()?, None));
    }
    let sandbox = Sandbox::start().await?;
    let config = Config::from_env(&Env::from_pairs(sandbox.ion().variables()))?;
    eprintln!("no ION_* variables are set: this is a sandbox");
    Ok((config.into_builder().build()?, Some(sandbox)))
}
