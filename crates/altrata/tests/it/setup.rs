//! A client and the sandbox it talks to.

use altrata::{Client, ClientBuilder, Credentials, Service};
use sdk_sandbox::{Altrata, Fault, Sandbox, SandboxBuilder};
use serde_json::{Value, json};

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
        let client = unlimited(builder(sandbox.altrata())).build().unwrap();
        Self { sandbox, client }
    }

    pub(crate) fn vendor(&self) -> &Altrata {
        self.sandbox.altrata()
    }
}

/// A builder that points to the sandbox, for tests that change something else.
pub(crate) fn builder(vendor: &Altrata) -> ClientBuilder {
    let url = |url: &str| url.parse().unwrap();
    Client::builder()
        .credentials(Credentials::service_user(
            vendor.username(),
            vendor.password(),
            vendor.api_key(),
        ))
        .single_process()
        .token_url(url(vendor.token_url()))
        .service_url(Service::Profile, url(vendor.profile_url()))
        .service_url(Service::Matching, url(vendor.matching_url()))
        .service_url(Service::Events, url(vendor.events_url()))
        .service_url(Service::Relationships, url(vendor.relationships_url()))
}

/// Without the rates, so that tests do not wait.
pub(crate) fn unlimited(builder: ClientBuilder) -> ClientBuilder {
    Service::ALL.into_iter().fold(builder, |builder, service| {
        builder.rate_limit(service, None)
    })
}

/// An answer with data, and an error of this kind about a field of it.
pub(crate) fn beside(data: &Value, kind: &str) -> Fault {
    answer(data, kind, &json!(["any", "field"]))
}

/// An answer with this data, and an error of this kind from this path.
pub(crate) fn answer(data: &Value, kind: &str, path: &Value) -> Fault {
    let error = json!({"message": "not yours", "errorType": kind, "path": path});
    Fault::Status {
        status: 200,
        retry_after: None,
        body: Some(json!({"data": data, "errors": [error]}).to_string()),
    }
}
