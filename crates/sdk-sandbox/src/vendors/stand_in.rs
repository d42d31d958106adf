//! A vendor of which only the schema and the shape of its token request are known.

mod made_up;
mod server;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::back_door;
use crate::error::StartError;
use crate::front::Front;
use crate::graphql::Engine;
use crate::identity::TokenRules;
use crate::origin::{Bound, Origin};

const CLIENT_ID: &str = "sandbox client+1";
const CLIENT_SECRET: &str = "sandbox/secret+%3A=51d8";
const LIFETIME: Duration = Duration::from_secs(3_600);

/// Where a vendor wants id and secret of its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenShape {
    /// In a Basic header, form-encoded first, beside a form body (RFC 6749, section 2.3.1).
    Basic,
    /// In a form body, as `client_id` and `client_secret`.
    Form,
    /// In a JSON body, as `client_id` and `client_secret`.
    Json,
    /// In a Basic header as they are (RFC 7617), without a body: the grant type is in the query.
    Query,
    /// In a JSON body, as `app_id` and `secret`, without a grant type.
    App,
}

#[doc = include_str!("../docs/stand_in.md")]
#[derive(Debug)]
pub struct StandIn {
    origin: Origin,
    url: String,
    server: Arc<Server>,
}

/// What the routes share.
struct Server {
    engine: Engine,
    shape: TokenShape,
    front: Arc<Front>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("front", &self.front)
            .finish_non_exhaustive()
    }
}

impl StandIn {
    /// Starts on a free port of 127.0.0.1, inside the current tokio runtime.
    ///
    /// # Errors
    ///
    /// When the schema is not valid, or no port of 127.0.0.1 can be listened on.
    pub async fn start(schema: &str, shape: TokenShape) -> Result<Self, StartError> {
        let engine = Engine::new(schema, "schema.graphql")
            .map_err(|report| StartError::schema("the stand-in", &report))?;
        let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        let bound = Bound::new(address)
            .await
            .map_err(|source| StartError::listen(address, source))?;
        let url = bound.url();
        let server = Arc::new(Server {
            engine,
            shape,
            front: Arc::new(Front::new(TokenRules {
                client_id: CLIENT_ID.to_owned(),
                client_secret: CLIENT_SECRET.to_owned(),
                audiences: Vec::new(),
                lifetime: LIFETIME,
                newest_only: false,
                token_mark: String::new(),
            })),
        });
        Ok(Self {
            origin: bound.serve(server::routes(&server)),
            url,
            server,
        })
    }

    /// Stops listening and waits until open requests have been answered.
    pub async fn stop(self) {
        self.origin.stop().await;
    }

    /// Where tokens are asked for.
    #[must_use]
    pub fn token_url(&self) -> String {
        format!("{}{}", self.url, server::TOKEN_PATH)
    }

    /// Where GraphQL documents go.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("{}{}", self.url, server::GRAPHQL_PATH)
    }

    /// The client id that is let in.
    #[must_use]
    pub fn client_id(&self) -> &str {
        CLIENT_ID
    }

    /// The secret of that client.
    #[must_use]
    pub fn client_secret(&self) -> &str {
        CLIENT_SECRET
    }

    back_door::methods!();
}
