//! A client and the sandbox it talks to.

use finitestate::{Client, ClientBuilder, Credentials};
use sdk_sandbox::{FiniteState, Sandbox, SandboxBuilder};

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
        let client = builder(sandbox.finitestate()).build().unwrap();
        Self { sandbox, client }
    }

    pub(crate) fn vendor(&self) -> &FiniteState {
        self.sandbox.finitestate()
    }
}

/// A builder that points to the sandbox, for tests that change something else.
pub(crate) fn builder(vendor: &FiniteState) -> ClientBuilder {
    Client::builder()
        .credentials(Credentials::client(
            vendor.client_id(),
            vendor.client_secret(),
        ))
        .organization_context(vendor.organization_context())
        .token_url(vendor.token_url().parse().unwrap())
        .api_url(vendor.api_url().parse().unwrap())
}
