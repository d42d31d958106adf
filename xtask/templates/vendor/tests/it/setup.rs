//! The sandbox profile of the vendor, and a client that talks to it.

use acme::{Client, Config, Env, SCHEMA};
use sdk_sandbox::{StandIn, TokenShape};

pub(crate) struct Setup {
    pub(crate) vendor: StandIn,
    pub(crate) client: Client,
}

impl Setup {
    pub(crate) async fn start() -> Self {
        let vendor = StandIn::start(SCHEMA, TokenShape::Shape).await.unwrap();
        let env = Env::from_pairs([
            ("ACME_CLIENT_ID", vendor.client_id().to_owned()),
            ("ACME_CLIENT_SECRET", vendor.client_secret().to_owned()),
            ("ACME_TOKEN_URL", vendor.token_url()),
            ("ACME_API_URL", vendor.api_url()),
        ]);
        let client = Config::from_env(&env)
            .unwrap()
            .into_builder()
            .build()
            .unwrap();
        Self { vendor, client }
    }
}
