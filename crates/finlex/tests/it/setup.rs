//! A client and the sandbox it talks to.

use finlex::{Client, ClientBuilder, Credentials};
use sdk_sandbox::{Finlex, Sandbox, SandboxBuilder};

pub(crate) struct Setup {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client,
}

impl Setup {
    pub(crate) async fn start() -> Self {
        Self::with(Sandbox::builder()).await
    }

    pub(crate) async fn with(sandbox: SandboxBuilder) -> Self {
        let sandbox = sandbox.start().await.unwrap();
        let client = builder(sandbox.finlex()).build().unwrap();
        Self { sandbox, client }
    }

    pub(crate) fn vendor(&self) -> &Finlex {
        self.sandbox.finlex()
    }
}

/// A builder that points to the sandbox, for tests that change something else.
pub(crate) fn builder(vendor: &Finlex) -> ClientBuilder {
    Client::builder()
        .credentials(Credentials::client(vendor.app_id(), vendor.secret()))
        .token_url(vendor.token_url().parse().unwrap())
        .api_url(vendor.api_url().parse().unwrap())
}
