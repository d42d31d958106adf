//! A client and the sandbox it talks to.

use ion::{Client, ClientBuilder, Config, Env};
use sdk_sandbox::{Ion, Sandbox};

pub(crate) struct Setup {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client,
}

impl Setup {
    pub(crate) async fn start() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let client = builder(sandbox.ion()).build().unwrap();
        Self { sandbox, client }
    }

    pub(crate) fn vendor(&self) -> &Ion {
        self.sandbox.ion()
    }
}

/// A builder that points to the sandbox, for tests that change something else.
pub(crate) fn builder(vendor: &Ion) -> ClientBuilder {
    let env = Env::from_pairs(vendor.variables());
    Config::from_env(&env).unwrap().into_builder()
}
